#pragma once

#include <string>

#include "node/store/copied_heads.h"
#include "node/store/store.h"

namespace node {

/// How a feed stands at `now` (SPEC 6.3): by its last sign of life, unless something weighs more.
/// `unconfirmed_head` is `ok`, but for a newest state that came from one other node's copy only.
enum class FeedState { ok, stale, dead, quarantined, not_read_yet, unconfirmed_head };

/// The newest proof that the publisher's feed is alive: its own time stamp, our last good reading,
/// or that of an anchor's node.
std::optional<protocol::Timestamp> last_sign_of_life(const Feed& feed);
FeedState feed_state(const Feed& feed, protocol::Timestamp now);
/// The same with what is known of copies; `copied` is what is in force of this feed.
FeedState feed_state(const Feed& feed, const std::optional<CopiedHead>& copied,
                     protocol::Timestamp now);
/// Until when its recognitions and listings count; its own feed never ends.
protocol::Timestamp freshness_deadline(const Feed& feed);

std::string_view word(FeedState state);
/// "3 hours ago", in the largest whole unit up to days; "just now" below a minute and for what lies
/// ahead.
std::string how_long_ago(protocol::Timestamp then, protocol::Timestamp now);
/// What whoever runs a node that read `code` from another publisher does about it: one or two
/// sentences. protocol::describe() speaks to whoever caused it.
std::string_view what_readers_do(protocol::ErrorCode code);
/// What to do about a feed; empty where there is nothing to do. What weighs more comes first: its
/// state, then the trouble of the last reading, then `disputed` and `hidden`, which are as in
/// FeedReport.
std::string what_to_do(const Feed& feed, FeedState state,
                       const std::optional<protocol::Error>& disputed,
                       const std::optional<protocol::Error>& hidden);
/// State, what happened and when, what was kept, and, where the last reading met trouble, what to
/// do: for an operator. Nothing in it can upset a terminal, whatever a stranger wrote.
std::string in_words(const Feed& feed, const std::optional<CopiedHead>& copied,
                     protocol::Timestamp now);

}  // namespace node
