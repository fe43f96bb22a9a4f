#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "node/guarded.h"
#include "protocol/encoding/time.h"

namespace node {

/// Five reports an hour from one address (IPv6: from one /64). An address is kept in memory only,
/// as a hash under a key that is made anew with each start: it cannot be read back from it.
/// Threads: any.
class ReportLimiter {
 public:
  ReportLimiter();
  /// Counts one where there is room for it, and says whether there was.
  bool take(std::string_view address, protocol::Timestamp now);

 private:
  using Hash = std::array<unsigned char, 16>;
  std::array<unsigned char, 32> key_{};
  Guarded<std::map<Hash, std::vector<protocol::Timestamp>>> seen_;
};

}  // namespace node
