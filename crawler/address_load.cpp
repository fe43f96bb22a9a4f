#include "crawler/address_load.h"

namespace crawler {

void AddressLoad::leave(const IpAddress& address) {
  const auto found = busy_.find(address);
  if (found != busy_.end() && --found->second == 0) busy_.erase(found);
}

void AddressLoad::forget_expected(const void* job) {
  const auto found = expected_.find(job);
  if (found == expected_.end()) return;
  leave(found->second);
  expected_.erase(found);
}

void AddressLoad::expect(const void* job, const IpAddress& address) {
  forget_expected(job);
  expected_.emplace(job, address);
  ++busy_[address];
}

bool AddressLoad::open(const void* job, const IpAddress& address, int socket) {
  forget_expected(job);
  if (!has_place(address)) return false;
  ++busy_[address];
  sockets_.insert_or_assign(socket, Use{job, address});
  return true;
}

void AddressLoad::close(int socket) {
  const auto found = sockets_.find(socket);
  if (found == sockets_.end()) return;
  leave(found->second.address);
  sockets_.erase(found);
}

void AddressLoad::end(const void* job) {
  forget_expected(job);
  std::erase_if(sockets_, [&](const auto& entry) {
    if (entry.second.job != job) return false;
    leave(entry.second.address);
    return true;
  });
}

}  // namespace crawler
