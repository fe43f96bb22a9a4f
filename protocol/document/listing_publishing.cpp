#include <algorithm>

#include "protocol/document/card.h"
#include "protocol/document/field_names.h"
#include "protocol/document/listing.h"
#include "protocol/document/listing_fields.h"
#include "protocol/document/recurrence.h"
#include "protocol/document/text_safety.h"
#include "protocol/encoding/json_members.h"
#include "protocol/limits.h"

namespace protocol {

namespace {

/// Lower case with underscores: how a value is spelled on the wire, whatever a person typed.
std::string problem_spelling(std::string_view text) {
  std::string spelled;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      spelled += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      spelled += c;
    } else if (!spelled.empty() && spelled.back() != '_') {
      spelled += '_';
    }
  }
  while (spelled.ends_with('_')) spelled.pop_back();
  return spelled;
}

/// Levenshtein, for words of at most 40 bytes.
std::size_t problem_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

/// The known word that `value` was probably meant to be.
std::optional<std::string_view> problem_meant(Vocabulary vocabulary, std::string_view value) {
  constexpr std::size_t kLongest = 40;
  if (value.size() > kLongest) return std::nullopt;
  const auto spelled = problem_spelling(value);
  for (const auto& term : terms(vocabulary)) {
    if (spelled == term.value || spelled == problem_spelling(term.label)) return term.value;
  }
  if (spelled.size() < 4) return std::nullopt;
  for (const auto& term : terms(vocabulary)) {
    if (problem_distance(spelled, term.value) <= (spelled.size() < 7 ? 1U : 2U)) return term.value;
  }
  return std::nullopt;
}

void problem_words(const std::string& path, const std::string& text, const Field* field,
                   std::vector<Problem>& problems) {
  if (!field || field->type != FieldType::word || !field->words || is_known(*field->words, text))
    return;
  if (text == "not_stated") {
    problems.push_back({path, "'not_stated' is not a value; leave the field out"});
  } else if (const auto meant = problem_meant(*field->words, text)) {
    problems.push_back(
        {path, "'" + text + "' is not in the list; did you mean '" + std::string(*meant) + "'?"});
  }
}

void problem_texts(const Json& subject, std::vector<Problem>& problems) {
  visit_texts(subject, [&](const std::string& path, const std::string& text, const Field* field) {
    if (text.empty()) problems.push_back({path, "is empty; leave the field out"});
    if (const auto character = dangerous_character(text)) {
      problems.push_back({path, "has the character " + *character +
                                    ", which readers cannot see or trust; delete it"});
    }
    if (const auto access = private_access(text)) {
      problems.push_back(
          {path,
           "seems to have " + *access +
               ". What is published here is public for ever; send such things in your group's own "
               "mail instead"});
    }
    problem_words(path, text, field, problems);
  });
}

const Json::Array& problem_items(const Json& subject, std::string_view name) {
  static const Json::Array kNone;
  const Json* value = subject.find(name);
  const auto* items = value ? value->if_array() : nullptr;
  return items ? *items : kNone;
}

void problem_schedule(const Json& subject, std::vector<Problem>& problems) {
  const auto& rules = problem_items(subject, "schedule");
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto here = "schedule[" + std::to_string(i) + "]";
    const auto rule = text_member(&rules[i], "rrule");
    if (rule.starts_with("FREQ=")) {
      if (const auto parsed = parse_recurrence(rule); !parsed)
        problems.push_back({here + ".rrule", "the rule " + parsed.error().detail});
    }
    if (!text_member(&rules[i], "dtstart").empty() && text_member(&rules[i], "tzid").empty()) {
      problems.push_back(
          {here + ".tzid", "is missing; a first date needs a time zone such as America/New_York"});
    }
  }
}

void problem_people(const Json& subject, std::vector<Problem>& problems) {
  const auto& leaders = problem_items(subject, "leaders");
  for (std::size_t i = 0; i < leaders.size(); ++i) {
    const auto here = "leaders[" + std::to_string(i) + "]";
    const bool named = !text_member(&leaders[i], "display_name").empty() ||
                       !text_member(&leaders[i], "public_profile").empty();
    if (named && text_member(leaders[i].find("consent"), "given_at").empty()) {
      problems.push_back(
          {here + ".consent",
           "is missing; ask the person, write down when they agreed, or leave the name out"});
    }
  }
}

