#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/encoding/bytes.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "protocol/result.h"

// C2SP tlog-proof (SPEC 5.7): that one entry is in a log, in a text that needs nothing else but the
// log's key.

namespace protocol {

// SPEC 8.1
inline constexpr std::size_t kMaxTlogProofHashes = 63;
/// Of a proof's text: the note and, before it, extra data and hashes.
inline constexpr std::size_t kMaxTlogProofBytes = kMaxNoteBytes + 8 * 1024;

struct TlogProof {
  /// Whatever the maker wrote there. Nothing signs it, so nothing may be believed because of it.
  std::optional<Bytes> extra;
  std::uint64_t index = 0;   ///< of the entry, from 0; below 2^53
  std::vector<Hash> hashes;  ///< from the leaf's sibling up to the child of the root
  std::string checkpoint;    ///< the signed note, verbatim

  bool operator==(const TlogProof&) const = default;
};

/// Strict in form; nothing is verified, and `checkpoint` is only a text that is not empty. Refuses
/// with note_syntax, naming the line.
Result<TlogProof> parse_tlog_proof(std::string_view text);
std::string format_tlog_proof(const TlogProof& proof);

/// What a proof leads to.
struct ProvenCheckpoint {
  Note note;
  Checkpoint checkpoint;
};
/// Proves that the entry with leaf hash `leaf` stands at `proof.index` in the log that `log` signs.
/// Refuses with note_syntax, origin_mismatch, sig_unknown or sig_bad for the checkpoint, with
/// corrupt_mirror when the hashes do not lead from the leaf to the signed root: they are no proof,
/// and the log's owner need not be to blame.
Result<ProvenCheckpoint> verify_tlog_proof(const TlogProof& proof, const Hash& leaf,
                                           const NoteKey& log);

}  // namespace protocol
