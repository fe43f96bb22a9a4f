#pragma once

#include <span>
#include <string_view>

#include "protocol/error_code.h"

// The rest of the catalog that `kith explain` prints: what a refusal does, and alerts (SPEC 9).

namespace protocol {

/// What a refusal with `code` does to the feed, record or request: one plain sentence (SPEC 9,
/// "Effect").
std::string_view effect(ErrorCode code);

/// What an operator is told of without anybody having asked: in the journal and in `kith status`.
struct AlertInfo {
  std::string_view word;  ///< "clock-suspect"
  std::string_view meaning;
  std::string_view effect;
  std::string_view what_to_do;
};
/// Those alerts that are no error codes as well; `storage-full` and the like are both.
std::span<const AlertInfo> alert_catalog();

}  // namespace protocol
