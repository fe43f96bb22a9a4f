#include "protocol/encoding/json_members.h"
#include "protocol/trust/check_rules.h"

// L20, L21, L23, L24, L26 to L28: whether it lives, and what this node knows beside the listing.

namespace protocol {

CheckResult check_contact(const CheckInput& in) {
  const std::string question = "Does anybody answer at the contact that is given?";
  const auto* finding = in.finding(Check::contact);
  const auto& answered = in.facts.answered_at;
  if (finding && (!answered || finding->at >= *answered)) {
    const auto on = check_date(finding->at, in.today);
    return check_finds(*finding, "Someone answered on " + on + ".", "No answer since " + on + ".",
                       "Mail to this address comes back.", question);
  }
  CheckResult result;
  if (answered) {
    const auto on = check_date(*answered, in.today);
    // As long as a confirmation holds unless it says otherwise.
    if (*answered + std::chrono::days{180} >= in.facts.now) {
      result = check_passes("Someone answered on " + on + ".", "A reminder, answered by the group");
    } else {
      result = check_asks("No answer since " + on + ".", question,
                          "The last reminder that was answered");
    }
    result.date = std::chrono::floor<std::chrono::days>(*answered);
    return result;
  }
  if (const auto* seen = in.observation(Check::contact)) {
    const auto on = check_date(seen->at, in.today);
    result =
        seen->outcome == CheckOutcome::not_applicable
            ? check_asks(
                  "Nobody here has tried the contact. Its site asks automatic readers to stay "
                  "away.",
                  question, seen->detail)
        : seen->outcome == CheckOutcome::pass
            ? check_asks("Its page opened on " + on + ". Nobody here has written to it yet.",
                         question, seen->detail)
            : check_asks("Its page could not be opened on " + on + ".", question, seen->detail);
    result.date = std::chrono::floor<std::chrono::days>(seen->at);
    return result;
  }
  return check_asks("Nobody here has tried the contact yet.", question);
}

CheckResult check_confirmed(const CheckInput& in) {
  const auto& listing = in.listing;
  const auto confirmed = parse_date(listing.confirmed_at);
  const std::string question = "Is everything in your listing still right?";
  if (!confirmed) return check_asks("Not stated when it was last confirmed.", question);
  const auto on = check_date(*confirmed, in.today);
  const auto review = parse_date(listing.review_by);
  std::string role;
  if (listing.confirmed_by_role == "leader") role = "the group’s leader ";
  if (listing.confirmed_by_role == "chapter_admin") role = "its publisher ";
  if (listing.confirmed_by_role == "sponsor") role = "its sponsor ";
  if (listing.confirmed_by_role == "telephone_check") role = "a telephone call ";
  CheckResult result;
  if (review && in.today <= *review) {
    result = check_passes("Confirmed " + (role.empty() ? "" : "by " + role) + "on " + on + ".",
                          "Due again by " + check_date(*review, in.today));
  } else {
    const auto months = static_cast<long>((in.today - *confirmed).count()) * 12 / 365;
    result =
        months >= in.numbers.unconfirmed_months
            ? check_warns("Nobody has confirmed this since " + on + ". It may no longer meet.",
                          question)
            : check_asks(months < 1
                             ? "Not confirmed since " + on + "."
                             : "Not confirmed for " + check_count(months, "month", "months") + ".",
                         question,
                         review ? "It was due on " + check_date(*review, in.today) : std::string());
  }
  result.date = *confirmed;
  return result;
}

CheckResult check_survivor_safety(const CheckInput& in) {
  if (!in.survivors) return check_skips("For groups of people with lived experience.");
  const auto& listing = in.listing;
  const std::string question =
      "How are facilitators trained, what are the ground rules, and whom do I call in a crisis?";
  const bool trained = listing.facilitation == "trained_peer_supporter" ||
                       listing.facilitation == "professional_facilitator" ||
                       listing.facilitation == "seasoned_clinician";
  const bool rules = !listing.links.charter.empty() ||
                     !text_members(&in.subject, "charter").empty() ||
                     !listing.links.agreement.empty() || !listing.agreement_clauses.empty();
  const bool crisis = !listing.crisis_resource.empty();
  const std::string pass = "Trained peer lead, ground rules and a crisis line are given.";
  if (const auto* finding = in.finding(Check::survivor_safety)) {
    return check_finds(*finding, pass, "No facilitator training is mentioned.",
                       "No ground rules and no crisis line.", question);
  }
  if (trained && rules && crisis) return check_passes(pass, "Stated by the publisher");
  std::vector<std::string> missing;
  if (!trained) missing.emplace_back("facilitator training");
  if (!rules) missing.emplace_back("ground rules");
  if (!crisis) missing.emplace_back("a crisis line");
  if (missing.size() == 1 && !trained)
    return check_asks("No facilitator training is mentioned.", question);
  return check_asks("Not stated: " + check_joined(missing) + ".", question);
}

CheckResult check_workplace(const CheckInput& in) {
  if (!in.workplace) return check_skips("For workplace programs only.");
  const std::string question =
      "Who is told who attended, and do managers who evaluate us take part?";
  if (const auto* finding = in.finding(Check::workplace)) {
    return check_finds(*finding, "Attendance and content are not reported to managers.",
                       "It does not say who sees attendance.",
                       "Managers who evaluate members take part.", question);
  }
  return check_asks("It does not say who sees attendance.", question);
}

CheckResult check_duplicate(const CheckInput& in) {
  const std::string question = "Are you the same group as the other listing?";
  if (const auto* finding = in.finding(Check::duplicate)) {
    return check_finds(*finding, "A person here compared it with others: it is a group of its own.",
                       "There is a similar listing.",
                       "Another publisher says this listing copies theirs.", question);
  }
  const auto& similar = in.facts.similar;
  if (similar.empty()) return check_passes("No other listing here looks like it.");
  auto text = "There is a similar listing: " + check_quoted(similar[0].name);
  if (!similar[0].publisher.empty()) text += ", by " + check_quoted(similar[0].publisher);
  if (similar.size() > 1)
    text += ", and " + check_count(static_cast<long>(similar.size() - 1), "more", "more");
  return check_asks(text + ".", question, "Names, contacts and times, compared by this node");
}

CheckResult check_age(const CheckInput& in) {
  std::optional<Date> oldest;
  for (const auto& rule : in.listing.schedule) {
    const auto start = parse_date(std::string_view(rule.dtstart).substr(0, 10));
    if (start && *start <= in.today && (!oldest || *start < *oldest)) oldest = start;
  }
  const auto year = [](Date date) {
    return static_cast<int>(std::chrono::year_month_day(date).year());
  };
  if (in.listing.status == "forming")
    return check_asks("It is forming and has not met yet. That is no fault.", {},
                      "Stated by the publisher");
  if (oldest && year(*oldest) < year(in.today))
    return check_passes("Meeting since " + std::to_string(year(*oldest)) + ".",
                        "Its schedule, as stated by the publisher");
  if (!in.facts.first_seen) return check_skips("Not known how long it has been listed.");
  const auto seen = std::chrono::floor<std::chrono::days>(*in.facts.first_seen);
  const auto weeks = static_cast<long>((in.today - seen).count()) / 7;
  CheckResult result;
  if (weeks < in.numbers.new_weeks) {
    result =
        check_asks(weeks < 1 ? "New: first listed here this week. That is no fault."
                             : "New: first listed here " + check_count(weeks, "week", "weeks") +
                                   " ago. That is no fault.",
                   {}, "When this node first read it");
  } else {
    result = check_passes("Listed here since " + check_date(seen, in.today) + ".",
                          "When this node first read it");
  }
  result.date = seen;
  return result;
}

CheckResult check_complaints(const CheckInput& in) {
  const std::string question = "There was a report about your listing. What do you say to it?";
  if (const auto* finding = in.finding(Check::complaints)) {
    const auto on = check_date(finding->at, in.today);
    return check_finds(*finding, "No open reports.",
                       "A report is being looked at since " + on + ".",
                       "Reports were upheld on " + on + ": " + check_quoted(finding->text) +
                           (finding->text.ends_with('.') ? "" : "."),
                       question);
  }
  if (in.facts.upheld_reports > 0 && in.facts.upheld_at) {
    const bool one = in.facts.upheld_reports == 1;
    const auto& reason = in.facts.upheld_reason;
    auto result = check_warns(
        std::to_string(in.facts.upheld_reports) + (one ? " report was" : " reports were") +
            " upheld on " + check_date(*in.facts.upheld_at, in.today) +
            (reason.empty() ? "."
                            : ": " + check_quoted(reason) + (reason.ends_with('.') ? "" : ".")),
        question, "Reports to this node, which its operator looked into");
    result.date = std::chrono::floor<std::chrono::days>(*in.facts.upheld_at);
    return result;
  }
  if (in.facts.open_reports == 0) return check_passes("No open reports.", "Reports to this node");
  auto result = check_asks(
      in.facts.open_reports == 1
          ? "A report is being looked at" +
                (in.facts.reported_at ? " since " + check_date(*in.facts.reported_at, in.today)
                                      : std::string()) +
                "."
          : std::to_string(in.facts.open_reports) + " reports are being looked at" +
                (in.facts.reported_at
                     ? ", the first since " + check_date(*in.facts.reported_at, in.today)
                     : std::string()) +
                ".",
      question, "Anybody may report; nothing is decided yet");
  if (in.facts.reported_at)
    result.date = std::chrono::floor<std::chrono::days>(*in.facts.reported_at);
  return result;
}

}  // namespace protocol
