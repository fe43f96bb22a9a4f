#include <bit>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

#include "protocol/crypto/crypto.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/text_encodings.h"
#include "tests/support/shared_inputs.h"

namespace protocol {
namespace {

/// "5b 35 36 ..." over several lines, as the vectors write the expected bytes.
std::string jcs_bytes_of_hex(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\r') digits += c;
  }
  const auto bytes = from_hex(digits);
  EXPECT_TRUE(bytes) << digits;
  return bytes ? std::string(as_text(*bytes)) : std::string();
}

double jcs_double_of_bits(std::string_view hex) {
  std::uint64_t bits = 0;
  const auto read = std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16);
  EXPECT_TRUE(read.ec == std::errc() && read.ptr == hex.data() + hex.size()) << hex;
  return std::bit_cast<double>(bits);
}

// Nothing here knows how many files or numbers there are: a folder with others is judged as it
// stands.
TEST(CanonicalJsonVectors, EveryFileHasItsPublishedBytes) {
  const auto folder = test_support::vectors_folder() / "jcs" / "testdata";
  KITH_NEEDS(folder);
  int files = 0;
  int refused = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "input")) {
    SCOPED_TRACE(entry.path().filename().string());
    const auto parsed = parse_json(test_support::read_file(entry.path()));
    const auto output = folder / "output" / entry.path().filename();
    if (!std::filesystem::exists(output)) {
      // Canonical JSON has no other way to say that a text is none.
      EXPECT_FALSE(parsed) << "accepted, and the folder has no canonical form of it";
      ++refused;
      continue;
    }
    ++files;
    if (!parsed) {
      ADD_FAILURE() << parsed.error().detail;
      continue;
    }
    const std::string text = canonical(*parsed);
    EXPECT_EQ(text, test_support::read_file(output));
    const auto again = parse_json(text);
    EXPECT_TRUE(again && canonical(*again) == text);
    auto hex_name = entry.path().filename();
    hex_name.replace_extension(".txt");
    if (const auto hex = folder / "outhex" / hex_name; std::filesystem::exists(hex)) {
      EXPECT_EQ(text, jcs_bytes_of_hex(test_support::read_file(hex)));
    }
  }
  EXPECT_GE(files + refused, 1);
  std::cout << "canonical JSON: " << files << " files written, " << refused << " refused\n";
}

TEST(CanonicalJsonVectors, EveryPublishedDoubleIsWrittenAndReadAsPublished) {
  const auto folder = test_support::vectors_folder() / "jcs";
  KITH_NEEDS(folder);
  int lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("es6-") || entry.path().extension() != ".txt") continue;
    SCOPED_TRACE(name);
    const std::string file = test_support::read_file(entry.path());
    ASSERT_TRUE(file.ends_with('\n'));
    int of_file = 0;
    for (std::size_t at = 0; at < file.size(); ++of_file) {
      const std::size_t end = file.find('\n', at);
      const std::size_t comma = file.find(',', at);
      ASSERT_LT(comma, end);
      const std::string bits = file.substr(at, comma - at);
      const std::string expected = file.substr(comma + 1, end - comma - 1);
      const double value = jcs_double_of_bits(bits);
      ASSERT_EQ(canonical(Json(Json::Number{value, false})), expected) << bits;
      const auto read = parse_json(expected);
      ASSERT_TRUE(read) << expected;
      ASSERT_EQ(read->if_number()->value, value) << expected;
      at = end + 1;
    }
    lines += of_file;
  }
  if (lines == 0) GTEST_SKIP() << "no es6-*.txt in " << folder;
  std::cout << "doubles compared: " << lines << "\n";
}

/// The generator that the vectors publish beside the hashes of what it makes: fixed doubles, which
/// the file of 10,000 begins with, then 2,000 in a row, then the words of a chain of SHA-256.
TEST(CanonicalJsonVectors, AHundredThousandGeneratedDoublesHaveThePublishedHash) {
  const auto path = test_support::vectors_folder() / "jcs" / "es6-first-10000.txt";
  KITH_NEEDS(path);
  const std::string file = test_support::read_file(path);
  if (to_hex(sha256(file).view()) !=
      "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892") {
    GTEST_SKIP() << path << " holds other doubles than those that the generator begins with";
  }
  const bool all = test_support::rounds(10) == 10;
  const int wanted = all ? 1'000'000 : 100'000;
  const char* const published =
      all ? "49415fee2c56c77864931bd3624faad425c3c577d6d74e89a83bc725506dad16"
          : "22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7";
  Sha256 hash;
  int made = 0;
  const auto add = [&](double value) {
    char bits[17];
    const auto end =
        std::to_chars(bits, bits + sizeof bits, std::bit_cast<std::uint64_t>(value), 16).ptr;
    const std::string text = canonical(Json(Json::Number{value, false}));
    hash.add(std::string_view(bits, static_cast<std::size_t>(end - bits)));
    hash.add(",").add(text).add("\n");
    const auto read = parse_json(text);
    ASSERT_TRUE(read) << text;
    ASSERT_EQ(read->if_number()->value, value) << text;
    ++made;
  };
  // The fixed doubles end before the first line that is followed by the second of the row.
  const std::size_t second = file.find("\n10000000000001,");
  ASSERT_NE(second, std::string::npos);
  const std::size_t fixed_end = file.rfind('\n', second - 1) + 1;
  for (std::size_t at = 0; at < fixed_end; at = file.find('\n', at) + 1) {
    add(jcs_double_of_bits(std::string_view(file).substr(at, file.find(',', at) - at)));
  }
  for (std::uint64_t i = 0; i < 2000; ++i) add(std::bit_cast<double>(0x0010000000000000 + i));
  Bytes block(32, 0);
  while (made < wanted) {
    const Hash next = sha256(block);
    block.assign(next.view().begin(), next.view().end());
    for (std::size_t word = 0; word < 4 && made < wanted; ++word) {
      std::uint64_t bits = 0;
      for (std::size_t i = 0; i < 8; ++i) bits |= std::uint64_t{block[word * 8 + i]} << (8 * i);
      const auto value = std::bit_cast<double>(bits);
      if (value != 0 && std::isfinite(value)) add(value);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_EQ(to_hex(hash.finish().view()), published);
}

}  // namespace
}  // namespace protocol
