#pragma once

#include <string>

#include "node/store/store.h"

namespace node {

/// How a feed stands at `now` (SPEC 6.3): by its last sign of life, unless something weighs more.
enum class FeedState { ok, stale, dead, quarantined, not_read_yet };

/// The newest proof that the publisher's feed is alive: its own time stamp, or our last good
/// reading.
std::optional<protocol::Timestamp> last_sign_of_life(const Feed& feed);
FeedState feed_state(const Feed& feed, protocol::Timestamp now);
/// Until when its recognitions and listings count; its own feed never ends.
protocol::Timestamp freshness_deadline(const Feed& feed);

std::string_view word(FeedState state);
/// State, what happened and what was kept, in one or two sentences for an operator.
std::string in_words(const Feed& feed, protocol::Timestamp now);

}  // namespace node
