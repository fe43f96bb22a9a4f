#pragma once

#include <cstddef>
#include <string>

#include "protocol/crypto/crypto.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/time.h"
#include "protocol/result.h"

// W3C Data Integrity with the one suite that Kith speaks, eddsa-jcs-2022 (SPEC 4.2). Identity logs
// and documents are signed alike; who may sign is decided by the callers.

namespace protocol {

/// Base58 costs the square of its length, so a longer proofValue is refused unread.
inline constexpr std::size_t kMaxProofValueLength = 100;

/// The 64 bytes that are signed: SHA-256 of the canonical `proof_config` (the proof without
/// proofValue), then that of the canonical `unsecured_document` (the document without proof).
Bytes data_integrity_message(const Json& unsecured_document, const Json& proof_config);

/// `document` with a `proof` by `key` in place of any it had. The document's @context, where there
/// is one, is copied into the proof. `verification_method` is the full id under which readers find
/// the key.
Json sign_data_integrity(Json document, std::string verification_method, Timestamp created,
                         const SigningKey& key);

/// Whether the one proof of `secured_document` is made by `key`. The caller has already found out
/// whose key verificationMethod names, and whether that key counts.
///
/// Refuses with doc_profile (no proof, several, members or words of another suite), doc_context
/// (the proof's @context is not the document's), proof_invalid (proofValue does not decode, or does
/// not verify).
Result<void> check_data_integrity(const Json& secured_document, const PublicKey& key);

/// The same for one `proof` that stands apart from what it signs, such as a witness's.
/// `document_hash` is the SHA-256 of the canonical document without proof, `context` its @context
/// or null.
Result<void> check_detached_proof(const Json& proof, const Json* context, const Hash& document_hash,
                                  const PublicKey& key);

}  // namespace protocol
