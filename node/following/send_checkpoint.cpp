#include "node/following/send_checkpoint.h"

#include <algorithm>
#include <utility>

#include "node/store/heads.h"
#include "protocol/log/add_checkpoint.h"

namespace node {

namespace {

using SendKind = SendOutcome::Kind;

constexpr std::size_t kSendAnswerBytes = 16 * 1024;

struct SendState {
  Feed feed;
  Head head;
};

std::optional<SendState> send_state(Node& node, const std::string& origin) {
  return node.read([&](StoreQueries& store) -> std::optional<SendState> {
    // "webvh/<SCID>/<epoch>"
    const auto from = origin.find('/');
    const auto to = origin.rfind('/');
    if (from == std::string::npos || to <= from) return std::nullopt;
    auto feed = store.feed(origin.substr(from + 1, to - from - 1));
    if (!feed || protocol::feed_origin(feed->scid, feed->epoch) != origin || feed->quarantined)
      return std::nullopt;
    auto head = newest_head(store.database(), *feed);
    if (head.note.empty()) return std::nullopt;
    return SendState{std::move(*feed), std::move(head)};
  });
}

/// The body of a request that leads from `old_size`; nothing where that cannot be proved from here.
std::optional<std::string> send_body(Node& node, const SendState& state, std::uint64_t old_size) {
  const Feed& feed = state.feed;
  const Head& head = state.head;
  std::vector<protocol::Hash> proof;
  if (old_size != 0 && old_size != head.size) {
    if (old_size > head.size || feed.size != head.size) return std::nullopt;
    proof = node.read(
        [&](StoreQueries& store) { return node.proofs().consistency(store, feed, old_size); });
  }
  return protocol::format_add_checkpoint(old_size, proof, head.note);
}

std::optional<std::uint64_t> send_size(const crawler::PostResponse& answer) {
  std::string_view text = answer.body;
  if (answer.content_type != "text/x.tlog.size" || !text.ends_with('\n')) return std::nullopt;
  text.remove_suffix(1);
  if (text.empty() || text.size() > 15 || (text.size() > 1 && text.front() == '0') ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  return std::stoull(std::string(text));
}

bool send_is_cosigned(const NotifyTarget& target, const Head& head, const std::string& lines) {
  const auto sent = protocol::parse_note(head.note);
  if (!target.node_key || !sent) return false;
  const auto note = protocol::parse_note(sent->text + "\n" + lines);
  return note &&
         protocol::verify_line(*note, {protocol::node_key_name(target.scid),
                                       protocol::NoteKeyKind::cosignature, *target.node_key})
             .has_value();
}

}  // namespace

SendOutcome send_checkpoint(Node& node, crawler::Source& source, const NotifyTarget& target,
                            const std::string& origin, const std::string& request,
                            std::optional<std::uint64_t> known_size) {
  const auto state = send_state(node, origin);
  if (!state) return {SendKind::refused, "nothing of this log is here to be told of", false, {}};
  const auto& head = state->head;

  // A head that it has seen is not sent again.
  if (known_size && *known_size >= head.size) return {SendKind::heard, {}, false, known_size};

  std::optional<std::string> body;
  if (!request.empty()) {
    const auto brought = protocol::parse_add_checkpoint(request);
    if (brought && brought->checkpoint.size == head.size && brought->checkpoint.root == head.root &&
        known_size.value_or(brought->old_size) == brought->old_size)
      body = request;
  }
  // Of a node that nothing is known of: whatever it has, it says.
  if (!body) body = send_body(node, *state, known_size.value_or(0));
  if (!body) body = send_body(node, *state, 0);
  for (const bool is_last : {false, true}) {
    const auto answer = source.post({witness_url(target.url), *body, kSendAnswerBytes});
    if (!answer) {
      return {SendKind::unreachable,
              std::string(protocol::word(answer.error().code)) + ": " + answer.error().detail,
              false,
              {}};
    }
    if (answer->status == 200) {
      return {SendKind::heard, {}, send_is_cosigned(target, head, answer->body), head.size};
    }
    if (answer->status == 404)
      return {SendKind::unknown, "it does not follow this publisher", false, head.size};
    if (answer->status == 429 || answer->status >= 500)
      return {SendKind::unreachable, "it answered " + std::to_string(answer->status), false, {}};
    if (answer->status != 409) {
      return {SendKind::refused, "it answered " + std::to_string(answer->status), false, head.size};
    }
    const auto size = send_size(*answer);
    if (!size) return {SendKind::refused, "it answered 409 without the size it knows", false, {}};
    if (*size > head.size) return {SendKind::knows_more, "it knows more already", false, size};
    if (is_last) return {SendKind::unreachable, "it changed meanwhile", false, size};
    body = send_body(node, *state, *size);
    if (!body) return {SendKind::cannot_prove, "what lies between is not read yet", false, size};
  }
  return {};
}

std::string in_words(const SendOutcome& outcome) {
  switch (outcome.kind) {
    case SendKind::heard:
      return outcome.is_cosigned ? "has heard it, and signed that it did" : "has heard it";
    case SendKind::knows_more:
      return "knows more than this already";
    case SendKind::unknown:
      return "does not follow this publisher";
    case SendKind::refused:
    case SendKind::cannot_prove:
      return "did not take it: " + outcome.detail;
    case SendKind::unreachable:
      return "could not be told: " + outcome.detail;
  }
  return {};
}

}  // namespace node
