#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crawler/source.h"
#include "node/clock.h"
#include "node/evidence.h"
#include "node/feed_state.h"
#include "node/guarded.h"
#include "node/mirror/mirror.h"
#include "node/mirror/mirror_peers.h"
#include "node/publish/publisher.h"
#include "node/reminders/reminder.h"
#include "node/search/index.h"
#include "node/store/store.h"
#include "node/visibility.h"
#include "node/witness/log_proofs.h"
#include "node/witness/pull_pace.h"
#include "node/witness/witness.h"
#include "protocol/document/listing.h"
#include "protocol/document/recognition.h"

namespace node {

/// One listing with all that a page says about it.
struct Group {
  RecordKey key;
  protocol::Envelope envelope;
  protocol::Listing listing;
  std::string document;  ///< the signed line
  Standing standing;
  std::string publisher_name;
  FeedState feed_state = FeedState::ok;
  std::optional<protocol::Timestamp> last_sign_of_life;
  std::vector<protocol::CheckResult> checks;  ///< all thirty
  std::vector<RecordKey> similar;             ///< shown listings that look like the same group
  /// Those of other publishers that are this very group, with the publishers' names.
  std::vector<std::pair<RecordKey, std::string>> also_published = {};
};

/// One feed for `kith status` and the API.
struct FeedReport {
  Feed feed;
  std::string name;
  FeedState state = FeedState::ok;
  std::string in_words;
  std::size_t listings = 0;               ///< that are stored with a text
  std::optional<protocol::Error> hidden;  ///< why none of them is shown, if so
  std::vector<Record> troubled;           ///< records whose newest text is not here, and why
  bool denied = false;                    ///< as a whole, by this node's operator
  std::size_t denied_listings = 0;        ///< of `listings`
  /// Whose word speaks against its identity log; see Visibility::disputed().
  std::optional<protocol::Error> disputed;
  std::string what_to_do;  ///< one or two sentences for the operator; empty: nothing
};

/// What a person is shown before following, recognizing or trusting a publisher.
struct FoundPublisher {
  std::string did, scid, version_id;
  std::string name;  ///< as it calls itself; may be empty
  std::string kind;
  std::vector<std::string> area;
};

struct FeedOutcome {
  std::string scid, name;
  bool changed = false;
  std::size_t entries = 0;                 ///< that are new
  std::optional<protocol::Error> refused;  ///< the last good state stays
  std::size_t troubled_records = 0;
};

/// This node's own feed, as somebody reads it who has never seen it.
struct PublicCopy {
  std::uint64_t epoch = 0, size = 0;
  protocol::Hash root = protocol::empty_root();
  std::string did_log;
  std::optional<protocol::Timestamp> heartbeat;
  std::vector<std::pair<std::string, protocol::Error>> troubled;  ///< records that are not taken
};

/// `feed` of `feeds` is being read; within it `done` of `total` files of `what`.
struct SyncProgress {
  std::size_t feed = 0, feeds = 0;
  std::string name;
  std::size_t done = 0, total = 0;
  std::string what;
};

/// A log of which a newer head was accepted here, for passing it on (SPEC 6.5).
struct HeadNews {
  std::string origin;
  std::string request;  ///< the add-checkpoint that brought it; empty where it came otherwise
};

/// The node as a whole: the parts and the rules of who may touch which when (docs/ARCHITECTURE.md).
/// Threads: everything here may be called from any thread. Writing is done by one thread at a time,
/// under one lock that nobody holds while waiting for the network; reading takes no lock that a
/// writer holds for long.
class Node {
 public:
  /// Opens the data folder and builds the index. `source` may be null: then nothing can be fetched.
  /// `clock` and `source` must outlive it. Throws DataError or StoreError.
  Node(const std::filesystem::path& data_folder, const Clock& clock, crawler::Source* source);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const Clock& clock() const { return clock_; }
  const std::filesystem::path& folder() const { return folder_; }

