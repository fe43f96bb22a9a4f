#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "node/checks/publisher_facts.h"
#include "node/checks/similar_listings.h"
#include "node/denials.h"
#include "node/record_key.h"
#include "node/search/index.h"
#include "node/store/store.h"
#include "protocol/trust/check_policy.h"
#include "protocol/trust/path.h"

// Which of the stored listings are shown, and who vouches for them (SPEC 7).

namespace node {

/// One step of a path of recognition, for showing it in words.
struct Voucher {
  std::string scid;
  std::string name;  ///< what the one before it calls it; of the anchor: what it calls itself
  /// Which entry of the feed of the one before it recognizes it; of the anchor: nothing.
  std::optional<std::uint64_t> recognition = std::nullopt;
};

/// How one listing stands.
struct Standing {
  bool shown = false;
  std::optional<protocol::Error> why_not;  ///< when it is not
  bool own = false;                        ///< of this node's own publisher
  std::vector<Voucher>
      path;  ///< anchor first, publisher last; empty for an own listing without a path
  /// The earliest end of the recognitions on the path; nothing where it has none.
  std::optional<protocol::Timestamp> recognized_until;
  /// When the last of them, the publisher's own, was signed.
  std::optional<protocol::Timestamp> recognized_at;
  protocol::Timestamp shown_until = protocol::Timestamp::max();
  std::size_t anchors = 0;     ///< how many distinct anchors a path leads from
  bool being_updated = false;  ///< an older text is shown while the newer one cannot be had
  /// It is shown and stays out of the results, for these checks, until a search asks for what the
  /// node's policy leaves out.
  std::vector<protocol::Check> left_out_for;
};

/// A state of the whole, made by one thread and then only read.
class Visibility {
 public:
  std::optional<Standing> standing(const RecordKey& key) const;
  /// What a publisher is called: by its recognizer where a path leads to it, else by itself, else
  /// its SCID.
  std::string publisher_name(const std::string& scid) const;
  /// Why this publisher's listings are not shown, if none of them is; for `kith status`.
  std::optional<protocol::Error> publisher_hidden(const std::string& scid) const;
  std::size_t shown() const;
  /// What the operator does not show, as of this state.
  const Denials& denials() const { return denials_; }
  /// Where a recognizer that counts names a version that the publisher's identity log here lacks:
  /// `did_fork` with who says so. That edge is void; nothing else is (docs/decisions/0029).
  std::optional<protocol::Error> disputed(const std::string& scid) const;
  /// What this state was judged by.
  const protocol::CheckPolicy& policy() const { return policy_; }
  const PublisherFacts& publisher_facts(const std::string& scid) const;
  /// Other shown listings that look like the same group.
  std::vector<RecordKey> similar_to(const RecordKey& key) const;
  /// Shown listings of other publishers that are this very group by the rule of SPEC 10.4.
  std::vector<RecordKey> same_group_as(const RecordKey& key) const;
  /// The name of a stored listing; empty where it is not here.
  std::string listing_name(const RecordKey& key) const;
  /// Who recognizes the most of to_discover(), and how many; nothing where there are none.
  std::optional<std::pair<std::string, std::size_t>> names_most() const;
  /// Publishers that a valid path leads to and whose feed is not here yet: SCID and DID.
  const std::vector<std::pair<std::string, std::string>>& to_discover() const {
    return to_discover_;
  }
  /// The versions of its identity log that the recognitions name which lead to a publisher that was
  /// never read; empty where one of them names none.
  std::vector<std::string> named_versions(const std::string& scid) const;

 private:
  friend class VisibilityMaker;
  struct Entry {
    std::uint64_t position = 0;
    std::uint64_t epoch = 0;
    std::vector<std::string> area;
    Standing standing;
    protocol::Timestamp checked_at{};
    SimilarListings::Traits traits;
    std::string name;
    /// When it meets next, for sorting; past: to be worked out anew.
    std::optional<protocol::Timestamp> next_meeting;
    std::string same_group;  ///< as SearchDocument's
  };
  std::map<RecordKey, Entry> entries_;
  std::map<std::string, std::string> names_;
  std::map<std::string, protocol::Error> hidden_;
  std::map<std::string, protocol::Error> disputed_;
  Denials denials_;
  std::map<std::string, PublisherFacts> publishers_;
  /// Only groups that more than one publisher lists.
  std::map<std::string, std::vector<RecordKey>> same_groups_;
  std::shared_ptr<const SimilarListings> similar_ = std::make_shared<const SimilarListings>();
  protocol::CheckPolicy policy_ = protocol::default_policy();
  std::vector<std::pair<std::string, std::string>> to_discover_;
  std::map<std::string, std::vector<std::string>> named_versions_;
  std::map<std::string, std::size_t> named_by_;  // of to_discover_: by whom, and how many
};

/// What changed between two states, for the search index.
struct VisibilityChange {
  Visibility now;
  std::vector<SearchDocument> put;
  std::vector<RecordKey> removed;
};

/// Whose checks must be run again at once: a record, or a whole publisher (empty id).
using Recheck = std::set<std::pair<std::string, std::string>>;

/// Judges every stored listing at `now`. What `before` knew of an unchanged text is not read again,
/// but for the checks: those are run again after a change of text, standing or policy, for
/// `recheck`, and in turn for all at least once a day.
VisibilityChange judge_visibility(const StoreQueries& store, const Visibility& before,
                                  protocol::Timestamp now, const Recheck& recheck = {});

}  // namespace node
