#include "protocol/error_code.h"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/shared_inputs.h"

namespace protocol {
namespace {

/// The enumerators as the header spells them, so that a new one cannot be forgotten in the table.
std::vector<std::string> error_enumerators_in_header() {
  const std::string text =
      test_support::read_file(std::string(KITH_SOURCE) + "/protocol/error_code.h");
  const std::size_t begin = text.find('{', text.find("enum class ErrorCode"));
  const std::size_t end = text.find("};", begin);
  std::vector<std::string> names;
  std::string name;
  for (std::size_t i = begin + 1; i < end; ++i) {
    if (text.compare(i, 2, "//") == 0) i = text.find('\n', i);
    const char c = text[i];
    if ((c >= 'a' && c <= 'z') || c == '_') {
      name += c;
    } else if (!name.empty()) {
      names.push_back(name);
      name.clear();
    }
  }
  return names;
}

TEST(ErrorCatalog, HasEveryEnumeratorInOrderUnderItsWireWord) {
  const auto names = error_enumerators_in_header();
  const auto catalog = error_catalog();
  ASSERT_EQ(catalog.size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    SCOPED_TRACE(names[i]);
    std::string wire = names[i];
    for (char& c : wire) {
      if (c == '_') c = '-';
    }
    EXPECT_EQ(catalog[i].word, wire);
    EXPECT_EQ(catalog[i].code, static_cast<ErrorCode>(i));
    EXPECT_EQ(&describe(catalog[i].code), &catalog[i]);
    EXPECT_EQ(word(catalog[i].code), wire);
    EXPECT_EQ(error_code_from_word(wire), catalog[i].code);
  }
}

TEST(ErrorCatalog, HasUniqueWords) {
  std::set<std::string_view> words;
  for (const auto& row : error_catalog()) {
    EXPECT_TRUE(words.insert(row.word).second) << row.word;
  }
}

TEST(ErrorCatalog, SaysInSentencesWhatEachMeansAndWhatToDo) {
  std::set<std::string_view> meanings;
  for (const auto& row : error_catalog()) {
    SCOPED_TRACE(row.word);
    for (const std::string_view text : {row.meaning, row.what_to_do}) {
      ASSERT_GT(text.size(), 10u);
      EXPECT_TRUE((text.front() >= 'A' && text.front() <= 'Z') || text.front() == '`') << text;
      EXPECT_EQ(text.back(), '.') << text;
      EXPECT_EQ(text.find("  "), std::string_view::npos) << text;
    }
    EXPECT_TRUE(meanings.insert(row.meaning).second) << row.meaning;
    EXPECT_GE(row.http_status, 400);
    EXPECT_LE(row.http_status, 599);
  }
}

TEST(ErrorCatalog, GivesTheStatusesThatTheEdgePromises) {
  const std::pair<ErrorCode, int> promised[] = {
      {ErrorCode::bad_request, 400},
      {ErrorCode::unauthenticated, 401},
      {ErrorCode::forbidden, 403},
      {ErrorCode::csrf, 403},
      {ErrorCode::not_found, 404},
      {ErrorCode::method_not_allowed, 405},
      {ErrorCode::timeout, 408},
      {ErrorCode::length_required, 411},
      {ErrorCode::too_large, 413},
      {ErrorCode::uri_too_long, 414},
      {ErrorCode::unsupported_type, 415},
      {ErrorCode::wrong_host, 421},
      {ErrorCode::invalid, 422},
      {ErrorCode::rate_limited, 429},
      {ErrorCode::headers_too_large, 431},
      {ErrorCode::internal, 500},
      {ErrorCode::busy, 503},
      {ErrorCode::starting, 503},
      {ErrorCode::storage_full, 507},
  };
  for (const auto& [code, status] : promised) {
    EXPECT_EQ(describe(code).http_status, status) << word(code);
  }
}

TEST(ErrorCatalog, KnowsNoOtherWords) {
  for (const char* text : {"", "doc_hash", "Doc-Hash", "doc-hash ", "ok"}) {
    EXPECT_FALSE(error_code_from_word(text)) << text;
  }
}

}  // namespace
}  // namespace protocol
