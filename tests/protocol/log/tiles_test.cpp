#include "protocol/log/tiles.h"

#include <map>
#include <stdexcept>

#include <gtest/gtest.h>

#include "protocol/log/merkle.h"
#include "tests/protocol/log/log_vectors.h"

namespace protocol {
namespace {

std::vector<Bytes> tiles_entries(std::size_t count) {
  std::vector<Bytes> entries;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string text = "entry " + std::to_string(i);
    const ByteView bytes = as_bytes(text);
    entries.emplace_back(bytes.begin(), bytes.end());
  }
  return entries;
}

void tiles_expect_leaf_syntax(const Result<std::vector<ByteView>>& result) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::leaf_syntax) << result.error().detail;
}

TEST(TilePath, GroupsDigitsByThree) {
  EXPECT_EQ(tile_number_path(0), "000");
  EXPECT_EQ(tile_number_path(67), "067");
  EXPECT_EQ(tile_number_path(999), "999");
  EXPECT_EQ(tile_number_path(1000), "x001/000");
  EXPECT_EQ(tile_number_path(1'234'067), "x001/x234/067");
  EXPECT_EQ(tile_number_path(1'000'000), "x001/x000/000");
  EXPECT_EQ(tile_number_path(~std::uint64_t{0}), "x018/x446/x744/x073/x709/x551/615");
  EXPECT_EQ(tile_number_path(1'234'067, 8), "x001/x234/067.p/8");
  EXPECT_EQ(tile_number_path(0, 255), "000.p/255");
  EXPECT_EQ(tile_number_path(0, 256), "000");
}

TEST(TilePath, NamesEachKindOfFile) {
  EXPECT_EQ(entries_path(0), "tile/entries/000");
  EXPECT_EQ(entries_path(1234, 1), "tile/entries/x001/234.p/1");
  EXPECT_EQ(hash_tile_path(0, 0), "tile/0/000");
  EXPECT_EQ(hash_tile_path(2, 5, 17), "tile/2/005.p/17");
  EXPECT_EQ(docs_path(0), "docs/000.jsonl");
  EXPECT_EQ(docs_path(1'234'067), "docs/x001/x234/067.jsonl");
}

TEST(Bundle, WidthFollowsFromTheSize) {
  EXPECT_EQ(bundle_width(0, 0), 0U);
  EXPECT_EQ(bundle_width(0, 1), 1U);
  EXPECT_EQ(bundle_width(0, 255), 255U);
  EXPECT_EQ(bundle_width(0, 256), 256U);
  EXPECT_EQ(bundle_width(1, 256), 0U);
  EXPECT_EQ(bundle_width(1, 257), 1U);
  EXPECT_EQ(bundle_width(2, 257), 0U);
  EXPECT_EQ(bundle_width(~std::uint64_t{0}, ~std::uint64_t{0}), 0U);
}

TEST(Bundle, ReadsBackWhatItWrote) {
  for (const std::size_t count : {0U, 1U, 255U, 256U}) {
    const auto entries = tiles_entries(count);
    const Bytes bundle = encode_bundle(entries);
    const auto read = decode_bundle(bundle, count);
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    ASSERT_EQ(read->size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(as_text((*read)[i]), as_text(ByteView(entries[i])));
    }
  }
}

TEST(Bundle, LengthsAreBigEndian) {
  const std::vector<Bytes> entries{Bytes(0x0102, 'x'), Bytes{}};
  const Bytes bundle = encode_bundle(entries);
  ASSERT_EQ(bundle.size(), 2U + 0x0102U + 2U);
  EXPECT_EQ(bundle[0], 0x01);
  EXPECT_EQ(bundle[1], 0x02);
  EXPECT_EQ(bundle[2], 'x');
  EXPECT_EQ(bundle[bundle.size() - 2], 0);
  EXPECT_EQ(bundle[bundle.size() - 1], 0);
}

