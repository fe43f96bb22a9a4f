#include "node/mirror/mirror_peers.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "node/mirror/mirror.h"
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

// One that names every log of ours with another size makes us work for each of them.
constexpr std::size_t kMostRootsOfAPeer = 512;

/// Answers for the publisher's own addresses with the files of one mirror of it.
class MirrorSource final : public crawler::Source {
 public:
  MirrorSource(std::string place, crawler::Source& network)
      : place_(std::move(place)), network_(network) {}

  std::vector<protocol::Result<crawler::FetchResponse>> get_all(
      std::span<const crawler::FetchRequest> requests) override {
    std::vector<crawler::FetchRequest> there(requests.begin(), requests.end());
    for (auto& request : there) {
      // Tags of the publisher's own host say nothing elsewhere.
      request.etag.clear();
      request.url = place_ + mirrored(request.url);
    }
    return network_.get_all(there);
  }

 private:
  /// What the mirror calls the file: wherever the publisher's identity says that its files are,
  /// they end alike.
  static std::string mirrored(std::string_view url) {
    for (const std::string_view part : {"/tile/", "/docs/"}) {
      if (const auto at = url.rfind(part); at != std::string_view::npos)
        return std::string(url.substr(at));
    }
    return std::string(url.substr(url.rfind('/')));
  }

  const std::string place_;
  crawler::Source& network_;
};

/// What no honest copy of a feed can lead to. One that is behind counts as well: it is of no use.
bool mirror_is_lie(const protocol::Error& error) {
  const auto code = error.code;
  // Proofs of an identity's witnesses may be missing at mirrors, so that one that needs them is not
  // judged.
  if (code == ErrorCode::did_invalid) return error.detail.find("witness") == std::string::npos;
  return code == ErrorCode::corrupt_mirror || code == ErrorCode::rollback ||
         code == ErrorCode::did_rollback || code == ErrorCode::did_fork ||
         code == ErrorCode::note_syntax || code == ErrorCode::origin_mismatch ||
         code == ErrorCode::sig_bad || code == ErrorCode::sig_unknown ||
         code == ErrorCode::leaf_syntax;
}

protocol::Result<protocol::Json> mirror_list(protocol::Result<crawler::FetchResponse> answer) {
  if (!answer) return tl::unexpected(answer.error());
  auto index = protocol::parse_json(
      answer->body,
      {.max_bytes = kMaxMirrorIndexBytes, .max_keys_per_object = 2 * protocol::kMaxFollowedFeeds});
  if (!index) return tl::unexpected(index.error());
  const auto* feeds = index->find("feeds");
  if (!feeds || !feeds->if_object())
    return protocol::refuse(ErrorCode::fetch_malformed, "its list of heads has no feeds");
  return *feeds;
}

std::shared_ptr<const MirrorPeers::Epochs> mirror_epochs_at(crawler::Source& network,
                                                            MirrorPeers& peers,
                                                            const std::string& node,
                                                            protocol::Timestamp now) {
  if (auto kept = peers.list(node, now)) return kept;
  auto epochs = std::make_shared<MirrorPeers::Epochs>();
  const auto feeds = mirror_list(network.get({node + "/mirror/", kMaxMirrorIndexBytes, ""}));
  if (feeds) {
    for (const auto& [origin, row] : *feeds->if_object()) {
      // "webvh/<SCID>/<epoch>", and in no other spelling.
      const auto slash = origin.rfind('/');
      if (!origin.starts_with("webvh/") || slash < 6) continue;
      const auto scid = origin.substr(6, slash - 6);
      std::uint64_t epoch = 0;
      const auto* end = origin.data() + origin.size();
      const auto read = std::from_chars(origin.data() + slash + 1, end, epoch);
      if (read.ec != std::errc() || read.ptr != end || origin != protocol::feed_origin(scid, epoch))
        continue;
      auto& newest = (*epochs)[std::string(scid)];
      newest = std::max(newest, epoch);
    }
  }
  peers.keep_list(node, epochs, now);
  return epochs;
}

