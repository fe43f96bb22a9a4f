#include "protocol/encoding/json_members.h"
#include "protocol/trust/check_rules.h"

// L5 to L8, L25: sponsor, leaders, and what they are to the members.

namespace protocol {

namespace {

std::string check_sponsor_kind(const Sponsor& sponsor) {
  if (sponsor.kind == "none" || !is_known(Vocabulary::sponsor_kind, sponsor.kind)) return {};
  const auto kind = check_lower(label(Vocabulary::sponsor_kind, sponsor.kind));
  const bool vowel = std::string_view("aeio").find(kind.front()) != std::string_view::npos;
  return (vowel ? ", an " : ", a ") + kind;
}

/// The first leader who may be named; null: nobody.
const Leader* check_named_leader(const Listing& listing) {
  for (const auto& leader : listing.leaders) {
    if (leader.consent && !leader.display_name.empty()) return &leader;
  }
  return nullptr;
}

std::string check_leader_state(const CheckInput& in) {
  if (const Json* leaders = in.subject.find("leaders")) {
    if (const auto* items = leaders->if_array()) {
      for (const auto& leader : *items) {
        if (const auto code = text_member(&leader, "license_jurisdiction"); !code.empty())
          return region_name(code);
      }
    }
  }
  return {};
}

}  // namespace

CheckResult check_sponsor(const CheckInput& in) {
  if (in.survivors) return check_skips("For groups of therapists and workplace programs.");
  const auto& sponsor = in.listing.sponsor;
  if (sponsor.kind == "none" && sponsor.name.empty())
    return check_skips("It says that it has no sponsor. Many good groups have none.");
  const std::string question =
      sponsor.name.empty()
          ? "Does an organization stand behind the group, and which?"
          : "Where does " + check_quoted(sponsor.name) + " say that it sponsors you?";
  if (sponsor.name.empty())
    return check_asks(
        "Not stated whether an organization sponsors it. Many groups have no sponsor.", question);
  const auto name = check_quoted(sponsor.name);
  const auto kind = check_sponsor_kind(sponsor);
  const auto pass = "Sponsored by " + name + kind + "; their page names this group.";
  const auto ask = "It says " + name + " sponsors it. We could not find this on their site.";
  if (const auto* finding = in.finding(Check::sponsor)) {
    return check_finds(*finding, pass, ask, name + " told us it does not sponsor this group.",
                       question);
  }
  const auto site = check_host(sponsor.page);
  const bool own_site = !site.empty() && (site == check_host(in.listing.links.home) ||
                                          site == check_host(in.listing.links.apply));
  if (own_site && in.facts.publisher != sponsor.name)
    return check_asks(
        "It says " + name + " sponsors it. The page that it names is on its own site.", question,
        check_quoted(site));
  if (const auto* seen = in.observation(Check::sponsor)) {
    const auto closed =
        "It says " + name +
        " sponsors it. Their site asks automatic readers to stay away from the page.";
    auto result = seen->outcome == CheckOutcome::pass ? check_passes(pass, seen->detail)
                  : seen->outcome == CheckOutcome::not_applicable
                      ? check_asks(closed, question, seen->detail)
                      : check_asks(ask, question, seen->detail);
    result.date = std::chrono::floor<std::chrono::days>(seen->at);
    return result;
  }
  return check_asks("It says " + name + " sponsors it. " +
                        (sponsor.page.empty() ? "It names no page of theirs that says so."
                                              : "We have not yet read their page."),
                    question, sponsor.page.empty() ? "" : check_host(sponsor.page));
}

CheckResult check_leadership(const CheckInput& in) {
  const auto& listing = in.listing;
  const std::string question = "Who leads the group, and who answers for it?";
  const Leader* named = check_named_leader(listing);
  std::string who;
  if (named) {
    who = "Led by " + check_quoted(named->display_name);
    if (!named->credentials.empty()) who += ", " + check_quoted(named->credentials);
    who += ".";
  } else if (!listing.accountable_via.empty()) {
    const auto body = check_quoted(listing.accountable_via);
    who = "The leader is known to " + body + ", which answers for the group.";
  }
  const bool role = !listing.leaders.empty() || !listing.facilitation.empty();
  if (const auto* finding = in.finding(Check::leadership)) {
    return check_finds(*finding, who.empty() ? "A person here knows who leads it." : who,
                       "It is not clear who leads it.", "We cannot tell who runs this group.",
                       question);
  }
  if (!who.empty()) return check_passes(who, "Stated by the publisher");
  // Where nobody leads, no name is missing; but somebody made the listing.
  if (listing.leaders.empty() && listing.facilitation == "rotating_peers")
    return check_asks("Members take turns leading. It does not say who answers for the group.",
                      question, "Stated by the publisher");
  if (listing.leaders.empty() && listing.facilitation == "unmoderated")
    return check_asks("Nobody leads it. It does not say who answers for the group.", question,
                      "Stated by the publisher");
  if (role) return check_asks("A role is given but no name.", question, "Stated by the publisher");
  return check_asks("Not stated who leads it.", question);
}

CheckResult check_license(const CheckInput& in) {
  if (in.survivors) return check_skips("No license is asked for here, of anybody.");
  if (in.workplace) return check_skips("For groups of therapists.");
  if (in.listing.leaders.empty() && in.listing.facilitation == "rotating_peers")
    return check_skips("Members take turns; there is no one leader.");
  if (in.listing.leaders.empty() && in.listing.facilitation == "unmoderated")
    return check_skips("Nobody leads it.");
  const Leader* named = check_named_leader(in.listing);
  const auto name = named ? check_quoted(named->display_name) : std::string("The leader");
  const auto state = check_leader_state(in);
  const auto board =
      state.empty() ? std::string("the licensing board’s site") : "the " + state + " board’s site";
  const std::string question =
      named ? "When was " + name + "’s license last looked up, or shall I look it up myself?"
            : "Is the leader licensed, and in which state?";
  const auto* finding = in.finding(Check::license);
  if (!finding)
    return check_asks("Not checked.", question, "Every state board has a free public search");
  const auto on = check_date(finding->at, in.today);
  const auto whose = named ? name + "’s" : std::string("The leader’s");
  const auto held = finding->at + std::chrono::days{30 * in.numbers.license_months + 5};
  if (finding->outcome == CheckOutcome::pass && in.facts.now > held) {
    return check_asks("Checked over " + std::to_string(in.numbers.license_months) +
                          " months ago, on " + on + ". The license was active then.",
                      question, "License numbers are never kept");
  }
  auto result = check_finds(
      *finding, whose + " license was active on " + board + " on " + on + ".",
      "Looked up on " + on + " without a clear answer.",
      board.substr(0, 1) == "t"
          ? "T" + board.substr(1) + " did not show an active license on " + on + ". Ask the group."
          : board + " did not show an active license on " + on + ". Ask the group.",
      question);
  result.evidence = "License numbers are never kept";
  return result;
}

CheckResult check_consent(const CheckInput& in) {
  long hidden = 0;
  long named = 0;
  for (const auto& leader : in.listing.leaders) {
    if (leader.display_name.empty()) continue;
    ++(leader.consent ? named : hidden);
  }
  if (hidden == 0 && named == 0) return check_skips("Nobody is named.");
  if (hidden == 0)
    return check_passes("Everyone named here agreed to be named.",
                        "Consent with its date, as signed");
  return check_asks(
      hidden == 1 ? "One name has no recorded consent and is hidden."
                  : std::to_string(hidden) + " names have no recorded consent and are hidden.",
      "Has everyone whom the listing names agreed to that?");
}

CheckResult check_dual_roles(const CheckInput& in) {
  if (!in.therapists) return check_skips("For groups of therapists.");
  const std::string question =
      "Does a leader also supervise or evaluate a member, or sell anything to members?";
  if (const auto* finding = in.finding(Check::dual_roles)) {
    return check_finds(*finding, "Leaders do not evaluate members.",
                       "Leader also supervises some members.",
                       "Leader sells other services to members and does not say so.", question);
  }
  if (check_has(in.listing.agreement_clauses, "dual_role_disclosure"))
    return check_asks(
        "Members agree to say when they are also something else to each other. It "
        "does not say whether leaders evaluate members.",
        question, "Agreement, as stated by the publisher");
  return check_asks("Not stated whether leaders also evaluate members.", question);
}

}  // namespace protocol
