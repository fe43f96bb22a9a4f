#include <algorithm>
#include <cctype>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "node/cli/commands.h"
#include "protocol/encoding/json.h"
#include "protocol/error_effect.h"

namespace node {

namespace {

struct Explanation {
  std::string_view word;
  std::string_view meaning;
  std::string_view effect;
  std::string_view what_to_do;
};

/// All words: those of errors first, then the alerts that are none.
std::vector<Explanation> explain_all() {
  std::vector<Explanation> all;
  for (const auto& info : protocol::error_catalog()) {
    all.push_back({info.word, info.meaning, protocol::effect(info.code), info.what_to_do});
  }
  for (const auto& info : protocol::alert_catalog()) {
    all.push_back({info.word, info.meaning, info.effect, info.what_to_do});
  }
  return all;
}

/// How many letters must be put in, taken away or changed to make `a` of `b`.
std::size_t explain_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

/// The words that somebody may have meant, nearest first, three at most.
std::vector<std::string_view> explain_nearest(std::string_view text) {
  std::vector<std::pair<std::size_t, std::string_view>> candidates;
  for (const auto& one : explain_all()) {
    std::size_t distance = explain_distance(text, one.word);
    // "proof" means proof-invalid and proof-key, however much is missing.
    if (text.size() >= 3 && one.word.find(text) != std::string_view::npos) distance = 1;
    if (distance <= std::max<std::size_t>(2, one.word.size() / 3))
      candidates.emplace_back(distance, one.word);
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string_view> nearest;
  for (const auto& [distance, word] : candidates) {
    if (nearest.size() < 3) nearest.push_back(word);
  }
  return nearest;
}

protocol::Json explain_json(const Explanation& one) {
  return protocol::Json::object({{"code", one.word},
                                 {"meaning", one.meaning},
                                 {"effect", one.effect},
                                 {"what_to_do", one.what_to_do}});
}

}  // namespace

ExitCode command_explain(const Invocation& invocation, CommandOutput& output) {
  const auto all = explain_all();
  if (!invocation.has("code")) {
    if (invocation.json()) {
      protocol::Json::Array list;
      for (const auto& one : all) list.push_back(explain_json(one));
      output.print(protocol::canonical(
                       protocol::Json::object({{"codes", protocol::Json(std::move(list))}})) +
                   "\n");
      return kExitOk;
    }
    for (const auto& one : all) {
      output.print(wrapped(std::string(one.word) + ": " + std::string(one.meaning), 4) + "\n");
    }
    return kExitOk;
  }
  // As people copy it: with spaces around, in capitals, with a full stop, or as a problem's type.
  std::string text = invocation.first("code");
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return c == '_' ? '-' : static_cast<char>(std::tolower(c));
  });
  text.erase(0, text.find_last_of(": ") == std::string::npos ? 0 : text.find_last_of(": ") + 1);
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Explanation& one) { return one.word == text; });
  if (found == all.end()) {
    std::string words;
    for (const auto& near : explain_nearest(text.substr(0, 64))) {
      words += (words.empty() ? "" : ", ") + std::string(near);
    }
    output.complain(wrapped("There is no code '" + invocation.first("code").substr(0, 80) + "'." +
                            (words.empty() ? "" : " Nearest: " + words + ".") +
                            " `kith explain` alone lists them all.") +
                    "\n");
    return kExitUsage;
  }
  if (invocation.json()) {
    output.print(protocol::canonical(explain_json(*found)) + "\n");
    return kExitOk;
  }
  output.print(wrapped(std::string(found->word) + ": " + std::string(found->meaning)) + "\n" +
               wrapped("What it does: " + std::string(found->effect)) + "\n" +
               wrapped("What to do: " + std::string(found->what_to_do)) + "\n");
  return kExitOk;
}

}  // namespace node
