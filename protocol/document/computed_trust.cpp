#include <algorithm>
#include <array>

#include "protocol/document/computed.h"

namespace protocol {

namespace {

constexpr std::array<std::string_view, 8> kTrustEightClauses = {
    "confidential_after_leaving", "de_identified_cases",    "minimum_necessary",
    "no_recording_all_consent",   "secure_notes_destroyed", "dual_role_disclosure",
    "duties_not_relieved",        "signed_and_dated"};

bool trust_has(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::string trust_month_name(Date day) {
  constexpr std::array<std::string_view, 12> kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const std::chrono::year_month_day date(day);
  return std::string(kMonths[static_cast<unsigned>(date.month()) - 1]) + " " +
         std::to_string(static_cast<int>(date.year()));
}

std::string trust_platform(const Listing& listing) {
  if (listing.platform_public_social.value_or(false) || listing.platform_kind == "social") {
    return "It meets on a public social network, which may read along. Do not discuss clients "
           "there.";
  }
  std::vector<std::string> with;
  if (listing.platform_baa == "yes") with.emplace_back("a business associate agreement");
  if (listing.platform_e2ee == "yes") with.emplace_back("encryption from end to end");
  if (listing.platform_waiting_room.value_or(false)) with.emplace_back("a waiting room");
  std::vector<std::string> without;
  if (listing.platform_baa == "no") without.emplace_back("a business associate agreement");
  if (listing.platform_e2ee == "no") without.emplace_back("encryption from end to end");
  const auto list = [](const std::vector<std::string>& items, std::string_view last) {
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) text += i + 1 == items.size() ? " " + std::string(last) + " " : ", ";
      text += items[i];
    }
    return text;
  };
  std::string name = listing.platform_name.empty() ? "Its platform" : listing.platform_name;
  const bool in_person_only =
      !listing.formats.empty() && std::all_of(listing.formats.begin(), listing.formats.end(),
                                              [](const auto& one) { return one == "in_person"; });
  if (with.empty() && without.empty()) {
    if (listing.platform_name.empty() && in_person_only) return "It meets in person only.";
    return listing.platform_name.empty()
               ? "Which platform it uses is not stated: ask."
               : "How private " + name + " is as used here is not stated: ask.";
  }
  std::string text = name + ",";
  if (!with.empty()) text += " with " + list(with, "and");
  if (!without.empty())
    text += (with.empty() ? " without " : ", but without ") + list(without, "or");
  return text + ".";
}

Confidentiality trust_level(const Listing& listing, std::size_t covered) {
  const auto& state = listing.agreement_state;
  const bool exposed =
      listing.platform_public_social.value_or(false) || listing.platform_kind == "social";
  const bool written = state == "signed_by_all" || state == "published";
  if (state == "none") return Confidentiality::none;
  if (written && covered == eight_clauses().size() && !exposed) return Confidentiality::strong;
  if (written || covered > 0) return Confidentiality::partial;
  if (state == "verbal") return Confidentiality::spoken;
  return Confidentiality::not_stated;
}

void trust_resign(const Listing& listing, Date today, ConfidentialityProfile& profile) {
  const auto signed_on = parse_date(listing.agreement_last_signed + "-01");
  const auto& rule = listing.agreement_resign;
  std::string text;
  if (rule == "yearly") text = "It is signed again every year.";
  if (rule == "on_membership_change") text = "It is signed again when members change.";
  if (rule == "both") text = "It is signed again every year, and when members change.";
  if (rule == "never") text = "It is not signed again.";
  if (text.empty() && !rule.empty()) text = "Signed again: “" + rule + "”.";
  if (signed_on) {
    text += (text.empty() ? "Last signed in " : " Last signed in ") + trust_month_name(*signed_on);
    if (rule == "yearly" || rule == "both") {
      const std::chrono::year_month_day date(*signed_on);
      const Date due = std::chrono::sys_days((date.year() + std::chrono::years{1}) / date.month() /
                                             std::chrono::day{1});
      // Due within that month: late from the first day of the next.
      const Date late = std::chrono::sys_days(
          (std::chrono::year_month_day(due).year() / std::chrono::year_month_day(due).month() +
           std::chrono::months{1}) /
          std::chrono::day{1});
      profile.resign_overdue = today >= late;
      text += (profile.resign_overdue ? "; it was due again in " : "; due again in ") +
              trust_month_name(due);
    }
    text += ".";
  }
  profile.resign = std::move(text);
}

}  // namespace

