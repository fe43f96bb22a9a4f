#include "node/visibility.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "node/checks/policy_setting.h"
#include "node/checks/run_checks.h"
#include "node/feed_state.h"
#include "node/schedule/next_dates.h"
#include "protocol/document/credential.h"
#include "protocol/document/listing.h"
#include "protocol/document/recognition.h"
#include "protocol/limits.h"

namespace node {

namespace {

/// Checks depend on the day: confirmations age, vouches come to their end.
constexpr std::chrono::hours kVisibilityCheckedFor{20};
/// So many are read again for that in one judging, so that no judging of a large node is slow.
constexpr std::size_t kVisibilityRechecks = 2'000;
/// How far ahead sorting by the next meeting looks.
constexpr std::chrono::days kVisibilityMeetingWithin{60};

/// The start of the next meeting; where no zone is stated, as if its clock were that of UTC.
std::optional<protocol::Timestamp> visibility_next_meeting(const protocol::Listing& listing,
                                                           protocol::Timestamp now) {
  // Without a zone the first of the dates may be one that has passed by the clock of UTC.
  constexpr std::size_t kDates = 3;
  for (const auto& date : next_dates(listing, now, kDates).dates) {
    const auto at = date.utc.value_or(protocol::Timestamp(
        std::chrono::floor<std::chrono::seconds>(date.local).time_since_epoch()));
    if (at >= now) return at <= now + kVisibilityMeetingWithin ? std::optional(at) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

/// Does the judging; a class only so that Visibility's members stay private to everybody else.
class VisibilityMaker {
 public:
  VisibilityMaker(const StoreQueries& store, const Visibility& before, protocol::Timestamp now,
                  const Recheck& recheck)
      : store_(store), records_(store.database()), before_(before), now_(now), recheck_(recheck) {
    change_.now.policy_ = chosen_policy(store);
  }

  VisibilityChange make() {
    load_publishers();
    load_edges();
    const protocol::TrustGraph graph(anchors_, issuers_, edges_, now_);
    name_publishers(graph);
    find_disputes(graph);
    discover(graph);
    judge_listings(graph);
    for (const auto& [key, entry] : before_.entries_) {
      const auto still = change_.now.entries_.find(key);
      const bool stays = still != change_.now.entries_.end() && still->second.standing.shown;
      if (entry.standing.shown && !stays) change_.removed.push_back(key);
    }
    find_similar();
    find_same_groups();
    return std::move(change_);
  }

 private:
  const Denials& denied() const { return change_.now.denials_; }

  void load_publishers() {
    change_.now.denials_ = Denials(store_, now_);
    for (auto& feed : store_.feeds()) {
      protocol::Issuer issuer;
      issuer.scid = feed.scid;
      issuer.deadline = freshness_deadline(feed);
      const auto state = feed_state(feed, now_);
      issuer.usable = state == FeedState::ok || state == FeedState::stale;
      if (state == FeedState::quarantined) {
        issuer.why_not = feed.trouble ? feed.trouble->code : protocol::ErrorCode::equivocation;
      } else if (feed.trouble && feed.trouble->code == protocol::ErrorCode::did_deactivated) {
        issuer.usable = false;
        issuer.why_not = protocol::ErrorCode::did_deactivated;
      }
      if (denied().covers_publisher(feed.scid)) {
        issuer.usable = false;
        issuer.why_not = protocol::ErrorCode::denied;
      }
      issuer.versions = protocol::stored_version_ids(feed.did_log);
      auto& facts = change_.now.publishers_[feed.scid];
      facts.own = feed.own;
      facts.followed_by_hand = feed.followed;
      facts.read_at = feed.last_success;
      facts.key_changed_at = signing_key_changed(feed.did_log);
      if (const auto did = protocol::parse_did(feed.did)) facts.domain = did->host;
      issuers_.push_back(std::move(issuer));
      feeds_.emplace(feed.scid, std::move(feed));
    }
    anchors_ = store_.anchors();
  }

  void load_edges() {
    store_.for_each_record("recognition", StoreQueries::Texts::include, [&](const Record& record) {
      if (denied().covers_record(record.key)) return;
      const auto envelope = protocol::read_envelope(record.document);
      if (!envelope) return;
      auto recognition = protocol::read_recognition(*envelope);
      if (!recognition) return;
      const auto subject = protocol::parse_did(recognition->subject_did);
      if (!subject) return;
      if (now_ >= record.shown_until()) {
        if (denied().covers_publisher(record.key.scid)) return;  // a page would name it
        // What is over counts as the reason why nothing is shown (edge_expired), and not against
        // what is in force.
        const auto facts = change_.now.publishers_.find(subject->scid);
        if (facts != change_.now.publishers_.end() &&
            facts->second.vouch_ended_at.value_or(protocol::Timestamp{}) < record.shown_until()) {
          facts->second.vouch_ended_at = record.shown_until();
          facts->second.vouch_ended_by = record.key.scid;  // a name once all are known
        }
      } else if (++recognitions_of_[record.key.scid] > protocol::kMaxRecognitionsPerIssuer) {
        // A recognizer gone wild must not make every judging slow.
        return;
      }
      edges_.push_back({record.key.scid, subject->scid, record.key.urn(), envelope->valid_from,
                        std::min(envelope->valid_until, record.shown_until()),
                        std::move(*recognition)});
      edge_positions_.push_back(record.document_position);
    });
    store_.for_each_record("publisher", StoreQueries::Texts::include, [&](const Record& record) {
      if (denied().covers(record.key)) return;
      const auto envelope = protocol::read_envelope(record.document);
      if (!envelope) return;
      if (const auto card = protocol::read_publisher_card(*envelope))
        own_names_[record.key.scid] = card->name;
    });
  }

  std::string self_given_name(const std::string& scid) const {
    const auto found = own_names_.find(scid);
    return found == own_names_.end() ? scid : found->second;
  }

  void name_publishers(const protocol::TrustGraph& graph) {
    for (const auto& [scid, feed] : feeds_) {
      std::string name = self_given_name(scid);
      // Asked without any area: only who leads there matters here, not for which listings.
      if (const auto path = graph.best(scid, {}); path && !path->edges.empty()) {
        const auto& vouched = edges_[path->edges.back()].recognition.name;
        if (!vouched.empty()) name = vouched;
      }
      change_.now.names_[scid] = std::move(name);
    }
    for (auto& [scid, facts] : change_.now.publishers_) {
      if (facts.vouch_ended_at)
        facts.vouch_ended_by = change_.now.publisher_name(facts.vouch_ended_by);
    }
  }

  /// A recognizer that counts names a version that its subject's log here lacks: one of the two
  /// histories is false or cut. Where the log is only shorter, it must have been read since.
  void find_disputes(const protocol::TrustGraph& graph) {
    std::map<std::string_view, const std::vector<std::string>*> versions;
    for (const auto& issuer : issuers_) versions.emplace(issuer.scid, &issuer.versions);
    for (const auto& edge : edges_) {
      const auto& pin = edge.recognition.at_version;
      const auto subject = versions.find(edge.to);
      if (!pin || subject == versions.end() || now_ < edge.valid_from || now_ >= edge.valid_until)
        continue;
      const auto& ids = *subject->second;
      const auto number = pin->substr(0, pin->find('-'));
      const auto& feed = feeds_.at(edge.to);
      if (ids.empty() || std::find(ids.begin(), ids.end(), *pin) != ids.end()) continue;
      const bool has_another = std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
        return id.substr(0, id.find('-')) == number;
      });
      const bool read_since =
          feed.own || (feed.last_success && *feed.last_success >= edge.valid_from);
      if (!has_another && !read_since) continue;
      if (!feeds_.at(edge.from).own && !graph.best(edge.from, {})) continue;
      change_.now.disputed_.try_emplace(
          edge.to, protocol::Error{
                       protocol::ErrorCode::did_fork,
                       change_.now.publisher_name(edge.from) + " recognizes the version " + *pin +
                           " of its identity, and the log read here " +
                           (has_another ? "has another one at that place" : "does not have it")});
    }
  }

