#pragma once

#include <optional>
#include <span>
#include <vector>

#include "node/record_key.h"
#include "node/store/store.h"
#include "protocol/trust/checks.h"

// What people and probes of this node found out about listings. A key without a UUID means the
// publisher as a whole. Nothing here is ever signed or handed to other nodes.

namespace node {

struct StoredNote {
  RecordKey key;
  protocol::CheckNote note;
};

/// All of them, by publisher and listing.
std::vector<StoredNote> all_check_notes(Database& database);
/// Puts one finding or answer in the place of the one before.
void put_check_note(Database& database, const RecordKey& key, const protocol::CheckNote& note);
/// Takes one back; says whether there was one.
bool remove_check_note(Database& database, const RecordKey& key, protocol::Check check,
                       bool answer);

/// Keeps when it last passed, also where it does not pass now.
void put_check_observation(Database& database, const RecordKey& key,
                           const protocol::CheckObservation& observation);

/// Remembers `now` for those of `keys` that this node has not had before. One transaction.
void put_first_seen(Database& database, std::span<const RecordKey> keys, protocol::Timestamp now);

struct OpenReports {
  std::size_t count = 0;
  std::optional<protocol::Timestamp> oldest;
  std::size_t upheld = 0;  ///< closed ones that the operator found to be right
  std::optional<protocol::Timestamp> upheld_at;  ///< the latest of them
  std::string upheld_reason;
};

/// Reads what is known of one listing after another. One thread at a time; `database` must outlive
/// it.
class CheckRecords {
 public:
  explicit CheckRecords(Database& database);

  /// Of the listing, with those of its publisher as a whole before them.
  std::vector<protocol::CheckNote> notes(const RecordKey& key);
  /// What probes saw of the listing and of its publisher.
  std::vector<protocol::CheckObservation> observations(const RecordKey& key);
  OpenReports open_reports(const RecordKey& key);
  /// When a reminder about one of this node's own listings was last answered.
  std::optional<protocol::Timestamp> last_reminder_answer(const RecordKey& key);

 private:
  Statement notes_, observations_, reports_, reminders_;
};

}  // namespace node
