// A query that is taken says the same when written as parameters and read again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "node/search/query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  node::Parameters parameters;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find(static_cast<char>(10)), rest.size());
    const auto line = rest.substr(0, end);
    const auto equals = std::min(line.find(static_cast<char>(61)), line.size());
    parameters.emplace_back(line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (auto query = node::parse_query(parameters)) {
    query->cursor.clear();
    const auto again = node::parse_query(node::to_parameters(*query));
    if (!again || !(*again == *query)) std::abort();
  }
  return 0;
}
