#include "protocol/encoding/text_encodings.h"

#include <sodium.h>

namespace protocol {

namespace {

std::string encoding_to_base64(ByteView bytes, int variant) {
  // The size counts the NUL that libsodium writes; std::string owns that place anyway.
  std::string out(sodium_base64_encoded_len(bytes.size(), variant) - 1, '\0');
  sodium_bin2base64(out.data(), out.size() + 1, bytes.data(), bytes.size(), variant);
  return out;
}

std::optional<Bytes> encoding_from_base64(std::string_view text, int variant) {
  Bytes out(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        variant) != 0) {
    return std::nullopt;
  }
  out.resize(size);
  // Padding and the unused last bits could be spelled in several ways; only our own spelling
  // counts.
  if (encoding_to_base64(out, variant) != text) return std::nullopt;
  return out;
}

constexpr std::string_view kBase58Alphabet =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

constexpr std::array<std::int8_t, 256> encoding_base58_values() {
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (std::size_t i = 0; i < kBase58Alphabet.size(); ++i) {
    values[static_cast<unsigned char>(kBase58Alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}

constexpr auto kBase58Values = encoding_base58_values();

/// The bytes behind `prefix`, if `text` is base58 of the prefix and of exactly `size` bytes more.
std::optional<Bytes> encoding_strip_prefix(std::string_view base58,
                                           std::array<std::uint8_t, 2> prefix, std::size_t size) {
  auto bytes = from_base58(base58);
  if (!bytes || bytes->size() != prefix.size() + size) return std::nullopt;
  if (!std::equal(prefix.begin(), prefix.end(), bytes->begin())) return std::nullopt;
  bytes->erase(bytes->begin(), bytes->begin() + prefix.size());
  return bytes;
}

std::string encoding_with_prefix(std::array<std::uint8_t, 2> prefix, ByteView bytes) {
  Bytes joined(prefix.begin(), prefix.end());
  joined.insert(joined.end(), bytes.begin(), bytes.end());
  return to_base58(joined);
}

constexpr std::array<std::uint8_t, 2> kEd25519Prefix = {0xed, 0x01};
constexpr std::array<std::uint8_t, 2> kSha256Prefix = {0x12, 0x20};

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string out(bytes.size() * 2, '\0');
  sodium_bin2hex(out.data(), out.size() + 1, bytes.data(), bytes.size());
  return out;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.empty()) return Bytes();  // libsodium takes no null pointer
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes out(text.size() / 2);
  std::size_t size = 0;
  if (sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &size, nullptr) !=
          0 ||
      size != out.size()) {
    return std::nullopt;
  }
  if (to_hex(out) != text) return std::nullopt;  // upper case
  return out;
}

std::string to_base64(ByteView bytes) {
  return encoding_to_base64(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::optional<Bytes> from_base64(std::string_view text) {
  return encoding_from_base64(text, sodium_base64_VARIANT_ORIGINAL);
}

std::string to_base64url(ByteView bytes) {
  return encoding_to_base64(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::optional<Bytes> from_base64url(std::string_view text) {
  return encoding_from_base64(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string to_base58(ByteView bytes) {
  std::size_t zeros = 0;
  while (zeros < bytes.size() && bytes[zeros] == 0) ++zeros;
  Bytes digits;  // base 58, lowest first
  digits.reserve(bytes.size() * 138 / 100 + 1);
  for (const std::uint8_t byte : bytes.subspan(zeros)) {
    unsigned carry = byte;
    for (auto& digit : digits) {
      carry += static_cast<unsigned>(digit) << 8;
      digit = static_cast<std::uint8_t>(carry % 58);
      carry /= 58;
    }
    for (; carry > 0; carry /= 58) digits.push_back(static_cast<std::uint8_t>(carry % 58));
  }
  std::string out(zeros, '1');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    out += kBase58Alphabet[*digit];
  }
  return out;
}

std::optional<Bytes> from_base58(std::string_view text) {
  if (text.size() > kMaxBase58Length) return std::nullopt;
  std::size_t ones = 0;
  while (ones < text.size() && text[ones] == '1') ++ones;
  // Five digits at a time (58^5 < 2^32), into words of 32 bits, lowest first: every name of an
  // identity passes here, several times for each document.
  std::array<std::uint32_t, kMaxBase58Length * 3 / 16 + 1> words;  // log2(58)/32 = 0.183 a digit
  std::size_t used = 0;
  for (std::size_t at = ones; at < text.size();) {
    std::uint64_t carry = 0;
    std::uint64_t factor = 1;
    for (int i = 0; i < 5 && at < text.size(); ++i, ++at) {
      const std::int8_t value = kBase58Values[static_cast<unsigned char>(text[at])];
      if (value < 0) return std::nullopt;
      carry = carry * 58 + static_cast<std::uint64_t>(value);
      factor *= 58;
    }
    for (std::size_t i = 0; i < used; ++i) {
      carry += words[i] * factor;
      words[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry > 0) words[used++] = static_cast<std::uint32_t>(carry);
  }
  Bytes out(ones, 0);
  out.reserve(ones + used * 4);
  for (std::size_t i = used; i-- > 0;) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      const auto byte = static_cast<std::uint8_t>(words[i] >> shift);
      if (out.size() > ones || byte != 0) out.push_back(byte);
    }
  }
  return out;
}

std::string to_multikey(const PublicKey& key) {
  return "z" + encoding_with_prefix(kEd25519Prefix, key.view());
}

std::optional<PublicKey> from_multikey(std::string_view text) {
  if (text.empty() || text.front() != 'z') return std::nullopt;
  const auto bytes = encoding_strip_prefix(text.substr(1), kEd25519Prefix, PublicKey::kSize);
  return bytes ? PublicKey::of(*bytes) : std::nullopt;
}

std::string to_multihash(const Hash& hash) {
  return encoding_with_prefix(kSha256Prefix, hash.view());
}

std::optional<Hash> from_multihash(std::string_view text) {
  const auto bytes = encoding_strip_prefix(text, kSha256Prefix, Hash::kSize);
  return bytes ? Hash::of(*bytes) : std::nullopt;
}

std::string to_proof_value(const Signature& signature) { return "z" + to_base58(signature.view()); }

std::optional<Signature> from_proof_value(std::string_view text) {
  if (text.empty() || text.front() != 'z' || text.size() > 100) return std::nullopt;
  const auto bytes = from_base58(text.substr(1));
  return bytes ? Signature::of(*bytes) : std::nullopt;
}

}  // namespace protocol
