#include "protocol/encoding/text_encodings.h"

#include <chrono>
#include <functional>
#include <random>

#include <gtest/gtest.h>

#include "tests/support/shared_inputs.h"

namespace protocol {
namespace {

Bytes encodings_bytes(std::string_view text) {
  const auto view = as_bytes(text);
  return Bytes(view.begin(), view.end());
}

TEST(TextEncodings, AgreeWithThePublishedExamples) {
  // RFC 4648, section 10.
  const std::pair<const char*, const char*> base64[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [plain, text] : base64) {
    EXPECT_EQ(to_base64(as_bytes(plain)), text);
    EXPECT_EQ(from_base64(text), encodings_bytes(plain)) << text;
  }
  EXPECT_EQ(to_base64url(as_bytes("\xfb\xff")), "-_8");
  EXPECT_EQ(from_base64url("-_8"), encodings_bytes("\xfb\xff"));
  EXPECT_EQ(to_hex(as_bytes("foobar")), "666f6f626172");
  EXPECT_EQ(from_hex("666f6f626172"), encodings_bytes("foobar"));
  // draft-msporny-base58.
  const std::pair<std::string_view, const char*> base58[] = {
      {"Hello World!", "2NEpo7TZRRrLZSi2U"},
      {"The quick brown fox jumps over the lazy dog.",
       "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"},
      {{"\0\0\x28\x7f\xb4\xcd", 6}, "11233QC4"},
      {"", ""},
      {{"\0", 1}, "1"},
  };
  for (const auto& [plain, text] : base58) {
    EXPECT_EQ(to_base58(as_bytes(plain)), text);
    EXPECT_EQ(from_base58(text), encodings_bytes(plain)) << text;
  }
}

TEST(TextEncodings, RefuseASecondSpelling) {
  for (const char* text : {"Zh==", "Zg", "Zg=", "Zg===", "Zm9=", "Zm8", "Zm9v\n", " Zm9v", "Zm 9v",
                           "Zm9v=", "=", "====", "Zm-_", "Z", "Zm9vZg==Zm9v"}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
  for (const char* text : {"-_9", "-_8=", "+/8", "A", "-_8\n", "-_ 8", "Zh"}) {
    EXPECT_FALSE(from_base64url(text)) << text;
  }
  for (const char* text : {"6", "6F", "6g", " 6f", "6f ", "0x6f", "6f:6f", "6f6"}) {
    EXPECT_FALSE(from_hex(text)) << text;
  }
  for (const char* text : {"0", "O", "I", "l", " 2", "2 ", "2\n", "+", "\xc3\xa9"}) {
    EXPECT_FALSE(from_base58(text)) << text;
  }
  EXPECT_FALSE(from_base64(std::string_view("Zm9v\0", 5)));
  EXPECT_FALSE(from_base58(std::string_view("2\0", 2)));
  EXPECT_FALSE(from_hex(std::string_view("6f\0\0", 4)));
}

TEST(TextEncodings, ReadBackWhatTheyWroteAndNothingElse) {
  struct Encoding {
    const char* name;
    std::function<std::string(ByteView)> encode;
    std::function<std::optional<Bytes>(std::string_view)> decode;
  };
  const Encoding encodings[] = {{"hex", to_hex, from_hex},
                                {"base64", to_base64, from_base64},
                                {"base64url", to_base64url, from_base64url},
                                {"base58", to_base58, from_base58}};
  std::mt19937_64 random(test_support::run_seed());
  for (const auto& encoding : encodings) {
    SCOPED_TRACE(encoding.name);
    for (int i = 0; i < test_support::rounds(20000); ++i) {
      Bytes bytes(random() % 94);  // 93 are the most that fit base58's 128 characters
      for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() % 3 ? random() : 0);
      std::string text = encoding.encode(bytes);
      ASSERT_EQ(encoding.decode(text), bytes) << text;
      // One character changed, taken away or put in: either refused, or another text of other
      // bytes.
      const std::size_t at = text.empty() ? 0 : random() % text.size();
      const char c = "ABCabcxyz0189+/-_= \n"[random() % 20];
      switch (random() % 3) {
        case 0:
          if (!text.empty()) text[at] = c;
          break;
        case 1:
          if (!text.empty()) text.erase(at, 1);
          break;
        case 2:
          text.insert(at, 1, c);
          break;
      }
      if (const auto read = encoding.decode(text)) {
        ASSERT_EQ(encoding.encode(*read), text);
      }
    }
  }
}

TEST(Base58, RefusesALongTextUnread) {
  EXPECT_TRUE(from_base58(std::string(kMaxBase58Length, '1')));
  EXPECT_TRUE(from_base58(std::string(kMaxBase58Length, 'z')));
  EXPECT_FALSE(from_base58(std::string(kMaxBase58Length + 1, '1')));
  const std::string huge(10'000'000, 'z');
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(from_base58(huge));
  EXPECT_FALSE(from_multikey(huge));
  EXPECT_FALSE(from_multihash(huge));
  EXPECT_FALSE(from_proof_value(huge));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(50));
}

TEST(Multikey, IsTheOneOfTheVectors) {
  // The key of RFC 8032 test 1, as did:key writes it.
  const auto key =
      PublicKey::of(*from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
  const std::string text = to_multikey(*key);
  EXPECT_EQ(text, "z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw");
  EXPECT_EQ(from_multikey(text), key);
}

TEST(Multikey, RefusesOtherKindsAndLengths) {
  Bytes bytes(34, 7);
  const auto with = [&bytes](std::uint8_t first, std::uint8_t second, std::size_t size) {
    bytes.assign(size, 7);
    bytes[0] = first;
    bytes[1] = second;
    return to_base58(bytes);
  };
  EXPECT_TRUE(from_multikey("z" + with(0xed, 0x01, 34)));
  EXPECT_FALSE(from_multikey(with(0xed, 0x01, 34)));
  EXPECT_FALSE(from_multikey("Z" + with(0xed, 0x01, 34)));
  EXPECT_FALSE(from_multikey("z" + with(0xec, 0x01, 34)));
  EXPECT_FALSE(from_multikey("z" + with(0xed, 0x00, 34)));
  EXPECT_FALSE(from_multikey("z" + with(0xed, 0x01, 33)));
  EXPECT_FALSE(from_multikey("z" + with(0xed, 0x01, 35)));
  EXPECT_FALSE(from_multikey("z1" + with(0xed, 0x01, 34)));
  EXPECT_FALSE(from_multikey("z"));
  EXPECT_FALSE(from_multikey(""));
}

TEST(Multihash, IsBareBase58OfFortySixCharacters) {
  for (const std::uint8_t fill : Bytes{0x00, 0x7f, 0xff}) {
    const auto hash = Hash::of(Bytes(32, fill));
    const std::string text = to_multihash(*hash);
    EXPECT_EQ(text.size(), 46u);
    EXPECT_EQ(text.substr(0, 2), "Qm");
    EXPECT_EQ(from_multihash(text), hash);
    EXPECT_FALSE(from_multihash("z" + text));
    EXPECT_FALSE(from_multihash("1" + text));
    EXPECT_FALSE(from_multihash(text.substr(1)));
  }
  Bytes sha512_named(34, 1);
  sha512_named[0] = 0x13;
  sha512_named[1] = 0x20;
  EXPECT_FALSE(from_multihash(to_base58(sha512_named)));
}

TEST(ProofValue, HoldsExactlySixtyFourBytes) {
  for (const std::size_t size : {0u, 1u, 63u, 64u, 65u}) {
    const std::string text = "z" + to_base58(Bytes(size, 0xab));
    EXPECT_EQ(from_proof_value(text).has_value(), size == 64) << size;
  }
  const auto zeros = Signature::of(Bytes(64, 0));
  EXPECT_EQ(from_proof_value(to_proof_value(*zeros)), zeros);
  EXPECT_FALSE(from_proof_value(to_base58(Bytes(64, 0xab))));
  EXPECT_FALSE(from_proof_value("z" + std::string(100, '1')));
}

}  // namespace
}  // namespace protocol
