// A sheet of any bytes is understood or refused, within its limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "node/importing/csv.h"
#include "node/importing/sheet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto csv = node::read_csv(text)) {
    if (csv->records.size() > node::kMaxSheetRows) std::abort();
  }
  (void)node::understand_sheet(text, protocol::Date{std::chrono::days{20000}});
  return 0;
}
