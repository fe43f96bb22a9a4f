#include "node/denials.h"

namespace node {

Denials::Denials(const StoreQueries& store, protocol::Timestamp now) {
  for (auto& denial : store.denials()) {
    if (denial.until && *denial.until <= now) continue;
    denied_.insert({std::move(denial.scid), std::move(denial.id)});
  }
}

bool Denials::covers(const RecordKey& key) const {
  return covers_publisher(key.scid) || (!key.uuid.empty() && covers_record(key));
}

bool is_denied(const StoreQueries& store, const RecordKey& key, protocol::Timestamp now) {
  return Denials(store, now).covers(key);
}

}  // namespace node
