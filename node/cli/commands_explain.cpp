#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "node/cli/commands.h"
#include "node/cli/nearest_words.h"
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
    std::vector<std::string_view> known;
    for (const auto& one : all) known.push_back(one.word);
    for (const auto& near : nearest_words(std::string_view(text).substr(0, 64), known)) {
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
