#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/encoding/bytes.h"
#include "protocol/encoding/time.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "protocol/result.h"

// C2SP tlog-witness, add-checkpoint (SPEC 5.6): what a log sends to a witness, and what the witness
// makes of it. Nothing is stored or signed here.

namespace protocol {

inline constexpr std::size_t kMaxAddCheckpointBytes = 64 * 1024;  ///< SPEC 8.1

/// A request that was parsed and not yet judged.
struct AddCheckpoint {
  std::uint64_t old_size = 0;  ///< what the sender takes for the newest size that the witness knows
  std::vector<Hash> proof;     ///< that the checkpoint extends it; at most 63
  std::string note_bytes;      ///< the checkpoint as sent
  Note note;
  Checkpoint checkpoint;
};

/// "old N", the proof in base64, a blank line, the checkpoint; each line ended by LF, in one
/// spelling only. Refuses with too_large (over kMaxAddCheckpointBytes), bad_request or, for the
/// checkpoint, note_syntax.
Result<AddCheckpoint> parse_add_checkpoint(std::string_view body);
/// The body of a request. `proof` has at most 63 hashes; `note` is a signed checkpoint.
std::string format_add_checkpoint(std::uint64_t old_size, std::span<const Hash> proof,
                                  std::string_view note);

/// What a witness answers, each with one status of HTTP.
enum class AddCheckpointOutcome {
  cosigned,        ///< 200 and the witness's signature lines
  malformed,       ///< 400, also for an old size above the checkpoint's
  untrusted,       ///< 403: no line of the log's key, or one that does not verify
  unknown_origin,  ///< 404
  conflict,        ///< 409 and the size that the witness knows: the old size is another
  inconsistent,    ///< 422: the proof does not lead from the known root to this one
};
int http_status(AddCheckpointOutcome outcome);

/// The newest state of a log that a witness knows. Of a log never seen: 0 and the empty root.
struct LogHead {
  std::uint64_t size = 0;
  Hash root;

  bool operator==(const LogHead&) const = default;
};

/// Whose lines a checkpoint must, and may, have.
struct LogKeys {
  NoteKey log;
  std::optional<NoteKey>
      time_stamp;  ///< the publisher's own #node: checked where its line is there
};

struct AddCheckpointJudgement {
  /// `cosigned` when the witness may persist the checkpoint and then sign it.
  AddCheckpointOutcome outcome = AddCheckpointOutcome::malformed;
  std::string detail;  ///< for people; empty when cosigned
  /// The log's own key signed this size with another root than the one that is known.
  bool is_fork = false;
  /// Where untrusted: sig_unknown without a line of the log's key, else sig_bad.
  ErrorCode code = ErrorCode::bad_request;
};

/// Judges in this order: signatures (untrusted), old size above the checkpoint's (malformed), a log
/// of size 0 with another root than the empty one (inconsistent), old size other than
/// `known` (conflict), proof (inconsistent). `now` bounds the publisher's time stamp.
AddCheckpointJudgement judge_add_checkpoint(const AddCheckpoint& request, const LogKeys& keys,
                                            const LogHead& known, Timestamp now);

}  // namespace protocol