void problem_card(const Json& subject, std::vector<Problem>& problems) {
  if (text_member(&subject, "disclosure") != "card_only") return;
  for (const auto* name : {"schedule", "place", "leaders"}) {
    if (subject.find(name)) {
      problems.push_back({name,
                          "cannot stand in a listing that only shows a card; leave it out, or make "
                          "the listing public"});
    }
  }
  const Json* words = subject.find("as_stated");
  if (const auto* members = words ? words->if_object() : nullptr) {
    for (const auto& [name, ignored] : *members) {
      if (!is_beyond_a_card(name)) continue;
      problems.push_back({"as_stated." + name,
                          "keeps your own words for what a card does not show; leave it out, or "
                          "make the listing public"});
    }
  }
  if (text_member(subject.find("contact"), "public").empty() &&
      text_member(subject.find("contact"), "coordinator").empty()) {
    problems.push_back({"contact", "is missing; a card must say whom to ask"});
  }
}

void problem_place(const Json& subject, std::vector<Problem>& problems) {
  const Json* place = subject.find("place");
  const Json* point = place ? place->find("point") : nullptr;
  if (!point) return;
  const auto precision = text_member(point, "precision");
  if (precision == "none")
    problems.push_back({"place.point", "cannot stand where the precision is 'none'; leave it out"});
  const std::size_t most = precision == "city" ? 2 : precision == "neighbourhood" ? 3 : 5;
  for (const auto* name : {"lat", "lon"}) {
    const auto number = text_member(point, name);
    const auto dot = number.find('.');
    if (dot != std::string::npos && number.size() - dot - 1 > most) {
      problems.push_back({std::string("place.point.") + name,
                          "'" + number + "' says more than the precision; keep at most " +
                              std::to_string(most) + " digits after the point"});
    }
  }
}

void problem_cost(const Json& subject, std::vector<Problem>& problems) {
  const Json* cost = subject.find("cost");
  if (!cost) return;
  const auto& options = problem_items(*cost, "options");
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto here = "cost.options[" + std::to_string(i) + "]";
    if (!text_member(&options[i], "amount").empty() &&
        text_member(&options[i], "currency").empty()) {
      problems.push_back(
          {here + ".currency", "is missing; an amount needs a currency such as USD"});
    }
  }
}

/// Somebody who reads about a survivors' group may need help at once: every page of one names a
/// line.
void problem_crisis(const Json& subject, std::vector<Problem>& problems) {
  if (text_member(&subject, "audience") == "lived_experience" &&
      text_member(&subject, "crisis_resource").empty()) {
    problems.push_back({"crisis_resource",
                        "is missing; a group of people with lived experience names a crisis line "
                        "of its country"});
  }
}

/// What the envelope around a subject takes at the very least: contexts twice, the shortest DIDs,
/// dates, signature.
constexpr std::size_t kSmallestEnvelope = 1'000;

void problem_size(const Json& subject, std::vector<Problem>& problems) {
  const auto size = canonical(subject).size();
  if (size + kSmallestEnvelope <= kMaxDocumentBytes) return;
  std::string longest;
  std::size_t most = 0;
  for (const auto& [name, value] : *subject.if_object()) {
    const auto bytes = canonical(value).size();
    if (bytes > most) {
      most = bytes;
      longest = name;
    }
  }
  problems.push_back({longest, "is the longest field (" + std::to_string(most) +
                                   " bytes), and the listing is too long by about " +
                                   std::to_string(size + kSmallestEnvelope - kMaxDocumentBytes) +
                                   " bytes; shorten it"});
}

}  // namespace

std::string words_for(const Problem& problem) {
  if (problem.field.empty()) return problem.message;
  return field_label(problem.field) + ": " + problem.message;
}

std::vector<Problem> problems_for_publishing(const Json& subject) {
  std::vector<Problem> problems;
  check_listing_fields(subject, [&](Complaint complaint) {
    problems.push_back({std::move(complaint.field), std::move(complaint.message)});
    return true;
  });
  if (!subject.if_object()) return problems;
  problem_texts(subject, problems);
  problem_schedule(subject, problems);
  problem_people(subject, problems);
  problem_card(subject, problems);
  problem_place(subject, problems);
  problem_cost(subject, problems);
  problem_crisis(subject, problems);
  problem_size(subject, problems);
  return problems;
}

}  // namespace protocol
