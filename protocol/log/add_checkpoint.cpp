#include "protocol/log/add_checkpoint.h"

#include <cassert>

#include "protocol/encoding/text_encodings.h"
#include "protocol/limits.h"
#include "protocol/log/merkle.h"

namespace protocol {

namespace {

constexpr std::string_view kAddCheckpointOld = "old ";

/// The next line of `rest` without its LF; nothing when no LF follows.
std::optional<std::string_view> add_checkpoint_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

}  // namespace

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
  if (body.size() > kMaxAddCheckpointBytes) {
    return refuse(ErrorCode::too_large, "add-checkpoint: over 64 KiB");
  }
  std::string_view rest = body;
  const auto first = add_checkpoint_line(rest);
  if (!first || !first->starts_with(kAddCheckpointOld)) {
    return refuse(ErrorCode::bad_request, "add-checkpoint: the first line is not \"old N\"");
  }
  const auto old_size = parse_log_size(first->substr(kAddCheckpointOld.size()));
  if (!old_size) {
    return refuse(ErrorCode::bad_request,
                  "add-checkpoint: the old size is not a plain decimal number below 2^53");
  }
  std::vector<Hash> proof;
  while (true) {
    const auto line = add_checkpoint_line(rest);
    if (!line) {
      return refuse(ErrorCode::bad_request, "add-checkpoint: no blank line before the checkpoint");
    }
    if (line->empty()) break;
    if (proof.size() == kMaxProofHashes) {
      return refuse(ErrorCode::bad_request, "add-checkpoint: more than 63 hashes");
    }
    const auto bytes = from_base64(*line);
    const auto hash = bytes ? Hash::of(ByteView(*bytes)) : std::nullopt;
    if (!hash) {
      return refuse(
          ErrorCode::bad_request,
          "add-checkpoint: line " + std::to_string(proof.size() + 2) + " is not a hash in base64");
    }
    proof.push_back(*hash);
  }
  ASSIGN_OR_RETURN(auto note, parse_note(rest));
  ASSIGN_OR_RETURN(auto checkpoint, parse_checkpoint(note.text));
  return AddCheckpoint{*old_size, std::move(proof), std::string(rest), std::move(note),
                       std::move(checkpoint)};
}

std::string format_add_checkpoint(std::uint64_t old_size, std::span<const Hash> proof,
                                  std::string_view note) {
  assert(proof.size() <= kMaxProofHashes);
  std::string body = std::string(kAddCheckpointOld) + std::to_string(old_size) + "\n";
  for (const Hash& hash : proof) body += to_base64(hash.view()) + "\n";
  body.append("\n").append(note);
  return body;
}

int http_status(AddCheckpointOutcome outcome) {
  switch (outcome) {
    case AddCheckpointOutcome::cosigned:
      return 200;
    case AddCheckpointOutcome::malformed:
      return 400;
    case AddCheckpointOutcome::untrusted:
      return 403;
    case AddCheckpointOutcome::unknown_origin:
      return 404;
    case AddCheckpointOutcome::conflict:
      return 409;
    case AddCheckpointOutcome::inconsistent:
      return 422;
  }
  return 500;
}

AddCheckpointJudgement judge_add_checkpoint(const AddCheckpoint& request, const LogKeys& keys,
                                            const LogHead& known, Timestamp now) {
  using Outcome = AddCheckpointOutcome;
  const Checkpoint& checkpoint = request.checkpoint;
  assert(checkpoint.origin == keys.log.name);
  if (const auto signed_by = verify_line(request.note, keys.log); !signed_by) {
    return {Outcome::untrusted, signed_by.error().detail, false, signed_by.error().code};
  }
  if (keys.time_stamp) {
    const auto time = verify_line(request.note, *keys.time_stamp);
    if (!time && time.error().code != ErrorCode::sig_unknown) {
      return {Outcome::untrusted, time.error().detail, false, time.error().code};
    }
    if (time && *time > now + kMaxClockSkew) {
      // The number is a stranger's, and years beyond 9999 have no text.
      const auto shown =
          *time <= kLatestTimestamp ? format_timestamp(*time) : std::string("after the year 9999");
      return {Outcome::untrusted,
              "the publisher's time stamp lies in the future: " + shown +
                  "; one of the two clocks is wrong",
              false, ErrorCode::sig_bad};
    }
  }
  if (request.old_size > checkpoint.size) {
    return {Outcome::malformed, "the old size is above the checkpoint's"};
  }
  // Before the old size is compared: such a note is false whatever is known of the log.
  if (checkpoint.size == 0 && checkpoint.root != empty_root()) {
    return {Outcome::inconsistent, "a log without entries has another root"};
  }
  if (request.old_size != known.size) {
    return {Outcome::conflict, "the newest size known here is " + std::to_string(known.size)};
  }
  const auto consistent =
      check_consistency(known.size, known.root, checkpoint.size, checkpoint.root, request.proof);
  if (!consistent) {
    return {Outcome::inconsistent, consistent.error().detail,
            checkpoint.size == known.size && checkpoint.root != known.root};
  }
  return {Outcome::cosigned, {}};
}

}  // namespace protocol
