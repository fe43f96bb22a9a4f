#include "node/node.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <set>
#include <thread>

#include <sodium.h>

#include "crawler/follower.h"
#include "crawler/probes.h"
#include "node/checks/run_checks.h"
#include "node/mirror/feed_place.h"
#include "node/mirror/human_discovery.h"
#include "node/publish/catch_up.h"
#include "node/publish/files.h"
#include "node/publish/own_history.h"
#include "node/store/check_notes.h"
#include "node/store/copied_heads.h"
#include "node/store/due_feeds.h"
#include "node/store/reports.h"
#include "protocol/document/recognition.h"
#include "protocol/encoding/text_encodings.h"
#include "protocol/identity/did.h"
#include "protocol/limits.h"

namespace node {

namespace {

// How many feeds are read side by side, so that a slow one delays no other.
constexpr std::size_t kFeedsAtOnce = 8;
// A stranger's request waits so long for the store, and is then answered with busy: it holds one of
// the few threads that also serve searches.
constexpr std::chrono::milliseconds kWitnessPatience{2'000};
constexpr std::chrono::milliseconds kWitnessRetry{2};
// How far a recognition may lead from an anchor: so many rounds of discovery in one sync are
// enough.
constexpr int kDiscoveryRounds = static_cast<int>(protocol::kMaxPathEdges);

// Probes are of other people's sites: seldom, and never many at one of them.
constexpr std::chrono::hours kProbeHoldsWell{7 * 24};
constexpr std::chrono::hours kProbeHoldsOtherwise{24};
constexpr int kProbesOfOneHost = 2;

/// Kept, so that "the next page" of `kith search` works in the next command, too.
std::string kept_cursor_key(Store& store) {
  if (const auto kept = store.queries().setting("cursor_key")) {
    if (const auto key = protocol::from_hex(*kept)) return std::string(protocol::as_text(*key));
  }
  std::string key(32, '\0');
  randombytes_buf(key.data(), key.size());
  store.set_setting("cursor_key", protocol::to_hex(protocol::as_bytes(key)));
  return key;
}

std::chrono::seconds jittered(std::chrono::seconds wait, double low, double high) {
  const double share = static_cast<double>(randombytes_uniform(1'000'000)) / 1e6;
  return std::chrono::seconds(
      static_cast<std::int64_t>(static_cast<double>(wait.count()) * (low + share * (high - low))));
}

/// Not all feeds in the same second.
protocol::Timestamp after_success(protocol::Timestamp now, std::chrono::seconds interval) {
  return now + jittered(interval, 0.8, 1.2);
}

/// Asked after each reading while there is somebody to discover; the feeds themselves are
/// megabytes.
std::size_t node_count_feeds(Database& database) {
  auto row = database.prepare("SELECT count(*) FROM feed");
  return row.step() ? static_cast<std::size_t>(row.integer(0)) : 0;
}

/// 10 minutes, doubled with each failure in a row, a day at most; later where its server asks for
/// that.
protocol::Timestamp after_failure(protocol::Timestamp now, int failures_before,
                                  std::optional<std::chrono::seconds> asked) {
  const auto backoff =
      jittered(std::chrono::minutes(10) * (1 << std::min(failures_before, 8)), 0.8, 1.4);
  return now + std::min<std::chrono::seconds>(std::max(backoff, asked.value_or(backoff)),
                                              std::chrono::hours(24));
}

/// A failure by which one cannot tell whether the other side or one's own network is down.
bool may_be_own_network(protocol::ErrorCode code) {
  return code == protocol::ErrorCode::fetch_dns || code == protocol::ErrorCode::fetch_connect ||
         code == protocol::ErrorCode::fetch_timeout;
}

/// For how long a node that seems to have no network tries each feed as often as ever.
constexpr auto kOwnNetworkDown = std::chrono::hours(24);
/// Who answered so shortly before a failure answered beside it: times are whole seconds, and
/// several are read at once.
constexpr auto kBesideIt = std::chrono::minutes(1);

/// A source that remembers for how long its servers asked to be left alone. For one cycle of one
/// feed.
class NotedSource final : public crawler::Source {
 public:
  explicit NotedSource(crawler::Source& source) : source_(source) {}
  std::vector<protocol::Result<crawler::FetchResponse>> get_all(
      std::span<const crawler::FetchRequest> requests) override {
    std::vector<crawler::FetchNotes> notes(requests.size());
    auto answers = source_.get_all_noted(requests, notes);
    for (const auto& note : notes) {
      if (note.retry_after)
        retry_after = std::max(*note.retry_after, retry_after.value_or(*note.retry_after));
    }
    return answers;
  }
  std::optional<std::chrono::seconds> retry_after;

 private:
  crawler::Source& source_;
};

/// Whether what was read contradicts a head that came by another route meanwhile.
bool contradicts(const Feed& before, const crawler::FeedUpdate& update, const Head& head) {
  if (update.new_epoch || head.size <= before.size || head.size > update.frontier.size())
    return false;
  protocol::Frontier tree = before.frontier;
  for (const auto& entry : update.entries) {
    if (tree.size() == head.size) break;
    tree.append(protocol::leaf_hash(entry));
  }
  return tree.root() != head.root;
}

/// "HTTP://Ohio.TEST/o/main" as "https://ohio.test/o/main": schemes and hosts have no case, and
/// nothing is read without TLS. Anything else as it is, without spaces around it.
std::string as_typed_address(std::string_view typed) {
  const auto first = typed.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  std::string text(typed.substr(first, typed.find_last_not_of(" \t\r\n") - first + 1));
  std::string small = text;
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const auto scheme = small.find("://");
  if (!small.starts_with("http://") && !small.starts_with("https://")) return text;
  const auto host = std::min(small.find('/', scheme + 3), small.size());
  return "https" + small.substr(scheme, host - scheme) + text.substr(host);
}

}  // namespace

Node::Node(const std::filesystem::path& data_folder, const Clock& clock, crawler::Source* source)
    : clock_(clock),
      source_(source),
      store_(data_folder),
      folder_(store_.folder()),
      index_(kept_cursor_key(store_)),
      visibility_(std::make_shared<const Visibility>()),
      witness_(clock, witness_parts()),
      mirror_(clock, mirror_parts()) {
  const std::lock_guard lock(writer_);
  peers_.restore(node::mirror_marks(store_.database()));
  refresh_locked();
}

Node::~Node() = default;

Publisher* Node::publisher_locked() {
  if (!publisher_ && find_own_feed(store_.queries()))
    publisher_ = std::make_unique<Publisher>(store_);
  return publisher_.get();
}

Witness::Parts Node::witness_parts() {
  Witness::Parts parts;
  parts.read = [this](const std::function<void(StoreQueries&)>& use) {
    read([&](StoreQueries& store) {
      use(store);
      return true;
    });
  };
  parts.write = [this](const std::function<void(Store&, const Publisher*)>& use) {
    std::unique_lock lock(writer_, std::try_to_lock);
    const auto until = std::chrono::steady_clock::now() + kWitnessPatience;
    while (!lock.owns_lock()) {
      if (std::chrono::steady_clock::now() >= until) return false;
      std::this_thread::sleep_for(kWitnessRetry);
      static_cast<void>(lock.try_lock());
    }
    use(store_, publisher_locked());
    return true;
  };
  parts.pull_at = [this](const std::string& scid) { return pace_.earliest(scid, clock_.now()); };
  parts.news = [this](const std::string& origin, std::string_view body, protocol::Timestamp at) {
    news_.with([&](const auto& hook) {  // within, as in tell_head()
      if (hook) hook(at);
    });
    tell_head({origin, std::string(body)});
  };
  parts.quarantined = [this] { refresh_locked(); };
  return parts;
}

void Node::on_news(std::function<void(protocol::Timestamp)> hook) {
  news_.with([&](auto& kept) { kept = std::move(hook); });
}

void Node::on_head(std::function<void(HeadNews)> hook) {
  head_hook_.with([&](auto& kept) { kept = std::move(hook); });
}

void Node::tell_head(HeadNews news) const {
  // Called within the lock: whoever takes the hook back knows that no call is under way any more.
  head_hook_.with([&](const auto& hook) {
    if (hook) hook(std::move(news));
  });
}

void Node::note_own_head() {
  auto row = store_.database().prepare("SELECT scid, epoch, size FROM feed WHERE own = 1");
  if (!row.step()) return;
  std::pair now{protocol::feed_origin(row.text(0), static_cast<std::uint64_t>(row.integer(1))),
                static_cast<std::uint64_t>(row.integer(2))};
  if (own_head_ == now) return;
  const bool is_news = own_head_.has_value();
  own_head_ = now;
  if (is_news) tell_head({std::move(now.first), {}});
}

std::optional<std::string> Node::cosigned_checkpoint(const std::string& scid) {
  const std::lock_guard lock(writer_);
  const auto feed = store_.queries().feed(scid);
  if (!feed || feed->checkpoint.empty()) return std::nullopt;
  const auto* publisher = publisher_locked();
  // Its own time stamp stands in its own checkpoint already.
  if (!publisher || feed->own) return feed->checkpoint;
  // Known by copies alone: nothing is to be said of its host.
  if (!feed->last_success) return feed->checkpoint;
  // At the time at which it was last seen to be the newest, so that nothing is claimed that nobody
  // looked at, and the bytes stay until that is so again.
  return node::cosigned_checkpoint(store_, *publisher, *feed, *feed->last_success);
}

std::shared_ptr<const Visibility> Node::visibility() const {
  return visibility_.with([](const auto& current) { return current; });
}

void Node::refresh() {
  const std::lock_guard lock(writer_);
  // A reader may have kept an earlier one from emptying the write-ahead log of what was erased.
  store_.checkpoint();
  for (const auto& key : forget_old_reports(store_.database(), clock_.now())) recheck(key);
  refresh_locked();
}

// Judging looks at everything, so of many feeds that are read side by side it must not follow each:
// whoever waited here while others wrote finds that it was done for all of them at once.
void Node::refresh_after(std::uint64_t reading) {
  const std::lock_guard turn(refresh_turn_);
  const std::lock_guard lock(writer_);
  if (judged_readings_ < reading) refresh_locked();
}

void Node::refresh_locked() {
  const auto now = clock_.now();
  const auto readings = readings_;
  auto change = judge_visibility(store_.queries(), *visibility(), now, recheck_);
  recheck_.clear();
  std::vector<RecordKey> come;
  for (const auto& document : change.put) come.push_back(document.key);
  if (!change.put.empty() || !change.removed.empty())
    index_.apply(std::move(change.put), change.removed);
  auto next = std::make_shared<const Visibility>(std::move(change.now));
  visibility_.with([&](auto& current) { current = std::move(next); });
  put_first_seen(store_.database(), come, now);
  note_own_head();
  judged_readings_ = readings;
}

void Node::recheck(const RecordKey& key) {
  recheck_.insert({key.scid, key.uuid.empty() ? std::string() : key.urn()});
}

protocol::CheckPolicy Node::policy() const { return visibility()->policy(); }

std::string Node::listing_name(const RecordKey& key) const {
  return visibility()->listing_name(key);
}

bool Node::is_denied(const RecordKey& key) const { return visibility()->denials().covers(key); }

protocol::Result<SearchResult> Node::search(const Query& query) const {
  return index_.search(query, clock_.now());
}

std::optional<Standing> Node::standing(const RecordKey& key) const {
  return visibility()->standing(key);
}
std::string Node::publisher_name(const std::string& scid) const {
  return visibility()->publisher_name(scid);
}
std::size_t Node::listings_shown() const { return visibility()->shown(); }

AnswerLink Node::answer_link(std::string_view token) const {
  return read([&](StoreQueries& store) { return look_up_answer(store, token, clock_.now()); });
}

std::optional<std::pair<std::string, std::size_t>> Node::names_too_many() const {
  const auto most = visibility()->names_most();
  if (!most) return std::nullopt;
  const auto followed =
      read([](StoreQueries& store) { return node_count_feeds(store.database()); });
  return followed < protocol::kMaxFollowedFeeds ? std::nullopt : most;
}

std::vector<protocol::Anchor> Node::anchors() const {
  return read([](StoreQueries& store) { return store.anchors(); });
}

std::vector<RecordKey> Node::keys_with_uuid(const std::string& uuid) const {
  return read([&](StoreQueries& store) { return store.keys_with_uuid(uuid); });
}

std::optional<Group> Node::group(const RecordKey& key) const {
  const auto now = clock_.now();
  const auto seen = visibility();
  auto standing = seen->standing(key);
  if (!standing || !standing->shown || now >= standing->shown_until) return std::nullopt;
  return read([&](StoreQueries& store) -> std::optional<Group> {
    auto record = store.record(key);
    const auto feed = store.feed(key.scid);
    if (!record || !feed || record->type != "listing" || now >= record->shown_until())
      return std::nullopt;
    auto envelope = protocol::read_envelope(record->document);
    if (!envelope) return std::nullopt;
    auto listing = protocol::read_listing(envelope->subject);
    if (!listing) return std::nullopt;
    Group group{key,
                std::move(*envelope),
                std::move(*listing),
                std::move(record->document),
                std::move(*standing),
                seen->publisher_name(key.scid),
                feed_state(*feed, copied_head(store.database(), *feed), now),
                last_sign_of_life(*feed),
                {},
                seen->similar_to(key),
                {}};
    for (auto& other : seen->same_group_as(key)) {
      auto name = seen->publisher_name(other.scid);
      group.also_published.emplace_back(std::move(other), std::move(name));
    }
    std::vector<protocol::SimilarListing> similar;
    for (const auto& other : group.similar) {
      similar.push_back({seen->listing_name(other),
                         other.scid == key.scid ? "" : seen->publisher_name(other.scid)});
    }
    CheckRecords records(store.database());
    group.checks = run_checks(records,
                              {key, group.envelope, group.listing, group.document, group.standing,
                               group.publisher_name, seen->publisher_facts(key.scid), similar},
                              seen->policy().numbers, now);
    return group;
  });
}

protocol::Result<protocol::Evidence> Node::evidence(const RecordKey& key) {
  const auto shown = group(key);
  if (!shown)
    return protocol::refuse(protocol::ErrorCode::not_found, "no such listing is shown here");
  return read([&](StoreQueries& store) {
    const auto checkpoint_of = [this](const Feed& feed) {
      return cosigned_checkpoint(feed.scid).value_or(feed.checkpoint);
    };
    return make_evidence(store, proofs_, checkpoint_of, key, shown->standing);
  });
}

std::optional<protocol::PublisherCard> Node::publisher_card(const std::string& scid) const {
  const auto seen = visibility();
  return read([&](StoreQueries& store) -> std::optional<protocol::PublisherCard> {
    const auto feed = store.feed(scid);
    if (!feed) return std::nullopt;
    for (const auto& record : store.records(feed->feed_id, "publisher")) {
      if (seen->denials().covers(record.key)) continue;
      const auto envelope = protocol::read_envelope(record.document);
      if (!envelope) continue;
      if (auto card = protocol::read_publisher_card(*envelope)) return std::move(*card);
    }
    return std::nullopt;
  });
}

std::vector<FeedReport> Node::feeds() const {
  const auto now = clock_.now();
  const auto seen = visibility();
  return read([&](StoreQueries& store) {
    std::vector<FeedReport> reports;
    std::map<std::string, std::vector<Record>> troubled;
    for (auto& record : store.troubled_records())
      troubled[record.key.scid].push_back(std::move(record));
    std::map<std::string, std::size_t> listings, denied;
    store.for_each_record("listing", StoreQueries::Texts::leave_out, [&](const Record& record) {
      ++listings[record.key.scid];
      if (seen->denials().covers(record.key)) ++denied[record.key.scid];
    });
    const auto copies = copied_heads(store.database());
    for (auto& feed : store.feeds()) {
      FeedReport report;
      std::optional<CopiedHead> copied;
      if (const auto row = copies.find(feed.feed_id);
          row != copies.end() && row->second.size == feed.size)
        copied = row->second;
      report.name = seen->publisher_name(feed.scid);
      report.state = feed_state(feed, copied, now);
      report.in_words = in_words(feed, copied, now);
      report.listings = listings[feed.scid];
      report.hidden = seen->publisher_hidden(feed.scid);
      report.troubled = std::move(troubled[feed.scid]);
      report.denied = seen->denials().covers_publisher(feed.scid);
      report.denied_listings = denied[feed.scid];
      report.disputed = seen->disputed(feed.scid);
      report.what_to_do = what_to_do(feed, report.state, report.disputed, report.hidden);
      report.feed = std::move(feed);
      reports.push_back(std::move(report));
    }
    return reports;
  });
}

std::optional<Node::PublisherFiles> Node::publisher_files() const {
  return read([&](StoreQueries& store) -> std::optional<PublisherFiles> {
    // Asked with each file that a follower reads.
    const auto feed = find_own_feed(store);
    const auto did = feed ? protocol::parse_did(feed->did)
                          : protocol::Result<protocol::Did>(
                                protocol::refuse(protocol::ErrorCode::not_found, "no publisher"));
    if (!did) return std::nullopt;
    const std::string url = protocol::did_folder_url(*did);
    const auto path = url.find('/', std::string_view("https://").size());
    return PublisherFiles{folder_ / "public", url.substr(path), feed->epoch};
  });
}

std::vector<std::string> Node::publisher_url_paths() const {
  return read([](StoreQueries& store) {
    std::vector<std::string> paths;
    for (const auto& feed : store.feeds()) {
      if (!feed.own) continue;
      const auto own = own_feed_of(store);
      for (auto version = own.log.versions.rbegin(); version != own.log.versions.rend();
           ++version) {
        const auto did = protocol::parse_did(version->did);
        if (!did) continue;
        const std::string url = protocol::did_folder_url(*did);
        auto path = url.substr(url.find('/', std::string_view("https://").size()));
        if (std::find(paths.begin(), paths.end(), path) == paths.end())
          paths.push_back(std::move(path));
      }
    }
    return paths;
  });
}

FeedOutcome Node::sync_feed(const std::string& scid,
                            const std::function<void(const SyncProgress&)>& progress) {
  std::uint64_t reading = 0;
  auto outcome = sync_at_its_host(scid, progress, reading);
  if (reading != 0) {
    refresh_after(reading);
    outcome.name = publisher_name(scid);
  }
  if (const auto where = elsewhere(scid, outcome)) sync_elsewhere(*where, outcome);
  return outcome;
}

FeedOutcome Node::sync_at_its_host(const std::string& scid,
                                   const std::function<void(const SyncProgress&)>& progress,
                                   std::uint64_t& number) {
  const auto now = clock_.now();
  FeedOutcome outcome{scid, publisher_name(scid), false, 0, std::nullopt, 0};
  std::optional<Feed> feed;
  std::optional<Head> head_before;
  std::optional<std::string> place;
  crawler::KnownFeed known;
  {
    const std::lock_guard lock(writer_);
    feed = store_.queries().feed(scid);
    if (!feed || feed->own) return outcome;
    known = store_.known(*feed);
    place = feed_place(store_.queries(), scid);
    head_before = newest_head(store_.database(), *feed);
    pace_.started(scid, now);
  }
  // Whom the operator named is read as it is; whom others named, as they saw it.
  if (feed->did_log.empty() && !feed->followed)
    known.named_versions = visibility()->named_versions(scid);
  let_wait(known);
  const auto folder = place ? published_copy(*feed, *place, *source_) : nullptr;
  NotedSource noted(*source_);
  crawler::Source& from = folder ? *folder : static_cast<crawler::Source&>(noted);
  auto reading = crawler::read_feed(
      from, known, now, [&](std::size_t done, std::size_t total, std::string_view what) {
        if (progress) progress({0, 0, outcome.name, done, total, std::string(what)});
      });

  const std::lock_guard lock(writer_);
  const auto current = store_.queries().feed(scid);
  // Forgotten, or read by somebody else, while this was on its way: the other's result stands.
  if (!current || current->size != feed->size || current->epoch != feed->epoch ||
      current->applied != feed->applied || current->did_log != feed->did_log ||
      current->seen_did_log != feed->seen_did_log)
    return outcome;
  const auto head = newest_head(store_.database(), *current);
  // News that came while this was being read is read as soon as it may be.
  const bool has_news = head.size > head_before->size;
  if (reading.update && contradicts(*feed, *reading.update, head)) {
    reading.accepted_note = head.note;
    reading.contradicting_note = reading.update->checkpoint;
    reading.update =
        protocol::refuse(protocol::ErrorCode::equivocation,
                         "it signed two histories for " + std::to_string(head.size) + " entries");
  }
  if (!reading.update) {
    const auto code = reading.update.error().code;
    // This node is stopping: nobody failed, and it is due at the next start as it is now.
    if (code == protocol::ErrorCode::fetch_backoff && source_->is_stopped()) {
      outcome.refused = reading.update.error();
      return outcome;
    }
    // At first contact nothing of its own contradicts a log: it is not taken, and read again later.
    const bool fraud = code == protocol::ErrorCode::equivocation ||
                       (code == protocol::ErrorCode::did_fork && !current->did_log.empty());
    auto next = has_news ? pace_.earliest(scid, now)
                         : after_failure(now, current->failures, noted.retry_after);
    // Once its own network is back, nothing should wait for hours.
    if (current->failures > 0 && may_be_own_network(code) && current->last_success &&
        now - *current->last_success < kOwnNetworkDown && current->last_attempt &&
        nobody_answered_since(store_.database(), scid, *current->last_attempt - kBesideIt)) {
      next = std::min(next, after_success(now, poll_interval_));
    }
    if (code == protocol::ErrorCode::did_deactivated) {
      store_.end_feed(*current, reading.seen_did_log, reading.seen_did_witness,
                      reading.update.error(), now, next);
    } else {
      if (!reading.seen_did_log.empty())
        store_.remember_identity(*current, reading.seen_did_log, reading.keys_replaced, now);
      store_.note_failure(*current, reading.update.error(),
                          {reading.accepted_note, reading.contradicting_note}, fraud, now, next);
    }
    outcome.refused = reading.update.error();
    // Most failures age the feed and change nothing else.
    const auto after = store_.queries().feed(scid);
    if (code != protocol::ErrorCode::did_deactivated && reading.seen_did_log.empty() && after &&
        !after->quarantined && !current->quarantined)
      return outcome;
  } else if (place && !feed->checkpoint.empty() && !is_worth_taking(*feed, *reading.update)) {
    // A folder that was handed over once says nothing of how its publisher is today.
    note_nothing_new(store_.database(), scid, now, after_success(now, poll_interval_));
  } else {
    const bool is_behind = has_news && head.size > reading.update->frontier.size();
    store_.apply(*current, *reading.update, now,
                 is_behind ? pace_.earliest(scid, now) : after_success(now, poll_interval_));
    if (!place) confirm_head(store_.database(), *current);
    // What its publisher took back leaves the write-ahead log, too.
    if (!reading.update->records.empty() || reading.update->new_epoch) store_.checkpoint();
    outcome.entries = reading.update->entries.size();
    outcome.changed = outcome.entries > 0 || !reading.update->records.empty();
    outcome.troubled_records = static_cast<std::size_t>(
        std::count_if(reading.update->records.begin(), reading.update->records.end(),
                      [](const auto& record) { return record.problem.has_value(); }));
    if (reading.update->trouble) outcome.refused = reading.update->trouble;
    // Also where the head itself came before: whoever could not be given a proof then can be now.
    const bool is_first = current->checkpoint.empty();
    if (!is_first && (reading.update->new_epoch || reading.update->frontier.size() > current->size))
      tell_head({protocol::feed_origin(scid, reading.update->keys.epoch), {}});
  }
  number = ++readings_;
  return outcome;
}

std::vector<FeedOutcome> Node::sync(const std::optional<std::string>& only_scid, bool everything,
                                    const std::function<void(const SyncProgress&)>& progress) {
  std::vector<FeedOutcome> outcomes;
  if (!source_) return outcomes;
  // First, so that what others have seen is read in this very round.
  if (!only_scid) compare_heads(everything);
  std::set<std::string> done;
  for (int round = 0; round <= kDiscoveryRounds; ++round) {
    std::vector<std::string> due;
    const auto now = clock_.now();
    for (const auto& feed : read([](StoreQueries& store) { return store.feeds(); })) {
      if (feed.own || done.contains(feed.scid) || (only_scid && *only_scid != feed.scid)) continue;
      if (only_scid || everything || feed.next_attempt <= now) due.push_back(feed.scid);
    }
    if (due.empty()) break;

    std::vector<FeedOutcome> found(due.size());
    std::atomic<std::size_t> next{0};
    std::mutex reporting;
    Guarded<std::exception_ptr> own_trouble;
    const auto work = [&] {
      for (auto i = next++; i < due.size(); i = next++) {
        const auto report = [&, i](SyncProgress step) {
          if (!progress) return;
          step.feed = i + 1;
          step.feeds = due.size();
          const std::lock_guard one_line_at_a_time(reporting);
          progress(step);
        };
        report({0, 0, publisher_name(due[i]), 0, 0, ""});
        found[i] = sync_guarded(due[i], report, own_trouble);
      }
    };
    std::vector<std::thread> workers;
    for (std::size_t i = 1; i < std::min(kFeedsAtOnce, due.size()); ++i) workers.emplace_back(work);
    work();
    for (auto& worker : workers) worker.join();
    // A disk that takes nothing more is no fault of whoever was being read, and ends the round.
    own_trouble.with([](auto& kept) {
      if (kept) std::rethrow_exception(kept);
    });

    done.insert(due.begin(), due.end());
    std::move(found.begin(), found.end(), std::back_inserter(outcomes));
    if (only_scid) break;
    // The recognition graph is the discovery graph: whom a trusted publisher recognizes is read
    // next.
    if (!follow_discovered()) break;
  }
  if (std::any_of(outcomes.begin(), outcomes.end(),
                  [](const auto& outcome) { return outcome.refused.has_value(); })) {
    const std::lock_guard lock(writer_);
    refresh_locked();
  }
  return outcomes;
}

bool Node::follow_discovered() {
  const auto discovered = visibility()->to_discover();
  if (discovered.empty()) return false;
  const std::lock_guard lock(writer_);
  auto followed = node_count_feeds(store_.database());
  bool is_any_new = false;
  for (const auto& [scid, did] : discovered) {
    if (followed++ >= protocol::kMaxFollowedFeeds) break;
    is_any_new |= store_.follow(scid, did, false);
  }
  return is_any_new;
}

FeedOutcome Node::sync_guarded(const std::string& scid,
                               const std::function<void(const SyncProgress&)>& progress,
                               Guarded<std::exception_ptr>& own_trouble) {
  std::string why;
  try {
    return sync_feed(scid, progress);
  } catch (const StoreError& error) {
    if (error.is_disk_trouble())
      own_trouble.with([](auto& kept) { kept = std::current_exception(); });
    why = error.what();
  } catch (const std::exception& error) {
    why = error.what();
  }
  return {scid, publisher_name(scid), false, 0, protocol::Error{protocol::ErrorCode::internal, why},
          0};
}

FeedOutcome Node::read_one(const std::string& scid) {
  if (!source_) return {scid, publisher_name(scid), false, 0, std::nullopt, 0};
  Guarded<std::exception_ptr> own_trouble;
  auto outcome = sync_guarded(scid, {}, own_trouble);
  own_trouble.with([](auto& kept) {
    if (kept) std::rethrow_exception(kept);
  });
  return outcome;
}

Node::Probed Node::probe(std::size_t most, bool everything) {
  Probed probed;
  if (!source_) return probed;
  const auto now = clock_.now();
  const auto seen = visibility();
  std::vector<RecordKey> keys;
  std::vector<crawler::ProbeTarget> targets;
  std::vector<crawler::DomainTarget> domains;
  read([&](StoreQueries& store) {
    CheckRecords records(store.database());
    std::map<std::string, int> of_host;
    store.for_each_record("listing", StoreQueries::Texts::leave_out, [&](const Record& record) {
      const auto standing = seen->standing(record.key);
      if (targets.size() >= most || !standing || !standing->shown) return;
      std::set<protocol::Check> known;
      for (const auto& one : records.observations(record.key)) {
        const bool well = one.outcome == protocol::CheckOutcome::pass;
        const auto holds = well ? kProbeHoldsWell : kProbeHoldsOtherwise;
        if (!everything && now < one.at + holds) known.insert(one.check);
      }
      if (known.contains(protocol::Check::contact) && known.contains(protocol::Check::sponsor))
        return;
      const auto whole = store.record(record.key);
      const auto envelope = whole ? protocol::read_envelope(whole->document)
                                  : protocol::Result<protocol::Envelope>(
                                        protocol::refuse(protocol::ErrorCode::doc_missing, ""));
      if (!envelope) return;
      const auto listing = protocol::read_listing(envelope->subject);
      if (!listing) return;
      // This node's own publisher answers for what is done to its groups' sites.
      for (auto& target :
           crawler::probe_targets(*listing, seen->publisher_name(record.key.scid), standing->own)) {
        if (known.contains(target.check) || targets.size() >= most ||
            ++of_host[target.url.substr(0, target.url.find('/', 8))] > kProbesOfOneHost)
          continue;
        keys.push_back(record.key);
        targets.push_back(std::move(target));
      }
    });
    for (const auto& feed : store.feeds()) {
      if (feed.own || !feed.last_success || now < *feed.last_success + kProbeHoldsOtherwise ||
          domains.size() >= most || seen->denials().covers_publisher(feed.scid))
        continue;
      const RecordKey publisher{feed.scid, ""};
      const auto known = records.observations(publisher);
      const bool lately = std::any_of(known.begin(), known.end(), [&](const auto& one) {
        return one.check == protocol::Check::domain && now < one.at + kProbeHoldsOtherwise;
      });
      if (lately && !everything) continue;
      domains.push_back({feed.scid, feed.did, feed.did_log});
    }
    return true;
  });
  auto observations = crawler::probe(*source_, targets, now);
  for (const auto& domain : domains) {
    keys.push_back({domain.scid, ""});
    observations.push_back(crawler::probe_domain(*source_, domain, now));
  }
  if (observations.empty()) return probed;
  change([&](Store& store, Publisher*) {
    Transaction transaction(store.database());
    for (std::size_t i = 0; i < observations.size(); ++i) {
      put_check_observation(store.database(), keys[i], observations[i]);
      recheck(keys[i]);
    }
    transaction.commit();
  });
  for (const auto& one : observations) {
    ++(one.outcome == protocol::CheckOutcome::not_applicable ? probed.closed : probed.read);
    if (one.outcome == protocol::CheckOutcome::pass) ++probed.passed;
  }
  return probed;
}

protocol::Result<FoundPublisher> Node::look_up(std::string_view typed, const std::string& folder) {
  using protocol::ErrorCode;
  const auto text = as_typed_address(typed);
  if (!source_)
    return protocol::refuse(ErrorCode::did_unreachable,
                            "this command cannot read from the network");
  std::string wanted_version;
  std::string did_text(text);
  std::unique_ptr<crawler::Source> copy;
  if (!folder.empty()) {
    const auto log_text = read_file_if_there(std::filesystem::path(folder) / "did.jsonl");
    if (!log_text || log_text->size() > protocol::kMaxDidLogBytes)
      return protocol::refuse(ErrorCode::did_unreachable, folder + " has no did.jsonl");
    ASSIGN_OR_RETURN(const auto log, protocol::resolve_did_log(*log_text, "", "", clock_.now()));
    did_text = log.current().did;
    Feed feed;
    feed.did = did_text;
    copy = published_copy(feed, folder, *source_);
  } else if (is_host_name(text)) {
    ASSIGN_OR_RETURN(const auto url, publisher_of_domain(*source_, text));
    return look_up(url);
  }
  if (text.starts_with("kith1:")) {
    const auto hash = text.find('#');
    if (hash == std::string::npos)
      return protocol::refuse(ErrorCode::did_syntax,
                              "the line lacks its version, the part behind #");
    did_text = text.substr(6, hash - 6);
    wanted_version = text.substr(hash + 1);
  } else if (text.starts_with("https://")) {
    std::string place = text;
    if (place.ends_with("/did.jsonl")) place.resize(place.size() - 10);
    while (place.ends_with('/')) place.pop_back();
    ASSIGN_OR_RETURN(const auto answer,
                     source_->get({place + "/did.jsonl", protocol::kMaxDidLogBytes, ""}));
    // Only to know the name: all of it is read and verified below.
    ASSIGN_OR_RETURN(const auto scid, protocol::claimed_scid(answer.body));
    // The folder of a bare host is its /.well-known.
    constexpr std::string_view kOfBareHost = "/.well-known";
    if (place.ends_with(kOfBareHost)) place.resize(place.size() - kOfBareHost.size());
    ASSIGN_OR_RETURN(const auto expected, protocol::did_from_folder_url(place, scid));
    did_text = protocol::format_did(expected);
  }
  RETURN_IF_REFUSED(protocol::parse_did(did_text));
  crawler::KnownFeed nothing;
  nothing.did = did_text;
  nothing.root_at = [](std::uint64_t) { return protocol::empty_root(); };
  nothing.is_live = [](const std::string&) { return false; };
  nothing.leaves = [](std::uint64_t, std::uint64_t) { return std::vector<protocol::Bytes>(); };
  auto reading = crawler::read_feed(copy ? *copy : *source_, nothing, clock_.now());
  if (!reading.update) return tl::unexpected(reading.update.error());
  const auto& update = *reading.update;
  if (!wanted_version.empty() && !update.log.has_version(wanted_version)) {
    return protocol::refuse(ErrorCode::did_fork, "its identity log does not have the version " +
                                                     wanted_version + " that the line names");
  }
  FoundPublisher found{
      update.keys.did, update.log.scid, update.log.current().version_id, "", "", {}};
  for (const auto& record : update.records) {
    if (!record.document || record.document->envelope().type != protocol::DocumentType::publisher)
      continue;
    if (const auto card = protocol::read_publisher_card(record.document->envelope())) {
      found.name = card->name;
      found.kind = card->kind;
      found.area = card->area;
    }
  }
  return found;
}

protocol::Result<PublicCopy> Node::read_public_copy() const {
  using protocol::ErrorCode;
  std::string did;
  for (const auto& feed : read([](StoreQueries& store) { return store.feeds(); })) {
    if (feed.own) did = feed.did;
  }
  if (did.empty())
    return protocol::refuse(ErrorCode::config_invalid, "this node has no publisher of its own");
  if (!source_)
    return protocol::refuse(ErrorCode::did_unreachable,
                            "this command cannot read from the network");
  crawler::KnownFeed nothing;
  nothing.did = did;
  nothing.large = true;  // one's own may be as large as it is
  nothing.root_at = [](std::uint64_t) { return protocol::empty_root(); };
  nothing.is_live = [](const std::string&) { return false; };
  nothing.leaves = [](std::uint64_t, std::uint64_t) { return std::vector<protocol::Bytes>(); };
  auto reading = crawler::read_feed(*source_, nothing, clock_.now());
  if (!reading.update) return tl::unexpected(reading.update.error());
  auto& update = *reading.update;
  PublicCopy copy{update.keys.epoch,         update.frontier.size(), update.frontier.root(),
                  std::move(update.did_log), update.heartbeat,       {}};
  if (update.trouble) copy.troubled.emplace_back("the log", *update.trouble);
  for (const auto& record : update.records) {
    if (record.problem) copy.troubled.emplace_back(record.id, *record.problem);
  }
  return copy;
}

}  // namespace node
