#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/encoding/time.h"

namespace node {

/// What the checks of a listing want to know of its publisher: the same for all its listings.
struct PublisherFacts {
  bool own = false;
  bool followed_by_hand = false;
  std::string domain;                                 ///< host of its identity
  std::optional<protocol::Timestamp> key_changed_at;  ///< of its signing key; nothing: never
  std::optional<protocol::Timestamp> read_at;         ///< its feed, well
  std::string vouch_ended_by;  ///< whose recognition of it ended last, and is not renewed
  std::optional<protocol::Timestamp> vouch_ended_at;
};

/// When the key named #sign last became another one, by the publisher's verified identity log.
std::optional<protocol::Timestamp> signing_key_changed(std::string_view did_log);

}  // namespace node
