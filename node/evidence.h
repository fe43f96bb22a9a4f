#pragma once

#include <functional>
#include <string>

#include "node/record_key.h"
#include "node/store/store.h"
#include "node/visibility.h"
#include "node/witness/log_proofs.h"
#include "protocol/evidence.h"
#include "protocol/log/tlog_proof.h"

// Making evidence bundles (SPEC 7.6) of what this node shows.

namespace node {

/// The checkpoint of a feed with this node's own cosignature, as `feed` has it or newer; without
/// one where the node has no key.
using CheckpointOf = std::function<std::string(const Feed& feed)>;

/// For a listing that is shown as `standing` says. Refuses with not_found where its text or a
/// recognition is gone meanwhile, busy where a sync is changing it or the witness proofs of an
/// identity log are not here yet, doc_syntax where a document is not written canonically and so
/// cannot stand in a bundle, too_large where the bundle would be larger than readers take.
protocol::Result<protocol::Evidence> make_evidence(const StoreQueries& store, LogProofs& proofs,
                                                   const CheckpointOf& checkpoint_of,
                                                   const RecordKey& key, const Standing& standing);

}  // namespace node
