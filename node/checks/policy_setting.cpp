#include "node/checks/policy_setting.h"

namespace node {

namespace {
constexpr std::string_view kPolicySetting = "policy";
}

protocol::CheckPolicy chosen_policy(const StoreQueries& store) {
  const auto kept = store.setting(kPolicySetting);
  if (!kept) return protocol::default_policy();
  if (const auto* known = protocol::find_policy(*kept)) return *known;
  auto own = protocol::parse_policy(*kept);
  return own ? std::move(*own) : protocol::default_policy();
}

void choose_policy(Store& store, const protocol::CheckPolicy& policy) {
  const bool known = protocol::find_policy(policy.name) != nullptr;
  store.set_setting(kPolicySetting,
                    known ? policy.name : protocol::canonical(protocol::policy_json(policy)));
}

}  // namespace node