  // Reading
  /// Calls `use(queries)` with a connection for reading only, and returns what it returns.
  template <class F>
  auto read(F&& use) const;
  protocol::Result<SearchResult> search(const Query& query) const;
  /// The listing, if it is shown.
  std::optional<Group> group(const RecordKey& key) const;
  /// What proves a listing that is shown, for somebody without a node. Refuses with not_found where
  /// it is not shown, or as make_evidence() does.
  protocol::Result<protocol::Evidence> evidence(const RecordKey& key);
  /// Listings with this UUID that are stored here, shown or not.
  std::vector<RecordKey> keys_with_uuid(const std::string& uuid) const;
  std::optional<Standing> standing(const RecordKey& key) const;
  std::string publisher_name(const std::string& scid) const;
  std::vector<FeedReport> feeds() const;
  /// What a publisher says of itself, if its card is here.
  std::optional<protocol::PublisherCard> publisher_card(const std::string& scid) const;
  std::size_t listings_shown() const;
  /// What a link of `kith remind` leads to.
  AnswerLink answer_link(std::string_view token) const;
  /// Where recognitions lead to more publishers than a node follows: the SCID of the recognizer
  /// that names the most of those left out, and how many. Nothing below that cap.
  std::optional<std::pair<std::string, std::size_t>> names_too_many() const;
  std::vector<protocol::Anchor> anchors() const;
  /// What this node asks of a listing before it is among the results.
  protocol::CheckPolicy policy() const;
  std::string listing_name(const RecordKey& key) const;
  /// Whether the operator denied this record or its publisher; without a UUID: the publisher. Such
  /// a thing appears in nothing that strangers can read.
  bool is_denied(const RecordKey& key) const;
  /// The own publisher's folder of files and the path below which they are served ("/o/main/");
  /// nothing before init.
  struct PublisherFiles {
    std::filesystem::path folder;
    std::string url_path;
    std::uint64_t epoch = 0;
  };
  std::optional<PublisherFiles> publisher_files() const;
  /// The paths below which these files are to be answered for: the present one first, then those
  /// that a move has left behind, where followers still look.
  std::vector<std::string> publisher_url_paths() const;

  // Writing
  /// Calls `use(store, publisher)` as the one writer; `publisher` is null before `kith init`.
  /// Afterwards what is searchable is brought up to date, also when `use` throws.
  template <class F>
  auto change(F&& use);
  /// As change(), for what must work while the own keys are missing or do not fit. The publisher is
  /// read anew afterwards: identity and feed may have changed.
  template <class F>
  auto change_store(F&& use);
  /// What reads strangers' files; null where nothing can be fetched. Never under the writer's lock.
  crawler::Source* source() const { return source_; }
  /// Within change(): what is known of this listing (or, without a UUID, of all of this publisher)
  /// changed, so that its checks are run again at the end of it.
  void recheck(const RecordKey& key);
  /// Judges anew what is shown: paths begin and end with time. Called every minute while serving.
  void refresh();

  /// Reads feeds: `only_scid` alone, else all that are due (or all, for `everything`), and those
  /// that recognitions lead to. Feeds are read side by side; their failures are outcomes. Throws
  /// StoreError where this node's own disk is in trouble; what was read by then is kept.
  std::vector<FeedOutcome> sync(const std::optional<std::string>& only_scid, bool everything,
                                const std::function<void(const SyncProgress&)>& progress);
  /// Reads one feed now. Throws as sync() does.
  FeedOutcome read_one(const std::string& scid);
  /// Follows whom valid recognitions lead to, up to the cap. Says whether there was anybody new.
  bool follow_discovered();
  /// How long after a good reading of a feed the next one is due, 15 minutes; ±20 %.
  void set_poll_interval(std::chrono::seconds interval) { poll_interval_ = interval; }
  /// Answers a checkpoint that a log sends to be witnessed (SPEC 5.6). A newer one of a followed
  /// feed makes that feed due. Throws StoreError.
  WitnessAnswer add_checkpoint(std::string_view body) { return witness_.add_checkpoint(body); }
  /// Called, from any thread, with the time from which a feed is to be read because of news.
  void on_news(std::function<void(protocol::Timestamp)> hook);
  /// Called with each newer head of a log: published here, sent to this node, or read by it (but
  /// for first contacts). From any thread, also one that writes: it must not call the node.
  void on_head(std::function<void(HeadNews)> hook);
  /// The checkpoint of a feed as it was accepted, with this node's own cosignature where it has a
  /// key and knows of no newer one. Nothing for a feed that was not read yet.
  std::optional<std::string> cosigned_checkpoint(const std::string& scid);
  /// For proofs from the logs stored here.
  LogProofs& proofs() { return proofs_; }
  /// Copies of the feeds that are stored here, for others.
  Mirror& mirror() { return mirror_; }
  /// Compares what is known here with the heads that other nodes show, those due or, for
  /// `everything`, all that do not rest. A newer head makes its feed due, to be read from that node
  /// where its own host does not have it; a contradiction is stored and hides the feed, unless the
  /// operator has looked into that one before. Of the own feed it is stored, and nothing else.
  GossipRound compare_heads(bool everything);
  /// Marks of other nodes whose copies were not what they say, of the last day.
  std::map<std::string, MirrorMark> mirror_marks() const;
  /// Looks at pages that shown listings name, at most `most` in all and two of one host, each at
  /// most daily (weekly where all was well), or all of them for `everything`; and at the addresses
  /// of publishers that could not be read for a day. Says how many were read, and how many the
  /// sites' rules for programs close.
  struct Probed {
    std::size_t read = 0, passed = 0, closed = 0;
  };
  Probed probe(std::size_t most, bool everything);
  /// Reads the publisher that `typed` names: a kith1: line, a DID, or the https URL of its folder.
  /// Nothing is stored. Refuses with did_syntax or what reading refused with; did_fork when a named
  /// version is not in its log.
  /// With `folder`, a local one laid out like a publisher's, that is read instead. `typed` may also
  /// be a domain: the publisher at its root, or the one that its api-catalog names.
  protocol::Result<FoundPublisher> look_up(std::string_view typed, const std::string& folder = {});
  /// Reads one's own feed at its public place, as at first contact. Nothing is stored. Refuses with
  /// config_invalid where there is no own publisher, or what reading refused with.
  protocol::Result<PublicCopy> read_public_copy() const;

