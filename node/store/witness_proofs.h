#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "node/store/sqlite.h"

// Table `witness_proofs`: did-witness.json of publishers whose identity log asks for witnesses
// (SPEC 3.3, rule 11), verbatim, as it proved the identity log that is stored.

namespace node {

/// did-witness.json that belongs to the stored identity log of this feed; empty where it needs
/// none, or where it was last read before such files were kept.
std::string stored_witness_proofs(Database& database, std::int64_t feed_id);

/// Remembers `proofs` in place of what was there; empty: nothing. Within the caller's transaction.
void keep_witness_proofs(Database& database, std::int64_t feed_id, std::string_view proofs);

}  // namespace node
