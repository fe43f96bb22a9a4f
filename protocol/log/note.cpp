#include "protocol/log/note.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

#include "protocol/encoding/text_encodings.h"

namespace protocol {

namespace {

constexpr std::string_view kNoteSignaturePrefix = "\u2014 ";
constexpr std::size_t kNoteKeyIdBytes = 4;
constexpr std::size_t kNoteTimeBytes = 8;

/// One code point off the front of `rest`; nothing when the bytes are not the shortest UTF-8 of a
/// scalar value.
std::optional<char32_t> note_take_code_point(std::string_view& rest) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(rest[i]); };
  const std::uint8_t first = byte(0);
  std::size_t length = 1;
  char32_t point = first;
  char32_t smallest = 0;
  if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    point = first & 0x07U;
    smallest = 0x10000;
  } else if (first >= 0xE0 && first < 0xF0) {
    length = 3;
    point = first & 0x0FU;
    smallest = 0x800;
  } else if (first >= 0xC2 && first < 0xE0) {
    length = 2;
    point = first & 0x1FU;
    smallest = 0x80;
  } else if (first >= 0x80) {
    return std::nullopt;
  }
  if (rest.size() < length) return std::nullopt;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
    point = (point << 6) | (byte(i) & 0x3FU);
  }
  if (point < smallest || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
    return std::nullopt;
  }
  rest.remove_prefix(length);
  return point;
}

/// Unicode White_Space; what is below U+0020 has been refused before, and is listed for signing.
bool note_is_space(char32_t point) {
  return (point >= 0x09 && point <= 0x0D) || point == 0x20 || point == 0x85 || point == 0xA0 ||
         point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
         point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000;
}

bool note_is_key_name(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const auto point = note_take_code_point(name);
    if (!point || note_is_space(*point) || *point == U'+') return false;
  }
  return true;
}

bool note_is_plain_text(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto point = note_take_code_point(bytes);
    if (!point || (*point < 0x20 && *point != U'\n')) return false;
  }
  return true;
}

std::uint64_t note_read_big_endian(ByteView bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

void note_append_big_endian(Bytes& bytes, std::uint64_t value, std::size_t count) {
  for (std::size_t i = count; i-- > 0;) {
    bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i) & 0xFF));
  }
}

/// What a cosigner signs: the time stands in the message, so that a line cannot be dated anew.
std::string note_cosigned_message(std::string_view text, std::uint64_t time) {
  std::string message = "cosignature/v1\ntime " + std::to_string(time) + "\n";
  message += text;
  return message;
}

Result<NoteSignature> note_parse_line(std::string_view line) {
  if (!line.starts_with(kNoteSignaturePrefix)) {
    return refuse(ErrorCode::note_syntax, "signature line: does not begin with a dash and a space");
  }
  line.remove_prefix(kNoteSignaturePrefix.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) {
    return refuse(ErrorCode::note_syntax, "signature line: no signature behind the name");
  }
  const std::string_view name = line.substr(0, space);
  if (!note_is_key_name(name)) {
    return refuse(ErrorCode::note_syntax, "signature line: not a key name");
  }
  // from_base64 accepts one text for given bytes only; else one signature could be written in
  // several ways.
  const auto decoded = from_base64(line.substr(space + 1));
  if (!decoded || decoded->size() <= kNoteKeyIdBytes) {
    return refuse(ErrorCode::note_syntax, "signature line: not base64 of a key id and a signature");
  }
  const ByteView bytes = *decoded;
  return NoteSignature{
      std::string(name),
      static_cast<std::uint32_t>(note_read_big_endian(bytes.first(kNoteKeyIdBytes))),
      Bytes(bytes.begin() + kNoteKeyIdBytes, bytes.end())};
}