  /// Found by a recognition, and read at no place that one named.
  static bool is_never_found(const Feed& feed) {
    return !feed.own && !feed.followed && feed.did_log.empty() && feed.trouble;
  }

  void discover(const protocol::TrustGraph& graph) {
    std::map<std::string, std::set<std::string>> places;  // by publisher: where its recognizers say
    std::set<std::string> without_pin;
    auto& named = change_.now.named_versions_;
    for (const auto& edge : edges_) {
      const auto feed = feeds_.find(edge.to);
      if ((feed != feeds_.end() && !feed->second.did_log.empty()) ||
          denied().covers_publisher(edge.to))
        continue;
      if (!edge.recognition.to_issue || edge.recognition.constraint_error ||
          now_ < edge.valid_from || now_ >= edge.valid_until || !graph.best(edge.from, {}))
        continue;
      if (edge.recognition.at_version) {
        named[edge.to].push_back(*edge.recognition.at_version);
      } else {
        without_pin.insert(edge.to);
      }
      if (feed == feeds_.end() && !places.contains(edge.to)) {
        change_.now.to_discover_.emplace_back(edge.to, edge.recognition.subject_did);
        ++change_.now.named_by_[edge.from];
      }
      places[edge.to].insert(edge.recognition.subject_did);
    }
    for (const auto& scid : without_pin) named.erase(scid);
    // One recognizer's word, false or old, must keep nobody from being found where others say.
    for (const auto& [scid, said] : places) {
      const auto feed = feeds_.find(scid);
      if (feed == feeds_.end() || !is_never_found(feed->second)) continue;
      auto next = said.upper_bound(feed->second.did);
      if (next == said.end()) next = said.begin();
      if (*next != feed->second.did) change_.now.to_discover_.emplace_back(scid, *next);
    }
  }

