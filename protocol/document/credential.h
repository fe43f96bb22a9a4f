#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/crypto/crypto.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/time.h"
#include "protocol/identity/did_log.h"
#include "protocol/result.h"

// The envelope of everything that a publisher signs: a W3C Verifiable Credential, narrowed
// (SPEC 4.1, 4.2).

namespace protocol {

enum class DocumentType { listing, recognition, publisher };

/// "listing", "recognition", "publisher": the leaf's `t`.
std::string_view word(DocumentType type);
std::optional<DocumentType> document_type_from_word(std::string_view word);

struct Envelope {
  std::string id;  ///< "urn:uuid:…", stable over revisions
  DocumentType type = DocumentType::listing;
  std::string issuer;  ///< the DID
  Timestamp valid_from{};
  Timestamp valid_until{};  ///< valid before this second, not on it
  Json subject;             ///< credentialSubject
};

/// Reads structure and profile of one document, proof members included, without verifying anything.
/// Refuses with doc_syntax, doc_profile (naming the path), doc_context. Times are not judged
/// against a clock.
Result<Envelope> read_envelope(std::string_view line);

/// doc_future (validFrom over 5 minutes ahead) or doc_expired.
Result<void> check_times(const Envelope& envelope, Timestamp now);

/// A document whose proof was checked. verify_document() is the only way to get one, so a function
/// that takes a VerifiedDocument never has to ask.
class VerifiedDocument {
 public:
  const Envelope& envelope() const { return envelope_; }
  const std::string& line() const { return line_; }  ///< the bytes as they came, without newline
  const Hash& hash() const { return hash_; }         ///< SHA-256 of line()

 private:
  friend Result<VerifiedDocument> verify_document(std::string_view, const DidLog&, Timestamp);
  VerifiedDocument(Envelope envelope, std::string line, const Hash& hash)
      : envelope_(std::move(envelope)), line_(std::move(line)), hash_(hash) {}
  Envelope envelope_;
  std::string line_;
  Hash hash_;
};

/// read_envelope, check_times, then: the issuer is `issuer` (by SCID, in a name that its log has
/// had), the proof is by a key that the current DID document lists for assertion, and the signature
/// holds. Refuses also with doc_issuer, proof_key, proof_invalid.
Result<VerifiedDocument> verify_document(std::string_view line, const DidLog& issuer,
                                         Timestamp now);

/// The signed line: canonical JSON without newline. `method_id` is "<DID>#sign"; whose key it is,
/// is not checked. Refuses with too_large beyond kMaxDocumentBytes, naming the longest member of
/// the subject, and as read_envelope() does where no reader would take it.
Result<std::string> sign_document(const Envelope& envelope, std::string_view method_id,
                                  const SigningKey& key, Timestamp created);

}  // namespace protocol
