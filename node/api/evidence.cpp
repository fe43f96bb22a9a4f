#include "node/api/evidence.h"

namespace node {

Response get_evidence(const Request& request, Node& node) {
  const auto key = RecordKey::parse(std::string(request.param("scid")) + "/" +
                                    std::string(request.param("uuid")));
  const auto evidence = key ? node.evidence(*key)
                            : protocol::Result<protocol::Evidence>(protocol::refuse(
                                  protocol::ErrorCode::not_found, "no such listing is shown here"));
  auto response =
      evidence ? ok_json(protocol::format_evidence(*evidence), cache_for(std::chrono::seconds(60)))
               : problem(evidence.error().code, evidence.error().detail);
  allow_any_origin(response);
  return response;
}

}  // namespace node
