#pragma once

#include <string>
#include <vector>

#include "crawler/fetcher.h"
#include "tests/support/test_ca.h"

// What the tests of the fetcher share: a CA, a good certificate, and a network of loopback
// addresses.

namespace crawler {

/// One for all: making them costs more than most tests.
inline test_support::TestCa& fetch_ca() {
  static test_support::TestCa ca;
  return ca;
}

/// "n0.test" to "n19.test".
inline std::vector<std::string> numbered_names() {
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) names.push_back("n" + std::to_string(i) + ".test");
  return names;
}

/// For a.test, b.test, c.test, steady.test and the numbered_names().
inline const test_support::TestCertificate& fetch_good_certificate() {
  static const auto certificate = [] {
    test_support::TestLeaf leaf;
    leaf.names = numbered_names();
    leaf.names.insert(leaf.names.end(), {"a.test", "b.test", "c.test", "steady.test"});
    return fetch_ca().issue(leaf);
  }();
  return certificate;
}

/// Times short enough for a test, and apart enough to tell one deadline from another. `names` are
/// at `address`; every other one is unknown.
inline FetcherOptions fetch_options_for(const std::vector<std::string>& names,
                                        const std::string& address) {
  using std::chrono::milliseconds;
  FetcherOptions options;
  options.limits.lookup = milliseconds(300);
  options.limits.connect = milliseconds(1'000);
  options.limits.tls = milliseconds(400);
  options.limits.first_byte = milliseconds(500);
  options.limits.whole = milliseconds(2'000);
  options.limits.slow_after = milliseconds(500);
  TestNetwork network;
  for (const auto& name : names) network.names.emplace(name, *IpAddress::parse(address));
  network.ca_pem = fetch_ca().certificate_pem();
  options.test_network = network;
  // Nothing in these tests may ask the real network.
  options.resolver = [](const std::string& host) -> protocol::Result<std::vector<IpAddress>> {
    return protocol::refuse(protocol::ErrorCode::fetch_dns, host + ": unknown");
  };
  return options;
}

}  // namespace crawler
