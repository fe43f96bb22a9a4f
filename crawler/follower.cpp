#include "crawler/follower.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "protocol/document/listing.h"
#include "protocol/document/recognition.h"
#include "protocol/limits.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "protocol/log/tiles.h"

namespace crawler {

namespace {

using protocol::ErrorCode;
using protocol::refuse;
using protocol::refuse_in;
using protocol::Result;

// Hash tiles are read only to tell a lying copy from a lying publisher. Beyond this size the
// difference is left open.
constexpr std::uint64_t kLargestTreeToCompare = 1'000'000;
// How many files are asked for at once; a progress line is due after each batch. The larger such
// files may be, the fewer: all of a batch are in memory together.
constexpr std::size_t kTilesAtOnce = 64;
constexpr std::size_t kBundlesAtOnce = 16;
constexpr std::size_t kDocsFilesAtOnce = 4;
// How many stored texts are judged again at once, and how many moves in a row are followed.
constexpr std::size_t kJudgedAtOnce = 512;
constexpr int kMostMoves = 4;

struct Identity {
  std::string text;
  std::string etag;
  std::string witnesses;  ///< did-witness.json; empty where the log names none
  protocol::DidLog log;
  std::optional<protocol::PublisherKeys> keys;  ///< there once follow_identity() gave it
};

/// What an earlier reading of the same place left; all empty where there was none.
struct RememberedLog {
  std::string_view text = {}, etag = {}, witnesses = {};
  bool is_first_contact = false;  ///< with somebody whom nobody here asked for
};

bool follow_is_absent(const protocol::Error& error) {
  return error.code == ErrorCode::fetch_http &&
         (error.detail.starts_with("404") || error.detail.starts_with("410"));
}

/// did-witness.json, where the log `text` needs it.
Result<std::string> follow_witnesses(Source& source, const std::string& folder,
                                     const std::string& text, const RememberedLog& remembered) {
  if (!protocol::names_witnesses(text)) return std::string();
  // What these proofs proved once they prove for good.
  if (!remembered.witnesses.empty() && text == remembered.text)
    return std::string(remembered.witnesses);
  auto file = source.get({folder + "did-witness.json", protocol::kMaxWitnessBytes, ""});
  if (file) return std::move(file->body);
  // That there is none is judged by the log's own rules. That it could not be read says nothing
  // about the log, which must not be hidden for it.
  if (follow_is_absent(file.error())) return std::string();
  return refuse_in("did-witness.json", file.error());
}

/// One reading of did.jsonl, verified, and not yet compared with what is remembered.
Result<Identity> follow_log(Source& source, const std::string& name,
                            const RememberedLog& remembered, protocol::Timestamp now) {
  ASSIGN_OR_RETURN(const auto did, protocol::parse_did(name));
  const std::string folder = protocol::did_folder_url(did);
  ASSIGN_OR_RETURN(auto answer, source.get({folder + "did.jsonl",
                                            protocol::kMaxDidLogBytes,
                                            std::string(remembered.etag),
                                            {},
                                            remembered.is_first_contact}));
  Identity identity;
  identity.text = answer.status == 304 ? std::string(remembered.text) : std::move(answer.body);
  identity.etag = answer.status == 304 ? std::string(remembered.etag) : std::move(answer.etag);
  ASSIGN_OR_RETURN(identity.witnesses, follow_witnesses(source, folder, identity.text, remembered));
  // What was accepted once is not refused because the clock of this machine is slow today.
  const auto latest = identity.text == remembered.text ? protocol::kLatestTimestamp : now;
  ASSIGN_OR_RETURN(identity.log,
                   protocol::resolve_did_log(identity.text, identity.witnesses, "", latest));
  if (identity.log.scid != did.scid) {
    // Whoever has the domain now is somebody else; of ours there is nothing to be read there.
    return refuse(ErrorCode::did_unreachable,
                  "at its address there is another identity, " + identity.log.scid);
  }
  if (!identity.log.has_did(name))
    return refuse(ErrorCode::did_invalid, "no entry of its identity log has the name " + name);
  return identity;
}

/// Remembered once, an identity can only grow: an attacker who revives a rotated key has to cut the
/// log. A versionId stands for all entries up to it, so these alone are compared, and white space
/// in a line makes no fork.
Result<void> follow_growth(const std::string& remembered, const Identity& identity) {
  if (remembered.empty() || identity.text == remembered) return {};
  const auto before = protocol::stored_version_ids(remembered);
  const std::string head = before.empty() ? std::string() : before.back();
  if (identity.log.has_version(head)) return {};
  const bool shorter =
      std::find(before.begin(), before.end(), identity.log.current().version_id) != before.end();
  return shorter
             ? refuse(ErrorCode::did_rollback,
                      "its newest entries, which we have seen, are missing")
             : refuse(ErrorCode::did_fork,
                      "it contradicts " + (head.empty() ? std::string("what we have seen") : head));
}

Result<Identity> follow_identity(Source& source, const KnownFeed& known, protocol::Timestamp now,
                                 FeedReading& reading) {
  const bool is_first = known.is_discovered && known.did_log.empty();
  ASSIGN_OR_RETURN(
      auto identity,
      follow_log(source, known.did,
                 {known.did_log, known.did_log_etag, known.did_witness, is_first}, now));
  // After a move the old place leads on; the new one may know more by now. Where it does not answer
  // yet, or lags behind, what the old place says holds.
  std::string place = known.did;
  for (int hop = 0; hop < kMostMoves && place != identity.log.current().did; ++hop) {
    const std::string next = identity.log.current().did;
    auto there = follow_log(source, next, {.is_first_contact = is_first}, now);
    if (!there || !there->log.has_version(identity.log.current().version_id)) break;
    place = next;
    identity = std::move(*there);
  }
  // An ETag of one place says nothing at another.
  if (place != identity.log.current().did) identity.etag.clear();
  RETURN_IF_REFUSED(
      follow_growth(known.seen_did_log.empty() ? known.did_log : known.seen_did_log, identity));
  // A log that is remembered binds its publisher for ever, so a forged or cut one must not become
  // that at first contact.
  const auto& named = known.named_versions;
  if (known.did_log.empty() && !named.empty() &&
      std::none_of(named.begin(), named.end(),
                   [&](const std::string& id) { return identity.log.has_version(id); })) {
    return refuse(ErrorCode::did_fork,
                  "it lacks the version " + named.front() + " that whoever recognizes it has seen");
  }
  if (identity.log.deactivated || (!known.did_log.empty() && identity.text != known.did_log)) {
    reading.seen_did_log = identity.text;
    reading.seen_did_witness = identity.witnesses;
  }
  if (identity.log.deactivated) {
    return refuse(ErrorCode::did_deactivated, "the publisher has ended this identity");
  }
  ASSIGN_OR_RETURN(identity.keys, protocol::publisher_keys(identity.log.current()));
  if (!known.did_log.empty()) {
    const auto before = protocol::stored_publisher_keys(known.did_log);
    reading.keys_replaced =
        !before || before->sign != identity.keys->sign || before->epoch != identity.keys->epoch;
  }
  return identity;
}

struct Head {
  std::string note;
  std::string etag;
  protocol::Checkpoint checkpoint;
  std::optional<protocol::Timestamp> heartbeat;
};

Result<Head> follow_checkpoint(Source& source, const KnownFeed& known, const Identity& identity,
                               bool same_epoch, protocol::Timestamp now) {
  const bool conditional =
      same_epoch && !known.checkpoint.empty() && identity.text == known.did_log;
  ASSIGN_OR_RETURN(auto answer,
                   source.get({identity.keys->feed_url + "/checkpoint", protocol::kMaxNoteBytes,
                               conditional ? known.checkpoint_etag : ""}));
  std::string bytes = answer.status == 304 ? known.checkpoint : std::move(answer.body);
  const std::string etag = answer.status == 304 ? known.checkpoint_etag : std::move(answer.etag);

  ASSIGN_OR_RETURN(const auto note, protocol::parse_note(bytes));
  const std::string origin = protocol::feed_origin(identity.log.scid, identity.keys->epoch);
  ASSIGN_OR_RETURN(auto checkpoint, protocol::parse_checkpoint(note.text, origin));
  RETURN_IF_REFUSED(
      protocol::verify_line(note, {origin, protocol::NoteKeyKind::log, identity.keys->sign}));
  Head head{std::move(bytes), etag, std::move(checkpoint), std::nullopt};
  if (identity.keys->node) {
    const protocol::NoteKey key{protocol::node_key_name(identity.log.scid),
                                protocol::NoteKeyKind::cosignature, *identity.keys->node};
    // Who names such a key signs with it every time: a line that is missing was cut off on the way.
    ASSIGN_OR_RETURN(const auto time, protocol::verify_line(note, key));
    if (time > now + protocol::kMaxClockSkew) {
      return refuse(ErrorCode::sig_bad,
                    "its own time stamp lies in the future: " + protocol::format_timestamp(time) +
                        "; one of the two clocks is wrong");
    }
    head.heartbeat = time;
  }
  return head;
}

struct Entries {
  std::vector<protocol::Bytes> before;  ///< those of the first bundle that are known already
  std::vector<protocol::Bytes> fresh;   ///< [from, size)
};

/// The entries from `from` on, exactly as they were served. Anybody can sign any size, so that
/// nothing is taken for entries that have not come.
Result<Entries> follow_entries(Source& source, const std::string& feed_url, std::uint64_t from,
                               std::uint64_t size, const Progress& progress) {
  Entries entries;
  if (from == size) return entries;
  const std::uint64_t first = from / protocol::kTileWidth;
  const std::uint64_t end = (size - 1) / protocol::kTileWidth + 1;
  for (auto batch = first; batch < end; batch += kBundlesAtOnce) {
    const auto batch_end = std::min<std::uint64_t>(end, batch + kBundlesAtOnce);
    std::vector<FetchRequest> requests;
    for (auto bundle = batch; bundle < batch_end; ++bundle) {
      const auto width = protocol::bundle_width(bundle, size);
      requests.push_back(
          {feed_url + "/" + protocol::entries_path(bundle, width), protocol::kMaxBundleBytes, ""});
    }
    auto answers = source.get_all(requests);
    for (auto bundle = batch; bundle < batch_end; ++bundle) {
      auto& answer = answers[bundle - batch];
      const auto width = protocol::bundle_width(bundle, size);
      bool whole = false;
      if (!answer && follow_is_absent(answer.error()) && width < protocol::kTileWidth) {
        // Partial bundles may be removed once the full one stands.
        answer = source.get(
            {feed_url + "/" + protocol::entries_path(bundle), protocol::kMaxBundleBytes, ""});
        whole = true;
      }
      if (!answer) return refuse_in(protocol::entries_path(bundle, width), answer.error());
      const auto bytes = protocol::as_bytes(answer->body);
      ASSIGN_OR_RETURN(const auto found, whole ? protocol::decode_bundle_prefix(bytes, width)
                                               : protocol::decode_bundle(bytes, width));
      const std::uint64_t begin = bundle * protocol::kTileWidth;
      for (std::uint64_t i = 0; i < found.size(); ++i) {
        auto& part = begin + i < from ? entries.before : entries.fresh;
        part.emplace_back(found[i].begin(), found[i].end());
      }
    }
    if (progress) progress(batch_end - first, end - first, "entries");
  }
  return entries;
}

/// The entries do not hash to the signed root. Reads the hash tiles: if they lead to the signed
/// root and its first part is not the root that we know, the publisher signed two histories; in
/// every other case these bytes are not what was signed, and somebody on the way is to blame.
ErrorCode follow_blame(Source& source, const std::string& feed_url, const KnownFeed& known,
                       bool same_epoch, const protocol::Checkpoint& checkpoint) {
  if (checkpoint.size > kLargestTreeToCompare) return ErrorCode::corrupt_mirror;
  std::vector<FetchRequest> requests;
  for (std::uint64_t tile = 0; tile * protocol::kTileWidth < checkpoint.size; ++tile) {
    const auto width = protocol::bundle_width(tile, checkpoint.size);
    requests.push_back(
        {feed_url + "/" + protocol::hash_tile_path(0, tile, width), protocol::kTileWidth * 32, ""});
  }
  std::vector<Result<FetchResponse>> answers;
  answers.reserve(requests.size());
  for (std::size_t from = 0; from < requests.size(); from += kTilesAtOnce) {
    const auto batch = std::span(requests).subspan(from);
    auto some = source.get_all(batch.first(std::min(kTilesAtOnce, batch.size())));
    const bool is_whole =
        std::all_of(some.begin(), some.end(), [](const auto& one) { return one.has_value(); });
    if (!is_whole) return ErrorCode::corrupt_mirror;
    std::move(some.begin(), some.end(), std::back_inserter(answers));
  }
  protocol::Frontier tree;
  std::optional<protocol::Hash> root_then;
  if (same_epoch && known.size == 0) root_then = tree.root();
  for (std::uint64_t tile = 0; tile < answers.size(); ++tile) {
    const auto width = protocol::bundle_width(tile, checkpoint.size);
    if (answers[tile]->body.size() != width * 32) return ErrorCode::corrupt_mirror;
    const auto bytes = protocol::as_bytes(answers[tile]->body);
    for (std::uint64_t i = 0; i < width; ++i) {
      tree.append(*protocol::Hash::of(bytes.subspan(i * 32, 32)));
      if (tree.size() == known.size) root_then = tree.root();
    }
  }
  const bool tiles_are_what_was_signed = tree.root() == checkpoint.root;
  const bool other_history = same_epoch && root_then && *root_then != known.frontier.root();
  return tiles_are_what_was_signed && other_history ? ErrorCode::equivocation
                                                    : ErrorCode::corrupt_mirror;
}

/// Everything that one document must be before it may be shown.
Result<protocol::VerifiedDocument> follow_document(std::string_view line,
                                                   const protocol::Leaf& leaf,
                                                   const protocol::DidLog& log,
                                                   protocol::Timestamp now) {
  if (line.empty())
    return refuse(ErrorCode::doc_missing, "the publisher's folder has no text for it");
  if (line.size() > protocol::kMaxDocumentBytes) {
    return refuse(ErrorCode::doc_profile, "it has " + std::to_string(line.size()) +
                                              " bytes, over the limit of " +
                                              std::to_string(protocol::kMaxDocumentBytes));
  }
  if (protocol::sha256(line) != leaf.document)
    return refuse(ErrorCode::doc_hash, "its bytes are not those that the leaf names");
  ASSIGN_OR_RETURN(auto document, protocol::verify_document(line, log, now));
  const auto& envelope = document.envelope();
  if (envelope.id != leaf.id)
    return refuse(ErrorCode::doc_hash, "id: it is the text of another record");
  if (protocol::word(envelope.type) != leaf.type)
    return refuse(ErrorCode::doc_profile, "type: the leaf says " + leaf.type);
  if (envelope.valid_until != leaf.expires)
    return refuse(ErrorCode::doc_profile, "validUntil: the leaf says another time");
  switch (envelope.type) {
    case protocol::DocumentType::listing:
      RETURN_IF_REFUSED(protocol::read_listing(envelope.subject));
      break;
    case protocol::DocumentType::recognition:
      RETURN_IF_REFUSED(protocol::read_recognition(envelope));
      break;
    case protocol::DocumentType::publisher:
      RETURN_IF_REFUSED(protocol::read_publisher_card(envelope));
      break;
  }
  return document;
}

/// The document of each of `members`, from their docs file.
void follow_docs_file(const Result<FetchResponse>& answer, const protocol::DidLog& log,
                      std::span<RecordChange* const> members, protocol::Timestamp now) {
  std::vector<std::string_view> lines;
  if (answer) {
    std::string_view rest = answer->body;
    while (!rest.empty() && lines.size() < protocol::kTileWidth) {
      const auto end = rest.find('\n');
      lines.push_back(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  for (auto* change : members) {
    if (!answer) {
      change->problem = protocol::Error{ErrorCode::doc_missing, answer.error().detail};
      continue;
    }
    const auto line = change->leaf_index % protocol::kTileWidth;
    auto document = follow_document(line < lines.size() ? lines[line] : std::string_view(),
                                    change->leaf, log, now);
    if (document) {
      change->document = std::move(*document);
    } else {
      change->problem = document.error();
    }
  }
}

/// Fetches the documents of all changes that have none yet, one file for each bundle concerned.
/// Where they are more than `most_bytes`, the rest is quota, for the next cycle.
void follow_documents(Source& source, const std::string& feed_url, const protocol::DidLog& log,
                      std::vector<RecordChange>& changes, std::size_t most_bytes,
                      protocol::Timestamp now, const Progress& progress) {
  std::map<std::uint64_t, std::vector<RecordChange*>> by_bundle;
  for (auto& change : changes) {
    if (change.leaf.op != protocol::Leaf::Op::put || change.problem) continue;
    if (change.leaf.expires <= now) {
      change.problem =
          protocol::Error{ErrorCode::doc_expired,
                          "it was valid until " + protocol::format_timestamp(*change.leaf.expires)};
    } else if (protocol::document_type_from_word(change.leaf.type)) {
      by_bundle[change.leaf_index / protocol::kTileWidth].push_back(&change);
    }
  }
  std::size_t bytes = 0, done = 0;
  for (auto next = by_bundle.begin(); next != by_bundle.end();) {
    if (bytes >= most_bytes) {
      for (auto* change : next->second) {
        change->problem = protocol::Error{
            ErrorCode::quota, "so much text is not taken at a time; it comes with a later reading"};
      }
      ++next;
      continue;
    }
    std::vector<FetchRequest> requests;
    for (auto file = next; file != by_bundle.end() && requests.size() < kDocsFilesAtOnce; ++file) {
      requests.push_back(
          {feed_url + "/" + protocol::docs_path(file->first), protocol::kMaxDocsFileBytes, ""});
    }
    const auto answers = source.get_all(requests);
    for (const auto& answer : answers) {
      follow_docs_file(answer, log, next->second, now);
      for (const auto* change : next->second)
        bytes += change->document ? change->document->line().size() : 0;
      ++next;
    }
    done += answers.size();
    if (progress) progress(done, by_bundle.size(), "documents");
  }
}

/// Takes leaves [applied, …) into `update` in order, so that a withdrawal later in the batch wins
/// before anything shows.
void follow_leaves(const KnownFeed& known, std::span<const protocol::Bytes> leaves,
                   std::uint64_t first, bool first_sync, protocol::Timestamp now,
                   FeedUpdate& update) {
  const std::size_t most_today = std::max(protocol::kMaxNewLeavesPerDay, 2 * known.live_documents);
  const auto today = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  const std::size_t used = known.new_leaves_day == today ? known.new_leaves_today : 0;
  const std::size_t left_today = most_today > used ? most_today - used : 0;
  std::map<std::string, RecordChange> heads;
  std::size_t taken = 0;
  update.applied = first;
  for (const auto& bytes : leaves) {
    if (!first_sync && taken == left_today) {
      update.trouble =
          protocol::Error{ErrorCode::quota, "more than " + std::to_string(most_today) +
                                                " changes in a day; the rest is taken tomorrow"};
      break;
    }
    auto leaf = protocol::parse_leaf(protocol::as_text(bytes));
    if (!leaf) {
      update.trouble =
          protocol::Error{leaf.error().code,
                          "entry " + std::to_string(update.applied) + ": " + leaf.error().detail};
      break;
    }
    const std::string id = leaf->id;
    heads.insert_or_assign(
        id, RecordChange{id, update.applied, std::move(*leaf), std::nullopt, std::nullopt});
    ++update.applied;
    ++taken;
  }
  for (const auto& wanted : known.wanted) {
    if (!update.new_epoch)
      heads.try_emplace(wanted.leaf.id,
                        RecordChange{wanted.leaf.id, wanted.leaf_index, wanted.leaf, {}, {}});
  }
  for (auto& [id, change] : heads) update.records.push_back(std::move(change));
  std::sort(
      update.records.begin(), update.records.end(),
      [](const RecordChange& a, const RecordChange& b) { return a.leaf_index < b.leaf_index; });

  // Live documents are capped: the surplus is not fetched, and said. A revision is no further one.
  if (!known.large) {
    std::size_t live = update.new_epoch ? 0 : known.live_documents;
    for (auto& change : update.records) {
      const bool was = !update.new_epoch && known.live_documents > 0 && known.is_live(change.id);
      const bool is = change.leaf.op == protocol::Leaf::Op::put;
      if (was && !is) --live;
      if (is && !was && ++live > protocol::kMaxLiveDocuments) {
        change.problem =
            protocol::Error{ErrorCode::quota, "the feed has more live records than " +
                                                  std::to_string(protocol::kMaxLiveDocuments)};
      }
    }
  }
}

/// The bytes cannot be had, as opposed to: they are there and no good.
bool follow_is_missing(const RecordChange& change) {
  return change.problem && (change.problem->code == ErrorCode::doc_missing ||
                            change.problem->code == ErrorCode::doc_hash);
}

/// Only keys of the newest identity count, so what was verified under an earlier one is judged
/// again, as if it had been read now.
void follow_judge_stored(const KnownFeed& known, const protocol::DidLog& log,
                         protocol::Timestamp now, FeedUpdate& update) {
  if (!known.stored) return;
  std::set<std::string> changed;
  for (const auto& change : update.records) changed.insert(change.id);
  for (std::uint64_t from = 0;;) {
    auto page = known.stored(from, kJudgedAtOnce);
    if (page.empty()) return;
    from = page.back().leaf_index + 1;
    for (auto& document : page) {
      // What ended by its date is not shown anyway.
      if (changed.contains(document.leaf.id) || document.leaf.expires <= now) continue;
      const auto judged = follow_document(document.line, document.leaf, log, now);
      if (judged) continue;
      const std::string id = document.leaf.id;
      update.records.push_back(
          {id, document.leaf_index, std::move(document.leaf), std::nullopt, judged.error()});
    }
  }
}

/// What an old epoch held goes once the new one is here as a whole, or could not be had for a day.
std::optional<protocol::Error> follow_epoch_gap(const KnownFeed& known, const FeedUpdate& update,
                                                protocol::Timestamp now) {
  if (known.waiting_since && now >= *known.waiting_since + protocol::kKeepOlderVersion)
    return std::nullopt;
  if (update.trouble) return update.trouble;
  std::size_t missing = 0;
  for (const auto& change : update.records)
    missing += follow_is_missing(change) && known.is_live(change.id) ? std::size_t{1} : 0;
  if (missing == 0) return std::nullopt;
  return protocol::Error{ErrorCode::doc_missing,
                         "of its new epoch " + std::to_string(missing) +
                             " texts are not there yet; what was read before is kept for a day"};
}

FeedReading follow_once(Source& source, const KnownFeed& known, protocol::Timestamp now,
                        const Progress& progress, const ReadingLimits& limits) {
  FeedReading reading{refuse(ErrorCode::internal, ""), {}, {}, {}, {}, false};
  auto refuse_reading = [&](const protocol::Error& error) {
    reading.update = tl::unexpected(error);
    return std::move(reading);
  };
  auto refuse_fork = [&](const std::string& accepted, const std::string& other,
                         std::uint64_t size) {
    reading.accepted_note = accepted;
    reading.contradicting_note = other;
    return refuse_reading({ErrorCode::equivocation,
                           "it signed two histories for " + std::to_string(size) + " entries"});
  };

  auto identity = follow_identity(source, known, now, reading);
  if (!identity) return refuse_reading(identity.error());
  const bool same_epoch = known.checkpoint.empty() || identity->keys->epoch == known.epoch;
  if (!same_epoch && identity->keys->epoch < known.epoch) {
    return refuse_reading({ErrorCode::origin_mismatch,
                           "its feed went back to epoch " + std::to_string(identity->keys->epoch)});
  }
  if (!known.own_folder_url.empty() && identity->keys->feed_url.starts_with(known.own_folder_url)) {
    return refuse_reading(
        {ErrorCode::origin_mismatch,
         "it says that its feed is at this node's own address " + identity->keys->feed_url});
  }
  auto head = follow_checkpoint(source, known, *identity, same_epoch, now);
  if (!head) return refuse_reading(head.error());

  const std::uint64_t old_size = same_epoch ? known.size : 0;
  const auto& checkpoint = head->checkpoint;
  if (checkpoint.size < old_size) {
    if (known.root_at(checkpoint.size) == checkpoint.root) {
      return refuse_reading({ErrorCode::rollback, "it shows " + std::to_string(checkpoint.size) +
                                                      " entries, and we have seen " +
                                                      std::to_string(old_size)});
    }
    return refuse_fork(known.checkpoint, head->note, checkpoint.size);
  }
  protocol::Frontier frontier = same_epoch ? known.frontier : protocol::Frontier();
  if (checkpoint.size == old_size && checkpoint.root != frontier.root()) {
    return refuse_fork(known.checkpoint, head->note, checkpoint.size);
  }
  // A head that came by another route and was not read yet.
  const auto newest =
      known.head_of
          ? known.head_of(protocol::feed_origin(identity->log.scid, identity->keys->epoch))
          : std::nullopt;
  if (newest && newest->size > checkpoint.size) {
    return refuse_reading({ErrorCode::rollback, "it shows " + std::to_string(checkpoint.size) +
                                                    " entries, and has " + "signed " +
                                                    std::to_string(newest->size)});
  }
  if (newest && newest->size == checkpoint.size && newest->root != checkpoint.root) {
    return refuse_fork(newest->note, head->note, checkpoint.size);
  }

  const auto most_entries = known.large ? limits.entries_of_large : limits.entries;
  if (checkpoint.size > most_entries) {
    return refuse_reading(
        {ErrorCode::fetch_too_large, "it signed a log of " + std::to_string(checkpoint.size) +
                                         " entries, and at most " + std::to_string(most_entries) +
                                         " are taken of one publisher"});
  }
  auto entries =
      follow_entries(source, identity->keys->feed_url, old_size, checkpoint.size, progress);
  if (!entries) return refuse_reading(entries.error());
  std::optional<protocol::Hash> root_at_newest;
  for (const auto& entry : entries->fresh) {
    frontier.append(protocol::leaf_hash(entry));
    if (newest && newest->size == frontier.size()) root_at_newest = frontier.root();
  }
  if (frontier.root() == checkpoint.root && !entries->before.empty() &&
      entries->before != known.leaves(old_size - entries->before.size(), old_size)) {
    // What is new is right, and yet a source that alters what we know is not to be read from.
    return refuse_reading(
        {ErrorCode::corrupt_mirror, "it shows other old entries than those that were signed"});
  }
  if (frontier.root() != checkpoint.root) {
    const auto code = follow_blame(source, identity->keys->feed_url, known, same_epoch, checkpoint);
    if (code == ErrorCode::equivocation) {
      reading.accepted_note = known.checkpoint;
      reading.contradicting_note = head->note;
    }
    return refuse_reading({code, "its entries do not add up to the root that it signed for " +
                                     std::to_string(checkpoint.size)});
  }
  if (root_at_newest && *root_at_newest != newest->root) {
    return refuse_fork(newest->note, head->note, newest->size);
  }

  FeedUpdate update{.log = std::move(identity->log),
                    .did_log = std::move(identity->text),
                    .did_log_etag = std::move(identity->etag),
                    .did_witness = std::move(identity->witnesses),
                    .keys = std::move(*identity->keys),
                    .new_epoch = !same_epoch,
                    .frontier = std::move(frontier),
                    .checkpoint = std::move(head->note),
                    .checkpoint_etag = std::move(head->etag),
                    .first_new = old_size,
                    .entries = std::move(entries->fresh),
                    .applied = 0,
                    .records = {},
                    .heartbeat = head->heartbeat,
                    .trouble = {}};
  const std::uint64_t applied = same_epoch ? known.applied : 0;
  std::vector<protocol::Bytes> pending;
  if (applied < old_size) pending = known.leaves(applied, old_size);
  pending.insert(pending.end(), update.entries.begin(), update.entries.end());
  follow_leaves(known, pending, applied, applied == 0, now, update);
  follow_documents(source, update.keys.feed_url, update.log, update.records, limits.text_bytes, now,
                   progress);
  if (same_epoch && !known.did_log.empty() && update.did_log != known.did_log)
    follow_judge_stored(known, update.log, now, update);
  if (!same_epoch) {
    if (const auto gap = follow_epoch_gap(known, update, now)) return refuse_reading(*gap);
  }
  reading.seen_did_log.clear();
  reading.seen_did_witness.clear();
  reading.keys_replaced = false;
  reading.update = std::move(update);
  return reading;
}

/// Whether the feed shows another checkpoint by now than the one that was just read.
bool follow_has_gone_on(Source& source, const FeedUpdate& update) {
  const auto again = source.get(
      {update.keys.feed_url + "/checkpoint", protocol::kMaxNoteBytes, update.checkpoint_etag});
  return again && again->status != 304 && again->body != update.checkpoint;
}

}  // namespace

FeedReading read_feed(Source& source, const KnownFeed& known, protocol::Timestamp now,
                      const Progress& progress, const ReadingLimits& limits) {
  BudgetedSource budgeted(source, limits);
  auto reading = follow_once(budgeted, known, now, progress, limits);
  // A text that is gone was most likely replaced while this was being read: then there is a newer
  // checkpoint, and with it the newer text.
  if (reading.update &&
      std::any_of(reading.update->records.begin(), reading.update->records.end(),
                  follow_is_missing) &&
      follow_has_gone_on(budgeted, *reading.update)) {
    auto again = follow_once(budgeted, known, now, progress, limits);
    if (again.update || !again.contradicting_note.empty()) return again;
  }
  return reading;
}

}  // namespace crawler