std::span<const std::string_view> eight_clauses() { return kTrustEightClauses; }

std::string_view words(Confidentiality confidentiality) {
  switch (confidentiality) {
    case Confidentiality::not_stated:
      return "Not stated";
    case Confidentiality::none:
      return "No agreement";
    case Confidentiality::spoken:
      return "Spoken only";
    case Confidentiality::partial:
      return "In part";
    case Confidentiality::strong:
      return "Strong";
  }
  return {};
}

ConfidentialityProfile confidentiality_profile(const Listing& listing, Date today) {
  ConfidentialityProfile profile;
  for (const auto clause : kTrustEightClauses)
    (trust_has(listing.agreement_clauses, clause) ? profile.covered : profile.missing)
        .push_back(clause);
  for (const auto& clause : listing.agreement_clauses) {
    if (std::find(kTrustEightClauses.begin(), kTrustEightClauses.end(), clause) ==
            kTrustEightClauses.end() &&
        !trust_has(profile.others, clause))
      profile.others.push_back(clause);
  }
  profile.level = trust_level(listing, profile.covered.size());
  profile.recording = trust_has(listing.agreement_clauses, "no_recording_all_consent")
                          ? "Nothing is recorded unless everybody agrees in writing."
                          : "Whether meetings are recorded is not stated: ask.";
  profile.ai = trust_has(listing.agreement_clauses, "no_ai_transcription")
                   ? "No software writes down what is said."
                   : "Whether software transcribes meetings is not stated: ask.";
  profile.platform = trust_platform(listing);
  const auto& state = listing.agreement_state;
  if (state == "signed_by_all") {
    profile.agreement = "Every member signs a confidentiality agreement.";
  } else if (state == "published") {
    profile.agreement = "Its confidentiality agreement is published.";
  } else if (state == "verbal") {
    profile.agreement = "Confidentiality is agreed by word of mouth.";
  } else if (state == "none") {
    profile.agreement = "It has no confidentiality agreement.";
  } else if (state == "not_applicable") {
    profile.agreement = "It says that no confidentiality agreement applies.";
  } else if (state.empty()) {
    profile.agreement = "Whether it has a confidentiality agreement is not stated: ask.";
  } else {
    profile.agreement = "Its agreement: “" + state + "”.";
  }
  trust_resign(listing, today, profile);
  return profile;
}

bool talks_about_cases(const Listing& listing) {
  return trust_has(listing.purposes, "case_consultation") ||
         trust_has(listing.purposes, "clinical_brainstorming") ||
         trust_has(listing.kinds, "formal_consultation") ||
         trust_has(listing.kinds, "supervision_group") ||
         trust_has(listing.kinds, "supervision_swap");
}

bool is_for_professionals(const Listing& listing) {
  return listing.audience != "lived_experience" && listing.audience != "public";
}

FreshnessPicture freshness(const Listing& listing, Date today) {
  FreshnessPicture picture;
  picture.confirmed_at = parse_date(listing.confirmed_at);
  picture.review_by = parse_date(listing.review_by);
  if (!picture.review_by) return picture;
  picture.gone_by = *picture.review_by + std::chrono::days{90};
  if (today > *picture.gone_by) {
    picture.state = Freshness::past;
  } else if (today > *picture.review_by) {
    picture.state = Freshness::fading;
  } else if (*picture.review_by - today <= std::chrono::days{30}) {
    picture.state = Freshness::due_soon;
  }
  return picture;
}

}  // namespace protocol
