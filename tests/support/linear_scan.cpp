#include "tests/support/linear_scan.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "protocol/document/vocabularies.h"

namespace test_support {

namespace {

using protocol::Json;

std::string scan_text(const Json* in, std::string_view name) {
  const Json* found = in == nullptr ? nullptr : in->find(name);
  return found != nullptr && found->if_string() ? *found->if_string() : "";
}

std::vector<std::string> scan_list(const Json& in, std::string_view name) {
  std::vector<std::string> made;
  const Json* found = in.find(name);
  if (found == nullptr || !found->if_array()) return made;
  for (const auto& item : *found->if_array()) {
    if (item.if_string()) made.push_back(*item.if_string());
  }
  return made;
}

std::vector<const Json*> scan_objects(const Json* in, std::string_view name) {
  std::vector<const Json*> made;
  const Json* found = in == nullptr ? nullptr : in->find(name);
  if (found == nullptr || !found->if_array()) return made;
  for (const auto& item : *found->if_array()) made.push_back(&item);
  return made;
}

bool scan_has(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::vector<std::string> scan_split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// Words of plain English text; other bytes count as letters.
std::vector<std::string> scan_words(const std::string& text) {
  std::vector<std::string> words;
  bool inside = false;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 128;
    if (letter && !inside) words.emplace_back();
    if (letter) words.back() += c;
    inside = letter;
  }
  return words;
}

std::string scan_scid(const std::string& key) { return key.substr(0, key.find('/')); }

std::vector<std::vector<std::string>> scan_texts(const std::string& key, const Json& subject,
                                                 const ScanQuery& query) {
  std::vector<std::vector<std::string>> texts;
  const auto add = [&](const std::string& text) { texts.push_back(scan_words(text)); };
  for (const char* name : {"name", "summary", "description"}) add(scan_text(&subject, name));
  for (const auto& name : scan_list(subject, "alternate_names")) add(name);
  add(scan_text(subject.find("dimensions"), "best_for"));
  add(scan_text(subject.find("sponsor"), "name"));
  const Json* place = subject.find("place");
  add(scan_text(place, "locality"));
  if (const auto found = query.publisher_names.find(scan_scid(key));
      found != query.publisher_names.end())
    add(found->second);
  const std::pair<const char*, protocol::Vocabulary> vocabularies[] = {
      {"focus_topics", protocol::Vocabulary::focus_topics},
      {"kinds", protocol::Vocabulary::kinds},
      {"purposes", protocol::Vocabulary::purposes},
      {"practice_settings", protocol::Vocabulary::practice_settings},
      {"accessibility", protocol::Vocabulary::accessibility}};
  for (const auto& [name, vocabulary] : vocabularies) {
    for (const auto& value : scan_list(subject, name)) {
      std::string text = value;
      if (protocol::is_known(vocabulary, value)) text += " " + protocol::label(vocabulary, value);
      add(text);
    }
  }
  for (const Json* whom : scan_objects(&subject, "identity_affirming")) {
    const auto group = scan_text(whom, "group");
    add(protocol::is_known(protocol::Vocabulary::identity_group, group)
            ? group + " " + protocol::label(protocol::Vocabulary::identity_group, group)
            : group);
    add(scan_text(whom, "name"));
  }
  for (const auto& code : scan_list(subject, "regions")) add(protocol::region_name(code));
  if (const auto code = scan_text(place, "region"); !code.empty()) add(protocol::region_name(code));
  return texts;
}

bool scan_words_match(const std::string& key, const Json& subject, const ScanQuery& query) {
  const auto texts = scan_texts(key, subject, query);
  const auto anywhere = [&](const std::function<bool(const std::string&)>& good) {
    return std::any_of(texts.begin(), texts.end(), [&](const auto& words) {
      return std::any_of(words.begin(), words.end(), good);
    });
  };
  for (const auto& wanted : query.words) {
    if (!anywhere([&](const std::string& word) { return word == wanted; })) return false;
  }
  if (!query.prefix.empty() && !anywhere([&](const std::string& word) {
        return word.substr(0, query.prefix.size()) == query.prefix;
      }))
    return false;
  for (const auto& phrase : query.phrases) {
    const bool found = std::any_of(texts.begin(), texts.end(), [&](const auto& words) {
      return std::search(words.begin(), words.end(), phrase.begin(), phrase.end()) != words.end();
    });
    if (!found) return false;
  }
  return true;
}

bool scan_open(const Json& subject) {
  const auto rule = scan_text(&subject, "license_rule");
  return rule == "any_licensed" || rule == "licensed_or_trainee" || rule == "none_required";
}

Stated scan_license(const Json& subject, const ScanQuery& query) {
  if (scan_open(subject)) return Stated::matches;
  const auto asked = scan_objects(&subject, "licenses");
  if (asked.empty()) return Stated::unstated;
  for (const Json* one : asked) {
    const auto family = scan_text(one, "family");
    const auto level = scan_text(one, "level");
    for (const auto& [held_family, held_level] : query.licenses) {
      if (family != held_family) continue;
      if (level.empty() || held_level.empty() || level == held_level) return Stated::matches;
      if (held_level == "independent" && level == "associate") return Stated::matches;
    }
  }
  return Stated::differs;
}

bool scan_in_person_only(const Json& subject) {
  const auto formats = scan_list(subject, "formats");
  return !formats.empty() && std::all_of(formats.begin(), formats.end(),
                                         [](const std::string& one) { return one == "in_person"; });
}

/// The codes that a listing serves.
std::vector<std::string> scan_serves(const Json& subject) {
  auto codes = scan_list(subject, "regions");
  if (codes.empty() && scan_in_person_only(subject)) {
    const auto place = scan_text(subject.find("place"), "region");
    if (!place.empty()) codes.push_back(place);
  }
  return codes;
}

Stated scan_region(const Json& subject, const ScanQuery& query) {
  const auto codes = scan_serves(subject);
  if (codes.empty()) return Stated::unstated;
  for (const auto& code : codes) {
    for (const auto& asked : query.regions) {
      if (code == asked) return Stated::matches;
      if (code.substr(0, 3) == asked + "-") return Stated::matches;
      if (asked.substr(0, 3) == code + "-" && !scan_in_person_only(subject)) return Stated::matches;
    }
  }
  return Stated::differs;
}

/// One of several alternatives, each of which may match, differ or stay unstated.
class ScanAlternatives {
 public:
  void add(Stated one) {
    if (one == Stated::matches) best_ = one;
    if (one == Stated::unstated && best_ == Stated::differs) best_ = one;
  }
  Stated best() const { return best_; }

