#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "node/clock.h"
#include "node/publish/keys.h"
#include "node/store/store.h"
#include "protocol/document/listing.h"
#include "protocol/document/recognition.h"
#include "protocol/identity/did.h"
#include "protocol/identity/did_log.h"
#include "protocol/log/note.h"

namespace node {

/// What `kith init` is told.
struct NewPublisher {
  std::string name;
  std::string folder_url;  ///< where the folder will be readable: "https://chapter.test/o/main"
  std::string kind;        ///< vocabulary publisher_kinds
  std::vector<std::string> area;
  std::string homepage, contact;
  std::string language = "en";
  std::string data_license = "CC-BY-4.0";
  std::string api_url;  ///< of a node that serves searches; empty for a folder of static files
  std::filesystem::path recovery_sheet;  ///< where to write it: outside the data folder
};

/// One record to be signed, or ended.
struct Draft {
  enum class What { put, end };
  What what = What::put;
  std::string id;  ///< urn:uuid; empty: a new one is made
  protocol::DocumentType type = protocol::DocumentType::listing;
  protocol::Json subject;  ///< of a put
  std::optional<protocol::Timestamp>
      valid_until;                ///< of a recognition; otherwise it follows from the subject
  std::string why = "withdrawn";  ///< of an end
};

/// What was refused of one draft: nothing of the batch was published then.
struct DraftProblems {
  std::size_t draft = 0;  ///< index
  std::vector<protocol::Problem> problems;
};

/// What a live own record says, from its stored text. Throws DataError(storage_damaged) when that
/// is not the one that its entry names: what somebody wrote into the database must never be signed.
protocol::Envelope own_envelope_of(const StoreQueries& store, const Record& record);
/// The note of `frontier` with the lines of both keys, stamped `now` (SPEC 5.5).
std::string sign_own_checkpoint(const std::string& scid, std::uint64_t epoch,
                                const protocol::Frontier& frontier, const NodeKeys& keys,
                                protocol::Timestamp now);
/// This node's own feed with its identity, verified once more. Throws DataError where there is
/// none.
struct OwnFeed {
  Feed feed;
  protocol::DidLog log;
  protocol::PublisherKeys keys;
};
OwnFeed own_feed_of(const StoreQueries& store);
/// Whether `file` would lie in `folder` or below it: where a recovery sheet must not be.
bool is_inside(const std::filesystem::path& file, const std::filesystem::path& folder);

/// Signs and publishes this node's own records. Owned by the thread that owns the store.
class Publisher {
 public:
  /// Makes identity, keys, recovery sheet and an empty feed, and publishes the publisher card.
  /// Throws DataError when there is one.
  static void create(Store& store, const NewPublisher& wanted, protocol::Timestamp now);

  /// Throws DataError when the store has no own feed or the keys do not fit it. Finishes a change
  /// of keys that was cut off (load_keys_for()).
  explicit Publisher(Store& store);

  const std::string& did() const { return did_; }
  const std::string& scid() const { return scid_; }
  std::string name() const;
  /// The identity was given up (`kith deactivate`): publish() throws DataError(did_deactivated).
  bool is_deactivated() const { return deactivated_; }
  /// Every place that this identity has had, the present one first.
  const std::vector<protocol::Did>& places() const { return places_; }
  /// Its own contact, or its homepage: stands in where a listing names neither. May be empty.
  std::string contact() const;
  /// "kith1:<DID>#<newest version>": for paper, mail or the association's page.
  std::string line() const;
  protocol::ListingDefaults listing_defaults(protocol::Timestamp now) const;
  /// This node's own cosignature, by `#node`, of the text of a checkpoint. Whoever asks has
  /// persisted what it says before (SPEC 5.6).
  protocol::NoteSignature cosign(std::string_view text, protocol::Timestamp now) const;
  /// The folder of files as it is served: DATA/public.
  std::filesystem::path public_folder() const { return store_.folder() / "public"; }

  /// What a live record of one's own says, for changing and signing it again: own_envelope_of().
  protocol::Envelope own_envelope(const Record& record) const;

  /// Checks all drafts, then signs, commits and publishes them in this order (SPEC 6.1). All or
  /// nothing: with problems nothing was written. On success the ids stand in the drafts.
  std::vector<DraftProblems> publish(std::vector<Draft>& drafts, protocol::Timestamp now);

  /// Writes the files again (what an interrupted run left undone, or into another folder) with a
  /// new time stamp when the newest is older than `refresh_after`.
  void write_files(const std::filesystem::path& folder, protocol::Timestamp now,
                   std::chrono::seconds refresh_after,
                   const std::function<void(std::size_t, std::size_t)>& progress = {});
  /// Writes the public folder where an earlier command was cut off between its commit and the
  /// files. For commands that find nothing left to do: their first run may be why.
  void finish_files(protocol::Timestamp now);

 private:
  Publisher(Store& store, const OwnFeed& own);
  std::string signed_checkpoint(const protocol::Frontier& frontier, protocol::Timestamp now) const;
  Feed own_feed() const;

  Store& store_;
  NodeKeys keys_;
  std::string did_, scid_;
  std::uint64_t epoch_ = 0;
  bool deactivated_ = false;
  std::vector<protocol::Did> places_;
};

}  // namespace node
