#include "node/feed_state.h"

#include <algorithm>

#include "protocol/limits.h"

namespace node {

namespace {

std::chrono::seconds state_patience(const Feed& feed) {
  return feed.max_stale ? std::chrono::seconds(*feed.max_stale)
                        : std::chrono::seconds(protocol::kStaleFor);
}

}  // namespace

std::optional<protocol::Timestamp> last_sign_of_life(const Feed& feed) {
  if (!feed.heartbeat) return feed.last_success;
  if (!feed.last_success) return feed.heartbeat;
  return std::max(*feed.heartbeat, *feed.last_success);
}

protocol::Timestamp freshness_deadline(const Feed& feed) {
  if (feed.own) return protocol::Timestamp::max();
  const auto sign = last_sign_of_life(feed);
  if (!sign) return {};
  const auto deadline = *sign + state_patience(feed);
  return feed.waiting_since ? std::min(deadline, *feed.waiting_since + protocol::kKeepOlderVersion)
                            : deadline;
}

namespace {

/// It has other keys, and nothing that they signed could be read for a day.
bool state_keys_are_overdue(const Feed& feed, protocol::Timestamp now) {
  return feed.waiting_since && now >= *feed.waiting_since + protocol::kKeepOlderVersion;
}

}  // namespace

FeedState feed_state(const Feed& feed, protocol::Timestamp now) {
  if (feed.quarantined) return FeedState::quarantined;
  if (feed.own) return FeedState::ok;
  const auto sign = last_sign_of_life(feed);
  if (!sign || feed.checkpoint.empty()) return FeedState::not_read_yet;
  if (now >= *sign + state_patience(feed) || state_keys_are_overdue(feed, now))
    return FeedState::dead;
  if (now >= *sign + protocol::kFreshFor) return FeedState::stale;
  return FeedState::ok;
}

FeedState feed_state(const Feed& feed, const std::optional<CopiedHead>& copied,
                     protocol::Timestamp now) {
  const auto state = feed_state(feed, now);
  return state == FeedState::ok && copied ? FeedState::unconfirmed_head : state;
}

std::string_view word(FeedState state) {
  switch (state) {
    case FeedState::ok:
      return "ok";
    case FeedState::stale:
      return "stale";
    case FeedState::dead:
      return "dead";
    case FeedState::quarantined:
      return "quarantined";
    case FeedState::not_read_yet:
      return "not-read-yet";
    case FeedState::unconfirmed_head:
      return "unconfirmed-head";
  }
  return "";
}

std::string in_words(const Feed& feed, const std::optional<CopiedHead>& copied,
                     protocol::Timestamp now) {
  std::string text;
  const auto sign = last_sign_of_life(feed);
  switch (feed_state(feed, copied, now)) {
    case FeedState::ok:
      text = feed.own ? "This node's own feed." : "Read well.";
      break;
    case FeedState::stale:
      text = "No sign of life since " + protocol::format_timestamp(*sign) +
             ". Its listings are shown with a note.";
      break;
    case FeedState::dead:
      text = state_keys_are_overdue(feed, now)
                 ? "It has had other keys since " +
                       protocol::format_timestamp(*feed.waiting_since) +
                       ", and nothing signed by them could be read. Its listings are hidden until "
                       "then."
                 : "No sign of life since " + protocol::format_timestamp(*sign) +
                       ". Its listings are hidden until it is back.";
      break;
    case FeedState::quarantined:
      text = feed.quarantine_lifts
                 ? "Its identity log does not hold. Its listings are hidden until it does."
                 : "It contradicted itself. Its listings are hidden until you decide.";
      break;
    case FeedState::not_read_yet:
      text = "Not read yet.";
      break;
    case FeedState::unconfirmed_head:
      text =
          "Its newest state was read from the copy of " + copied->node + " on " +
          protocol::format_timestamp(copied->since) +
          "; neither its own host nor a second node has confirmed it yet. Its listings are shown "
          "with a note.";
      break;
  }
  if (feed.trouble) {
    const auto& info = protocol::describe(feed.trouble->code);
    text += " Last trouble: " + std::string(info.word) + " (" + feed.trouble->detail + "). ";
    if (!feed.checkpoint.empty()) text += "What was read before is kept. ";
    text += "What to do: " + std::string(info.what_to_do);
  }
  return text;
}

}  // namespace node