 private:
  Stated best_ = Stated::differs;
};

Stated scan_cost(const Json& subject, const ScanQuery& query) {
  ScanAlternatives found;
  const auto model = scan_text(subject.find("cost"), "model");
  for (const auto& asked : query.cost_models)
    found.add(model.empty()    ? Stated::unstated
              : model == asked ? Stated::matches
                               : Stated::differs);
  const auto month = scan_cost_per_month(subject);
  for (const double asked : query.max_per_month)
    found.add(!month ? Stated::unstated : *month <= asked ? Stated::matches : Stated::differs);
  return found.best();
}

Stated scan_format(const Json& subject, const ScanQuery& query) {
  ScanAlternatives found;
  const auto formats = scan_list(subject, "formats");
  const bool online =
      !formats.empty() && std::all_of(formats.begin(), formats.end(), [](const std::string& one) {
        return one == "online_unspecified";
      });
  for (const auto& asked : query.formats) {
    const bool remote =
        asked == "video" || asked == "phone" || asked == "async_text" || asked == "message_group";
    const bool by_hybrid =
        (asked == "in_person" || asked == "video") && scan_has(formats, "hybrid");
    if (formats.empty() || (online && remote)) {
      found.add(Stated::unstated);
    } else if (by_hybrid || scan_has(formats, asked)) {
      found.add(Stated::matches);
    }
  }
  return found.best();
}

Stated scan_near(const Json& subject, const ScanQuery& query) {
  const auto formats = scan_list(subject, "formats");
  if (query.online_too) {
    for (const char* online :
         {"video", "phone", "hybrid", "async_text", "message_group", "online_unspecified"}) {
      if (scan_has(formats, online)) return Stated::matches;
    }
  }
  const bool in_person = scan_has(formats, "in_person") || scan_has(formats, "hybrid");
  if (!formats.empty() && !in_person) return Stated::differs;
  const auto away = query.kilometers_away(subject);
  if (!away) return Stated::unstated;
  if (*away > query.within_kilometers) return Stated::differs;
  return in_person ? Stated::matches : Stated::unstated;
}

Stated scan_kind(const Json& subject, const ScanQuery& query) {
  const auto kinds = scan_list(subject, "kinds");
  if (kinds.empty()) return Stated::unstated;
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](const auto& one) { return scan_has(query.kinds, one); })
             ? Stated::matches
             : Stated::differs;
}

