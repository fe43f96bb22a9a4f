#include "protocol/document/card.h"

#include <algorithm>
#include <array>
#include <vector>

#include "protocol/encoding/json_members.h"

namespace protocol {

namespace {

/// Members of a listing, and names under which tools keep a publisher's own words for them.
constexpr std::array<std::string_view, 7> kBeyondCard = {
    "schedule", "place", "leaders", "cadence", "duration", "locality", "run_by"};

}  // namespace

bool is_beyond_a_card(std::string_view name) {
  const auto root = name.substr(0, name.find_first_of(".["));
  return std::find(kBeyondCard.begin(), kBeyondCard.end(), root) != kBeyondCard.end();
}

Json shown_subject(const Json& subject) {
  Json shown = subject;
  if (text_member(&subject, "disclosure") == "card_only") {
    for (const auto name : kBeyondCard) shown.erase(name);
    Json* words = shown.find("as_stated");
    if (const auto* members = words ? words->if_object() : nullptr) {
      std::vector<std::string> beyond;
      for (const auto& [name, ignored] : *members)
        if (is_beyond_a_card(name)) beyond.push_back(name);
      for (const auto& name : beyond) words->erase(name);
    }
    return shown;
  }
  Json* leaders = shown.find("leaders");
  if (auto* all = leaders ? leaders->if_array() : nullptr) {
    for (auto& leader : *all) {
      if (!leader.if_object() || !text_member(leader.find("consent"), "given_at").empty()) continue;
      leader.erase("display_name");
      leader.erase("public_profile");
    }
  }
  return shown;
}

}  // namespace protocol
