#include <algorithm>
#include <array>

#include "protocol/encoding/json_members.h"
#include "protocol/trust/check_rules.h"

// L13 to L17: what stays in the room, and what is written down about that.

namespace protocol {

namespace {

constexpr std::array<std::string_view, 8> kCheckEightPoints = {
    "confidential_after_leaving", "de_identified_cases",    "minimum_necessary",
    "no_recording_all_consent",   "secure_notes_destroyed", "dual_role_disclosure",
    "duties_not_relieved",        "signed_and_dated"};
constexpr std::array<std::string_view, 3> kCheckCharter = {"membership_criteria", "confidentiality",
                                                           "conflict_procedure"};

constexpr const char* kCheckOnlyTherapists = "For groups of therapists.";
constexpr const char* kCheckStated = "Stated by the publisher";

/// Networks that live on what is said in them.
constexpr std::array<std::string_view, 7> kCheckSocialNetworks = {
    "facebook", "instagram", "linkedin", "nextdoor", "reddit", "tiktok", "twitter"};

bool check_is_social_network(std::string_view platform) {
  std::string word;
  const auto known = [&] {
    return std::find(kCheckSocialNetworks.begin(), kCheckSocialNetworks.end(), word) !=
           kCheckSocialNetworks.end();
  };
  for (const char c : platform) {
    const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (small >= 'a' && small <= 'z') {
      word += small;
    } else if (known()) {
      return true;
    } else {
      word.clear();
    }
  }
  return known();
}

bool check_has_agreement(const CheckInput& in) {
  const auto& state = in.listing.agreement_state;
  return state == "signed_by_all" || state == "published" || state == "verbal" ||
         !in.listing.agreement_clauses.empty();
}

}  // namespace

CheckResult check_agreement(const CheckInput& in) {
  if (!in.therapists) return check_skips(kCheckOnlyTherapists);
  const auto& listing = in.listing;
  const bool readable = !listing.links.agreement.empty();
  const std::string question = "Is there a confidentiality agreement, and may I read it first?";
  const std::string signed_by_all =
      "All members sign a confidentiality agreement; you can read it.";
  const std::string pass = listing.agreement_state == "published"
                               ? "There is a confidentiality agreement; you can read it."
                               : signed_by_all;
  if (const auto* finding = in.finding(Check::agreement)) {
    return check_finds(*finding, pass, "It says there is an agreement; we have not seen it.",
                       "No confidentiality agreement.", question);
  }
  if (listing.agreement_state == "not_applicable")
    return check_skips("It says that no agreement is needed for what it does.");
  if (listing.agreement_state == "none") {
    // The group says so itself; where cases are told, that speaks against it.
    return in.case_group ? check_warns("No confidentiality agreement.", question, kCheckStated)
                         : check_asks("It says that it has no confidentiality agreement.",
                                      "What stays in the room, and how do you make sure of it?",
                                      kCheckStated);
  }
  if (listing.agreement_state == "verbal")
    return check_asks("The agreement is spoken, not written.",
                      "What have you agreed on about confidentiality?", kCheckStated);
  if (!check_has_agreement(in))
    return check_asks("Not stated whether there is a confidentiality agreement.", question);
  if (readable)
    return check_passes(pass, std::string(kCheckStated) + "; the agreement is at " +
                                  check_quoted(check_host(listing.links.agreement)));
  return check_asks("It says there is an agreement; we have not seen it.", question, kCheckStated);
}

CheckResult check_agreement_points(const CheckInput& in) {
  if (!in.therapists) return check_skips(kCheckOnlyTherapists);
  const std::string question = "What does your confidentiality agreement cover?";
  std::vector<std::string> missing;
  for (const auto clause : kCheckEightPoints) {
    if (!check_has(in.listing.agreement_clauses, clause))
      missing.push_back(check_lower(label(Vocabulary::agreement_clauses, clause)));
  }
  const auto covered = static_cast<long>(kCheckEightPoints.size() - missing.size());
  const auto some =
      "It covers " + std::to_string(covered) + " of 8. Missing: " + check_joined(missing) + ".";
  if (const auto* finding = in.finding(Check::agreement_points)) {
    return check_finds(
        *finding, "It covers all eight points.",
        missing.empty() ? "The text does not cover all that it is said to cover." : some,
        "It does not protect client identity or forbid recording.", question);
  }
  if (!check_has_agreement(in)) return check_skips("No agreement is stated.");
  if (in.listing.agreement_clauses.empty())
    return check_asks("Not stated what the agreement covers.", question);
  if (missing.empty())
    return check_passes("It covers all eight points.",
                        "Stated by the publisher; no person here has compared the text");
  auto items = missing;
  for (auto& item : items) item = "“" + item + "”";
  return check_asks(some, "How do you handle " + check_joined(items) + "?", kCheckStated);
}

CheckResult check_agreement_renewed(const CheckInput& in) {
  if (!in.therapists) return check_skips(kCheckOnlyTherapists);
  if (!check_has_agreement(in)) return check_skips("No agreement is stated.");
  const Json* agreement = in.subject.find("agreement");
  const auto last = text_member(agreement, "last_signed");
  const auto again = text_member(agreement, "resign");
  const std::string question = "When did members last sign the agreement?";
  if (const auto month = parse_date(last + "-01")) {
    // The month may have been signed on its last day.
    if (*month + std::chrono::days{365 + 31} > in.today) {
      return check_passes("Signed again in " + check_date(last, in.today) + ".", kCheckStated);
    }
    return check_asks("Last signed over a year ago, in " + check_date(last, in.today) + ".",
                      question, kCheckStated);
  }
  if (again == "never")
    return check_asks("It is signed once and never again.", question, kCheckStated);
  if (!again.empty() && is_known(Vocabulary::agreement_resign, again))
    return check_asks("To be signed again " +
                          check_lower(label(Vocabulary::agreement_resign, again)) +
                          ". Not stated when that last happened.",
                      question, kCheckStated);
  return check_asks("Not stated when it was last signed.", question);
}

CheckResult check_charter(const CheckInput& in) {
  if (in.survivors) return check_skips("For groups of therapists and workplace programs.");
  const auto items = text_members(&in.subject, "charter");
  std::vector<std::string> missing;
  for (const auto item : kCheckCharter) {
    if (!check_has(items, item)) missing.push_back(check_lower(label(Vocabulary::charter, item)));
  }
  const std::string question =
      "Is it written down who may join, what stays in the room, and what happens in a conflict of "
      "interest?";
  const auto part = "Part of the charter is missing: " + check_joined(missing) + ".";
  if (const auto* finding = in.finding(Check::charter)) {
    return check_finds(*finding, "Membership, confidentiality and conflicts are written down.",
                       missing.empty() ? "Part of the charter is missing." : part,
                       "No written way to handle conflicts of interest.", question);
  }
  if (items.empty()) return check_asks("Not stated whether it has a charter.", question);
  if (missing.empty())
    return check_asks(
        "It says that membership, confidentiality and conflicts are written down. No "
        "person here has read it.",
        "May I read your charter?", kCheckStated);
  return check_asks(part, question, kCheckStated);
}

CheckResult check_reporting(const CheckInput& in) {
  const std::string question =
      "What do you do if someone may be in danger? Who reports, and how do you decide?";
  // Nobody presents a case in a group of survivors or at work.
  const std::string ask =
      in.therapists
          ? "It does not say what happens when someone may be in danger; ask before you present a "
            "case."
          : "It does not say what happens when someone may be in danger.";
  if (const auto* finding = in.finding(Check::reporting)) {
    return check_finds(*finding, "It says what happens when someone may be in danger.", ask, ask,
                       question);
  }
  if (check_has(text_members(&in.subject, "charter"), "mandatory_reporting_procedure"))
    return check_asks("It says that this is written down. No person here has read it.", question,
                      "Charter, as stated by the publisher");
  return check_asks(ask, question);
}

CheckResult check_platform(const CheckInput& in) {
  bool online = false;
  bool telephone = false;
  for (const auto& format : in.listing.formats) {
    online = online || (format != "in_person" && format != "phone");
    telephone = telephone || format == "phone";
  }
  const Json* platform = in.subject.find("platform");
  if (in.listing.formats.empty() && !platform)
    return check_skips("Not stated whether it meets online.");
  // A call needs no service on the net; where one is named, it is looked at.
  if (telephone && !online && !platform) return check_skips("It meets by telephone.");
  if (!online && !telephone && !in.listing.formats.empty())
    return check_skips("It meets in person.");
  const auto name = in.listing.platform_name.empty() ? std::string("its platform")
                                                     : check_quoted(in.listing.platform_name);
  const std::string question = "Which service do you meet on, and who else can see or record it?";
  const auto said_public = flag_member(platform, "public_social");
  if (said_public.value_or(in.listing.platform_kind == "social"))
    return check_warns("It meets on a public social network. Do not discuss clients there.",
                       question, kCheckStated);
  // A closed group there is not public; what is written is read by the network all the same.
  if (!said_public && check_is_social_network(in.listing.platform_name))
    return check_asks("It meets on " + name +
                          ", a social network, which may use what is written there. Do not discuss "
                          "clients there.",
                      "Who can see what is written on " + name + ", and is there another way?",
                      kCheckStated);
  const auto agreement = text_member(platform, "baa");
  const bool waiting = flag_member(platform, "waiting_room").value_or(false);
  const bool encrypted = text_member(platform, "e2ee") == "yes";
  const auto whole = in.listing.platform_name.empty() ? std::string("A platform") : name;
  if (agreement == "yes" && waiting)
    return check_passes(whole + " with a business associate agreement and a waiting room.",
                        kCheckStated);
  if (agreement == "yes" && encrypted)
    return check_passes(whole + " with a business associate agreement, encrypted from end to end.",
                        kCheckStated);
  if (agreement == "yes")
    return check_asks(whole +
                          " with a business associate agreement. Not stated whether there is a "
                          "waiting room.",
                      "Is there a waiting room, so that nobody comes in unseen?", kCheckStated);
  if (agreement == "no")
    return check_asks("There is no business associate agreement for " + name + ".", question,
                      kCheckStated);
  if (encrypted)
    return check_asks(whole +
                          ", encrypted from end to end. Not stated whether there is a business "
                          "associate agreement.",
                      question, kCheckStated);
  return check_asks("Privacy of " + name + " is unknown.", question);
}

}  // namespace protocol
