#pragma once

#include <string>

#include "node/store/copied_heads.h"
#include "node/store/store.h"

namespace node {

/// How a feed stands at `now` (SPEC 6.3): by its last sign of life, unless something weighs more.
/// `unconfirmed_head` is `ok`, but for a newest state that came from one other node's copy only.
enum class FeedState { ok, stale, dead, quarantined, not_read_yet, unconfirmed_head };

/// The newest proof that the publisher's feed is alive: its own time stamp, or our last good
/// reading.
std::optional<protocol::Timestamp> last_sign_of_life(const Feed& feed);
FeedState feed_state(const Feed& feed, protocol::Timestamp now);
/// The same with what is known of copies; `copied` is what is in force of this feed.
FeedState feed_state(const Feed& feed, const std::optional<CopiedHead>& copied,
                     protocol::Timestamp now);
/// Until when its recognitions and listings count; its own feed never ends.
protocol::Timestamp freshness_deadline(const Feed& feed);

std::string_view word(FeedState state);
/// State, what happened and what was kept, in one or two sentences for an operator.
std::string in_words(const Feed& feed, const std::optional<CopiedHead>& copied,
                     protocol::Timestamp now);

}  // namespace node
