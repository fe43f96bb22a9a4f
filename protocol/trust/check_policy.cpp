#include "protocol/trust/check_policy.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace protocol {

namespace {

void policy_set(CheckPolicy& policy, std::initializer_list<Check> checks, Requirement requirement) {
  for (const auto check : checks) policy.requires_[static_cast<std::size_t>(check)] = requirement;
}

CheckPolicy policy_chapter() {
  CheckPolicy policy;
  policy.name = "chapter";
  policy.summary =
      "Leaves out a listing with a warning, and one whose signature, publisher, vouch or consents "
      "do not hold.";
  policy.requires_.fill(Requirement::no_warning);
  policy_set(policy, {Check::signature, Check::publisher, Check::vouch, Check::consent},
             Requirement::pass);
  return policy;
}

CheckPolicy policy_community() {
  auto policy = policy_chapter();
  policy.name = "community";
  policy.summary =
      "Like chapter, and a publisher that this node’s operator follows by hand needs nobody else "
      "to vouch for it. Groups of survivors must give a trained lead, ground rules and a crisis "
      "line.";
  policy.trusts_follows = true;
  policy_set(policy, {Check::survivor_safety}, Requirement::pass);
  return policy;
}

CheckPolicy policy_strict() {
  auto policy = policy_chapter();
  policy.name = "strict";
  policy.summary =
      "Like chapter, and asks for a pass of sponsor, leadership, cost, agreement and a recent "
      "confirmation as well.";
  policy_set(policy,
             {Check::sponsor, Check::leadership, Check::cost, Check::agreement, Check::confirmed},
             Requirement::pass);
  return policy;
}

CheckPolicy policy_open() {
  CheckPolicy policy;
  policy.name = "open";
  policy.summary =
      "Shows everything that it reads, with its marks, also where nobody vouches. Only a broken "
      "signature, a name without consent and an exposed meeting link keep a listing out.";
  policy.requires_.fill(Requirement::nothing);
  policy_set(policy, {Check::signature, Check::consent}, Requirement::pass);
  policy_set(policy, {Check::private_links}, Requirement::no_warning);
  policy.trusts_follows = true;
  policy.shows_everybody = true;
  return policy;
}

struct PolicyNumber {
  std::string_view name;
  int CheckNumbers::*value;
  int lowest, highest;
};
constexpr PolicyNumber kPolicyNumbers[] = {
    {"new_key_days", &CheckNumbers::new_key_days, 0, 365},
    {"vouch_ends_days", &CheckNumbers::vouch_ends_days, 0, 365},
    {"license_months", &CheckNumbers::license_months, 1, 60},
    {"recheck_days", &CheckNumbers::recheck_days, 1, 365},
    {"description_length", &CheckNumbers::description_length, 0, 3'000},
    {"new_weeks", &CheckNumbers::new_weeks, 0, 520},
    {"unconfirmed_months", &CheckNumbers::unconfirmed_months, 1, 60},
};
constexpr int kPolicyMostUpfront = 100'000;
constexpr std::size_t kPolicyNameBytes = 40;
constexpr std::size_t kPolicySummaryBytes = 400;
constexpr std::size_t kPolicyBytes = 16 * 1'024;

tl::unexpected<Error> policy_refusal(std::string detail) {
  return refuse(ErrorCode::bad_request, std::move(detail));
}

/// Sets `requirement` for every id of a list; `seen` keeps a check from being named twice.
Result<void> policy_list(const Json& json, std::string_view member, Requirement requirement,
                         std::set<Check>& seen, CheckPolicy& policy) {
  const Json* list = json.find(member);
  if (!list) return {};
  const auto* items = list->if_array();
  if (!items) return policy_refusal(std::string(member) + ": expected a list of checks, [\"L5\"]");
  for (const auto& item : *items) {
    const auto* id = item.if_string();
    const auto check = id ? check_from_id(*id) : std::nullopt;
    if (!check) {
      return policy_refusal(std::string(member) + ": '" + (id ? *id : canonical(item)) +
                            "' is none of the checks L1 to L30");
    }
    if (!seen.insert(*check).second)
      return policy_refusal(std::string(member) + ": " + *id + " is named twice");
    if (requirement == Requirement::nothing &&
        (*check == Check::signature || *check == Check::consent ||
         *check == Check::private_links)) {
      return policy_refusal(std::string(member) + ": " + *id + " (" +
                            std::string(describe(*check).title) + ") holds under every policy");
    }
    policy_set(policy, {*check}, requirement);
  }
  return {};
}

Result<void> policy_numbers(const Json& json, CheckNumbers& numbers) {
  const Json* given = json.find("numbers");
  if (!given) return {};
  const auto* members = given->if_object();
  if (!members) return policy_refusal("numbers: expected an object");
  for (const auto& [name, value] : *members) {
    const auto number = value.if_integer();
    if (!number) return policy_refusal("numbers." + name + ": expected a whole number");
    if (name == "upfront_limit") {
      if (*number < 0 || *number > kPolicyMostUpfront)
        return policy_refusal("numbers.upfront_limit: from 0 to 100000");
      numbers.upfront_limit = static_cast<double>(*number);
      continue;
    }
    const auto* found = std::find_if(std::begin(kPolicyNumbers), std::end(kPolicyNumbers),
                                     [&, &n = name](const auto& one) { return one.name == n; });
    if (found == std::end(kPolicyNumbers)) {
      std::string names = "upfront_limit";
      for (const auto& one : kPolicyNumbers) names += ", " + std::string(one.name);
      return policy_refusal("numbers." + name + ": there is no such number; known are " + names);
    }
    if (*number < found->lowest || *number > found->highest) {
      return policy_refusal("numbers." + name + ": from " + std::to_string(found->lowest) + " to " +
                            std::to_string(found->highest));
    }
    numbers.*(found->value) = static_cast<int>(*number);
  }
  return {};
}

Result<std::string> policy_text(const Json& json, std::string_view member, std::size_t most) {
  const Json* value = json.find(member);
  if (!value) return std::string();
  const auto* text = value->if_string();
  if (!text || text->empty() || text->size() > most) {
    return policy_refusal(std::string(member) + ": expected a text of at most " +
                          std::to_string(most) + " bytes");
  }
  return *text;
}

Result<void> policy_flag(const Json& json, std::string_view member, bool& flag) {
  const Json* value = json.find(member);
  if (!value) return {};
  if (!value->if_bool()) return policy_refusal(std::string(member) + ": expected true or false");
  flag = *value->if_bool();
  return {};
}

}  // namespace

std::string_view word(Requirement requirement) {
  switch (requirement) {
    case Requirement::nothing:
      return "nothing";
    case Requirement::no_warning:
      return "no_warning";
    case Requirement::pass:
      return "pass";
  }
  return "";
}

const std::vector<CheckPolicy>& known_policies() {
  static const std::vector<CheckPolicy> policies = {policy_community(), policy_chapter(),
                                                    policy_strict(), policy_open()};
  return policies;
}

const CheckPolicy& default_policy() { return *find_policy("chapter"); }

const CheckPolicy* find_policy(std::string_view name) {
  for (const auto& policy : known_policies()) {
    if (policy.name == name) return &policy;
  }
  return nullptr;
}

Result<CheckPolicy> parse_policy(std::string_view text) {
  auto parsed = parse_json(text, {.max_bytes = kPolicyBytes, .max_depth = 4});
  if (!parsed) return policy_refusal("the policy is no JSON: " + parsed.error().detail);
  const auto* members = parsed->if_object();
  if (!members) return policy_refusal("the policy: expected an object");
  constexpr std::string_view kMembers[] = {"name",      "based_on",       "summary",
                                           "must_pass", "may_not_warn",   "ignore",
                                           "numbers",   "trusts_follows", "shows_everybody"};
  for (const auto& [name, value] : *members) {
    if (std::find(std::begin(kMembers), std::end(kMembers), name) == std::end(kMembers))
      return policy_refusal(name + ": a policy has no such member");
  }
  ASSIGN_OR_RETURN(const auto name, policy_text(*parsed, "name", kPolicyNameBytes));
  if (name.empty()) return policy_refusal("name: the policy needs one");
  if (find_policy(name))
    return policy_refusal("name: '" + name + "' is one of the four that Kith brings; take another");
  ASSIGN_OR_RETURN(const auto base, policy_text(*parsed, "based_on", kPolicyNameBytes));
  const auto* start = find_policy(base.empty() ? "chapter" : base);
  if (!start)
    return policy_refusal("based_on: '" + base + "' is none of community, chapter, strict, open");
  CheckPolicy policy = *start;
  policy.name = name;
  ASSIGN_OR_RETURN(policy.summary, policy_text(*parsed, "summary", kPolicySummaryBytes));
  if (policy.summary.empty()) policy.summary = "This node’s own, made from " + start->name + ".";
  std::set<Check> seen;
  RETURN_IF_REFUSED(policy_list(*parsed, "must_pass", Requirement::pass, seen, policy));
  RETURN_IF_REFUSED(policy_list(*parsed, "may_not_warn", Requirement::no_warning, seen, policy));
  RETURN_IF_REFUSED(policy_list(*parsed, "ignore", Requirement::nothing, seen, policy));
  RETURN_IF_REFUSED(policy_numbers(*parsed, policy.numbers));
  RETURN_IF_REFUSED(policy_flag(*parsed, "trusts_follows", policy.trusts_follows));
  RETURN_IF_REFUSED(policy_flag(*parsed, "shows_everybody", policy.shows_everybody));
  return policy;
}

Json policy_json(const CheckPolicy& policy) {
  Json::Array must_pass, may_not_warn, ignore;
  for (const auto& info : check_table()) {
    switch (policy.required(info.check)) {
      case Requirement::pass:
        must_pass.emplace_back(info.id);
        break;
      case Requirement::no_warning:
        may_not_warn.emplace_back(info.id);
        break;
      case Requirement::nothing:
        ignore.emplace_back(info.id);
        break;
    }
  }
  Json numbers =
      Json::object({{"upfront_limit", static_cast<std::int64_t>(policy.numbers.upfront_limit)}});
  for (const auto& one : kPolicyNumbers) numbers.set(one.name, policy.numbers.*(one.value));
  return Json::object({{"name", policy.name},
                       {"summary", policy.summary},
                       {"must_pass", std::move(must_pass)},
                       {"may_not_warn", std::move(may_not_warn)},
                       {"ignore", std::move(ignore)},
                       {"numbers", std::move(numbers)},
                       {"trusts_follows", policy.trusts_follows},
                       {"shows_everybody", policy.shows_everybody}});
}

std::vector<Check> policy_objections(const std::vector<CheckResult>& results,
                                     const CheckPolicy& policy, bool followed_by_hand) {
  std::vector<Check> objections;
  for (const auto& result : results) {
    if (result.check == Check::publisher && policy.trusts_follows && followed_by_hand) continue;
    bool objects = false;
    switch (policy.required(result.check)) {
      case Requirement::nothing:
        break;
      case Requirement::no_warning:
        objects = result.outcome == CheckOutcome::warning;
        break;
      case Requirement::pass:
        objects = result.outcome == CheckOutcome::warning ||
                  (result.outcome == CheckOutcome::check && !result.stands);
        break;
    }
    if (objects) objections.push_back(result.check);
  }
  return objections;
}

}  // namespace protocol
