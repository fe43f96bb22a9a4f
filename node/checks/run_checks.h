#pragma once

#include <string>
#include <vector>

#include "node/checks/publisher_facts.h"
#include "node/record_key.h"
#include "node/store/check_notes.h"
#include "node/visibility.h"
#include "protocol/document/credential.h"
#include "protocol/document/listing.h"
#include "protocol/trust/checks.h"

namespace node {

/// One listing with what is known around it, for its checks. Borrows all of it.
struct CheckedListing {
  const RecordKey& key;
  const protocol::Envelope& envelope;
  const protocol::Listing& listing;
  const std::string& document;
  const Standing& standing;
  const std::string& publisher_name;
  const PublisherFacts& publisher;
  std::span<const protocol::SimilarListing> similar;
};

/// All thirty checks of a listing at `now`: gathers notes, observations and reports,
/// and asks protocol::check_listing().
std::vector<protocol::CheckResult> run_checks(CheckRecords& records, const CheckedListing& checked,
                                              const protocol::CheckNumbers& numbers,
                                              protocol::Timestamp now);

}  // namespace node
