#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/crypto/crypto.h"
#include "protocol/encoding/bytes.h"
#include "protocol/encoding/time.h"
#include "protocol/result.h"

// C2SP signed-note and tlog-cosignature (SPEC 5.4).

namespace protocol {

inline constexpr std::size_t kMaxNoteBytes = 128 * 1024;  ///< SPEC 8.1

struct NoteSignature {
  std::string name;      ///< of the key
  std::uint32_t key_id;  ///< first four bytes of the blob, big-endian
  Bytes blob;            ///< what follows the id
};

/// A note that was parsed and not yet verified.
struct Note {
  std::string text;  ///< with its last newline; what is signed
  std::vector<NoteSignature> signatures;
};

/// Strict: see SPEC 5.4. Refuses with note_syntax.
Result<Note> parse_note(std::string_view bytes);
/// The text must end with LF, names must be such as SPEC 5.4 allows.
std::string format_note(const Note& note);
/// One signature line with its LF.
std::string format_signature_line(const NoteSignature& signature);

/// Who may sign under which name. `kind` is the signature type byte: a log's own line, or a
/// cosignature with a time.
enum class NoteKeyKind : std::uint8_t { log = 0x01, cosignature = 0x04 };
struct NoteKey {
  std::string name;
  NoteKeyKind kind;
  PublicKey key;

  /// First four bytes of SHA-256(name || 0x0A || kind || key), big-endian.
  std::uint32_t id() const;
  /// "name+0123abcd+base64", as other tools read it.
  std::string vkey() const;
};

/// Finds the line of `key` in `note` and checks it. A known name and id with a false signature
/// refuses the whole note (sig_bad); no such line: sig_unknown. For a cosignature the value is its
/// time, of several lines the latest, and perhaps beyond the year 9999; for a log line the epoch
/// (0).
Result<Timestamp> verify_line(const Note& note, const NoteKey& key);

/// Signs `text`, which ends with LF, as the log itself. Nothing is known here of what was signed
/// before: that no size gets two roots is for the caller to see to (SPEC 6.1).
NoteSignature sign_note(std::string_view text, std::string_view name, const SigningKey& key);
/// Signs `text` as a cosigner at `time`.
NoteSignature cosign_note(std::string_view text, std::string_view name, const SigningKey& key,
                          Timestamp time);

}  // namespace protocol
