// Node, in what it has to do with other nodes: copies for them and from them, and whose heads
// differ.

#include <algorithm>
#include <set>

#include "crawler/follower.h"
#include "node/mirror/feed_place.h"
#include "node/node.h"
#include "node/store/contradictions.h"
#include "node/store/copied_heads.h"
#include "node/store/seen_alive.h"
#include "protocol/identity/did.h"
#include "protocol/limits.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"

namespace node {

namespace {

// Enough for a head to get around; each is asked once in a quarter of an hour.
constexpr std::size_t kMostKnownNodes = 64;
// How long a mark is told of, and kept.
constexpr std::chrono::hours kMarksCount{24};
constexpr std::chrono::hours kMarksKept{7 * 24};

/// Live texts that its host does not have, or not as they were signed.
struct PeersWanted {
  bool any = false, altered = false;
};

PeersWanted peers_wanted(Database& database, const Feed& feed) {
  auto rows = database.prepare(R"sql(
    SELECT trouble_code = 'doc-hash' FROM record
     WHERE feed_id = ?1 AND trouble_code IN ('doc-missing', 'doc-hash')
     ORDER BY 1 DESC LIMIT 1
  )sql");
  rows.bind(1, feed.feed_id);
  if (!rows.step()) return {};
  return {true, rows.integer(0) != 0};
}

/// Where the node that a copy was read from is an anchor's: who that is, and when that node read
/// the feed well at its host, by its own signature on this checkpoint.
std::optional<std::pair<std::string, protocol::Timestamp>> peers_seen_alive(
    const StoreQueries& store, const std::string& node, const std::string& checkpoint,
    protocol::Timestamp now) {
  const auto note = protocol::parse_note(checkpoint);
  if (!note) return std::nullopt;
  for (const auto& anchor : store.anchors()) {
    const auto feed = store.feed(anchor.scid);
    const auto keys =
        feed && !feed->quarantined ? protocol::stored_publisher_keys(feed->did_log) : std::nullopt;
    if (!keys || !keys->api_url || !keys->node) continue;
    std::string url = *keys->api_url;
    while (url.ends_with('/')) url.pop_back();
    if (url != node) continue;
    const auto time = protocol::verify_line(
        *note,
        {protocol::node_key_name(anchor.scid), protocol::NoteKeyKind::cosignature, *keys->node});
    if (time && *time <= now + protocol::kMaxClockSkew)
      return std::pair(anchor.scid, std::min(*time, now));
  }
  return std::nullopt;
}

}  // namespace

Mirror::Parts Node::mirror_parts() {
  Mirror::Parts parts;
  parts.read = [this](const std::function<void(StoreQueries&)>& use) {
    read([&](StoreQueries& store) {
      use(store);
      return true;
    });
  };
  parts.checkpoint = [this](const std::string& scid) { return cosigned_checkpoint(scid); };
  parts.proofs = &proofs_;
  return parts;
}

std::vector<std::string> Node::known_nodes() const {
  const auto seen = visibility();
  return read([&](StoreQueries& store) {
    std::set<std::string> trusted;
    for (const auto& anchor : store.anchors()) trusted.insert(anchor.scid);
    // Most feeds have no node, and identity logs may be long: what cannot be one is not read.
    auto rows = store.database().prepare(R"sql(
      SELECT scid FROM feed
       WHERE quarantined = 0 AND checkpoint <> '' AND instr(did_log, '#api') > 0
       ORDER BY own DESC, scid
    )sql");
    std::vector<std::string> scids;
    while (rows.step()) scids.push_back(rows.text(0));
    std::stable_partition(scids.begin(), scids.end(),
                          [&](const auto& scid) { return trusted.contains(scid); });
    std::vector<std::string> distinct;
    std::string own;
    for (const auto& scid : scids) {
      if (distinct.size() == kMostKnownNodes) break;
      const auto feed = store.feed(scid);
      if (!feed || (!feed->own && !trusted.contains(scid) && seen->publisher_hidden(scid)))
        continue;
      const auto keys = protocol::stored_publisher_keys(feed->did_log);
      if (!keys || !keys->api_url) continue;
      std::string url = *keys->api_url;
      while (url.ends_with('/')) url.pop_back();
      if (feed->own) {
        own = url;
      } else if (std::find(distinct.begin(), distinct.end(), url) == distinct.end()) {
        distinct.push_back(std::move(url));
      }
    }
    std::erase(distinct, own);
    return distinct;
  });
}

GossipRound Node::compare_heads(bool everything) {
  const auto now = clock_.now();
  if (!source_ || !peers_.take_look(now, everything)) return {};
  auto nodes = peers_.awake(known_nodes(), now);
  std::erase_if(nodes, [&](const auto& url) { return !peers_.take_turn(url, now, everything); });
  if (nodes.empty()) return {};
  std::map<std::string, GossipLog> logs;
  for (auto& feed : read([](StoreQueries& store) { return store.feeds(); })) {
    auto keys = protocol::stored_publisher_keys(feed.did_log);
    if (!keys || feed.checkpoint.empty() || feed.quarantined) continue;
    const auto origin = protocol::feed_origin(feed.scid, feed.epoch);
    GossipLog log{feed.scid, origin, feed.size, feed.frontier.root(), {}, std::move(keys)};
    log.root_at = [this, feed = std::move(feed)](std::uint64_t size) {
      if (size == feed.size) return std::optional(feed.frontier.root());
      return read([&](StoreQueries& store) -> std::optional<protocol::Hash> {
        try {
          return proofs_.root_at(store, feed, size);
        } catch (const DataError&) {
          return std::nullopt;
        }
      });
    };
    logs.emplace(origin, std::move(log));
  }
  auto round = node::compare_heads(*source_, peers_, nodes, logs, now);
  std::optional<protocol::Timestamp> due;
  {
    const std::lock_guard lock(writer_);
    bool hidden = false;
    for (const auto& finding : round.findings) {
      const auto current = store_.queries().feed(finding.scid);
      // Of an epoch that ended meanwhile nothing is to be found any more.
      if (!current || current->quarantined ||
          protocol::feed_origin(current->scid, current->epoch) != finding.origin)
        continue;
      auto& database = store_.database();
      if (finding.contradicts && current->own) {
        Transaction transaction(database);
        keep_contradiction(database, current->feed_id, current->checkpoint, finding.note, now);
        transaction.commit();
      } else if (finding.contradicts) {
        // What the operator has decided about is not decided again by whoever goes on showing it.
        if (is_known_contradiction(database, current->feed_id, finding.note)) continue;
        store_.note_failure(*current,
                            {protocol::ErrorCode::equivocation,
                             "it signed two histories for " + std::to_string(finding.size) +
                                 " entries; the other one is shown by " + finding.node},
                            {current->checkpoint, finding.note}, true, now, current->next_attempt);
        hidden = true;
      } else if (!current->own && finding.size > current->size) {
        ahead_.with([&](auto& ahead) {
          const auto [kept, is_new] = ahead.try_emplace(finding.scid, finding);
          if (!is_new && finding.size > kept->second.size) kept->second = finding;
        });
        due = pace_.earliest(finding.scid, now);
        make_due(database, finding.scid, *due);
      }
    }
    keep_marks_locked();
    if (hidden) refresh_locked();
  }
  if (due) {
    if (const auto hook = news_.with([](const auto& kept) { return kept; })) hook(*due);
  }
  return round;
}

std::map<std::string, MirrorMark> Node::mirror_marks() const {
  const auto now = clock_.now();
  auto marks = read([](StoreQueries& store) { return node::mirror_marks(store.database()); });
  std::erase_if(marks, [&](const auto& row) {
    return row.second.at + kMarksCount <= now &&
           (!row.second.rests_until || *row.second.rests_until <= now);
  });
  return marks;
}

void Node::keep_marks_locked() {
  const auto changes = peers_.take_changes();
  if (changes.empty()) return;
  Transaction transaction(store_.database());
  for (const auto& [node, mark] : changes) keep_mirror_mark(store_.database(), node, mark);
  forget_old_marks(store_.database(), clock_.now() - kMarksKept);
  transaction.commit();
}

void Node::let_wait(crawler::KnownFeed& known) {
  known.own_folder_url = read([](StoreQueries& store) {
    auto row = store.database().prepare("SELECT did FROM feed WHERE own = 1");
    const auto did = row.step() ? protocol::parse_did(row.text(0))
                                : protocol::Result<protocol::Did>(protocol::refuse(
                                      protocol::ErrorCode::did_syntax, "no own publisher"));
    return did ? protocol::did_folder_url(*did) : std::string();
  });
  known.root_at = [this, ask = std::move(known.root_at)](std::uint64_t size) {
    const std::lock_guard lock(writer_);
    return ask(size);
  };
  known.leaves = [this, ask = std::move(known.leaves)](std::uint64_t from, std::uint64_t to) {
    const std::lock_guard lock(writer_);
    return ask(from, to);
  };
  known.is_live = [this, ask = std::move(known.is_live)](const std::string& id) {
    const std::lock_guard lock(writer_);
    return ask(id);
  };
  known.head_of = [this, ask = std::move(known.head_of)](const std::string& origin) {
    const std::lock_guard lock(writer_);
    return ask(origin);
  };
  if (known.stored) {
    known.stored = [this, ask = std::move(known.stored)](std::uint64_t from, std::size_t limit) {
      const std::lock_guard lock(writer_);
      return ask(from, limit);
    };
  }
}

std::optional<Node::Elsewhere> Node::elsewhere(const std::string& scid,
                                               const FeedOutcome& outcome) {
  const auto shown_ahead = ahead_.with([&](auto& ahead) -> std::optional<GossipFinding> {
    const auto found = ahead.extract(scid);
    return found ? std::optional(std::move(found.mapped())) : std::nullopt;
  });
  struct State {
    std::optional<Feed> feed;
    bool by_folder = false;
    PeersWanted wanted;
  };
  const auto state = read([&](StoreQueries& store) {
    State found{store.feed(scid), feed_place(store, scid).has_value(), {}};
    if (found.feed) found.wanted = peers_wanted(store.database(), *found.feed);
    return found;
  });
  if (!state.feed || state.feed->own || state.feed->quarantined || state.by_folder)
    return std::nullopt;
  Elsewhere where;
  if (outcome.refused && may_be_had_elsewhere(outcome.refused->code)) {
    where.why = *outcome.refused;
  } else if (shown_ahead && shown_ahead->size > state.feed->size) {
    where.why = {protocol::ErrorCode::rollback,
                 "it shows " + std::to_string(state.feed->size) + " entries, and signed " +
                     std::to_string(shown_ahead->size) + " that " + shown_ahead->node + " shows"};
  } else if (!outcome.refused && state.wanted.any) {
    where.why = {protocol::ErrorCode::corrupt_mirror,
                 "its host has altered texts of it; they were read elsewhere"};
    if (!state.wanted.altered)
      where.why = {protocol::ErrorCode::doc_missing,
                   "its host lacks texts of it; they were read elsewhere"};
    where.head_is_good = true;
  } else {
    return std::nullopt;
  }
  where.nodes = known_nodes();
  if (shown_ahead) {
    std::erase(where.nodes, shown_ahead->node);
    where.nodes.insert(where.nodes.begin(), shown_ahead->node);
  }
  return where;
}

void Node::sync_elsewhere(const Elsewhere& where, FeedOutcome& outcome) {
  const auto now = clock_.now();
  std::optional<Feed> feed;
  crawler::KnownFeed known;
  {
    const std::lock_guard lock(writer_);
    feed = store_.queries().feed(outcome.scid);
    if (!feed) return;
    known = store_.known(*feed);
  }
  // As at its host: whom others named is read as they saw it.
  if (feed->did_log.empty() && !feed->followed)
    known.named_versions = visibility()->named_versions(outcome.scid);
  let_wait(known);
  auto copy = read_from_mirrors(*source_, peers_, where.nodes, *feed, std::move(known), now);

  const std::lock_guard lock(writer_);
  keep_marks_locked();
  const auto current = store_.queries().feed(outcome.scid);
  // Read by somebody else while this was on its way: the other's result stands.
  if (!copy || !current || current->quarantined || current->size != feed->size ||
      current->epoch != feed->epoch || current->applied != feed->applied ||
      current->did_log != feed->did_log)
    return;
  auto& reading = copy->reading;
  if (!reading.update) {
    store_.note_failure(*current, reading.update.error(),
                        {reading.accepted_note, reading.contradicting_note}, true, now,
                        current->next_attempt);
    outcome.refused = reading.update.error();
    refresh_locked();
    return;
  }
  auto& update = *reading.update;
  const bool worth = is_worth_taking(*current, update);
  if (where.head_is_good) {
    // Its host had another head by then: the next cycle looks at that.
    if (!worth || update.new_epoch || update.frontier.size() != current->size) return;
    if (!update.trouble && where.why.code == protocol::ErrorCode::corrupt_mirror)
      update.trouble = where.why;
    store_.apply(*current, update, now, current->next_attempt);
  } else {
    if (const auto alive = peers_seen_alive(store_.queries(), copy->node, update.checkpoint, now);
        alive && alive->first != current->scid)
      keep_seen_alive(store_.database(), current->scid, alive->first, alive->second);
    const auto before = copied_head(store_.database(), *current);
    const auto words = copied_words(*current, *copy, before, where.why);
    // Marked before it is shown; where only one of the two was written, it is not the head's size.
    if (is_unconfirmed(*current, *copy, before)) {
      if (!before || before->size != update.frontier.size())
        keep_copied_head(store_.database(), *current, {update.frontier.size(), copy->node, now});
    } else {
      confirm_head(store_.database(), *current);
    }
    if (worth) {
      store_.apply(*current, update, now, current->next_attempt, words);
    } else {
      note_where_it_is(store_.database(), *current, words);
    }
    outcome.refused = words;
  }
  if (!update.records.empty() || update.new_epoch) store_.checkpoint();
  outcome.entries += update.entries.size();
  outcome.changed =
      outcome.changed || !update.entries.empty() || (worth && !update.records.empty());
  outcome.troubled_records = static_cast<std::size_t>(
      std::count_if(update.records.begin(), update.records.end(),
                    [](const auto& record) { return record.problem.has_value(); }));
  refresh_locked();
  outcome.name = publisher_name(outcome.scid);
}

}  // namespace node