  std::vector<Voucher> vouchers(const protocol::Path& path) const {
    std::vector<Voucher> steps;
    for (std::size_t i = 0; i < path.scids.size(); ++i) {
      std::string name = i == 0 ? std::string() : edges_[path.edges[i - 1]].recognition.name;
      if (name.empty()) name = self_given_name(path.scids[i]);
      Voucher step{path.scids[i], std::move(name), std::nullopt};
      if (i > 0) step.recognition = edge_positions_[path.edges[i - 1]];
      steps.push_back(std::move(step));
    }
    return steps;
  }

  Standing judge(const protocol::TrustGraph& graph, const Record& record,
                 const std::vector<std::string>& area) const {
    Standing standing;
    const auto& feed = feeds_.at(record.key.scid);
    standing.own = feed.own;
    standing.being_updated = record.is_being_updated();
    standing.shown_until = record.shown_until();
    const auto hide = [&](protocol::ErrorCode code, std::string detail) {
      standing.why_not = protocol::Error{code, std::move(detail)};
      return standing;
    };
    if (denied().covers(record.key)) {
      return hide(protocol::ErrorCode::denied, "this node's operator does not show it");
    }
    if (now_ >= standing.shown_until) {
      return record.is_being_updated()
                 ? hide(record.trouble ? record.trouble->code : protocol::ErrorCode::doc_missing,
                        "its newer text could not be had for a day")
                 : hide(
                       protocol::ErrorCode::doc_expired,
                       "it was valid until " + protocol::format_timestamp(record.document_expires));
    }
    auto path = graph.best(record.key.scid, area);
    if (path) {
      standing.path = vouchers(*path);
      for (const auto edge : path->edges) {
        const auto end = edges_[edge].valid_until;
        standing.recognized_until = std::min(standing.recognized_until.value_or(end), end);
        standing.recognized_at = edges_[edge].valid_from;
      }
      standing.anchors = graph.anchors_reaching(record.key.scid, area);
      if (!feed.own) standing.shown_until = std::min(standing.shown_until, path->expires);
    } else if (!feed.own) {
      if (!is_let_in_without_path(feed)) {
        standing.why_not = path.error();
        return standing;
      }
      standing.shown_until = std::min(standing.shown_until, freshness_deadline(feed));
    }
    standing.shown = true;
    return standing;
  }

