#include "node/importing/undo.h"

#include <stdexcept>

#include "protocol/crypto/crypto.h"
#include "protocol/encoding/text_encodings.h"

namespace node {

using protocol::Json;

std::string subject_hash(const Json& subject) {
  return protocol::to_hex(protocol::sha256(protocol::canonical(subject)).view());
}

std::string format_undo(const std::vector<ImportedChange>& changes) {
  std::string lines;
  for (const auto& change : changes) {
    Json line = Json::object({{"id", change.id}, {"after", change.after}});
    if (change.before) line.set("before", *change.before);
    lines += protocol::canonical(line) + "\n";
  }
  return lines;
}

std::vector<ImportedChange> parse_undo(std::string_view lines) {
  std::vector<ImportedChange> changes;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    const auto line = protocol::parse_json(lines.substr(0, end));
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    const Json* id = line ? line->find("id") : nullptr;
    const Json* after = line ? line->find("after") : nullptr;
    if (!id || !id->if_string() || !after || !after->if_string())
      throw std::runtime_error("what an import changed was stored in a form that is not known");
    const Json* before = line->find("before");
    changes.push_back(
        {*id->if_string(), before ? std::optional(*before) : std::nullopt, *after->if_string()});
  }
  return changes;
}

}  // namespace node
