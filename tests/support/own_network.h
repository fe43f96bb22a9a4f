#pragma once

#include <functional>
#include <string>

namespace test_support {

/// Runs `body` in a process of its own within a network of its own, in which every address of the
/// blocks below is this machine's: whoever connects to one of them reaches a listener of `body`,
/// and nothing leaves. 8.0.0.0/8 stands for the public addresses; 10/8, 172.16/12, 192.168/16,
/// 169.254/16 and 100.64/10 are what they always are; of IPv6 there are ::1, fe80::1 and fc00::1.
///
/// `body` gives what went wrong, or nothing. So does this. Where the system does not let this
/// process make networks, `may_not` says so and nothing was run.
struct OwnNetworkResult {
  std::string problem;
  std::string may_not;
};
OwnNetworkResult run_in_own_network(const std::function<std::string()>& body);

/// A count of this network's TCP, as the system names it: "ActiveOpens" are connections that were
/// asked for, also in vain.
long own_network_count(const std::string& name);

}  // namespace test_support