TEST(Bundle, WritesNoEntryWhoseLengthWouldBeCut) {
  const std::vector<Bytes> longest{Bytes(65'535)};
  const Bytes bundle = encode_bundle(longest);
  const auto read = decode_bundle(bundle, 1);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->front().size(), 65'535U);
  EXPECT_THROW(encode_bundle(std::vector<Bytes>{Bytes(65'536)}), std::length_error);
}

TEST(Bundle, RefusesWhatIsNotExactlyItsEntries) {
  const Bytes full = encode_bundle(tiles_entries(256));
  Bytes trailing = full;
  trailing.push_back(0);
  Bytes cut = full;
  cut.pop_back();
  Bytes overrunning = encode_bundle(tiles_entries(255));
  overrunning.insert(overrunning.end(), {0xFF, 0xFF, 'x'});
  struct Case {
    const char* name;
    Bytes bundle;
    std::uint64_t width;
  };
  const Case cases[] = {
      {"255 entries where 256 are due", encode_bundle(tiles_entries(255)), 256},
      {"257 entries where 256 are due", encode_bundle(tiles_entries(257)), 256},
      {"256 entries where 255 are due", full, 255},
      {"one byte more", trailing, 256},
      {"one byte less", cut, 256},
      {"length over the end", overrunning, 256},
      {"half a length", Bytes{0x00}, 1},
      {"nothing where one is due", Bytes{}, 1},
      {"one where nothing is due", Bytes{0x00, 0x00}, 0},
      {"65,535 of nothing", Bytes{0xFF, 0xFF}, 1},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    tiles_expect_leaf_syntax(decode_bundle(c.bundle, c.width));
  }
}

TEST(Bundle, EndsAtOnceOnAnAbsurdWidth) {
  tiles_expect_leaf_syntax(decode_bundle(encode_bundle(tiles_entries(3)), ~std::uint64_t{0}));
}

TEST(Bundle, PrefixOfAFullOneServesAsThePartialOne) {
  const auto entries = tiles_entries(256);
  const Bytes full = encode_bundle(entries);
  const auto prefix = decode_bundle_prefix(full, 200);
  ASSERT_TRUE(prefix.has_value());
  ASSERT_EQ(prefix->size(), 200U);
  EXPECT_EQ(as_text(prefix->back()), as_text(ByteView(entries[199])));
  EXPECT_TRUE(decode_bundle_prefix(full, 256).has_value());
  tiles_expect_leaf_syntax(decode_bundle_prefix(full, 257));
  tiles_expect_leaf_syntax(decode_bundle_prefix(Bytes{}, 1));
}

TEST(HashTiles, AreThoseThatTheLargerLogHasAndTheSmallerHadNot) {
  using Tiles = std::vector<HashTile>;
  EXPECT_EQ(new_hash_tiles(0, 0), Tiles{});
  EXPECT_EQ(new_hash_tiles(7, 7), Tiles{});
  EXPECT_EQ(new_hash_tiles(9, 7), Tiles{});
  EXPECT_EQ(new_hash_tiles(0, 1), (Tiles{{0, 0, 1}}));
  EXPECT_EQ(new_hash_tiles(1, 255), (Tiles{{0, 0, 255}}));
  EXPECT_EQ(new_hash_tiles(255, 256), (Tiles{{0, 0, 256}, {1, 0, 1}}));
  EXPECT_EQ(new_hash_tiles(256, 257), (Tiles{{0, 1, 1}}));
  EXPECT_EQ(new_hash_tiles(0, 600), (Tiles{{0, 0, 256}, {0, 1, 256}, {0, 2, 88}, {1, 0, 2}}));
  EXPECT_EQ(new_hash_tiles(65'535, 65'537),
            (Tiles{{0, 255, 256}, {0, 256, 1}, {1, 0, 256}, {2, 0, 1}}));
}

TEST(HashTiles, OfEveryStepHoldWhatTheWholeLogNeeds) {
  // Writing step by step leaves nothing out: whatever a log of the last size has was new at some
  // step.
  std::map<std::string, int> written;
  const std::uint64_t sizes[] = {0,   1,   3,     255,    256,    257,   511,
                                 512, 700, 5'000, 65'535, 65'536, 70'000};
  for (std::size_t i = 1; i < std::size(sizes); ++i) {
    for (const HashTile& tile : new_hash_tiles(sizes[i - 1], sizes[i])) {
      ++written[hash_tile_path(tile.level, tile.number, tile.width)];
    }
    for (const HashTile& tile : new_hash_tiles(0, sizes[i])) {
      EXPECT_EQ(written[hash_tile_path(tile.level, tile.number, tile.width)], 1)
          << "size " << sizes[i];
    }
  }
}

TEST(HashTiles, HoldTheHashesOfTheNaiveTree) {
  const auto leaves = log_vectors::generated_leaves(66'000);
  const std::span<const Hash> all(leaves);
  for (const HashTile& tile : new_hash_tiles(0, leaves.size())) {
    const std::string path = hash_tile_path(tile.level, tile.number, tile.width);
    const std::size_t each = std::size_t{1} << (8 * tile.level);
    const Bytes bytes = hash_tile_bytes(all, tile);
    ASSERT_EQ(bytes.size(), 32 * tile.width) << path;
    for (std::size_t i = 0; i < tile.width; ++i) {
      const auto subtree = all.subspan((tile.number * 256 + i) * each, each);
      ASSERT_EQ(Hash::of(ByteView(bytes).subspan(32 * i, 32)).value(), naive_root(subtree)) << path;
    }
  }
}

TEST(HashTiles, OfFullWidthHashToOneOfTheLevelAbove) {
  const auto leaves = log_vectors::generated_leaves(512);
  const Bytes above = hash_tile_bytes(leaves, {1, 0, 2});
  for (std::uint64_t number = 0; number < 2; ++number) {
    const Bytes tile = hash_tile_bytes(leaves, {0, number, 256});
    std::vector<Hash> row;
    for (std::size_t i = 0; i < 256; ++i) {
      row.push_back(Hash::of(ByteView(tile).subspan(32 * i, 32)).value());
    }
    EXPECT_EQ(naive_root(row), Hash::of(ByteView(above).subspan(32 * number, 32)).value());
  }
}

}  // namespace
}  // namespace protocol