  /// Two policies show what nobody vouches for, marked so. A feed must be alive for that, too.
  bool is_let_in_without_path(const Feed& feed) const {
    const auto& policy = change_.now.policy_;
    const auto state = feed_state(feed, now_);
    if (state != FeedState::ok && state != FeedState::stale) return false;
    if (feed.trouble && feed.trouble->code == protocol::ErrorCode::did_deactivated) return false;
    return policy.shows_everybody || (policy.trusts_follows && feed.followed);
  }

  /// Whether the checks of a listing that did not change have to be run again now.
  bool is_check_due(const RecordKey& key, const Visibility::Entry& before) {
    if (policy_changed_ || recheck_.contains({key.scid, key.urn()}) ||
        recheck_.contains({key.scid, ""}))
      return true;
    const bool has_met = before.next_meeting && *before.next_meeting < now_;
    if (!has_met && now_ < before.checked_at + kVisibilityCheckedFor && now_ >= before.checked_at)
      return false;
    return ++rechecks_ <= kVisibilityRechecks;
  }

  /// What the policy says to the listing as it stands now. Listings that are similar are those of
  /// the state before: a double that comes with this one counts at the next turn.
  std::vector<protocol::Check> objections(const RecordKey& key, const Record& record,
                                          const protocol::Envelope& envelope,
                                          const protocol::Listing& listing,
                                          const Visibility::Entry& entry) {
    std::vector<protocol::SimilarListing> similar;
    for (const auto& other : before_.similar_->similar_to(key, *entry.traits))
      similar.push_back({before_.listing_name(other), before_.publisher_name(other.scid)});
    const auto name = change_.now.publisher_name(key.scid);
    const auto results = run_checks(records_,
                                    {key, envelope, listing, record.document, entry.standing, name,
                                     change_.now.publisher_facts(key.scid), similar},
                                    change_.now.policy_.numbers, now_);
    return protocol::policy_objections(results, change_.now.policy_,
                                       change_.now.publisher_facts(key.scid).followed_by_hand);
  }

  void find_similar() {
    const bool same = change_.put.empty() && change_.removed.empty();
    if (same) {
      change_.now.similar_ = before_.similar_;
      return;
    }
    auto similar = std::make_shared<SimilarListings>();
    for (const auto& [key, entry] : change_.now.entries_) {
      if (entry.standing.shown && entry.traits) similar->add(key, entry.traits);
    }
    change_.now.similar_ = std::move(similar);
  }

  /// One name and one page or form, each publisher with one such listing: two chapters that list
  /// the same group. A chapter with two groups of one name behind one page keeps both.
  void find_same_groups() {
    auto& entries = change_.now.entries_;
    if (change_.put.empty() && change_.removed.empty() && recheck_.empty()) {
      change_.now.same_groups_ = before_.same_groups_;
      return;
    }
    std::unordered_map<std::string, std::vector<RecordKey>> alike;
    for (auto& [key, entry] : entries) {
      if (!entry.standing.shown || !entry.traits || entry.traits->name.empty() ||
          entry.traits->home.empty())
        continue;
      // A group of survivors is named beside no other group.
      alike[entry.traits->name + "\n" + entry.traits->home + "\n" + entry.traits->place +
            (entry.traits->survivors ? "\nsurvivors" : "")]
          .push_back(key);
    }
    std::map<RecordKey, std::string> group_of;
    for (auto& [name, keys] : alike) {
      if (keys.size() < 2 || std::any_of(keys.begin(), keys.end(), [&](const RecordKey& key) {
            return is_found_different(key);
          }))
        continue;
      // Keys ascend, so that those of one publisher stand together.
      const auto twice = std::adjacent_find(
          keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.scid == b.scid; });
      if (twice != keys.end()) continue;
      for (const auto& key : keys) group_of[key] = name;
      change_.now.same_groups_[name] = std::move(keys);
    }
    std::map<RecordKey, SearchDocument*> put;
    for (auto& document : change_.put) put[document.key] = &document;
    std::vector<RecordKey> other;
    for (auto& [key, entry] : entries) {
      const auto found = group_of.find(key);
      auto group = found == group_of.end() ? std::string() : found->second;
      if (const auto document = put.find(key); document != put.end()) {
        document->second->same_group = group;
      } else if (entry.standing.shown && group != entry.same_group) {
        other.push_back(key);
      }
      entry.same_group = std::move(group);
    }
    for (const auto& key : other) {
      const auto whole = store_.record(key);
      const auto envelope = whole ? protocol::read_envelope(whole->document)
                                  : protocol::Result<protocol::Envelope>(
                                        protocol::refuse(protocol::ErrorCode::not_found, ""));
      if (!envelope) continue;
      auto listing = protocol::read_listing(envelope->subject);
      if (listing)
        change_.put.push_back(search_document(key, std::move(*listing), entries.at(key)));
    }
  }

