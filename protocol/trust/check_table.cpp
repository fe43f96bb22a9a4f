#include <array>

#include "protocol/trust/checks.h"

namespace protocol {

namespace {

constexpr std::string_view kScopeAll = "all groups";
constexpr std::string_view kScopeTherapists = "groups of therapists";
constexpr std::string_view kScopeSurvivors = "groups of people with lived experience";
constexpr std::string_view kScopeWorkplace = "workplace programs";
constexpr std::string_view kScopeNotSurvivors = "groups of therapists and workplace programs";
constexpr std::string_view kScopeOnline = "groups that meet online";

constexpr std::array<CheckInfo, kChecks> kCheckTable = {{
    {Check::signature, "L1", "Signature",
     "The listing is exactly what its publisher signed, with a key that is still its own.",
     kScopeAll, false},
    {Check::publisher, "L2", "Publisher",
     "Somebody whom this node trusts vouches for whoever published the listing.", kScopeAll, false},
    {Check::vouch, "L3", "Vouching is current", "That vouch has not ended or been taken back.",
     kScopeAll, false},
    {Check::domain, "L4", "Web address",
     "The publisher’s own web address confirms that it is the same publisher.", kScopeAll, false},
    {Check::sponsor, "L5", "Sponsor",
     "The organization that is said to stand behind the group says so itself, on its own site.",
     kScopeNotSurvivors, true},
    {Check::leadership, "L6", "Who leads",
     "Somebody is named as leader, or an organization knows the leader and answers for the group.",
     kScopeAll, true},
    {Check::license, "L7", "Leader’s license",
     "A person looked up the leader on the state board’s public site. License numbers are never "
     "kept.",
     kScopeTherapists, true},
    {Check::consent, "L8", "Named people agreed",
     "Everyone whose name is given has agreed to be named.", kScopeAll, false},
    {Check::description, "L9", "Clear description",
     "It says what happens in a meeting, for whom it is and how often it meets.", kScopeAll, true},
    {Check::cost, "L10", "Cost", "It says what it costs, or that it is free.", kScopeAll, false},
    {Check::upfront_fee, "L11", "Fee before you start",
     "No large fee is asked for before the first meeting without saying what it is for.", kScopeAll,
     false},
    {Check::renewal, "L12", "Renewal", "Where a fee renews by itself, you are told before it does.",
     kScopeAll, false},
    {Check::agreement, "L13", "Confidentiality agreement",
     "Members sign a confidentiality agreement that you can read before you join.",
     kScopeTherapists, true},
    {Check::agreement_points, "L14", "What the agreement covers",
     "The agreement covers eight points, from leaving out names to asking before anybody records.",
     kScopeTherapists, true},
    {Check::agreement_renewed, "L15", "Agreement signed again",
     "The agreement was signed again within the last year.", kScopeTherapists, false},
    {Check::charter, "L16", "Charter",
     "The group has written down who may join, what stays in the room, and how it handles "
     "conflicts of interest.",
     kScopeNotSurvivors, true},
    {Check::reporting, "L17", "Reporting duties",
     "It says in advance what happens when someone may be in danger.", kScopeAll, true},
    {Check::platform, "L18", "Privacy of the platform",
     "The online service that it uses is made for private talk.", kScopeOnline, false},
    {Check::private_links, "L19", "Private links stay private",
     "The public text holds no meeting link, passcode or password.", kScopeAll, false},
    {Check::contact, "L20", "Contact works", "Somebody answers at the contact that is given.",
     kScopeAll, true},
    {Check::confirmed, "L21", "Confirmed lately",
     "A person said, not long ago, that all of this is still right.", kScopeAll, false},
    {Check::not_therapy, "L22", "Not therapy, not supervision",
     "It does not offer treatment or supervision under the name of peer support.", kScopeAll, true},
    {Check::survivor_safety, "L23", "Safety of survivors",
     "There is a trained peer lead, there are ground rules, and a crisis line is given.",
     kScopeSurvivors, true},
    {Check::workplace, "L24", "Independence from managers",
     "What is said, and who comes, is not reported to managers.", kScopeWorkplace, true},
    {Check::dual_roles, "L25", "Dual roles",
     "Leaders do not also evaluate members or sell them other services.", kScopeTherapists, true},
    {Check::duplicate, "L26", "No double", "No other listing looks like a copy of this one.",
     kScopeAll, true},
    {Check::age, "L27", "How long it has been here",
     "How long the group has met, or how long it has been listed. New is no fault.", kScopeAll,
     false},
    {Check::complaints, "L28", "Reports", "What readers reported to this node about the listing.",
     kScopeAll, true},
    {Check::criteria, "L29", "Fair conditions",
     "A person read the conditions for joining and looked for ones that shut people out without "
     "need.",
     kScopeAll, true},
    {Check::source, "L30", "How it came here",
     "The listing was read from its publisher, not from somebody in between.", kScopeAll, false},
}};

}  // namespace

std::span<const CheckInfo> check_table() { return kCheckTable; }

const CheckInfo& describe(Check check) { return kCheckTable[static_cast<std::size_t>(check)]; }

std::optional<Check> check_from_id(std::string_view id) {
  if (id.empty() || (id.front() != 'L' && id.front() != 'l')) return std::nullopt;
  for (const auto& info : kCheckTable) {
    if (info.id.substr(1) == id.substr(1)) return info.check;
  }
  return std::nullopt;
}

std::string_view word(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::pass:
      return "pass";
    case CheckOutcome::check:
      return "check";
    case CheckOutcome::warning:
      return "warning";
    case CheckOutcome::not_applicable:
      return "not_applicable";
  }
  return "";
}

std::optional<CheckOutcome> check_outcome_from_word(std::string_view text) {
  for (const auto outcome : {CheckOutcome::pass, CheckOutcome::check, CheckOutcome::warning,
                             CheckOutcome::not_applicable}) {
    if (word(outcome) == text) return outcome;
  }
  return std::nullopt;
}

std::string_view check_outcome_label(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::pass:
      return "Pass";
    case CheckOutcome::check:
      return "Ask about this";
    case CheckOutcome::warning:
      return "Warning";
    case CheckOutcome::not_applicable:
      return "Not applicable";
  }
  return "";
}

std::string_view word(CheckedBy by) {
  switch (by) {
    case CheckedBy::node:
      return "node";
    case CheckedBy::person:
      return "person";
    case CheckedBy::publisher:
      return "publisher";
  }
  return "";
}

}  // namespace protocol
