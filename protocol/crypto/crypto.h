#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/encoding/bytes.h"

// Hashes and signatures (SPEC 3.1, FIPS 180-4, RFC 8032). Functions here are safe from any thread;
// they throw std::runtime_error only where a library cannot work at all.

namespace protocol {

/// SHA-256, by OpenSSL.
Hash sha256(ByteView bytes);
inline Hash sha256(std::string_view text) { return sha256(as_bytes(text)); }

/// SHA-256 over several pieces, without joining them.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  Sha256& add(ByteView bytes);
  Sha256& add(std::string_view text) { return add(as_bytes(text)); }
  /// The hash of all that was added; the object then starts anew.
  Hash finish();

 private:
  void* context_;  // an EVP_MD_CTX, kept out of this header
};

/// Whether `key` is a point that only one signer can sign for. Checked on every key that enters an
/// identity log or a DID document (SPEC 3.1).
bool is_valid_key(const PublicKey& key);

/// Ed25519 by libsodium, which refuses small-order keys and malleated signatures where OpenSSL does
/// not (SPEC 3.1).
bool verify(const PublicKey& key, ByteView message, const Signature& signature);

/// A signing key. Its bytes are wiped when it goes, and leave it only by seed().
class SigningKey {
 public:
  /// From a 32-byte seed, which is what is kept in key files; nothing for another length.
  static std::optional<SigningKey> from_seed(ByteView seed);

  SigningKey(SigningKey&& other) noexcept;
  SigningKey& operator=(SigningKey&& other) noexcept;
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  ~SigningKey();

  const PublicKey& public_key() const { return public_key_; }
  Signature sign(ByteView message) const;
  Signature sign(std::string_view message) const { return sign(as_bytes(message)); }
  /// The 32-byte seed, borrowed, for writing the key file.
  ByteView seed() const { return ByteView(secret_).first(32); }

 private:
  SigningKey(const PublicKey& key, const std::array<std::uint8_t, 64>& secret);
  PublicKey public_key_;
  std::array<std::uint8_t, 64> secret_;
};

}  // namespace protocol
