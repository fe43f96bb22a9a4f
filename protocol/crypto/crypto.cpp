#include "protocol/crypto/crypto.h"

#include <algorithm>
#include <new>
#include <stdexcept>

#include <openssl/evp.h>
#include <sodium.h>

namespace protocol {

namespace {

/// Fetched once: asking for the algorithm by name costs more than hashing a leaf (SHA256() and
/// EVP_sha256() ask every time). Never freed, because hashing may go on until the process ends.
const EVP_MD* crypto_sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (algorithm == nullptr) throw std::runtime_error("OpenSSL offers no SHA-256");
  return algorithm;
}

void crypto_need(int openssl_result) {
  if (openssl_result != 1) throw std::runtime_error("OpenSSL could not hash");
}

EVP_MD_CTX* crypto_digest_context(void* context) { return static_cast<EVP_MD_CTX*>(context); }

/// libsodium works before sodium_init() too, but with its slow code and without a promise of thread
/// safety. A local static is initialized once, whatever threads come first.
void crypto_need_sodium() {
  static const int ready = sodium_init();
  if (ready < 0) throw std::runtime_error("libsodium cannot start");
}

}  // namespace

Hash sha256(ByteView bytes) {
  thread_local Sha256 reused;
  return reused.add(bytes).finish();
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (context_ == nullptr) throw std::bad_alloc();
  if (EVP_DigestInit_ex2(crypto_digest_context(context_), crypto_sha256_algorithm(), nullptr) !=
      1) {
    EVP_MD_CTX_free(crypto_digest_context(context_));
    throw std::runtime_error("OpenSSL could not begin a SHA-256");
  }
}

Sha256::~Sha256() { EVP_MD_CTX_free(crypto_digest_context(context_)); }

Sha256& Sha256::add(ByteView bytes) {
  crypto_need(EVP_DigestUpdate(crypto_digest_context(context_), bytes.data(), bytes.size()));
  return *this;
}

Hash Sha256::finish() {
  std::array<std::uint8_t, Hash::kSize> digest{};
  crypto_need(EVP_DigestFinal_ex(crypto_digest_context(context_), digest.data(), nullptr));
  crypto_need(EVP_DigestInit_ex2(crypto_digest_context(context_), nullptr, nullptr));
  return Hash::of(digest);
}

bool is_valid_key(const PublicKey& key) {
  crypto_need_sodium();
  // The check costs nearly as much as a signature, and every document of a feed asks for one key.
  thread_local std::optional<PublicKey> last_valid;
  if (last_valid == key) return true;
  const bool valid = crypto_core_ed25519_is_valid_point(key.data()) == 1;
  if (valid) last_valid = key;
  return valid;
}

bool verify(const PublicKey& key, ByteView message, const Signature& signature) {
  crypto_need_sodium();
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     key.data()) == 0;
}

std::optional<SigningKey> SigningKey::from_seed(ByteView seed) {
  if (seed.size() != crypto_sign_SEEDBYTES) return std::nullopt;
  crypto_need_sodium();
  std::array<std::uint8_t, PublicKey::kSize> public_bytes{};
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret{};
  crypto_sign_seed_keypair(public_bytes.data(), secret.data(), seed.data());
  SigningKey key(PublicKey::of(public_bytes), secret);
  sodium_memzero(secret.data(), secret.size());
  return key;
}

SigningKey::SigningKey(const PublicKey& key, const std::array<std::uint8_t, 64>& secret)
    : public_key_(key), secret_(secret) {}

SigningKey::SigningKey(SigningKey&& other) noexcept
    : public_key_(other.public_key_), secret_(other.secret_) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
  if (this != &other) {
    public_key_ = other.public_key_;
    secret_ = other.secret_;
    sodium_memzero(other.secret_.data(), other.secret_.size());
  }
  return *this;
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

Signature SigningKey::sign(ByteView message) const {
  // libsodium keeps the public key in the second half; a key that was moved away has zeros there.
  // Signing with it would publish a signature from which nobody can learn what went wrong.
  if (!std::equal(public_key_.view().begin(), public_key_.view().end(), secret_.begin() + 32)) {
    throw std::logic_error("signing with a key that was moved away");
  }
  std::array<std::uint8_t, Signature::kSize> signature{};
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_.data());
  return Signature::of(signature);
}

}  // namespace protocol
