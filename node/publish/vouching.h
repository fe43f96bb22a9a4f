#pragma once

#include <string>
#include <vector>

#include "node/publish/publisher.h"
#include "node/store/store.h"
#include "protocol/document/recognition.h"

// Whom this publisher recognizes, and whom it has suspended: what an association keeps of its
// chapters.

namespace node {

/// One live recognition of one's own.
struct Vouching {
  std::string record_id;  ///< urn:uuid
  std::string scid;       ///< of whom it recognizes
  protocol::Recognition recognition;
  protocol::Json subject;
  protocol::Timestamp valid_until{};
};
std::vector<Vouching> own_recognitions(const StoreQueries& store, const Publisher& publisher);

/// A recognition that was taken back for a while. Why stays on this node: what is signed grants and
/// never shames.
struct Suspension {
  std::string record_id;
  std::string scid;
  std::string name;
  std::string reason;
  protocol::Timestamp at{};
  protocol::Json subject;
};
/// Oldest first.
std::vector<Suspension> suspensions(const StoreQueries& store);
/// Withdraws the recognition and keeps why. Says false where it does not recognize `scid`.
bool suspend(Store& store, Publisher& publisher, const std::string& scid, const std::string& reason,
             protocol::Timestamp now);
/// Publishes the recognition again as it was, until `until`. Problems, if any, are those of
/// Publisher::publish(); nothing where `scid` is not suspended.
std::optional<std::vector<DraftProblems>> reinstate(Store& store, Publisher& publisher,
                                                    const std::string& scid,
                                                    protocol::Timestamp until,
                                                    protocol::Timestamp now);
/// Signs these recognitions again, the same but for their end.
std::vector<DraftProblems> renew_recognitions(Publisher& publisher,
                                              const std::vector<Vouching>& recognitions,
                                              protocol::Timestamp until, protocol::Timestamp now);

}  // namespace node
