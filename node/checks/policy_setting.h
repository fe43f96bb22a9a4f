#pragma once

#include "node/store/store.h"
#include "protocol/trust/check_policy.h"

namespace node {

/// The policy that this node's operator chose; chapter where none was chosen, or where the setting
/// cannot be read any more.
protocol::CheckPolicy chosen_policy(const StoreQueries& store);
/// Chooses one. What is shown is judged anew after the change.
void choose_policy(Store& store, const protocol::CheckPolicy& policy);

}  // namespace node
