#pragma once

#include <array>
#include <span>

#include "protocol/document/vocabularies.h"

namespace protocol {

// Names that people write for the codes of SPEC 4.6, for importing and searching.

/// The tables of names in the order in which an ambiguous text means them: US states and
/// territories, Canadian provinces, Australian states, the nations of the UK, regions of New
/// Zealand, counties of Ireland, provinces of South Africa, countries (ISO 3166-1).
std::array<std::span<const RegionRow>, 8> region_tables();

/// Other names and abbreviations of places in those tables. A name that ends in a dot is an
/// abbreviation.
std::span<const RegionRow> region_aliases();

}  // namespace protocol
