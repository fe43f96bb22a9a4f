#include <algorithm>

#include "node/alerts.h"
#include "node/cli/commands.h"
#include "node/publish/files.h"
#include "node/publish/own_history.h"
#include "node/store/witness_proofs.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/leaf.h"
#include "protocol/log/note.h"

namespace node {

namespace {

/// Finds what does not fit together in one feed: entries against the root, texts against the
/// entries that name them.
void care_check_feed(const StoreQueries& store, const Feed& feed, protocol::Timestamp now,
                     std::vector<std::string>& damage) {
  const std::string name = feed.own ? std::string("own feed") : feed.scid;
  protocol::Frontier tree;
  std::vector<protocol::Leaf> heads;
  std::map<std::string, std::pair<std::uint64_t, protocol::Leaf>> live;
  for (std::uint64_t from = 0; from < feed.size; from += 4096) {
    for (const auto& bytes : store.entries(feed.feed_id, from, std::min(feed.size, from + 4096))) {
      tree.append(protocol::leaf_hash(bytes));
      if (tree.size() > feed.applied) continue;
      auto leaf = protocol::parse_leaf(protocol::as_text(bytes));
      if (!leaf) {
        damage.push_back(name + ": entry " + std::to_string(tree.size() - 1) + " does not parse");
      } else if (leaf->op == protocol::Leaf::Op::del ||
                 !protocol::document_type_from_word(leaf->type)) {
        live.erase(leaf->id);
      } else {
        const auto id = leaf->id;
        live.insert_or_assign(id, std::pair(tree.size() - 1, std::move(*leaf)));
      }
    }
  }
  if (tree.size() != feed.size || tree.root() != feed.frontier.root())
    damage.push_back(name + ": its entries do not add up to the root that was accepted");
  if (!feed.checkpoint.empty()) {
    const auto note = protocol::parse_note(feed.checkpoint);
    const auto checkpoint =
        note ? protocol::parse_checkpoint(note->text, protocol::feed_origin(feed.scid, feed.epoch))
             : protocol::Result<protocol::Checkpoint>(tl::unexpected(note.error()));
    if (!checkpoint || checkpoint->size != feed.size || checkpoint->root != feed.frontier.root()) {
      damage.push_back(name + ": its checkpoint is not that of its entries");
    }
  }
  const auto proofs = stored_witness_proofs(store.database(), feed.feed_id);
  const auto log = feed.did_log.empty() ? protocol::Result<protocol::DidLog>(
                                              protocol::refuse(protocol::ErrorCode::did_syntax, ""))
                                        : protocol::resolve_did_log(feed.did_log, proofs, "",
                                                                    protocol::kLatestTimestamp);
  // Proofs of witnesses that are not here yet come with the next reading.
  if (!log && !feed.did_log.empty() && !(proofs.empty() && protocol::names_witnesses(feed.did_log)))
    damage.push_back(name + ": its identity log does not hold: " + log.error().detail);
  std::size_t records = 0;
  for (const auto& record : store.records(feed.feed_id)) {
    ++records;
    const auto head = live.find(record.key.urn());
    if (head == live.end() || head->second.first != record.head_position) {
      damage.push_back(name + ": record " + record.key.uuid + " is not what its entries say");
      continue;
    }
    if (record.document.empty() || record.is_being_updated()) continue;
    if (protocol::sha256(record.document) != head->second.second.document) {
      damage.push_back(name + ": the text of " + record.key.uuid +
                       " is not the one that its entry names");
    } else if (log && record.document_expires > now &&
               !protocol::verify_document(record.document, *log, now)) {
      damage.push_back(name + ": the signature of " + record.key.uuid + " does not hold");
    }
  }
  // Of an identity that was ended the log stays, and nothing that it published.
  const bool ended = log && log->deactivated && !feed.own && records == 0;
  if (records != live.size() && !ended)
    damage.push_back(name + ": it has " + std::to_string(records) +
                     " records, and its entries make " + std::to_string(live.size()));
}

}  // namespace

ExitCode command_doctor(const Invocation& invocation, Node& node, CommandOutput& output) {
  std::vector<std::string> damage, advice;
  std::size_t feeds = 0, shown_wrongly = 0;
  node.change([&](Store& store, Publisher* publisher) {
    const auto now = node.clock().now();
    if (const auto problem = store.integrity_problem(); !problem.empty())
      damage.push_back("the database: " + problem);
    for (const auto& feed : store.queries().feeds()) {
      ++feeds;
      output.progress("Checking feed " + std::to_string(feeds));
      care_check_feed(store.queries(), feed, now, damage);
    }
    if (publisher) {
      try {
        // Also finishes what an interrupted publication left undone.
        publisher->write_files(publisher->public_folder(), now, std::chrono::hours(24 * 365));
      } catch (const DataError& error) {
        // A folder that was restored or handed over is in order; recovery_advice() says what it is
        // waiting for.
        const auto own = find_own_feed(store.queries());
        const bool waits =
            (own && restored_at(store.queries(), *own)) || handed_over_at(store.queries());
        if (error.code() != protocol::ErrorCode::self_fork_refused || !waits)
          damage.push_back(error.what());
      }
    }
    recovery_advice(store, node.folder(), now, advice);
    if (store.queries().anchors().empty())
      advice.push_back("No anchors: this node shows its own listings only.");
  });
  // What is shown must be stored, verified and vouched for: every listing that a search can give is
  // opened once.
  Query query;
  query.limit = 100;
  query.audiences = {
      "therapists",           "trainees", "workplace_staff", "lived_experience", "mixed",
      "health_professionals", "public"};
  while (true) {
    const auto found = node.search(query);
    if (!found) break;
    for (const auto& key : found->page)
      shown_wrongly += node.group(key) ? std::size_t{0} : std::size_t{1};
    if (found->next_cursor.empty()) break;
    query.cursor = found->next_cursor;
  }
  if (shown_wrongly > 0)
    damage.push_back(std::to_string(shown_wrongly) + " listings can be found and not opened");
  for (const auto& alert : alerts(node)) {
    // recovery_advice() has said that one.
    if (alert.name != "backup-old")
      advice.push_back(alert.name + ", " + alert.about + ": " + alert.what_happened + " " +
                       alert.what_to_do);
  }
  if (invocation.json()) {
    protocol::Json::Array bad, good;
    for (const auto& line : damage) bad.emplace_back(line);
    for (const auto& line : advice) good.emplace_back(line);
    output.print(protocol::canonical(protocol::Json::object(
                     {{"damage", std::move(bad)}, {"advice", std::move(good)}})) +
                 "\n");
  } else {
    for (const auto& line : damage) output.print(wrapped("Damaged: " + line, 2) + "\n");
    for (const auto& line : advice) output.print(wrapped("Advice: " + line, 2) + "\n");
    output.print(damage.empty()
                     ? std::to_string(feeds) +
                           " feeds checked: every entry, root, text and signature holds.\n"
                     : "What others published can be read anew: `kith unfollow` and `kith follow` "
                       "it. Restore your own from a backup.\n");
  }
  return damage.empty() ? kExitOk : kExitDamaged;
}

}  // namespace node