/// The origin of the newest epoch that `node` lists of this publisher; nothing where it has none.
std::optional<std::string> mirror_origin_at(crawler::Source& network, MirrorPeers& peers,
                                            const std::string& node, const std::string& scid,
                                            protocol::Timestamp now) {
  const auto epochs = mirror_epochs_at(network, peers, node, now);
  const auto found = epochs->find(scid);
  return found == epochs->end() ? std::nullopt
                                : std::optional(protocol::feed_origin(scid, found->second));
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

void MirrorPeers::restore(std::map<std::string, MirrorMark> marks) {
  peers_.with([&](auto& peers) {
    for (auto& [node, mark] : marks) peers[node].mark = std::move(mark);
  });
}

std::vector<std::string> MirrorPeers::awake(const std::vector<std::string>& nodes,
                                            protocol::Timestamp now) const {
  std::vector<std::string> found;
  peers_.with([&](const auto& peers) {
    for (const auto& node : nodes) {
      const auto peer = peers.find(node);
      const auto rests =
          peer != peers.end() && peer->second.mark ? peer->second.mark->rests_until : std::nullopt;
      // A clock that was set back must not hold it up for longer.
      if (!rests || now >= *rests || *rests > now + kRest) found.push_back(node);
    }
  });
  return found;
}

void MirrorPeers::lied(const std::string& node, protocol::Error why, protocol::Timestamp now) {
  peers_.with([&](auto& peers) {
    auto& peer = peers[node];
    if (!peer.mark) peer.mark.emplace();
    auto& mark = *peer.mark;
    // An altered copy is worth more words than one that is merely behind.
    const auto is_behind = [](ErrorCode code) {
      return code == ErrorCode::rollback || code == ErrorCode::did_rollback;
    };
    if (mark.lies == 0 || !is_behind(why.code) || is_behind(mark.why.code))
      mark.why = std::move(why);
    mark.at = now;
    peer.changed = true;
    if (++mark.lies < kLiesBeforeRest) return;
    mark.lies = 0;
    mark.rests_until = now + kRest;
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

bool MirrorPeers::take_look(protocol::Timestamp now, bool at_once) {
  return looked_.with([&](auto& looked) {
    if (!at_once && looked && now >= *looked && now < *looked + kBetweenLooks) return false;
    looked = now;
    return true;
  });
}

std::shared_ptr<const MirrorPeers::Epochs> MirrorPeers::list(const std::string& node,
                                                             protocol::Timestamp now) const {
  return peers_.with([&](const auto& peers) -> std::shared_ptr<const Epochs> {
    const auto peer = peers.find(node);
    if (peer == peers.end() || now < peer->second.listed_at ||
        now >= peer->second.listed_at + kListHolds)
      return nullptr;
    return peer->second.epochs;
  });
}

void MirrorPeers::keep_list(const std::string& node, std::shared_ptr<const Epochs> epochs,
                            protocol::Timestamp now) {
  peers_.with([&](auto& peers) {
    auto& peer = peers[node];
    peer.epochs = std::move(epochs);
    peer.listed_at = now;
  });
}

std::map<std::string, MirrorMark> MirrorPeers::take_changes() {
  std::map<std::string, MirrorMark> changes;
  peers_.with([&](auto& peers) {
    for (auto& [node, peer] : peers) {
      if (!std::exchange(peer.changed, false)) continue;
      changes.emplace(node, *peer.mark);
    }
  });
  return changes;
}

std::optional<MirrorReading> read_from_mirrors(crawler::Source& network, MirrorPeers& peers,
                                               const std::vector<std::string>& nodes,
                                               const Feed& feed, crawler::KnownFeed known,
                                               protocol::Timestamp now) {
  known.did_log_etag.clear();
  known.checkpoint_etag.clear();
  const bool is_first = feed.checkpoint.empty();
  std::optional<MirrorReading> best;
  std::size_t asked = 0;
  for (const auto& node : peers.awake(nodes, now)) {
    if (asked++ == kMostMirrorsAsked) break;
    auto origin = is_first ? mirror_origin_at(network, peers, node, feed.scid, now)
                           : std::optional(protocol::feed_origin(feed.scid, feed.epoch));
    if (!origin) continue;
    const auto read = [&] {
      MirrorSource copy(node + "/mirror/" + mirror_name(*origin), network);
      return crawler::read_feed(copy, known, now);
    };
    auto one = read();
    if (!one.update && !is_first &&
        (one.update.error().code == ErrorCode::did_unreachable ||
         one.update.error().code == ErrorCode::fetch_http)) {
      // Its publisher may have begun a new epoch, and with it another log.
      auto newer = mirror_origin_at(network, peers, node, feed.scid, now);
      if (!newer || *newer == *origin) continue;
      origin = std::move(newer);
      one = read();
    }
    if (!one.update) {
      const auto& error = one.update.error();
      // Two notes by one key are proof, whoever shows them.
      if (error.code == ErrorCode::equivocation && !one.contradicting_note.empty())
        return MirrorReading{std::move(one), node, 1};
      if (mirror_is_lie(error)) {
        peers.lied(node, {error.code, "its copy of " + *origin + ": " + error.detail}, now);
      }
      continue;
    }
    if (mirror_altered(*one.update)) {
      peers.lied(node, {ErrorCode::corrupt_mirror, "it shows altered texts of " + *origin}, now);
    }
    auto& update = *one.update;
    update.did_log_etag.clear();
    update.checkpoint_etag.clear();
    if (best) {
      const auto& before = *best->reading.update;
      const bool same = before.keys.epoch == update.keys.epoch &&
                        before.frontier.size() == update.frontier.size() &&
                        before.frontier.root() == update.frontier.root();
      if (same) {
        ++best->agreeing;
        if (mirror_missing(update) < mirror_missing(before)) {
          best->reading = std::move(one);
          best->node = node;
        }
      } else if (std::pair(update.keys.epoch, update.frontier.size()) >
                 std::pair(before.keys.epoch, before.frontier.size())) {
        best = MirrorReading{std::move(one), node, 1};
      }
    } else {
      best = MirrorReading{std::move(one), node, 1};
    }
    if (best->agreeing >= 2 && mirror_missing(*best->reading.update) == 0) break;
  }
  return best;
}

GossipRound compare_heads(crawler::Source& network, MirrorPeers& peers,
                          const std::vector<std::string>& nodes,
                          const std::map<std::string, GossipLog>& logs, protocol::Timestamp now) {
  GossipRound round;
  std::vector<crawler::FetchRequest> requests;
  for (const auto& node : nodes) requests.push_back({node + "/mirror/", kMaxMirrorIndexBytes, ""});
  auto answers = network.get_all(requests);
  std::vector<crawler::FetchRequest> wanted;
  std::vector<std::pair<std::string, const GossipLog*>> whose;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    auto& answer = round.answers.emplace_back(GossipAnswer{nodes[i], std::nullopt, {}});
    const auto feeds = mirror_list(std::move(answers[i]));
    if (!feeds) {
      answer.refused = feeds.error();
      continue;
    }
    std::size_t checkpoints = 0, roots = 0;
    for (const auto& [origin, row] : *feeds->if_object()) {
      const auto known = logs.find(origin);
      if (known == logs.end()) continue;
      const auto& log = known->second;
      const auto* size = row.find("size");
      const auto* root = row.find("root");
      if (!size || !size->if_integer() || *size->if_integer() <= 0 || !root || !root->if_string())
        continue;
      const auto theirs = static_cast<std::uint64_t>(*size->if_integer());
      answer.sizes.emplace(origin, theirs);
      if (theirs < log.size && roots++ >= kMostRootsOfAPeer) continue;
      if (theirs <= log.size) {
        const auto ours = log.root_at(theirs);
        if (!ours || *root->if_string() == protocol::to_base64(ours->view())) continue;
      }
      if (checkpoints++ >= kMostCheckpointsOfAPeer) continue;
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
      peers.lied(node,
                 {ErrorCode::sig_bad,
                  "it shows a checkpoint of " + log->origin + " that its publisher did not sign"},
                 now);
      continue;
    }
    const bool newer = checkpoint->size > log->size;
    if (!newer) {
      const auto ours = log->root_at(checkpoint->size);
      // What it claims in its list and cannot show is no news.
      if (!ours || *ours == checkpoint->root) continue;
    }
    round.findings.push_back(
        {node, log->scid, log->origin, checkpoint->size, notes[i]->body, !newer});
  }
  return round;
}

}  // namespace node
