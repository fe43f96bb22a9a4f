#include "node/feed_state.h"

#include <algorithm>
#include <utility>

#include "node/pages/html.h"
#include "protocol/identity/did_log.h"
#include "protocol/limits.h"

namespace node {

namespace {

std::chrono::seconds state_patience(const Feed& feed) {
  return feed.max_stale ? std::chrono::seconds(*feed.max_stale)
                        : std::chrono::seconds(protocol::kStaleFor);
}

}  // namespace

std::optional<protocol::Timestamp> last_sign_of_life(const Feed& feed) {
  // An empty one is less than any time.
  return std::max({feed.heartbeat, feed.last_success, feed.seen_alive});
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

namespace {

constexpr std::size_t kStateMostDetail = 300;

std::string state_count(std::chrono::seconds time) {
  using std::chrono::duration_cast;
  const auto say = [](std::int64_t number, const char* unit) {
    return std::to_string(number) + " " + unit + (number == 1 ? "" : "s");
  };
  if (time >= std::chrono::hours(48))
    return say(duration_cast<std::chrono::days>(time).count(), "day");
  if (time >= std::chrono::hours(1))
    return say(duration_cast<std::chrono::hours>(time).count(), "hour");
  return say(std::max<std::int64_t>(1, duration_cast<std::chrono::minutes>(time).count()),
             "minute");
}

/// "2026-11-02T10:00:00Z (3 hours ago)"
std::string state_moment(protocol::Timestamp then, protocol::Timestamp now) {
  return protocol::format_timestamp(then) + " (" + how_long_ago(then, now) + ")";
}

std::string state_trouble(const Feed& feed, protocol::Timestamp now) {
  const auto& info = protocol::describe(feed.trouble->code);
  const bool has_failed = feed.failures > 0;
  std::string text = has_failed ? " The last attempt" : " The last reading";
  if (feed.last_attempt) text += ", " + how_long_ago(*feed.last_attempt, now) + ",";
  text += has_failed ? " failed: " : " was taken only in part: ";
  text += std::string(info.meaning) + " (" + std::string(info.word);
  // Details are ours, but a stranger's word may stand in them.
  if (!feed.trouble->detail.empty()) {
    auto detail = feed.trouble->detail.substr(0, kStateMostDetail);
    if (detail.size() < feed.trouble->detail.size()) detail += "...";
    text += ": " + visible_line(std::move(detail));
  }
  text += ")";
  if (has_failed && feed.failures > 1)
    text += ", " + std::to_string(feed.failures) + " times in a row";
  text += ".";
  const bool is_over = feed.trouble->code == protocol::ErrorCode::did_deactivated;
  if (!feed.checkpoint.empty() && !is_over) text += " What was read before is kept.";
  if (has_failed && !is_over && feed.next_attempt > now)
    text += " It is tried again in " + state_count(feed.next_attempt - now) + ".";
  return text;
}

}  // namespace

std::string how_long_ago(protocol::Timestamp then, protocol::Timestamp now) {
  return now - then < std::chrono::minutes(1) ? "just now" : state_count(now - then) + " ago";
}

std::string_view what_readers_do(protocol::ErrorCode code) {
  using protocol::ErrorCode;
  // The others are written for readers in the table itself. These are written there for who
  // publishes, for who is denied, or for who asked this node.
  if (code == ErrorCode::doc_syntax || code == ErrorCode::doc_profile ||
      code == ErrorCode::doc_context)
    return "Tell the publisher which document it is and what is wrong with it. Its other records "
           "are not affected.";
  if (code == ErrorCode::doc_expired)
    return "Nothing, if the group has ended. Else ask the publisher to run `kith renew`.";
  if (code == ErrorCode::denied)
    return "Nothing: you decided so. `kith denied` says why, and `kith allow` takes it back.";
  if (code == ErrorCode::internal)
    return "It is tried again by itself. If it stays, run `kith doctor`, and look into the log.";
  return protocol::describe(code).what_to_do;
}

std::string what_to_do(const Feed& feed, FeedState state,
                       const std::optional<protocol::Error>& disputed,
                       const std::optional<protocol::Error>& hidden) {
  // Whatever came to pass since then, such as a host that is down, this is what matters.
  if (state == FeedState::quarantined) {
    return feed.quarantine_lifts
               ? "Tell the publisher that its identity file does not hold. This ends by itself "
                 "when it reads well again."
               : "Telephone the publisher, on a number that you had before; the proof is kept. "
                 "Then see `Out of quarantine` in docs/OPERATING.md.";
  }
  if (feed.trouble) return std::string(what_readers_do(feed.trouble->code));
  if (disputed) return std::string(what_readers_do(disputed->code));
  switch (state) {
    case FeedState::stale:
    case FeedState::dead:
      return feed.waiting_since
                 ? "Ask the publisher to run `kith publish` with its present keys, and to upload "
                   "the whole folder."
                 : "It is read again by itself; `kith sync` does it at once. If it stays so, ask "
                   "the publisher to run `kith publish` and to upload the whole folder.";
    case FeedState::not_read_yet:
      return "Nothing: it is read when it is its turn. `kith sync` reads it at once.";
    case FeedState::unconfirmed_head:
      return "Tell the publisher that its own host is behind or does not answer. This ends by "
             "itself when the host, or a second node, shows the same state.";
    case FeedState::ok:
    case FeedState::quarantined:
      break;
  }
  if (hidden) return std::string(what_readers_do(hidden->code));
  return {};
}

std::string in_words(const Feed& feed, const std::optional<CopiedHead>& copied,
                     protocol::Timestamp now) {
  std::string text;
  const auto sign = last_sign_of_life(feed);
  const auto state = feed_state(feed, copied, now);
  switch (state) {
    case FeedState::ok:
      if (feed.own) {
        text = "This node's own feed.";
        if (!feed.did_log.empty() && !protocol::stored_publisher_keys(feed.did_log))
          text += " Its publisher was ended by `kith deactivate`: nothing is published any more.";
      } else if (feed.last_success) {
        text = "Read well, the last time on " + state_moment(*feed.last_success, now) + ".";
      } else {
        text = "Read well. Its last sign of life is of " + state_moment(*sign, now) + ".";
      }
      break;
    case FeedState::stale:
      text = "No sign of life since " + state_moment(*sign, now) +
             ". Its listings are shown with a note until " +
             protocol::format_timestamp(freshness_deadline(feed)) + ".";
      break;
    case FeedState::dead:
      text = state_keys_are_overdue(feed, now)
                 ? "It has had other keys since " + state_moment(*feed.waiting_since, now) +
                       ", and nothing signed by them could be read. Its listings are hidden until "
                       "then."
                 : "No sign of life since " + state_moment(*sign, now) +
                       ". Its listings are hidden until it is back.";
      break;
    case FeedState::quarantined:
      text = feed.quarantine_lifts
                 ? "Its identity log does not hold. Its listings are hidden until it does."
                 : "It contradicted itself. Its listings are hidden until you decide.";
      break;
    case FeedState::not_read_yet:
      text = feed.trouble ? "Never read well so far." : "Not read yet.";
      break;
    case FeedState::unconfirmed_head:
      text = "Its newest state was read from the copy of " + visible_text(copied->node) + " on " +
             state_moment(copied->since, now) +
             "; neither its own host nor a second node has confirmed it yet. Its listings are "
             "shown with a note.";
      break;
  }
  const bool is_by_an_anchor =
      feed.seen_alive && sign == feed.seen_alive && sign != feed.last_success &&
      (state == FeedState::ok || state == FeedState::stale || state == FeedState::unconfirmed_head);
  if (is_by_an_anchor) {
    text += " The node of one of your anchors read it well at its own host on " +
            state_moment(*feed.seen_alive, now) + ", and signed that.";
  }
  if (feed.trouble) {
    text += state_trouble(feed, now);
    text += " What to do: " + what_to_do(feed, state, std::nullopt, std::nullopt);
  }
  return text;
}

}  // namespace node
