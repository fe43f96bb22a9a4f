#include "tests/support/own_network.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace test_support {
namespace {

/// As linux/ipv6.h has it, which does not go together with netinet/in.h.
struct OwnNetworkAddress6 {
  in6_addr address;
  std::uint32_t prefix_length;
  int interface;
};

sockaddr own_network_v4(const char* text) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  inet_pton(AF_INET, text, &in.sin_addr);
  sockaddr plain{};
  std::memcpy(&plain, &in, sizeof plain);
  return plain;
}

/// Empty where it could be made.
std::string own_network_make() {
  // Root may; others may where a user of their own is allowed to them.
  if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return std::string("unshare: ") + std::strerror(errno);
  const int plain = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq wanted{};
  std::strcpy(wanted.ifr_name, "lo");
  wanted.ifr_flags = IFF_UP | IFF_RUNNING;
  if (::ioctl(plain, SIOCSIFFLAGS, &wanted) != 0) return "loopback does not come up";
  const std::array<std::array<const char*, 2>, 6> blocks{{{"8.0.0.1", "255.0.0.0"},
                                                          {"10.0.0.1", "255.0.0.0"},
                                                          {"172.16.0.1", "255.240.0.0"},
                                                          {"192.168.0.1", "255.255.0.0"},
                                                          {"169.254.0.1", "255.255.0.0"},
                                                          {"100.64.0.1", "255.192.0.0"}}};
  int number = 0;
  for (const auto& [address, mask] : blocks) {
    ifreq one{};
    std::strcpy(one.ifr_name, ("lo:" + std::to_string(++number)).c_str());
    one.ifr_addr = own_network_v4(address);
    if (::ioctl(plain, SIOCSIFADDR, &one) != 0) return std::string("cannot have ") + address;
    one.ifr_netmask = own_network_v4(mask);
    if (::ioctl(plain, SIOCSIFNETMASK, &one) != 0) return std::string("cannot have ") + mask;
  }
  ::close(plain);
  const int six = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (six >= 0) {
    for (const char* text : {"fe80::1", "fc00::1"}) {
      OwnNetworkAddress6 one{};
      inet_pton(AF_INET6, text, &one.address);
      one.prefix_length = 64;
      one.interface = static_cast<int>(if_nametoindex("lo"));
      ::ioctl(six, SIOCSIFADDR, &one);  // a machine without IPv6 tests IPv4
    }
    ::close(six);
  }
  return {};
}

void own_network_write(int file, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto written = ::write(file, text.data() + at, text.size() - at);
    if (written <= 0) return;
    at += static_cast<std::size_t>(written);
  }
}

}  // namespace

OwnNetworkResult run_in_own_network(const std::function<std::string()>& body) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return {"no pipe", {}};
  const pid_t child = ::fork();
  if (child < 0) return {"no process", {}};
  if (child == 0) {
    std::string answer;
    try {
      const auto may_not = own_network_make();
      answer = may_not.empty() ? "D" + body() : "N" + may_not;
    } catch (const std::exception& problem) {
      answer = std::string("Dit threw: ") + problem.what();
    }
    own_network_write(pipe[1], answer);
    _exit(0);
  }
  ::close(pipe[1]);
  std::string answer;
  std::array<char, 4096> some{};
  for (ssize_t got = 0; (got = ::read(pipe[0], some.data(), some.size())) > 0;)
    answer.append(some.data(), static_cast<std::size_t>(got));
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || answer.empty())
    return {"the process in its own network did not end well", {}};
  if (answer[0] == 'N') return {{}, answer.substr(1)};
  return {answer.substr(1), {}};
}

long own_network_count(const std::string& name) {
  std::ifstream file("/proc/self/net/snmp");
  std::string names, values;
  while (std::getline(file, names) && std::getline(file, values)) {
    std::istringstream all_names(names), all_values(values);
    std::string group, one, value;
    all_names >> group;
    all_values >> value;
    if (group != "Tcp:") continue;
    while (all_names >> one && all_values >> value) {
      if (one == name) return std::stol(value);
    }
  }
  throw std::runtime_error("the system does not count " + name);
}

}  // namespace test_support
