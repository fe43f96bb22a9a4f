#include <algorithm>

#include "node/importing/cell_words.h"
#include "node/importing/row_reader.h"
#include "protocol/document/web_address.h"

namespace node {

namespace {

using protocol::Json;

constexpr std::size_t kSubjectText = 200;
constexpr std::size_t kSubjectName = 120;

Json subject_list(const std::vector<std::string>& values) {
  return Json(Json::Array(values.begin(), values.end()));
}

void subject_set(Json& object, std::string_view name, const std::string& value) {
  if (!value.empty()) object.set(name, value);
}
void subject_set(Json& object, std::string_view name, const std::vector<std::string>& values) {
  if (!values.empty()) object.set(name, subject_list(values));
}
void subject_set_object(Json& object, std::string_view name, Json value) {
  if (!value.is_null()) object.set(name, std::move(value));
}

Json subject_cost(const protocol::Cost& cost) {
  Json json;
  subject_set(json, "model", cost.model);
  Json::Array options;
  for (const auto& option : cost.options) {
    Json one;
    subject_set(one, "amount", option.amount);
    subject_set(one, "amount_max", option.amount_max);
    subject_set(one, "currency", option.currency);
    subject_set(one, "per", option.per);
    if (option.upfront) one.set("upfront", *option.upfront);
    subject_set(one, "for", option.for_whom);
    if (!one.is_null()) options.push_back(std::move(one));
  }
  if (!options.empty()) json.set("options", Json(std::move(options)));
  if (cost.auto_renew) json.set("auto_renew", *cost.auto_renew);
  subject_set(json, "refund", cost.refund);
  return json;
}

Json subject_schedule(const RowFacts& facts) {
  Json rule;
  subject_set(rule, "start", facts.understood.start_local);
  if (facts.rule_minutes) rule.set("duration", *facts.rule_minutes);
  subject_set(rule, "rrule", facts.rrule);
  subject_set(rule, "tzid", facts.understood.tzid);
  return rule.is_null() ? Json() : Json(Json::Array{std::move(rule)});
}

/// Words on which a stranger can act: a telephone number, or whom to ask. "Form" alone is none.
bool subject_can_act_on(std::string_view words) {
  const auto digits =
      std::count_if(words.begin(), words.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits >= 7) return true;
  const auto plain = plain_words(words);
  return split_words(plain).size() > 1 &&
         has_any_phrase(plain,
                        {"ask", "contact", "call", "office", "coordinator", "chair", "convenor",
                         "drop in", "referral", "through", "come", "staff", "speak", "write to",
                         "just show up", "member", "organizer", "leader", "administrator"});
}

void subject_joining(const RowFacts& facts, Json& subject) {
  const auto& said = facts.understood;
  Json links;
  subject_set(links, "home", said.join_url);
  if (facts.apply_url != said.join_url) subject_set(links, "apply", facts.apply_url);
  Json contact;
  if (!facts.email.empty()) {
    contact.set("public", facts.email);
  } else if (!facts.phone.empty() && !protocol::why_no_contact(facts.phone)) {
    contact.set("public", cut_text(facts.phone, kSubjectText));
  } else if (subject_can_act_on(said.join_how) && facts.apply_url.empty() &&
             !protocol::why_no_contact(said.join_how)) {
    contact.set("public", cut_text(said.join_how, kSubjectText));
  }
  // "Form" or "email" beside a page says which way to take there.
  const auto* shown = contact.find("public");
  const bool repeats =
      shown && shown->if_string() && said.join_how.find(*shown->if_string()) != std::string::npos;
  if ((!links.is_null() || !contact.is_null()) && !said.join_how.empty() && !repeats &&
      facts.apply_url.empty())
    contact.set("preferred", cut_text(said.join_how, kSubjectText));
  subject_set_object(subject, "contact", std::move(contact));
  subject_set_object(subject, "links", std::move(links));
}

/// The publisher's own words, the ones that matter most first, within what a listing may hold. A
/// leader's cell may name a person who has not agreed, and the secretary's notes are nobody else's:
/// neither is published.
Json subject_as_stated(const RowFacts& facts, const ImportedRow& row) {
  constexpr std::string_view kOrder[] = {"audience",     "cost",
                                         "schedule",     "cadence",
                                         "regions",      "locality",
                                         "formats",      "kinds",
                                         "size",         "intake",
                                         "duration",     "agreement",
                                         "focus_topics", "identity_affirming",
                                         "languages",    "run_by",
                                         "sponsor",      "join",
                                         "career_stages"};
  constexpr std::size_t kAll = 2'000;
  Json stated;
  std::size_t all = 0;
  const auto keep = [&](std::string_view name, const std::string& words) {
    const auto kept = cut_text(words, kSubjectText);
    if (kept.empty() || all + kept.size() > kAll) return;
    all += kept.size();
    stated.set(name, kept);
  };
  if (facts.understood.name.size() > kSubjectName) keep("name", facts.understood.name);
  const auto find = [&](std::string_view name) {
    return std::find_if(row.as_stated.begin(), row.as_stated.end(),
                        [&](const auto& kept) { return kept.first == name; });
  };
  // The address as it was written, where it was changed.
  const auto link = find("links");
  if (link != row.as_stated.end() && link->second != facts.understood.join_url)
    keep("links", link->second);
  for (const auto name : kOrder) {
    const auto words = find(name);
    if (words != row.as_stated.end()) keep(name, words->second);
  }
  return stated;
}

/// An organization's name; what only says that there is none is no name.
bool subject_is_body(std::string_view run_by) {
  const auto words = plain_words(run_by);
  return !has_any_phrase(words, {"private practice", "individual", "nobody", "self", "volunteers",
                                 "none", "no one"}) ||
         split_words(words).size() > 3;
}

/// A kind must be there. One that the vocabulary does not have is told in the sheet's own word;
/// where nothing says it, the name may.
std::vector<std::string> subject_kinds(const RowFacts& facts) {
  if (!facts.understood.kinds.empty()) return facts.understood.kinds;
  if (!facts.kind_words.empty()) {
    std::string own = cut_text(facts.kind_words, 40);
    std::replace(own.begin(), own.end(), ' ', '_');
    return {own};
  }
  auto named = understand_kind(facts.understood.name).kinds;
  if (named.size() == 1) return named;
  return {"group"};
}

}  // namespace

protocol::Json listing_subject(const RowFacts& facts, const ImportedRow& row) {
  const auto& said = facts.understood;
  Json subject = Json::object({});
  subject_set(subject, "name", cut_text(said.name, kSubjectName));
  constexpr std::size_t kSummary = 280;
  constexpr std::size_t kDescription = 3'000;
  if (facts.summary.size() <= kSummary) {
    subject_set(subject, "summary", facts.summary);
  } else {
    subject_set(subject, "description", cut_text(facts.summary, kDescription));
  }
  subject_set(subject, "kinds", subject_kinds(facts));
  subject_set(subject, "audience", said.audience);
  subject_set(subject, "focus_topics", facts.topics);
  Json::Array identity;
  for (const auto& one : facts.identity) {
    Json group = Json::object({{"group", one.group}});
    subject_set(group, "name", one.name);
    subject_set(group, "mode", one.mode);
    identity.push_back(std::move(group));
  }
  if (!identity.empty()) subject.set("identity_affirming", Json(std::move(identity)));
  subject_set(subject, "career_stages", facts.career_stages);
  subject_set(subject, "license_rule", facts.license_rule);
  Json::Array licenses;
  for (const auto& license : said.licenses) {
    Json one = Json::object({{"family", license.family}});
    subject_set(one, "level", license.level);
    licenses.push_back(std::move(one));
  }
  if (!licenses.empty()) subject.set("licenses", Json(std::move(licenses)));
  subject_set(subject, "formats", said.formats);
  subject_set(subject, "regions", said.regions);
  if (!said.locality.empty()) {
    Json place = Json::object({{"locality", cut_text(said.locality, kSubjectText)}});
    // Where one serves need not be where one meets.
    if (said.regions.size() == 1 && !facts.place_is_served)
      place.set("region", said.regions.front());
    subject.set("place", std::move(place));
  }
  if (!facts.platform.empty()) subject.set("platform", Json::object({{"name", facts.platform}}));
  subject_set_object(subject, "schedule", subject_schedule(facts));
  subject_set(subject, "meets", facts.meets);
  subject_set(subject, "drop_in", facts.drop_in);
  if (said.cost) subject_set_object(subject, "cost", subject_cost(*said.cost));
  Json capacity;
  if (said.size_max) capacity.set("max", *said.size_max);
  if (facts.waitlist) capacity.set("waitlist", true);
  subject_set_object(subject, "capacity", std::move(capacity));
  subject_set(subject, "facilitation", facts.facilitation);
  Json sponsor;
  if (!facts.sponsor.empty()) {
    sponsor.set("name", cut_text(facts.sponsor, kSubjectText));
  } else if (!said.run_by.empty() && subject_is_body(said.run_by)) {
    sponsor.set("name", cut_text(said.run_by, kSubjectText));
    sponsor.set("relation", "runs");
  }
  subject_set_object(subject, "sponsor", std::move(sponsor));
  subject_joining(facts, subject);
  subject_set(subject, "languages", said.languages);
  subject_set(subject, "accessibility", facts.accessibility);
  if (facts.crisis_988 && said.audience == "lived_experience")
    subject.set("crisis_resource", "988");
  Json agreement;
  subject_set(agreement, "state", facts.agreement.state);
  subject_set(agreement, "clauses", facts.agreement.clauses);
  subject_set(agreement, "resign", facts.agreement.resign);
  subject_set_object(subject, "agreement", std::move(agreement));
  subject_set(subject, "status", facts.status);
  subject_set(subject, "confirmed_at", said.confirmed_on);
  subject_set_object(subject, "as_stated", subject_as_stated(facts, row));
  return subject;
}

}  // namespace node
