#pragma once

#include <cstddef>
#include <map>

#include "crawler/address_rule.h"

// How busy each address is with transfers of the Fetcher. For its engine's thread alone.

namespace crawler {

/// Counts the addresses that are really in use, not those that names lead to: whoever runs a name
/// may write anybody's address beside his own, and must not keep that one busy by being slow
/// himself.
class AddressLoad {
 public:
  /// At most `most` transfers at one address.
  explicit AddressLoad(std::size_t most) : most_(most) {}

  bool has_place(const IpAddress& address) const {
    const auto found = busy_.find(address);
    return found == busy_.end() || found->second < most_;
  }
  /// `job` is about to begin, most likely at `address`; counted there until it opens a socket.
  void expect(const void* job, const IpAddress& address);
  /// It has opened `socket` to `address`; false, and not counted, where that is one too many.
  bool open(const void* job, const IpAddress& address, int socket);
  /// Somebody closed it, whose ever it was.
  void close(int socket);
  /// `job` has ended; a connection that is kept is nobody's.
  void end(const void* job);

 private:
  struct Use {
    const void* job;
    IpAddress address;
  };
  void forget_expected(const void* job);
  void leave(const IpAddress& address);

  const std::size_t most_;
  std::map<IpAddress, std::size_t> busy_;
  std::map<const void*, IpAddress> expected_;
  std::map<int, Use> sockets_;
};

}  // namespace crawler
