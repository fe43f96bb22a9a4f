#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "crawler/address_rule.h"
#include "protocol/result.h"

namespace crawler {

/// A network of invented hosts on this machine's loopback, for demonstrations and tests
/// (`--test-network FILE`). Nothing of it reaches the real network: every name ends in `.test`,
/// every address lies in 127.0.0.0/8.
struct TestNetwork {
  std::map<std::string, IpAddress, std::less<>> names;
  std::string ca_pem;  ///< certificates of the test CA; it vouches for these names only
};

/// Reads `{"names": {"chapter.test": "127.0.0.2", ...}, "ca": "ca.pem"}`. A relative `ca` is
/// relative to `folder`; the file is read here. Refuses with config_invalid, naming the member.
protocol::Result<TestNetwork> parse_test_network(std::string_view text,
                                                 const std::filesystem::path& folder);

/// Reads the file and the CA certificates beside it. Refuses with config_invalid, naming file and
/// member.
protocol::Result<TestNetwork> load_test_network(const std::filesystem::path& file);

}  // namespace crawler