Stated scan_audience(const Json& subject, const ScanQuery& query) {
  const auto audience = scan_text(&subject, "audience");
  if (query.audiences.empty())
    return audience == "lived_experience" || audience == "public" ? Stated::differs
                                                                  : Stated::matches;
  return scan_has(query.audiences, audience) ? Stated::matches : Stated::differs;
}

Stated scan_status(const Json& subject, const ScanQuery& query) {
  const auto status = scan_text(&subject, "status");
  if (query.statuses.empty())
    return status == "closed" || status == "withdrawn" ? Stated::differs : Stated::matches;
  return scan_has(query.statuses, status) ? Stated::matches : Stated::differs;
}

std::optional<double> scan_meetings(const std::string& rule) {
  double interval = 1;
  std::string frequency;
  std::vector<std::string> days;
  std::size_t month_days = 0;
  std::size_t positions = 0;
  for (const auto& part : scan_split(rule, ';')) {
    const auto equals = part.find('=');
    if (equals == std::string::npos) continue;
    const auto name = part.substr(0, equals);
    const auto value = part.substr(equals + 1);
    if (name == "FREQ") frequency = value;
    if (name == "INTERVAL") interval = std::atof(value.c_str());
    if (name == "BYDAY") days = scan_split(value, ',');
    if (name == "BYMONTHDAY") month_days = scan_split(value, ',').size();
    if (name == "BYSETPOS") positions = scan_split(value, ',').size();
  }
  if (frequency == "WEEKLY")
    return 52.0 * static_cast<double>(days.empty() ? 1 : days.size()) / 12 / interval;
  if (frequency == "YEARLY") return 1.0 / 12 / interval;
  if (frequency != "MONTHLY") return {};
  if (positions > 0) return static_cast<double>(positions) / interval;
  if (month_days > 0) return static_cast<double>(month_days) / interval;
  if (days.empty()) return 1 / interval;
  double meetings = 0;
  for (const auto& day : days) meetings += day.size() > 2 ? 1 : 52.0 / 12;
  return meetings / interval;
}

}  // namespace

