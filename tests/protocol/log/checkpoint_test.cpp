#include "protocol/log/checkpoint.h"

#include <gtest/gtest.h>

#include "protocol/log/merkle.h"

namespace protocol {
namespace {

constexpr std::string_view kCheckpointOrigin =
    "webvh/QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE/1";
constexpr std::string_view kCheckpointRoot = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

std::string checkpoint_text(std::string_view origin, std::string_view size, std::string_view root) {
  std::string text;
  for (const std::string_view line : {origin, size, root}) text.append(line).append("\n");
  return text;
}

TEST(Checkpoint, ReadsBackWhatItWrote) {
  for (const std::uint64_t size : {0ULL, 1ULL, 1042ULL, 9'007'199'254'740'991ULL}) {
    const Checkpoint written{std::string(kCheckpointOrigin), size, empty_root()};
    const auto read = parse_checkpoint(format_checkpoint(written), kCheckpointOrigin);
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    EXPECT_EQ(*read, written);
  }
}

TEST(Checkpoint, IsThreeLines) {
  EXPECT_EQ(format_checkpoint({std::string(kCheckpointOrigin), 1042, empty_root()}),
            checkpoint_text(kCheckpointOrigin, "1042", kCheckpointRoot));
}

TEST(Checkpoint, RefusesSizesThatAreNoPlainDecimalBelow2To53) {
  for (const char* size : {"",
                           "01042",
                           "00",
                           "+5",
                           "-1",
                           "-0",
                           " 5",
                           "5 ",
                           "5.0",
                           "1e3",
                           "0x10",
                           "1,042",
                           "1_042",
                           "\u0665",
                           "9007199254740992",
                           "9007199254740993",
                           "9223372036854775808",
                           "18446744073709551615",
                           "18446744073709551616",
                           "10000000000000000",
                           "100000000000000000000000000000000000000000000000000",
                           "abc",
                           "5\r"}) {
    SCOPED_TRACE(size);
    const auto result = parse_checkpoint(checkpoint_text(kCheckpointOrigin, size, kCheckpointRoot));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::note_syntax);
  }
}

TEST(Checkpoint, RefusesRootsThatAreNot44CharactersOfBase64) {
  for (const char* root : {"", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
                           "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=",
                           "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=",
                           "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= ",
                           " 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
                           "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFUA",
                           "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuA==",
                           "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\r", "AAAA"}) {
    SCOPED_TRACE(root);
    const auto result = parse_checkpoint(checkpoint_text(kCheckpointOrigin, "1", root));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::note_syntax);
  }
}

TEST(Checkpoint, RefusesAnyOtherNumberOfLines) {
  const std::string good = checkpoint_text(kCheckpointOrigin, "1", kCheckpointRoot);
  ASSERT_TRUE(parse_checkpoint(good).has_value());
  const std::string cases[] = {
      "",
      "\n",
      "\n\n\n",
      good.substr(0, good.size() - 1),
      good + "\n",
      good + "an extension line\n",
      good + "x",
      "\n" + good,
      checkpoint_text("", "1", kCheckpointRoot),
      std::string(kCheckpointOrigin) + "\n1\n",
  };
  for (const auto& text : cases) {
    SCOPED_TRACE(text);
    const auto result = parse_checkpoint(text);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::note_syntax);
  }
}

TEST(Checkpoint, RefusesAnotherOrigin) {
  const std::string text = checkpoint_text(kCheckpointOrigin, "1", kCheckpointRoot);
  EXPECT_TRUE(parse_checkpoint(text).has_value());
  EXPECT_TRUE(parse_checkpoint(text, kCheckpointOrigin).has_value());
  for (const std::string& origin : {std::string(kCheckpointOrigin) + "0", std::string("webvh/x/1"),
                                    std::string(kCheckpointOrigin).substr(0, 20)}) {
    const auto result = parse_checkpoint(text, origin);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::origin_mismatch);
  }
  const auto malformed = parse_checkpoint(checkpoint_text("x", "01", kCheckpointRoot), "y");
  ASSERT_FALSE(malformed.has_value());
  EXPECT_EQ(malformed.error().code, ErrorCode::note_syntax) << "syntax is judged before the name";
}

TEST(Checkpoint, NamesFollowFromTheScid) {
  EXPECT_EQ(feed_origin("QmScid", 1), "webvh/QmScid/1");
  EXPECT_EQ(feed_origin("QmScid", 12), "webvh/QmScid/12");
  EXPECT_EQ(node_key_name("QmScid"), "webvh/QmScid/node");
}

}  // namespace
}  // namespace protocol
