#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/encoding/bytes.h"

// Every decoder accepts exactly one text for given bytes (SPEC 2.2): what decodes, encodes back to
// itself. A decoder gives nothing for any other text; which code that is refused with is its
// caller's to say.

namespace protocol {

std::string to_hex(ByteView bytes);  ///< lower case
std::optional<Bytes> from_hex(std::string_view text);

std::string to_base64(ByteView bytes);  ///< standard alphabet, padded
std::optional<Bytes> from_base64(std::string_view text);

std::string to_base64url(ByteView bytes);  ///< no padding
std::optional<Bytes> from_base64url(std::string_view text);

/// Bitcoin alphabet. Decoding costs the square of the length, so `text` over kMaxBase58Length is
/// refused unread.
inline constexpr std::size_t kMaxBase58Length = 128;
std::string to_base58(ByteView bytes);
std::optional<Bytes> from_base58(std::string_view text);

/// "z6Mk…": multibase base58btc of 0xed 0x01 and the key.
std::string to_multikey(const PublicKey& key);
std::optional<PublicKey> from_multikey(std::string_view text);

/// "Qm…": bare base58btc of the multihash 0x12 0x20 and the digest, as did:webvh writes SCIDs and
/// hashes.
std::string to_multihash(const Hash& hash);
std::optional<Hash> from_multihash(std::string_view text);

/// "z…": multibase base58btc of a signature, as in proofValue.
std::string to_proof_value(const Signature& signature);
std::optional<Signature> from_proof_value(std::string_view text);

}  // namespace protocol