std::optional<double> scan_cost_per_month(const Json& subject) {
  const Json* cost = subject.find("cost");
  if (cost == nullptr) return {};
  if (scan_text(cost, "model") == "free") return 0;
  std::optional<double> meetings;
  if (const auto rules = scan_objects(&subject, "schedule"); !rules.empty()) {
    meetings = 0;
    for (const Json* rule : rules) {
      const auto one = scan_meetings(scan_text(rule, "rrule"));
      meetings = meetings && one ? std::optional(*meetings + *one) : std::nullopt;
    }
  }
  std::set<std::string> currencies;
  std::vector<double> amounts;
  for (const Json* option : scan_objects(cost, "options")) {
    const auto whom = scan_text(option, "for");
    if (!whom.empty() && whom != "all") continue;
    auto amount = scan_text(option, "amount_max");
    if (amount.empty()) amount = scan_text(option, "amount");
    if (amount.empty()) continue;
    const auto per = scan_text(option, "per");
    double times = 1;
    if (per == "meeting" && meetings) {
      times = *meetings;
    } else if (per == "year") {
      times = 1.0 / 12;
    } else if (per != "month") {
      continue;
    }
    currencies.insert(scan_text(option, "currency"));
    amounts.push_back(std::round(std::atof(amount.c_str()) * times * 100) / 100);
  }
  if (amounts.empty() || currencies.size() > 1) return {};
  return *std::min_element(amounts.begin(), amounts.end());
}

Stated scan_filter(const std::string& key, const Json& subject, const std::string& filter,
                   const ScanQuery& query) {
  const auto yes = [](bool good) { return good ? Stated::matches : Stated::differs; };
  if (filter == "words") return yes(scan_words_match(key, subject, query));
  if (filter == "license" && !query.licenses.empty()) return scan_license(subject, query);
  if (filter == "region" && !query.regions.empty()) return scan_region(subject, query);
  if (filter == "cost" && !(query.cost_models.empty() && query.max_per_month.empty()))
    return scan_cost(subject, query);
  if (filter == "format" && !query.formats.empty()) return scan_format(subject, query);
  if (filter == "kind" && !query.kinds.empty()) return scan_kind(subject, query);
  if (filter == "audience") return scan_audience(subject, query);
  if (filter == "can_join" && query.can_join) return yes(query.can_join(subject));
  if (filter == "near" && query.kilometers_away) return scan_near(subject, query);
  if (filter == "status") return scan_status(subject, query);
  if (filter == "publisher" && !query.publishers.empty())
    return yes(scan_has(query.publishers, scan_scid(key)));
  return Stated::matches;
}

std::set<std::string> linear_scan(const ScanListings& listings, const ScanQuery& query) {
  std::set<std::string> found;
  for (const auto& [key, subject] : listings) {
    bool in = query.show_left_out || !query.left_out.contains(key);
    for (const char* filter : {"license", "region", "cost", "format", "kind", "audience",
                               "publisher", "status", "can_join", "near", "words"}) {
      const auto stated = scan_filter(key, subject, filter, query);
      in = in && (stated == Stated::matches ||
                  (stated == Stated::unstated && query.include_unstated.contains(filter)));
    }
    if (in) found.insert(key);
  }
  return found;
}

std::set<std::string> scan_facet_values(const std::string& key, const Json& subject,
                                        const std::string& field) {
  std::vector<std::string> values;
  std::set<std::string> made;
  if (field == "license") {
    if (scan_open(subject)) {
      for (const auto& term : protocol::terms(protocol::Vocabulary::license_family))
        made.insert(std::string(term.value));
    }
    for (const Json* one : scan_objects(&subject, "licenses"))
      made.insert(scan_text(one, "family"));
  } else if (field == "region") {
    values = scan_serves(subject);
  } else if (field == "cost") {
    values = {scan_text(subject.find("cost"), "model")};
  } else if (field == "format") {
    values = scan_list(subject, "formats");
    if (scan_has(values, "hybrid")) made = {"in_person", "video"};
  } else if (field == "kind") {
    values = scan_list(subject, "kinds");
  } else if (field == "audience") {
    values = {scan_text(&subject, "audience")};
  } else if (field == "status") {
    values = {scan_text(&subject, "status")};
  } else if (field == "publisher") {
    values = {scan_scid(key)};
  }
  for (const auto& value : values) {
    if (!value.empty()) made.insert(value);
  }
  return made;
}

}  // namespace test_support