/// The time that `blob` proves for `text`, or nothing when it is no signature of `key`.
std::optional<Timestamp> note_check_blob(std::string_view text, const NoteKey& key, ByteView blob) {
  switch (key.kind) {
    case NoteKeyKind::log: {
      const auto signature = Signature::of(blob);
      if (!signature || !verify(key.key, as_bytes(text), *signature)) return std::nullopt;
      return Timestamp{};
    }
    case NoteKeyKind::cosignature: {
      // time (8, big-endian) | signature (64)
      if (blob.size() != kNoteTimeBytes + Signature::kSize) return std::nullopt;
      const std::uint64_t time = note_read_big_endian(blob.first(kNoteTimeBytes));
      // Zero would be a cosignature that says nothing about when; above 2^63-1 it would turn
      // negative here.
      if (time == 0 || time > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
        return std::nullopt;
      }
      const auto signature = Signature::of(blob.subspan(kNoteTimeBytes));
      if (!signature || !verify(key.key, as_bytes(note_cosigned_message(text, time)), *signature)) {
        return std::nullopt;
      }
      return from_unix(static_cast<std::int64_t>(time));
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Note> parse_note(std::string_view bytes) {
  if (bytes.size() > kMaxNoteBytes) return refuse(ErrorCode::note_syntax, "note: over 128 KiB");
  if (!note_is_plain_text(bytes)) {
    return refuse(ErrorCode::note_syntax, "note: not UTF-8, or with control characters");
  }
  // The last blank line: a text may hold blank lines, signature lines cannot.
  const std::size_t blank = bytes.rfind("\n\n");
  if (blank == std::string_view::npos) {
    return refuse(ErrorCode::note_syntax, "note: no blank line before the signatures");
  }
  Note note;
  note.text = bytes.substr(0, blank + 1);
  std::string_view rest = bytes.substr(blank + 2);
  if (rest.empty()) return refuse(ErrorCode::note_syntax, "note: no signature line");
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) {
      return refuse(ErrorCode::note_syntax, "note: the last line has no end");
    }
    ASSIGN_OR_RETURN(auto signature, note_parse_line(rest.substr(0, end)));
    note.signatures.push_back(std::move(signature));
    rest.remove_prefix(end + 1);
  }
  return note;
}

std::string format_signature_line(const NoteSignature& signature) {
  assert(note_is_key_name(signature.name));
  Bytes decoded;
  decoded.reserve(kNoteKeyIdBytes + signature.blob.size());
  note_append_big_endian(decoded, signature.key_id, kNoteKeyIdBytes);
  decoded.insert(decoded.end(), signature.blob.begin(), signature.blob.end());
  std::string line(kNoteSignaturePrefix);
  line.append(signature.name).append(" ").append(to_base64(decoded)).append("\n");
  return line;
}

std::string format_note(const Note& note) {
  assert(note.text.ends_with('\n'));
  std::string bytes = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) bytes += format_signature_line(signature);
  return bytes;
}

std::uint32_t NoteKey::id() const {
  const std::array<std::uint8_t, 2> separator{'\n', static_cast<std::uint8_t>(kind)};
  const Hash hash = Sha256().add(name).add(ByteView(separator)).add(key.view()).finish();
  return static_cast<std::uint32_t>(note_read_big_endian(hash.view().first(kNoteKeyIdBytes)));
}

std::string NoteKey::vkey() const {
  Bytes id_bytes;
  note_append_big_endian(id_bytes, id(), kNoteKeyIdBytes);
  Bytes key_bytes{static_cast<std::uint8_t>(kind)};
  key_bytes.insert(key_bytes.end(), key.view().begin(), key.view().end());
  return name + "+" + to_hex(id_bytes) + "+" + to_base64(key_bytes);
}

Result<Timestamp> verify_line(const Note& note, const NoteKey& key) {
  const std::uint32_t id = key.id();
  std::optional<Timestamp> newest;
  const Bytes* checked = nullptr;
  for (const NoteSignature& line : note.signatures) {
    if (line.name != key.name || line.key_id != id) continue;
    // Lines repeated at no cost to a peer must not cost a verification each.
    if (checked != nullptr && *checked == line.blob) continue;
    const auto time = note_check_blob(note.text, key, line.blob);
    if (!time) return refuse(ErrorCode::sig_bad, "signature line of " + key.name + ": false");
    newest = newest ? std::max(*newest, *time) : *time;
    checked = &line.blob;
  }
  if (!newest) return refuse(ErrorCode::sig_unknown, "no signature line of " + key.name);
  return *newest;
}

NoteSignature sign_note(std::string_view text, std::string_view name, const SigningKey& key) {
  assert(text.ends_with('\n') && note_is_key_name(name));
  const Signature signature = key.sign(text);
  return {std::string(name), NoteKey{std::string(name), NoteKeyKind::log, key.public_key()}.id(),
          Bytes(signature.view().begin(), signature.view().end())};
}

NoteSignature cosign_note(std::string_view text, std::string_view name, const SigningKey& key,
                          Timestamp time) {
  assert(text.ends_with('\n') && note_is_key_name(name));
  assert(to_unix(time) > 0);
  const auto seconds = static_cast<std::uint64_t>(to_unix(time));
  const Signature signature = key.sign(note_cosigned_message(text, seconds));
  Bytes blob;
  note_append_big_endian(blob, seconds, kNoteTimeBytes);
  blob.insert(blob.end(), signature.view().begin(), signature.view().end());
  return {std::string(name),
          NoteKey{std::string(name), NoteKeyKind::cosignature, key.public_key()}.id(),
          std::move(blob)};
}

}  // namespace protocol