 private:
  struct Update {
    ~Update() {
      try {
        node.refresh_locked();
      } catch (const std::exception&) {
        // The next minute's refresh tries again; the change itself is already stored.
      }
    }
    Node& node;
  };
  void refresh_locked();
  void refresh_after(std::uint64_t reading);
  void note_own_head();
  void tell_head(HeadNews news) const;
  FeedOutcome sync_guarded(const std::string& scid,
                           const std::function<void(const SyncProgress&)>& progress,
                           Guarded<std::exception_ptr>& own_trouble);
  Publisher* publisher_locked();
  Witness::Parts witness_parts();
  Mirror::Parts mirror_parts();
  /// The other nodes that are known: of anchors first, then of publishers on valid paths.
  std::vector<std::string> known_nodes() const;
  std::shared_ptr<const Visibility> visibility() const;
  /// Reads a feed at its own place and then, where that helps, at other nodes.
  FeedOutcome sync_feed(const std::string& scid,
                        const std::function<void(const SyncProgress&)>& progress);
  /// Sets `reading` where what is shown must be judged anew, to what refresh_after() wants.
  FeedOutcome sync_at_its_host(const std::string& scid,
                               const std::function<void(const SyncProgress&)>& progress,
                               std::uint64_t& reading);
  /// Which nodes may have more of a feed than it got from its host: none, mostly.
  struct Elsewhere {
    std::vector<std::string> nodes;
    protocol::Error why{protocol::ErrorCode::internal, ""};  ///< what its host did
    bool head_is_good = false;                               ///< of the host; only texts are wanted
  };
  std::optional<Elsewhere> elsewhere(const std::string& scid, const FeedOutcome& outcome);
  /// Takes what they have, into `outcome`.
  void sync_elsewhere(const Elsewhere& where, FeedOutcome& outcome);
  /// For reading without the lock: what `known` asks the store takes it for itself.
  void let_wait(crawler::KnownFeed& known);
  void keep_marks_locked();

  const Clock& clock_;
  crawler::Source* source_;
  std::mutex writer_;  // guards store_, publisher_ and recheck_, and who may refresh
  // Held by whoever waits for writer_ in order to judge what readings changed. Before writer_.
  std::mutex refresh_turn_;
  std::uint64_t readings_ = 0, judged_readings_ = 0;  // guarded by writer_
  Recheck recheck_;
  Store store_;
  std::unique_ptr<Publisher> publisher_;
  std::filesystem::path folder_;
  SearchIndex index_;
  Guarded<std::shared_ptr<const Visibility>> visibility_;
  mutable Guarded<std::vector<std::unique_ptr<StoreReader>>> readers_;
  PullPace pace_;  // guarded by writer_
  Guarded<std::function<void(protocol::Timestamp)>> news_;
  mutable Guarded<std::function<void(HeadNews)>> head_hook_;
  std::optional<std::pair<std::string, std::uint64_t>> own_head_;  // guarded by writer_
  std::atomic<std::chrono::seconds> poll_interval_{std::chrono::minutes(15)};
  Witness witness_;
  LogProofs proofs_;
  Mirror mirror_;
  MirrorPeers peers_;
  // Heads that are newer than ours, and who showed them, until they were looked for; by SCID.
  Guarded<std::map<std::string, GossipFinding>> ahead_;
};

template <class F>
auto Node::read(F&& use) const {
  auto reader = readers_.with([](auto& idle) -> std::unique_ptr<StoreReader> {
    if (idle.empty()) return nullptr;
    auto taken = std::move(idle.back());
    idle.pop_back();
    return taken;
  });
  if (!reader) reader = std::make_unique<StoreReader>(folder_);
  auto result = std::forward<F>(use)(reader->queries());
  readers_.with([&](auto& idle) { idle.push_back(std::move(reader)); });
  return result;
}

template <class F>
auto Node::change(F&& use) {
  const std::lock_guard lock(writer_);
  const Update after{*this};
  return std::forward<F>(use)(store_, publisher_locked());
}

template <class F>
auto Node::change_store(F&& use) {
  const std::lock_guard lock(writer_);
  const Update after{*this};
  publisher_.reset();
  return std::forward<F>(use)(store_);
}

}  // namespace node
