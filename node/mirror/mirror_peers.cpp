#include "node/mirror/mirror_peers.h"

#include <algorithm>
#include <chrono>

#include "node/mirror/mirror.h"
#include "node/publish/catch_up.h"
#include "protocol/encoding/json.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/limits.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"

namespace node {

namespace {

using protocol::ErrorCode;

constexpr std::size_t kMostMirrorsAsked = 6;
// 5,000 feeds of some 250 bytes each.
constexpr std::size_t kMaxMirrorIndexBytes = 2 * 1024 * 1024;
// A liar may claim anything of every log; the rest is looked at with the next cycle.
constexpr std::size_t kMostCheckpointsOfAPeer = 32;

/// What no honest copy of a feed can lead to. A lagging one counts as well: it is of no use.
bool mirror_is_lie(ErrorCode code, const Feed& feed) {
  // Witnesses of an identity are not kept by mirrors, so that one that needs them is not judged.
  if (code == ErrorCode::did_invalid) return feed.did_log.find("\"witness\"") == std::string::npos;
  return code == ErrorCode::corrupt_mirror || code == ErrorCode::rollback ||
         code == ErrorCode::did_rollback || code == ErrorCode::did_fork ||
         code == ErrorCode::note_syntax || code == ErrorCode::origin_mismatch ||
         code == ErrorCode::sig_bad || code == ErrorCode::sig_unknown ||
         code == ErrorCode::leaf_syntax;
}

std::size_t mirror_missing(const crawler::FeedUpdate& update) {
  return static_cast<std::size_t>(
      std::count_if(update.records.begin(), update.records.end(),
                    [](const auto& record) { return record.problem.has_value(); }));
}

bool mirror_altered(const crawler::FeedUpdate& update) {
  return std::any_of(update.records.begin(), update.records.end(), [](const auto& record) {
    return record.problem && record.problem->code == ErrorCode::doc_hash;
  });
}

/// The checkpoint, if the log's own key signed it.
std::optional<protocol::Checkpoint> gossip_checkpoint(const GossipLog& log,
                                                      std::string_view bytes) {
  const auto note = protocol::parse_note(bytes);
  if (!note) return std::nullopt;
  const auto checkpoint = protocol::parse_checkpoint(note->text, log.origin);
  if (!checkpoint ||
      !protocol::verify_line(*note, {log.origin, protocol::NoteKeyKind::log, log.keys->sign}))
    return std::nullopt;
  return *checkpoint;
}

}  // namespace

std::vector<std::string> MirrorPeers::awake(const std::vector<std::string>& nodes,
                                            protocol::Timestamp now) const {
  std::vector<std::string> found;
  peers_.with([&](const auto& peers) {
    for (const auto& node : nodes) {
      const auto peer = peers.find(node);
      if (peer == peers.end() || !peer->second.rests_until || now >= *peer->second.rests_until)
        found.push_back(node);
    }
  });
  return found;
}

void MirrorPeers::lied(const std::string& node, protocol::Timestamp now) {
  peers_.with([&](auto& peers) {
    auto& peer = peers[node];
    if (++peer.lies < kLiesBeforeRest) return;
    peer.lies = 0;
    peer.rests_until = now + kRest;
  });
}

bool MirrorPeers::take_turn(const std::string& node, protocol::Timestamp now, bool at_once) {
  return peers_.with([&](auto& peers) {
    auto& peer = peers[node];
    // A clock that was set back must not hold it up.
    if (!at_once && peer.asked && now >= *peer.asked && now < *peer.asked + kBetweenGossip)
      return false;
    peer.asked = now;
    return true;
  });
}

std::optional<MirrorReading> read_from_mirrors(crawler::Source& network, MirrorPeers& peers,
                                               const std::vector<std::string>& nodes,
                                               const Feed& feed, crawler::KnownFeed known,
                                               protocol::Timestamp now) {
  if (feed.checkpoint.empty()) return std::nullopt;
  const auto name = mirror_name(protocol::feed_origin(feed.scid, feed.epoch));
  // Tags of the publisher's own host say nothing elsewhere.
  known.did_log_etag.clear();
  known.checkpoint_etag.clear();
  std::optional<MirrorReading> best;
  std::size_t asked = 0;
  for (const auto& node : peers.awake(nodes, now)) {
    if (asked++ == kMostMirrorsAsked) break;
    const auto copy = published_copy(feed, node + "/mirror/" + name, network);
    auto one = crawler::read_feed(*copy, known, now);
    if (!one.update) {
      // Two notes by one key are proof, whoever shows them.
      if (one.update.error().code == ErrorCode::equivocation && !one.contradicting_note.empty())
        return MirrorReading{std::move(one), node, 1};
      if (mirror_is_lie(one.update.error().code, feed)) peers.lied(node, now);
      continue;
    }
    if (mirror_altered(*one.update)) peers.lied(node, now);
    auto& update = *one.update;
    update.did_log_etag.clear();
    update.checkpoint_etag.clear();
    if (best) {
      const auto& before = *best->reading.update;
      const bool same = before.frontier.size() == update.frontier.size() &&
                        before.frontier.root() == update.frontier.root();
      if (same) {
        ++best->agreeing;
        if (mirror_missing(update) < mirror_missing(before)) {
          best->reading = std::move(one);
          best->node = node;
        }
      } else if (update.frontier.size() > before.frontier.size()) {
        best = MirrorReading{std::move(one), node, 1};
      }
    } else {
      best = MirrorReading{std::move(one), node, 1};
    }
    if (best->agreeing >= 2 && mirror_missing(*best->reading.update) == 0) break;
  }
  return best;
}

std::vector<GossipFinding> compare_heads(crawler::Source& network, MirrorPeers& peers,
                                         const std::vector<std::string>& nodes,
                                         const std::map<std::string, GossipLog>& logs,
                                         protocol::Timestamp now) {
  std::vector<GossipFinding> findings;
  std::vector<crawler::FetchRequest> requests;
  for (const auto& node : nodes) requests.push_back({node + "/mirror/", kMaxMirrorIndexBytes, ""});
  const auto answers = network.get_all(requests);
  std::vector<crawler::FetchRequest> wanted;
  std::vector<std::pair<std::string, const GossipLog*>> whose;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) continue;
    const auto index = protocol::parse_json(
        answers[i]->body, {.max_bytes = kMaxMirrorIndexBytes,
                           .max_keys_per_object = 2 * protocol::kMaxFollowedFeeds});
    const auto* feeds = index ? index->find("feeds") : nullptr;
    if (!feeds || !feeds->if_object()) continue;
    std::size_t of_this = 0;
    for (const auto& [origin, row] : *feeds->if_object()) {
      const auto known = logs.find(origin);
      if (known == logs.end()) continue;
      const auto& log = known->second;
      const auto* size = row.find("size");
      const auto* root = row.find("root");
      if (!size || !size->if_integer() || *size->if_integer() <= 0 || !root || !root->if_string())
        continue;
      const auto theirs = static_cast<std::uint64_t>(*size->if_integer());
      if (theirs <= log.size &&
          *root->if_string() == protocol::to_base64(log.root_at(theirs).view()))
        continue;
      if (of_this++ == kMostCheckpointsOfAPeer) break;
      wanted.push_back({nodes[i] + "/mirror/" + mirror_name(origin) + "/checkpoint",
                        protocol::kMaxNoteBytes, ""});
      whose.emplace_back(nodes[i], &log);
    }
  }
  const auto notes = network.get_all(wanted);
  for (std::size_t i = 0; i < notes.size(); ++i) {
    if (!notes[i]) continue;
    const auto& [node, log] = whose[i];
    const auto checkpoint = gossip_checkpoint(*log, notes[i]->body);
    if (!checkpoint) {
      peers.lied(node, now);
      continue;
    }
    const bool newer = checkpoint->size > log->size;
    // What it claims in its list and cannot show is no news.
    if (!newer && log->root_at(checkpoint->size) == checkpoint->root) continue;
    findings.push_back({node, log->scid, checkpoint->size, notes[i]->body, !newer});
  }
  return findings;
}

}  // namespace node
