#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "node/cli/commands.h"
#include "protocol/encoding/json.h"
#include "protocol/error_effect.h"
#include "tests/support/federation.h"
#include "tests/support/shared_inputs.h"

namespace node {
namespace {

std::string explain_words(const std::string& code, ExitCode expected, bool json = false) {
  Invocation invocation;
  invocation.command = "explain";
  if (!code.empty()) invocation.options["code"] = {code};
  if (json) invocation.options["json"] = {""};
  test_support::CollectedOutput output;
  EXPECT_EQ(command_explain(invocation, output), expected) << code;
  return output.said;
}

/// Wrapped lines as one.
std::string explain_unwrapped(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

TEST(Explain, SaysOfEveryCodeWhatItMeansWhatItDoesAndWhatToDo) {
  const std::string list = explain_unwrapped(explain_words("", kExitOk));
  for (const auto& row : protocol::error_catalog()) {
    SCOPED_TRACE(row.word);
    const std::string effect(protocol::effect(row.code));
    ASSERT_FALSE(effect.empty());
    EXPECT_EQ(effect.back(), '.');
    const std::string said = explain_unwrapped(explain_words(std::string(row.word), kExitOk));
    for (const std::string_view part :
         {row.word, row.meaning, std::string_view(effect), row.what_to_do}) {
      EXPECT_NE(said.find(part), std::string::npos) << part << "\n" << said;
    }
    EXPECT_NE(list.find(std::string(row.word) + ": "), std::string::npos);
  }
}

TEST(Explain, KnowsEveryAlertOfTheOperator) {
  std::set<std::string_view> words;
  for (const char* alert :
       {"peer-hostile", "peer-down", "feed-quarantined", "feed-stale", "storage-low",
        "storage-full", "storage-damaged", "clock-suspect", "key-permissions", "backup-old",
        "schema-newer", "self-fork-refused", "login-attack", "overload", "config-invalid"}) {
    EXPECT_NE(explain_words(alert, kExitOk).find("What to do:"), std::string::npos) << alert;
  }
  for (const auto& alert : protocol::alert_catalog()) {
    EXPECT_TRUE(words.insert(alert.word).second) << alert.word;
    EXPECT_FALSE(protocol::error_code_from_word(alert.word)) << alert.word << " has two rows";
  }
}

TEST(Explain, TakesACodeAsPeopleCopyIt) {
  for (const char* code : {"DOC-HASH", "doc_hash", "urn:kith:problem:doc-hash"}) {
    EXPECT_EQ(explain_words(code, kExitOk).find("doc-hash: "), 0u) << code;
  }
}

TEST(Explain, NamesTheNearestCodesForAnUnknownOne) {
  EXPECT_NE(explain_words("doc-hsah", kExitUsage).find("doc-hash"), std::string::npos);
  const std::string proof = explain_words("proof", kExitUsage);
  EXPECT_NE(proof.find("proof-invalid"), std::string::npos);
  EXPECT_NE(proof.find("proof-key"), std::string::npos);
  const std::string strange = explain_words(std::string(100'000, 'x'), kExitUsage);
  EXPECT_LT(strange.size(), 400u);
  EXPECT_EQ(strange.find("Nearest"), std::string::npos);
}

TEST(Explain, GivesTheSameAsJson) {
  const auto one = protocol::parse_json(explain_words("no-path", kExitOk, true));
  ASSERT_TRUE(one);
  EXPECT_EQ(*one->find("code")->if_string(), "no-path");
  EXPECT_FALSE(one->find("effect")->if_string()->empty());
  const auto all = protocol::parse_json(explain_words("", kExitOk, true));
  ASSERT_TRUE(all);
  EXPECT_EQ(all->find("codes")->if_array()->size(),
            protocol::error_catalog().size() + protocol::alert_catalog().size());
}

/// SPEC 9 is what other implementers read; the table is what this program says. Neither may have a
/// word, or a status, that the other has not.
TEST(Explain, SpecificationNineIsTheSameTable) {
  const std::string spec = test_support::read_file(std::string(KITH_SOURCE) + "/SPEC.md");
  const std::size_t begin = spec.find("\n## 9 ");
  const std::size_t end = spec.find("\n## 10 ", begin);
  ASSERT_NE(begin, std::string::npos);
  std::map<std::string, int> rows;
  for (std::size_t at = begin + 1; at < end;) {
    const std::size_t line_end = spec.find('\n', at);
    const std::string line = spec.substr(at, line_end - at);
    at = line_end + 1;
    if (!line.starts_with("| `") && !line.starts_with("| | |")) continue;
    std::set<std::string> pending;
    for (std::size_t cell = 0; cell != std::string::npos; cell = line.find('|', cell)) {
      const std::size_t next = line.find('|', ++cell);
      if (next == std::string::npos) break;
      std::string text = line.substr(cell, next - cell);
      const bool is_status = text.size() >= 5 &&
                             text.find_first_not_of(" 0123456789") == std::string::npos &&
                             text.find_first_of("0123456789") != std::string::npos;
      if (is_status) {
        for (const auto& word : pending) rows[word] = std::stoi(text);
        pending.clear();
        continue;
      }
      if (text.find_first_not_of(" `-,abcdefghijklmnopqrstuvwxyz") != std::string::npos) continue;
      if (text.find('`') > 1) continue;
      for (std::size_t tick = text.find('`'); tick != std::string::npos;) {
        const std::size_t close = text.find('`', tick + 1);
        pending.insert(text.substr(tick + 1, close - tick - 1));
        tick = text.find('`', close + 1);
      }
    }
  }
  const std::string section = spec.substr(begin, end - begin);
  for (const auto& row : protocol::error_catalog()) {
    SCOPED_TRACE(row.word);
    EXPECT_NE(section.find("`" + std::string(row.word) + "`"), std::string::npos);
    if (row.code >= protocol::ErrorCode::usage)
      continue;  // only the operator sees these: no status
    ASSERT_EQ(rows.count(std::string(row.word)), 1u);
    EXPECT_EQ(rows[std::string(row.word)], row.http_status);
    rows.erase(std::string(row.word));
  }
  for (const auto& [word, status] : rows) ADD_FAILURE() << word << " is in SPEC 9 only";
}

}  // namespace
}  // namespace node
