#include <algorithm>
#include <array>

#include "protocol/document/listing_fields.h"
#include "protocol/document/text_safety.h"
#include "protocol/trust/check_rules.h"

// L9, L19, L22, L29: what its texts say, and what should not stand in them.

namespace protocol {

namespace {

/// Words that promise treatment or credit. They are ordinary where case work is talked about, so
/// that they only lead to a question.
constexpr std::array<std::string_view, 7> kCheckTreatment = {
    "supervision hours", "hours of supervision", "supervised hours", "cure", "cures",
    "treatment",         "group therapy"};

/// What shortly before such a word turns it around: "not a substitute for treatment".
constexpr std::array<std::string_view, 12> kCheckNegations = {
    "not", "no",      "never", "isn't",   "isn’t", "without",
    "nor", "instead", "than",  "neither", "don't", "don’t"};
/// Beside these, "treatment" is what a case is about.
constexpr std::array<std::string_view, 15> kCheckCaseWords = {
    "plan",     "plans",     "planning", "team",      "approaches",
    "options",  "questions", "center",   "providers", "professionals",
    "dilemmas", "decisions", "models",   "settings",  "teams"};

/// As people count: a letter of another script is one character, too.
std::size_t check_length(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

bool check_is_letter(char c) {
  return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80 || c == '\'';
}

std::string check_small(std::string_view text) {
  std::string made(text);
  for (auto& c : made) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return made;
}

/// Whether one of the five words before `at`, within the sentence, is a negation.
bool check_negated(std::string_view text, std::size_t at) {
  int words = 0;
  std::size_t end = at;
  while (end > 0 && words < 5) {
    while (end > 0 && !check_is_letter(text[end - 1])) {
      if (text[end - 1] == '.' || text[end - 1] == '!' || text[end - 1] == '?') return false;
      --end;
    }
    std::size_t begin = end;
    while (begin > 0 && check_is_letter(text[begin - 1])) --begin;
    const auto one = text.substr(begin, end - begin);
    if (std::find(kCheckNegations.begin(), kCheckNegations.end(), one) != kCheckNegations.end())
      return true;
    ++words;
    end = begin;
  }
  return false;
}

bool check_about_cases(std::string_view text, std::size_t after) {
  while (after < text.size() && text[after] == ' ') ++after;
  std::size_t end = after;
  while (end < text.size() && check_is_letter(text[end])) ++end;
  const auto next = text.substr(after, end - after);
  return std::find(kCheckCaseWords.begin(), kCheckCaseWords.end(), next) != kCheckCaseWords.end();
}

std::optional<std::string_view> check_promised(std::string_view whole) {
  const auto text = check_small(whole);
  for (const auto word : kCheckTreatment) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
      const auto after = at + word.size();
      if ((at > 0 && check_is_letter(text[at - 1])) ||
          (after < text.size() && check_is_letter(text[after])))
        continue;
      if (!check_negated(text, at) && !check_about_cases(text, after)) return word;
    }
  }
  return std::nullopt;
}

}  // namespace

CheckResult check_description(const CheckInput& in) {
  const auto& listing = in.listing;
  const std::string question = "What happens in a meeting, from beginning to end?";
  const auto length = check_length(listing.summary) + check_length(listing.description);
  const bool long_enough = length >= static_cast<std::size_t>(in.numbers.description_length);
  const bool how_often = !listing.schedule.empty() || !listing.meets.empty();
  const std::string all = "It says what happens, for whom and how often.";
  if (const auto* finding = in.finding(Check::description)) {
    return check_finds(*finding, how_often ? all : "It says what happens and for whom.",
                       "The description is not clear: ask what a meeting looks like.",
                       "It does not say what you would get.", question);
  }
  if (length == 0)
    return check_asks("There is no description: ask what a meeting looks like.", question);
  const auto evidence = check_count(static_cast<long>(length), "character", "characters") +
                        " of description, counted by this node";
  if (!long_enough)
    return check_asks("The description is short: ask what a meeting looks like.", question,
                      evidence);
  if (!how_often)
    return check_asks("It says what happens, but not how often it meets.",
                      "How often do you meet, and for how long?", evidence);
  return check_passes(all, evidence);
}

CheckResult check_private_links(const CheckInput& in) {
  std::optional<std::string> found;
  visit_texts(in.subject, [&](const std::string&, const std::string& text, const Field*) {
    // Short words of vocabularies hold no link.
    if (!found && text.size() >= 8) found = private_access(text);
  });
  if (!found) return check_passes("The public text holds no meeting link or passcode.");
  return check_warns(
      "The public text seems to hold a meeting link, passcode or password. Such things belong in "
      "the group’s own mail.",
      "Your listing seems to show a meeting link or passcode to everybody. Is that meant?",
      "The words, read by this node");
}

CheckResult check_not_therapy(const CheckInput& in) {
  const auto& listing = in.listing;
  const std::string question =
      "Is this peer support only, or do you also offer treatment or "
      "supervision?";
  const bool supervision =
      check_has(listing.kinds, "supervision_group") || check_has(listing.kinds, "supervision_swap");
  const bool not_therapy = check_has(listing.not_for, "not_therapy");
  const bool not_supervision = check_has(listing.not_for, "not_supervision") || supervision;
  const std::string pass = supervision ? "It is supervision among colleagues, and not therapy."
                                       : "It is peer support, not therapy or supervision.";
  if (const auto* finding = in.finding(Check::not_therapy)) {
    return check_finds(*finding, pass, "It is not clear that this is peer support only.",
                       "It offers treatment under the name of peer support.", question);
  }
  for (const auto* text : {&listing.name, &listing.summary, &listing.description}) {
    if (const auto word = check_promised(*text)) {
      return check_asks("The text mentions “" + std::string(*word) + "”; ask what they mean.",
                        "You mention “" + std::string(*word) + "”. What do you mean by it?",
                        "The words, read by this node");
    }
  }
  if (not_therapy && not_supervision) return check_passes(pass, "Stated by the publisher");
  if (not_therapy)
    return check_asks("It says that it is not therapy. Not stated whether it is supervision.",
                      question, "Stated by the publisher");
  if (not_supervision && !supervision)
    return check_asks("It says that it is not supervision. Not stated whether it is therapy.",
                      question, "Stated by the publisher");
  return check_asks("Not stated that it is neither therapy nor supervision.", question);
}

CheckResult check_criteria(const CheckInput& in) {
  const auto& criteria = in.listing.other_criteria;
  if (criteria.empty()) return check_skips("It names no further conditions.");
  std::vector<std::string> named;
  for (const auto& one : criteria) named.push_back("“" + check_quoted(one) + "”");
  const auto all = check_joined(named);
  const bool one = named.size() == 1;
  const auto question = (one ? "Why is " : "Why are ") + all + " needed?";
  const auto why = "Ask why " + all + (one ? " is needed." : " are needed.");
  if (const auto* finding = in.finding(Check::criteria)) {
    return check_finds(*finding, "A person here read the conditions and found them fair.", why, why,
                       question);
  }
  return check_skips("Nobody at this node has questioned its conditions.");
}

}  // namespace protocol