  /// A person found that it is no double of another one.
  bool is_found_different(const RecordKey& key) {
    const auto notes = records_.notes(key);
    return std::any_of(notes.begin(), notes.end(), [](const protocol::CheckNote& note) {
      return note.check == protocol::Check::duplicate && !note.answer &&
             note.outcome == protocol::CheckOutcome::pass;
    });
  }

  SearchDocument search_document(const RecordKey& key, protocol::Listing listing,
                                 const Visibility::Entry& entry) const {
    SearchDocument document;
    document.key = key;
    document.listing = std::move(listing);
    document.visible_until = entry.standing.shown_until;
    document.publisher_name = change_.now.publisher_name(key.scid);
    document.next_meeting = entry.next_meeting;
    document.same_group = entry.same_group;
    document.left_out = !entry.standing.left_out_for.empty();
    return document;
  }

  void judge_listings(const protocol::TrustGraph& graph) {
    std::map<std::string, std::size_t> shown_of;
    policy_changed_ = !(change_.now.policy_ == before_.policy_);
    // Only texts that changed are read again: a large node judges a hundred thousand listings every
    // minute.
    store_.for_each_record("listing", StoreQueries::Texts::leave_out, [&](const Record& record) {
      const auto& feed = feeds_.at(record.key.scid);
      const auto known = before_.entries_.find(record.key);
      const bool same_text = known != before_.entries_.end() &&
                             known->second.position == record.document_position &&
                             known->second.epoch == feed.epoch;
      Visibility::Entry entry;
      entry.position = record.document_position;
      entry.epoch = feed.epoch;
      std::optional<Record> whole;
      std::optional<protocol::Envelope> envelope;
      std::optional<protocol::Listing> listing;
      const auto read = [&] {
        if (listing) return;
        whole = store_.record(record.key);
        if (!whole) return;
        auto read_envelope = protocol::read_envelope(whole->document);
        if (!read_envelope) return;
        envelope = std::move(*read_envelope);
        if (auto result = protocol::read_listing(envelope->subject)) listing = std::move(*result);
      };
      if (same_text) {
        entry.area = known->second.area;
        entry.traits = known->second.traits;
        entry.name = known->second.name;
        entry.same_group = known->second.same_group;
        entry.next_meeting = known->second.next_meeting;
      } else {
        read();
        if (!listing)
          return;  // it was checked before it was stored; a damaged row is for `kith doctor`
        entry.area = listing->area;
        entry.traits = std::make_shared<const protocol::SimilarityTraits>(
            protocol::similarity_traits(*listing));
        entry.name = listing->name;
      }
      entry.standing = judge(graph, record, entry.area);
      const bool as_before =
          same_text && known->second.standing.shown &&
          known->second.standing.shown_until == entry.standing.shown_until &&
          before_.publisher_name(record.key.scid) == change_.now.publisher_name(record.key.scid);
      if (entry.standing.shown) {
        ++shown_of[record.key.scid];
        bool in_index = as_before;
        const bool check =
            !as_before ||
            known->second.standing.recognized_until != entry.standing.recognized_until ||
            is_check_due(record.key, known->second);
        if (check) {
          read();
          if (!listing) return;
          entry.checked_at = now_;
          entry.standing.left_out_for = objections(record.key, *whole, *envelope, *listing, entry);
          in_index = in_index && entry.standing.left_out_for.empty() ==
                                     known->second.standing.left_out_for.empty();
          entry.next_meeting = visibility_next_meeting(*listing, now_);
          in_index = in_index && entry.next_meeting == known->second.next_meeting;
        } else {
          entry.checked_at = known->second.checked_at;
          entry.standing.left_out_for = known->second.standing.left_out_for;
        }
        if (!in_index) {
          change_.put.push_back(search_document(record.key, std::move(*listing), entry));
        }
      } else {
        change_.now.hidden_.try_emplace(record.key.scid, *entry.standing.why_not);
      }
      change_.now.entries_.emplace(record.key, std::move(entry));
    });
    for (const auto& [scid, count] : shown_of) {
      if (count > 0) change_.now.hidden_.erase(scid);
    }
  }

