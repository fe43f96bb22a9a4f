#include "protocol/log/leaf.h"

#include <array>

#include <gtest/gtest.h>

#include "protocol/crypto/crypto.h"

namespace protocol {
namespace {

constexpr std::string_view kLeafUuid = "urn:uuid:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff";
constexpr std::string_view kLeafPut =
    R"({"exp":1825027200,"h":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",)"
    R"("id":"urn:uuid:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff","op":"put","t":"listing"})";
constexpr std::string_view kLeafDel =
    R"({"id":"urn:uuid:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff","op":"del","why":"withdrawn"})";

std::string leaf_with(std::string_view bytes, std::string_view old_part, std::string_view part) {
  std::string changed(bytes);
  const std::size_t at = changed.find(old_part);
  EXPECT_NE(at, std::string::npos) << old_part;
  return changed.replace(at, old_part.size(), part);
}

TEST(Leaf, ReadsAPut) {
  const auto leaf = parse_leaf(kLeafPut);
  ASSERT_TRUE(leaf.has_value()) << leaf.error().detail;
  EXPECT_EQ(leaf->op, Leaf::Op::put);
  EXPECT_EQ(leaf->id, kLeafUuid);
  EXPECT_EQ(leaf->type, "listing");
  EXPECT_EQ(leaf->document, sha256(""));
  EXPECT_EQ(leaf->expires, from_unix(1825027200));
  EXPECT_TRUE(leaf->why.empty());
  EXPECT_EQ(format_leaf(*leaf), kLeafPut);
}

TEST(Leaf, ReadsADel) {
  for (const char* why : {"withdrawn", "closed", "erased", "mistake"}) {
    const std::string bytes = leaf_with(kLeafDel, "withdrawn", why);
    const auto leaf = parse_leaf(bytes);
    ASSERT_TRUE(leaf.has_value()) << leaf.error().detail;
    EXPECT_EQ(leaf->op, Leaf::Op::del);
    EXPECT_EQ(leaf->id, kLeafUuid);
    EXPECT_EQ(leaf->why, why);
    EXPECT_FALSE(leaf->document.has_value());
    EXPECT_FALSE(leaf->expires.has_value());
    EXPECT_EQ(format_leaf(*leaf), bytes);
  }
}

TEST(Leaf, AcceptsTypesOfTheFuture) {
  for (const char* type : {"recognition", "publisher", "label", "x", "caf\u00E9"}) {
    const std::string bytes = leaf_with(kLeafPut, "listing", type);
    const auto leaf = parse_leaf(bytes);
    ASSERT_TRUE(leaf.has_value()) << leaf.error().detail;
    EXPECT_EQ(leaf->type, type);
    EXPECT_EQ(format_leaf(*leaf), bytes);
  }
}

TEST(Leaf, StopsAtUnknownOperations) {
  const std::string cases[] = {
      R"({"op":"prune","to":7})",
      R"({"op":"Put"})",
      R"({"op":""})",
      leaf_with(kLeafPut, "\"put\"", "\"move\""),
      R"({"a":{"b":[1,2]},"op":"later"})",
  };
  for (const auto& bytes : cases) {
    SCOPED_TRACE(bytes);
    const auto leaf = parse_leaf(bytes);
    ASSERT_FALSE(leaf.has_value());
    EXPECT_EQ(leaf.error().code, ErrorCode::unsupported_op);
  }
}

TEST(Leaf, RefusesWhateverIsNotExactlyALeaf) {
  const std::string put(kLeafPut);
  const std::string del(kLeafDel);
  struct Case {
    const char* name;
    std::string bytes;
  };
  const Case cases[] = {
      {"nothing", ""},
      {"null", "null"},
      {"array", "[]"},
      {"no members", "{}"},
      {"cut", put.substr(0, put.size() - 1)},
      {"newline behind", put + "\n"},
      {"space in front", " " + put},
      {"two", put + put},
      {"byte order mark", "\xEF\xBB\xBF" + put},
      {"space inside", leaf_with(put, "\"op\":", "\"op\": ")},
      {"members in another order",
       leaf_with(del, R"("op":"del","why":"withdrawn")", R"("why":"withdrawn","op":"del")")},
      {"member twice", leaf_with(del, "\"op\":\"del\"", "\"op\":\"del\",\"op\":\"del\"")},
      {"member twice, escaped", leaf_with(del, "\"op\":", "\"\\u006fp\":\"del\",\"op\":")},
      {"needless escape", leaf_with(put, "listing", "l\\u0069sting")},
      {"put with one more", leaf_with(put, "\"id\"", "\"i\":1,\"id\"")},
      {"put with why", leaf_with(put, "\"listing\"", "\"listing\",\"why\":\"closed\"")},
      {"put without exp", leaf_with(put, "\"exp\":1825027200,", "")},
      {"put without t", leaf_with(put, ",\"t\":\"listing\"", "")},
      {"put that is a del by op", leaf_with(put, "\"put\"", "\"del\"")},
      {"del that is a put by op", leaf_with(del, "\"del\"", "\"put\"")},
      {"del without why", leaf_with(del, ",\"why\":\"withdrawn\"", "")},
      {"del with one more", leaf_with(del, "\"withdrawn\"", "\"withdrawn\",\"x\":1")},
      {"why of the future", leaf_with(del, "withdrawn", "tired")},
      {"why empty", leaf_with(del, "withdrawn", "")},
      {"why a number", leaf_with(del, "\"withdrawn\"", "1")},
      {"op a number", leaf_with(del, "\"del\"", "1")},
      {"op missing", leaf_with(del, "\"op\":\"del\",", "")},
      {"t empty", leaf_with(put, "listing", "")},
      {"t a list", leaf_with(put, "\"listing\"", "[\"listing\"]")},
      {"exp a string", leaf_with(put, "1825027200", "\"1825027200\"")},
      {"exp a fraction", leaf_with(put, "1825027200", "1825027200.5")},
      {"exp with .0", leaf_with(put, "1825027200", "1825027200.0")},
      {"exp as a power", leaf_with(put, "1825027200", "1e9")},
      {"exp with a zero in front", leaf_with(put, "1825027200", "01825027200")},
      {"exp negative", leaf_with(put, "1825027200", "-1")},
      {"exp minus zero", leaf_with(put, "1825027200", "-0")},
      {"exp in the year 10000", leaf_with(put, "1825027200", "253402300800")},
      {"exp 2^63", leaf_with(put, "1825027200", "9223372036854775808")},
      {"exp null", leaf_with(put, "1825027200", "null")},
      {"h of the other alphabet", leaf_with(put, "-_", "+/")},
      {"h padded", leaf_with(put, "SuFU", "SuFU=")},
      {"h with bits behind", leaf_with(put, "SuFU", "SuFV")},
      {"h one character short", leaf_with(put, "SuFU", "SuF")},
      {"h of 33 bytes", leaf_with(put, "SuFU", "SuFUA")},
      {"h empty", leaf_with(put, "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "")},
      {"id in capitals", leaf_with(put, "0f1e", "0F1E")},
      {"id without urn", leaf_with(put, "urn:uuid:", "")},
      {"id short", leaf_with(put, "0f1e", "0f1")},
      {"id of another scheme", leaf_with(put, "urn:uuid:", "urn:isbn:")},
      {"id not hexadecimal", leaf_with(put, "0f1e", "0g1e")},
      {"invalid UTF-8", leaf_with(put, "listing", "l\xFFsting")},
      {"lone surrogate", leaf_with(put, "listing", "\\ud800")},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto leaf = parse_leaf(c.bytes);
    ASSERT_FALSE(leaf.has_value());
    EXPECT_EQ(leaf.error().code, ErrorCode::leaf_syntax) << leaf.error().detail;
  }
}

TEST(Leaf, RefusesOver512Bytes) {
  const std::size_t room = kMaxLeafBytes - kLeafPut.size();
  const std::string largest = leaf_with(kLeafPut, "listing", "listing" + std::string(room, 'x'));
  ASSERT_EQ(largest.size(), kMaxLeafBytes);
  EXPECT_TRUE(parse_leaf(largest).has_value());
  const auto larger = parse_leaf(leaf_with(largest, "listing", "listingx"));
  ASSERT_FALSE(larger.has_value());
  EXPECT_EQ(larger.error().code, ErrorCode::leaf_syntax);
  const auto huge = parse_leaf(std::string(10'000'000, '['));
  ASSERT_FALSE(huge.has_value());
  EXPECT_EQ(huge.error().code, ErrorCode::leaf_syntax);
  const auto deep = parse_leaf(std::string(512, '['));
  ASSERT_FALSE(deep.has_value());
  EXPECT_EQ(deep.error().code, ErrorCode::leaf_syntax);
}

TEST(Leaf, HoldsUpToEveryCutAndEveryChangedByte) {
  for (const std::string_view good : {kLeafPut, kLeafDel}) {
    for (std::size_t length = 0; length < good.size(); ++length) {
      EXPECT_FALSE(parse_leaf(good.substr(0, length)).has_value()) << length;
    }
    for (std::size_t i = 0; i < good.size(); ++i) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string bytes(good);
        bytes[i] = static_cast<char>(byte);
        // Whatever is accepted is what would have been written.
        if (const auto leaf = parse_leaf(bytes)) {
          EXPECT_EQ(format_leaf(*leaf), bytes);
        }
      }
    }
  }
}

TEST(Uuid, IsOfVersion4FromRandomBytes) {
  std::array<std::uint8_t, 16> bytes{};
  EXPECT_EQ(uuid_urn(bytes), "urn:uuid:00000000-0000-4000-8000-000000000000");
  bytes.fill(0xFF);
  EXPECT_EQ(uuid_urn(bytes), "urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff");
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(0x10 * i + i);
  EXPECT_EQ(uuid_urn(bytes), "urn:uuid:00112233-4455-4677-8899-aabbccddeeff");
  EXPECT_TRUE(is_uuid_urn(uuid_urn(bytes)));
}

TEST(Uuid, IsKnownByItsForm) {
  EXPECT_TRUE(is_uuid_urn(kLeafUuid));
  for (const char* text : {"", "urn:uuid:", "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff",
                           "urn:uuid:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f",
                           "urn:uuid:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0fff",
                           "urn:uuid:0f1e2d3c04b5a-4978-8695-a4b3c2d1e0ff",
                           "urn:uuid:0f1e2d3-c4b5a-4978-8695-a4b3c2d1e0ff",
                           "URN:UUID:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff",
                           "urn:uuid:{f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f}",
                           "urn:uuid:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0fF",
                           "urn:uuid:------------------------------------"}) {
    EXPECT_FALSE(is_uuid_urn(text)) << text;
  }
}

}  // namespace
}  // namespace protocol
