#pragma once

#include "node/pages/html.h"
#include "protocol/trust/check_policy.h"

// The parts of /about/checks that say what each check means and what this node asks.

namespace node {

/// What this node's policy leaves out, in words.
Html about_policy(const protocol::CheckPolicy& policy);
/// All thirty checks: what each looks at, for which groups, who checks, what the policy asks of it.
Html about_each_check(const protocol::CheckPolicy& policy);
/// Whose names of towns and ZIP codes "near" uses, and under which licenses.
Html about_place_names();

}  // namespace node
