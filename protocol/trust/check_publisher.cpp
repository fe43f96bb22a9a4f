#include "protocol/trust/check_rules.h"

// L1 to L4, L30: who published it, who vouches for that, and how it came here.

namespace protocol {

namespace {

long check_days(Timestamp from, Timestamp to) {
  return static_cast<long>(std::chrono::floor<std::chrono::days>(to - from).count());
}

}  // namespace

CheckResult check_signature(const CheckInput& in) {
  const auto& facts = in.facts;
  const auto on = check_date(facts.signed_at, in.today);
  CheckResult result;
  if (!facts.signature_holds) {
    result = check_warns("The signature does not match. Do not use these contact details.", {},
                         "Signature and key, compared by this node");
  } else if (!facts.signature_checked) {
    result = check_asks("The signature has not been checked yet. This node will do so soon.", {},
                        "Read in haste; every signature is checked afterward");
  } else if (facts.key_changed_at && *facts.key_changed_at <= facts.now &&
             check_days(*facts.key_changed_at, facts.now) < in.numbers.new_key_days) {
    const auto days = check_days(*facts.key_changed_at, facts.now);
    result =
        check_asks(days < 1 ? "Signed with a new key, first used today."
                            : "Signed with a new key " + check_count(days, "day", "days") + " old.",
                   {}, "The signature holds. The publisher’s own history allows the new key");
    result.stands = true;
  } else {
    result = check_passes("The listing is unchanged since " + check_quoted(facts.publisher) +
                              " signed it on " + on + ".",
                          "Signature and key, compared by this node");
  }
  result.date = in.today;
  return result;
}

CheckResult check_publisher(const CheckInput& in) {
  const auto& facts = in.facts;
  const auto name = check_quoted(facts.publisher);
  CheckResult result;
  if (facts.own && facts.path.empty()) {
    result = check_passes("This node is " + name + "’s own, and answers for the listing.");
  } else if (facts.path.size() == 1) {
    result = check_passes("This node’s operator chose to trust " + name + ".");
  } else if (facts.path.size() > 1) {
    auto text = name + " is vouched for by " + check_quoted(facts.path[facts.path.size() - 2]);
    if (facts.vouched_until) text += " until " + check_date(*facts.vouched_until, in.today);
    std::vector<std::string> steps;
    for (const auto& step : facts.path) steps.push_back(check_quoted(step));
    result = check_passes(text + ".", "Signed recognitions: " + check_joined(steps, "then"));
  } else if (facts.followed_by_hand) {
    result = check_asks("We know " + name + ", but nobody vouches for it.",
                        "Which association knows you, and whom can I ask there?",
                        "This node’s operator follows it by hand");
  } else {
    result = check_warns("We have not met this publisher before.",
                         "Which association knows you, and whom can I ask there?",
                         "No line of recognition leads from a publisher that this node trusts");
  }
  result.date = in.today;
  return result;
}

CheckResult check_vouch(const CheckInput& in) {
  const auto& facts = in.facts;
  const bool lapsed = facts.vouch_ended_at && *facts.vouch_ended_at <= facts.now;
  if (facts.path.empty() && lapsed) {
    const auto who = facts.vouch_ended_by.empty() ? std::string("Whoever vouched for it")
                                                  : check_quoted(facts.vouch_ended_by);
    auto result = check_warns(who + " withdrew or let lapse its vouch on " +
                                  check_date(*facts.vouch_ended_at, in.today) + ".",
                              "Does the association still know you?");
    result.date = std::chrono::floor<std::chrono::days>(*facts.vouch_ended_at);
    return result;
  }
  if (facts.path.empty()) return check_skips("Nobody vouches for it, so there is no vouch to end.");
  if (!facts.vouched_until)
    return check_skips("It is trusted directly, without a vouch that could end.");
  const auto left = check_days(facts.now, *facts.vouched_until);
  CheckResult result;
  if (*facts.vouched_until <= facts.now) {
    result = check_warns("The vouch ended on " + check_date(*facts.vouched_until, in.today) + ".",
                         "Does the association still know you?");
  } else if (left < in.numbers.vouch_ends_days) {
    result = check_asks(left < 1 ? "The vouch ends today or tomorrow."
                                 : "The vouch ends in " + check_count(left, "day", "days") + ".",
                        {}, "It ends of itself unless it is renewed");
    result.stands = true;
  } else {
    result = check_passes(
        facts.vouched_at
            ? "The vouch was confirmed on " + check_date(*facts.vouched_at, in.today) + "."
            : "The vouch holds until " + check_date(*facts.vouched_until, in.today) + ".",
        "It ends of itself on " + check_date(*facts.vouched_until, in.today) +
            " unless it is renewed");
  }
  result.date =
      facts.vouched_at ? std::chrono::floor<std::chrono::days>(*facts.vouched_at) : in.today;
  return result;
}

CheckResult check_domain(const CheckInput& in) {
  const auto& facts = in.facts;
  if (facts.own)
    return check_passes("This node itself answers at the publisher’s address.",
                        check_quoted(facts.domain));
  const auto domain = check_quoted(facts.domain);
  const auto* seen = in.observation(Check::domain);
  // Reading the feed begins with the identity file at that very address.
  const bool read_there = facts.read_at && facts.came_through.empty();
  if (read_there && (!seen || seen->at <= *facts.read_at)) {
    const bool lately = facts.now < *facts.read_at + std::chrono::days{7};
    auto result = lately ? check_passes(domain + " confirms this publisher.",
                                        "Its identity file, read at that address")
                         : check_asks(domain + " could not be read lately; last confirmed " +
                                          check_date(*facts.read_at, in.today) + ".",
                                      {}, "What was read then is kept");
    result.date = std::chrono::floor<std::chrono::days>(*facts.read_at);
    return result;
  }
  if (!seen) {
    return check_asks("We have not yet asked " + (domain.empty() ? "its web address" : domain) +
                          " whether it knows this publisher.",
                      {}, "This node asks at most once a day");
  }
  const auto on = check_date(seen->at, in.today);
  CheckResult result;
  switch (seen->outcome) {
    case CheckOutcome::pass:
      result = check_passes(domain + " confirms this publisher.",
                            "Its identity file, read at that address");
      break;
    case CheckOutcome::warning:
      result = check_warns("The web address " + domain + " names a different publisher.",
                           "Is this still your web address?", seen->detail);
      break;
    case CheckOutcome::check:
    case CheckOutcome::not_applicable:
      result = check_asks(
          domain + " could not be reached on " + on +
              (seen->passed_at ? "; last confirmed " + check_date(*seen->passed_at, in.today)
                               : std::string()) +
              ".",
          {}, seen->detail);
      break;
  }
  result.date = std::chrono::floor<std::chrono::days>(seen->at);
  return result;
}

CheckResult check_source(const CheckInput& in) {
  const auto& facts = in.facts;
  CheckResult result;
  if (facts.came_through.empty()) {
    result = check_passes("Straight from the publisher.",
                          facts.own ? "It was written on this node" : "Read from its own address");
  } else if (facts.came_through_followed) {
    result = check_asks("Came through " + check_quoted(facts.came_through) + ".", {},
                        "Its publisher’s signature holds all the same");
  } else {
    result = check_warns(
        "Came through a node we do not follow: " + check_quoted(facts.came_through) + ".",
        "Is this listing yours, and is it what you say today?",
        "Its publisher’s signature holds all the same");
  }
  if (facts.read_at) result.date = std::chrono::floor<std::chrono::days>(*facts.read_at);
  return result;
}

}  // namespace protocol
