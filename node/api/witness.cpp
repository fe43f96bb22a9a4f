#include "node/api/witness.h"

namespace node {

Response post_add_checkpoint(const Request& request, Node& node) {
  const auto answer = node.add_checkpoint(request.body);
  if (answer.is_busy) return problem(protocol::ErrorCode::busy, answer.reason.detail);
  switch (answer.outcome) {
    case protocol::AddCheckpointOutcome::cosigned:
      return ok_bytes(answer.lines, "text/plain; charset=utf-8");
    case protocol::AddCheckpointOutcome::conflict: {
      auto response = ok_bytes(std::to_string(answer.known_size) + "\n", "text/x.tlog.size");
      response.status = protocol::http_status(answer.outcome);
      return response;
    }
    case protocol::AddCheckpointOutcome::malformed:
    case protocol::AddCheckpointOutcome::untrusted:
    case protocol::AddCheckpointOutcome::unknown_origin:
    case protocol::AddCheckpointOutcome::inconsistent:
      break;
  }
  return problem(answer.reason.code, answer.reason.detail);
}

}  // namespace node
