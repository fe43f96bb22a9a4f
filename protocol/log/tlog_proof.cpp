#include "protocol/log/tlog_proof.h"

#include <algorithm>

#include "protocol/encoding/text_encodings.h"
#include "protocol/log/merkle.h"

//   c2sp.org/tlog-proof@v1
//   extra BASE64              only where there is some
//   index DECIMAL
//   BASE64 of 32 bytes        none to 63 of these lines
//                             one blank line
//   the checkpoint, verbatim

namespace protocol {

namespace {

constexpr std::string_view kTlogProofHeader = "c2sp.org/tlog-proof@v1";
constexpr std::uint64_t kTlogProofIndexEnd = std::uint64_t{1} << 53;
constexpr std::size_t kTlogProofIndexDigits = 16;  // of 2^53 - 1: no sum below can overflow

tl::unexpected<Error> tlog_proof_refusal(std::size_t line, std::string_view what) {
  return refuse(ErrorCode::note_syntax,
                "tlog-proof, line " + std::to_string(line) + ": " + std::string(what));
}

/// Takes one line off the front, without its end; nothing where no line end follows.
std::optional<std::string_view> tlog_proof_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> tlog_proof_index(std::string_view digits) {
  if (digits.empty() || digits.size() > kTlogProofIndexDigits) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  std::uint64_t value = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return value < kTlogProofIndexEnd ? std::optional(value) : std::nullopt;
}

}  // namespace

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  if (text.size() > kMaxTlogProofBytes) {
    return refuse(ErrorCode::note_syntax,
                  "tlog-proof: over " + std::to_string(kMaxTlogProofBytes) + " bytes");
  }
  TlogProof proof;
  std::size_t number = 1;
  if (tlog_proof_line(text) != kTlogProofHeader) {
    return tlog_proof_refusal(number, "is not " + std::string(kTlogProofHeader));
  }
  ++number;
  auto line = tlog_proof_line(text);
  if (line && line->starts_with("extra ")) {
    proof.extra = from_base64(line->substr(6));
    if (!proof.extra) return tlog_proof_refusal(number, "extra: is not base64");
    ++number;
    line = tlog_proof_line(text);
  }
  const auto index = line && line->starts_with("index ") ? tlog_proof_index(line->substr(6))
                                                         : std::optional<std::uint64_t>();
  if (!index)
    return tlog_proof_refusal(number, "is not 'index' and a number without leading zeros");
  proof.index = *index;
  while (true) {
    ++number;
    line = tlog_proof_line(text);
    if (!line) return tlog_proof_refusal(number, "no blank line before the checkpoint");
    if (line->empty()) break;
    // The length first, so that a line of any size is not decoded.
    const auto bytes = line->size() == 44 ? from_base64(*line) : std::optional<Bytes>();
    const auto hash = bytes ? Hash::of(*bytes) : std::optional<Hash>();
    if (!hash) return tlog_proof_refusal(number, "is not the base64 of 32 bytes");
    if (proof.hashes.size() == kMaxTlogProofHashes)
      return tlog_proof_refusal(number, "more than 63 hashes");
    proof.hashes.push_back(*hash);
  }
  if (text.empty()) return tlog_proof_refusal(number + 1, "no checkpoint");
  proof.checkpoint = text;
  return proof;
}

std::string format_tlog_proof(const TlogProof& proof) {
  std::string text(kTlogProofHeader);
  text += '\n';
  if (proof.extra) text += "extra " + to_base64(*proof.extra) + "\n";
  text += "index " + std::to_string(proof.index) + "\n";
  for (const auto& hash : proof.hashes) text += to_base64(hash.view()) + "\n";
  return text + "\n" + proof.checkpoint;
}

Result<ProvenCheckpoint> verify_tlog_proof(const TlogProof& proof, const Hash& leaf,
                                           const NoteKey& log) {
  ASSIGN_OR_RETURN(auto note, parse_note(proof.checkpoint));
  ASSIGN_OR_RETURN(auto checkpoint, parse_checkpoint(note.text, log.name));
  RETURN_IF_REFUSED(verify_line(note, log));
  if (const auto included =
          check_inclusion(proof.index, checkpoint.size, leaf, proof.hashes, checkpoint.root);
      !included) {
    return refuse(ErrorCode::corrupt_mirror, included.error().detail);
  }
  return ProvenCheckpoint{std::move(note), std::move(checkpoint)};
}

}  // namespace protocol
