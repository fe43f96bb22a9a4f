#pragma once

#include <string_view>

namespace node {

/// node/places/data/zips.tsv and towns.tsv, as they are part of the program. They are in the
/// program's file and in memory only where they are looked into.
std::string_view zips_data();
std::string_view towns_data();

}  // namespace node
