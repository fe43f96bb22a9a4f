#include "node/witness/witness.h"

#include "protocol/identity/did_log.h"
#include "protocol/limits.h"

namespace node {

namespace {

using protocol::AddCheckpointOutcome;
using protocol::ErrorCode;

// For so long the same head gets the same line: its time need not be newer than that.
constexpr std::chrono::seconds kWitnessLineAge{60};

/// The SCID in "webvh/<SCID>/<epoch>"; anything for a text that is none, which is then found
/// nowhere.
std::string witness_scid(std::string_view origin) {
  constexpr std::string_view kBefore = "webvh/";
  if (!origin.starts_with(kBefore)) return {};
  origin.remove_prefix(kBefore.size());
  return std::string(origin.substr(0, origin.find('/')));
}

/// The feed of this log, if it is known here and its publisher has not ended it.
std::optional<Feed> witness_feed(StoreQueries& store, const std::string& origin) {
  auto feed = store.feed(witness_scid(origin));
  if (!feed || feed->did_log.empty()) return std::nullopt;
  if (protocol::feed_origin(feed->scid, feed->epoch) != origin) return std::nullopt;
  if (feed->trouble && feed->trouble->code == ErrorCode::did_deactivated) return std::nullopt;
  return feed;
}

WitnessAnswer witness_refusal(AddCheckpointOutcome outcome, ErrorCode code, std::string detail) {
  WitnessAnswer answer;
  answer.outcome = outcome;
  answer.reason = {code, std::move(detail)};
  return answer;
}

WitnessAnswer witness_conflict(std::uint64_t known_size) {
  WitnessAnswer answer;
  answer.outcome = AddCheckpointOutcome::conflict;
  answer.known_size = known_size;
  return answer;
}

WitnessAnswer witness_busy() {
  WitnessAnswer answer;
  answer.is_busy = true;
  answer.reason = {ErrorCode::busy, "the node is writing what it has just read"};
  return answer;
}

ErrorCode witness_code(const protocol::AddCheckpointJudgement& judgement) {
  switch (judgement.outcome) {
    case AddCheckpointOutcome::untrusted:
      return judgement.code;
    case AddCheckpointOutcome::unknown_origin:
      return ErrorCode::not_found;
    case AddCheckpointOutcome::inconsistent:
      return ErrorCode::invalid;
    case AddCheckpointOutcome::cosigned:
    case AddCheckpointOutcome::malformed:
    case AddCheckpointOutcome::conflict:
      break;
  }
  return ErrorCode::bad_request;
}

}  // namespace

std::optional<std::string> Witness::recent_line(const std::string& origin,
                                                const protocol::LogHead& head) {
  const auto now = clock_.now();
  return lines_.with([&](auto& lines) -> std::optional<std::string> {
    const auto found = lines.find(origin);
    if (found == lines.end() || found->second.head != head) return std::nullopt;
    const auto age = now - found->second.made_at;
    if (age < std::chrono::seconds(0) || age >= kWitnessLineAge) return std::nullopt;
    return found->second.text;
  });
}

std::string Witness::sign(const Publisher* publisher, const protocol::AddCheckpoint& request) {
  if (!publisher) return {};
  const auto now = clock_.now();
  auto line = protocol::format_signature_line(publisher->cosign(request.note.text, now));
  lines_.with([&](auto& lines) {
    // Of feeds that were forgotten, too: begin anew rather than keep them for ever.
    if (lines.size() > 2 * protocol::kMaxFollowedFeeds) lines.clear();
    lines.insert_or_assign(request.checkpoint.origin,
                           Line{{request.checkpoint.size, request.checkpoint.root}, line, now});
  });
  return line;
}

WitnessAnswer Witness::add_checkpoint(std::string_view body) {
  const auto request = protocol::parse_add_checkpoint(body);
  if (!request) {
    return witness_refusal(AddCheckpointOutcome::malformed, request.error().code,
                           request.error().detail);
  }
  const auto& checkpoint = request->checkpoint;
  const auto now = clock_.now();

  // All that a stranger can send is judged beside the store, which only what the log itself signed
  // and proved may claim: nobody else can keep it from its work.
  std::optional<Feed> feed;
  std::optional<Head> known;
  parts_.read([&](StoreQueries& store) {
    feed = witness_feed(store, checkpoint.origin);
    if (feed) known = newest_head(store.database(), *feed);
  });
  const auto keys = feed ? protocol::stored_publisher_keys(feed->did_log) : std::nullopt;
  if (!keys) {
    return witness_refusal(AddCheckpointOutcome::unknown_origin, ErrorCode::not_found,
                           "this node knows no log of that origin");
  }
  protocol::LogKeys log_keys{{checkpoint.origin, protocol::NoteKeyKind::log, keys->sign}, {}};
  if (keys->node) {
    log_keys.time_stamp = protocol::NoteKey{protocol::node_key_name(feed->scid),
                                            protocol::NoteKeyKind::cosignature, *keys->node};
  }
  const auto judgement = protocol::judge_add_checkpoint(*request, log_keys, known->state(), now);
  if (judgement.outcome == AddCheckpointOutcome::conflict) return witness_conflict(known->size);
  if (judgement.outcome != AddCheckpointOutcome::cosigned) {
    if (judgement.is_fork && !feed->own && !feed->quarantined) {
      // Two notes by one key that cannot both be true: proof, which is kept before it is acted on.
      parts_.write([&](Store& store, const Publisher*) {
        const auto current = store.queries().feed(feed->scid);
        if (!current || current->epoch != feed->epoch) return;
        store.note_failure(
            *current,
            {ErrorCode::equivocation,
             "it signed two histories for " + std::to_string(checkpoint.size) + " entries"},
            {known->note, request->note_bytes}, true, now, current->next_attempt);
        parts_.quarantined();
      });
    }
    return witness_refusal(judgement.outcome, witness_code(judgement), judgement.detail);
  }

  WitnessAnswer answer;
  answer.outcome = AddCheckpointOutcome::cosigned;
  const protocol::LogHead next{checkpoint.size, checkpoint.root};
  // Of one's own log only what was published from here is signed. A longer history by one's own
  // #sign is another machine's, or a thief's, whom the line of #node would make believed.
  const bool is_foreign = feed->own && next.size > feed->size;
  if (next == known->state()) {
    // Nothing new. What is known is on the disk already.
    if (const auto line = recent_line(checkpoint.origin, next)) {
      answer.lines = *line;
      return answer;
    }
  }
  std::optional<Head> other;
  std::optional<protocol::Timestamp> pull_at;
  const bool done = parts_.write([&](Store& store, const Publisher* publisher) {
    if (next != known->state()) {
      pull_at = parts_.pull_at(feed->scid);
      other = advance_head(store, feed->scid, known->state(),
                           {checkpoint.origin, next.size, next.root, request->note_bytes}, now,
                           *pull_at);
    } else if (const auto current = witness_feed(store.queries(), checkpoint.origin)) {
      if (auto newest = newest_head(store.database(), *current); newest.state() != next)
        other = std::move(newest);
    }
    // Committed. Only now may the signature exist.
    if (!other && !is_foreign) answer.lines = sign(publisher, *request);
  });
  if (!done) return witness_busy();
  if (other) return witness_conflict(other->size);
  if (pull_at && !feed->own) parts_.news(checkpoint.origin, body, *pull_at);
  return answer;
}

std::string cosigned_checkpoint(Store& store, const Publisher& publisher, const Feed& feed,
                                protocol::Timestamp now) {
  auto note = protocol::parse_note(feed.checkpoint);
  if (!note) return feed.checkpoint;
  const auto newest = newest_head(store.database(), feed);
  if (newest.size != feed.size || newest.root != feed.frontier.root()) return feed.checkpoint;
  const auto line = publisher.cosign(note->text, now);
  // An older one of ours, which the log may have put there itself, says less.
  std::erase_if(note->signatures, [&](const protocol::NoteSignature& each) {
    return each.name == line.name && each.key_id == line.key_id;
  });
  note->signatures.push_back(line);
  return protocol::format_note(*note);
}

}  // namespace node
