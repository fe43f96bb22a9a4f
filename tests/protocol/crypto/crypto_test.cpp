#include "protocol/crypto/crypto.h"

#include <algorithm>
#include <memory>
#include <random>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>
#include <sodium.h>

#include "protocol/encoding/text_encodings.h"
#include "tests/support/shared_inputs.h"

namespace protocol {
namespace {

Bytes crypto_hex(std::string_view text) {
  const auto bytes = from_hex(text);
  EXPECT_TRUE(bytes) << text;
  return bytes.value_or(Bytes());
}

PublicKey crypto_key(const Bytes& bytes) { return PublicKey::of(bytes).value(); }
Signature crypto_signature(const Bytes& bytes) { return Signature::of(bytes).value(); }

Bytes crypto_copy(ByteView view) { return Bytes(view.begin(), view.end()); }

/// s + L, little endian: the second half of a signature, malleated.
Bytes crypto_add_order(const Signature& signature) {
  const Bytes order =
      crypto_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  Bytes bytes = crypto_copy(signature.view());
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned>(bytes[32 + i]) + order[i];
    bytes[32 + i] = static_cast<std::uint8_t>(carry & 0xff);
    carry >>= 8;
  }
  return bytes;
}

/// The points of order 1, 2, 4 and 8, and the other encodings of them that a lax reader would take.
const char* const kSmallOrder[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(to_hex(sha256("").view()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc").view()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a')).view()),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(sha256(ByteView()), sha256(""));
}

TEST(Sha256, OfPiecesIsThatOfTheWhole) {
  std::mt19937_64 random(test_support::run_seed());
  Sha256 pieces;  // one object for all rounds: finish() must begin anew
  for (int i = 0; i < test_support::rounds(5000); ++i) {
    std::string whole;
    for (std::size_t n = random() % 5; n > 0; --n) {
      const std::string piece(random() % 150, static_cast<char>(random()));
      pieces.add(piece);
      whole += piece;
    }
    ASSERT_EQ(pieces.finish(), sha256(whole));
  }
}

TEST(Sha256, MayRunInManyThreads) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([t, &wrong] {
      const std::string text(t + 1, 'x');
      const Hash expected = Sha256().add(text).finish();
      for (int i = 0; i < 2000; ++i) {
        if (sha256(text) != expected) ++wrong[t];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(SigningKey, SignsAsRfc8032) {
  struct Case {
    const char* seed;
    const char* key;
    const char* message;
    const char* signature;
  };
  const Case cases[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9"
       "b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "1"
       "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
  };
  for (const auto& c : cases) {
    const auto key = SigningKey::from_seed(crypto_hex(c.seed));
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(key->public_key().view()), c.key);
    EXPECT_EQ(to_hex(key->seed()), c.seed);
    const Signature signature = key->sign(ByteView(crypto_hex(c.message)));
    EXPECT_EQ(to_hex(signature.view()), c.signature);
    EXPECT_TRUE(verify(key->public_key(), crypto_hex(c.message), signature));
    EXPECT_TRUE(is_valid_key(key->public_key()));
  }
}

TEST(SigningKey, TakesThirtyTwoBytesOnly) {
  for (const std::size_t size : {0u, 31u, 33u, 64u}) {
    EXPECT_FALSE(SigningKey::from_seed(Bytes(size, 1))) << size;
  }
}

TEST(SigningKey, LeavesNothingBehindWhenItMoves) {
  auto first = SigningKey::from_seed(Bytes(32, 1)).value();
  const PublicKey key = first.public_key();
  SigningKey second(std::move(first));
  EXPECT_TRUE(verify(key, as_bytes("m"), second.sign("m")));
  EXPECT_EQ(crypto_copy(first.seed()), Bytes(32, 0));
  EXPECT_THROW(first.sign("m"), std::logic_error);
  auto third = SigningKey::from_seed(Bytes(32, 3)).value();
  third = std::move(second);
  EXPECT_EQ(third.public_key(), key);
  EXPECT_TRUE(verify(key, as_bytes("m"), third.sign("m")));
  EXPECT_EQ(crypto_copy(second.seed()), Bytes(32, 0));
}

TEST(SigningKey, WipesItsBytesWhenItGoes) {
  alignas(SigningKey) std::array<std::uint8_t, sizeof(SigningKey)> place{};
  auto* key = std::construct_at(reinterpret_cast<SigningKey*>(place.data()),
                                SigningKey::from_seed(Bytes(32, 0x5a)).value());
  const std::string seed(32, 0x5a);
  ASSERT_NE(as_text(place).find(seed), std::string_view::npos);
  std::destroy_at(key);
  EXPECT_EQ(as_text(place).find(seed), std::string_view::npos);
}

TEST(Verify, RefusesEveryChangedBit) {
  const auto key = SigningKey::from_seed(Bytes(32, 9)).value();
  const std::string message = "a message";
  const Signature good = key.sign(message);
  ASSERT_TRUE(verify(key.public_key(), as_bytes(message), good));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Bytes bytes = crypto_copy(good.view());
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_FALSE(verify(key.public_key(), as_bytes(message), crypto_signature(bytes))) << bit;
  }
  for (std::size_t bit = 0; bit < 256; ++bit) {
    Bytes bytes = crypto_copy(key.public_key().view());
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_FALSE(verify(crypto_key(bytes), as_bytes(message), good)) << bit;
  }
  EXPECT_FALSE(verify(key.public_key(), as_bytes("a messagf"), good));
  EXPECT_FALSE(verify(key.public_key(), as_bytes(""), good));
  const auto other = SigningKey::from_seed(Bytes(32, 10)).value();
  EXPECT_FALSE(verify(other.public_key(), as_bytes(message), good));
}

TEST(Verify, RefusesASecondSignatureMadeFromAGoodOne) {
  std::mt19937_64 random(test_support::run_seed());
  for (int i = 0; i < 20; ++i) {
    Bytes seed(32);
    for (auto& byte : seed) byte = static_cast<std::uint8_t>(random());
    const auto key = SigningKey::from_seed(seed).value();
    const Signature good = key.sign("m");
    EXPECT_FALSE(verify(key.public_key(), as_bytes("m"), crypto_signature(crypto_add_order(good))));
  }
}

TEST(Verify, RefusesKeysForWhichAnyoneCanSign) {
  // With a key of order 1, R = B·S verifies for every message: here S = 0 and R = the identity.
  for (const char* small : kSmallOrder) {
    SCOPED_TRACE(small);
    const PublicKey key = crypto_key(crypto_hex(small));
    EXPECT_FALSE(is_valid_key(key));
    for (const char* point : kSmallOrder) {
      Bytes bytes = crypto_hex(point);
      bytes.resize(64, 0);
      for (const char* message : {"", "a", "b", "c", "d", "e", "f", "g"}) {
        EXPECT_FALSE(verify(key, as_bytes(message), crypto_signature(bytes)));
      }
    }
  }
}

TEST(IsValidKey, RefusesPointsOutsideTheGroup) {
  // Twisted by a point of order 8: on the curve, not of small order, and yet not of prime order.
  const auto good = SigningKey::from_seed(Bytes(32, 4)).value();
  const Bytes eight =
      crypto_hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
  Bytes mixed(32);
  ASSERT_EQ(crypto_core_ed25519_add(mixed.data(), good.public_key().data(), eight.data()), 0);
  EXPECT_TRUE(is_valid_key(good.public_key()));
  EXPECT_FALSE(is_valid_key(crypto_key(mixed)));
  // y >= p: a second spelling of y - p.
  for (int low = 0xed; low <= 0xff; ++low) {
    for (const std::uint8_t high : Bytes{0x7f, 0xff}) {
      Bytes bytes(32, 0xff);
      bytes[0] = static_cast<std::uint8_t>(low);
      bytes[31] = high;
      EXPECT_FALSE(is_valid_key(crypto_key(bytes))) << low;
    }
  }
}

TEST(Verify, JudgesCraftedInputsAsLibsodiumDoes) {
  ASSERT_GE(sodium_init(), 0);
  std::mt19937_64 random(test_support::run_seed());
  std::vector<Bytes> points;
  for (const char* small : kSmallOrder) points.push_back(crypto_hex(small));
  for (int low = 0xed; low <= 0xff; ++low) {
    points.emplace_back(32, 0xff);
    points.back()[0] = static_cast<std::uint8_t>(low);
    points.back()[31] = 0x7f;
  }
  const auto signer = SigningKey::from_seed(Bytes(32, 21)).value();
  points.push_back(crypto_copy(signer.public_key().view()));
  for (std::size_t i = 0; i < 8; ++i) {
    Bytes mixed(32);
    if (crypto_core_ed25519_add(mixed.data(), signer.public_key().data(), points[i].data()) == 0) {
      points.push_back(mixed);
    }
  }
  int accepted = 0;
  for (int i = 0; i < test_support::rounds(20000); ++i) {
    const std::string message(random() % 4, 'm');
    const Bytes& key = points[random() % points.size()];
    const Signature good = signer.sign(message);
    Bytes signature = random() % 2 ? crypto_copy(good.view()) : crypto_add_order(good);
    if (random() % 2) {
      const Bytes& point = points[random() % points.size()];
      std::copy(point.begin(), point.end(), signature.begin());
    }
    if (random() % 4 == 0) std::fill(signature.begin() + 32, signature.end(), std::uint8_t{0});
    const bool sodium = crypto_sign_verify_detached(signature.data(), as_bytes(message).data(),
                                                    message.size(), key.data()) == 0;
    ASSERT_EQ(verify(crypto_key(key), as_bytes(message), crypto_signature(signature)), sodium);
    ASSERT_EQ(is_valid_key(crypto_key(key)), crypto_core_ed25519_is_valid_point(key.data()) == 1);
    accepted += sodium;
  }
  EXPECT_GT(accepted, 0);
}

}  // namespace
}  // namespace protocol
