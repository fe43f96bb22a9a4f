#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "node/pages/html.h"
#include "protocol/document/computed.h"
#include "protocol/document/listing.h"
#include "protocol/encoding/time.h"

// What this node works out from a listing (protocol/document/computed.h), in words and as parts of
// a page. The publisher signs none of it.

namespace node {

/// One thing to compare; `words` empty where it is not stated.
struct ComputedRow {
  std::string_view name;
  std::string words;
};

/// "About 3 hours a month"; empty: unknown.
std::string hours_words(const protocol::Listing& listing);
/// Setup effort, clinical depth, confidentiality, time, best for (R11), always all five.
std::vector<ComputedRow> dimension_rows(const protocol::Listing& listing, protocol::Date today);
/// For a year, for an hour together, before you start, paid once, for non-members, renewal (R37).
std::vector<ComputedRow> cost_rows(const protocol::Listing& listing);
/// Confirmed by whom and when, apart from when it was last edited; due again, or fading.
std::string freshness_words(const protocol::Listing& listing, protocol::Timestamp edited,
                            protocol::Date today);

/// The rows as a list of facts; what is not stated says so.
Html computed_facts(const std::vector<ComputedRow>& rows);
/// The section "What it costs you"; empty where the listing states no cost.
Html cost_block(const protocol::Listing& listing);
/// Agreement, re-signing, recording, transcription, platform, and the eight clauses (R48, R49).
Html confidentiality_block(const protocol::Listing& listing, protocol::Date today);
/// Privilege (R50), and informed consent (R54) where cases are talked about; empty for groups that
/// are not for professionals.
Html fixed_notes(const protocol::Listing& listing);

}  // namespace node