  const StoreQueries& store_;
  CheckRecords records_;
  const Visibility& before_;
  protocol::Timestamp now_;
  const Recheck& recheck_;
  bool policy_changed_ = false;
  std::size_t rechecks_ = 0;
  VisibilityChange change_;
  std::map<std::string, Feed> feeds_;
  std::vector<protocol::Issuer> issuers_;
  std::vector<protocol::Anchor> anchors_;
  std::vector<protocol::Edge> edges_;
  std::vector<std::uint64_t> edge_positions_;  // of each edge: its entry in the recognizer's feed
  std::map<std::string, std::string> own_names_;
  std::map<std::string, std::size_t> recognitions_of_;
};

VisibilityChange judge_visibility(const StoreQueries& store, const Visibility& before,
                                  protocol::Timestamp now, const Recheck& recheck) {
  return VisibilityMaker(store, before, now, recheck).make();
}

const PublisherFacts& Visibility::publisher_facts(const std::string& scid) const {
  static const PublisherFacts nothing;
  const auto found = publishers_.find(scid);
  return found == publishers_.end() ? nothing : found->second;
}

std::vector<RecordKey> Visibility::similar_to(const RecordKey& key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end() || !found->second.traits) return {};
  return similar_->similar_to(key, *found->second.traits);
}

std::vector<RecordKey> Visibility::same_group_as(const RecordKey& key) const {
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return {};
  const auto found = same_groups_.find(entry->second.same_group);
  if (found == same_groups_.end()) return {};
  auto others = found->second;
  std::erase(others, key);
  return others;
}

std::string Visibility::listing_name(const RecordKey& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? std::string() : found->second.name;
}

std::optional<Standing> Visibility::standing(const RecordKey& key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  return found->second.standing;
}

std::string Visibility::publisher_name(const std::string& scid) const {
  const auto found = names_.find(scid);
  return found == names_.end() ? scid : found->second;
}

std::optional<protocol::Error> Visibility::publisher_hidden(const std::string& scid) const {
  const auto found = hidden_.find(scid);
  if (found == hidden_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> Visibility::named_versions(const std::string& scid) const {
  const auto found = named_versions_.find(scid);
  return found == named_versions_.end() ? std::vector<std::string>() : found->second;
}

std::optional<protocol::Error> Visibility::disputed(const std::string& scid) const {
  const auto found = disputed_.find(scid);
  if (found == disputed_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::pair<std::string, std::size_t>> Visibility::names_most() const {
  const auto most =
      std::max_element(named_by_.begin(), named_by_.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == named_by_.end()) return std::nullopt;
  return std::pair<std::string, std::size_t>(*most);
}

std::size_t Visibility::shown() const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [](const auto& entry) { return entry.second.standing.shown; }));
}

}  // namespace node
