// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/decimal.h"

namespace larder::io {
namespace {

std::string dotted(const in_addr& address) {
  std::array<char, 4 * (base::kMaxDecimalBytes + 1)> text;
  char* end = text.data();
  for (int shift = 24; shift >= 0; shift -= 8) {
    end = base::write_decimal(end, ntohl(address.s_addr) >> shift & 0xFF);
    *end++ = '.';
  }
  return {text.data(), end - 1};
}

}  // namespace

base::Result<std::vector<Address>> Address::resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.empty() ? nullptr : host.c_str(),
                                  std::to_string(port).c_str(), &hints, &found);
  if (error != 0) {
    return base::Failure{"looking up address " + host + ": " + ::gai_strerror(error)};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    addresses.push_back(from(one->ai_addr, one->ai_addrlen));
  }
  return addresses;
}

base::Result<Address> Address::unix_path(const std::string& path) {
  Address address;
  auto* un = reinterpret_cast<sockaddr_un*>(&address.storage_);
  if (path.empty() || path.size() >= sizeof un->sun_path) {
    return base::Failure{"a unix socket's path has 1 to " +
                         std::to_string(sizeof un->sun_path - 1) + " bytes: " + path};
  }
  un->sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), un->sun_path);
  address.size_ = sizeof(sockaddr_un);
  return address;
}

base::Result<Address> Address::bound_to(int fd) {
  Address address;
  address.size_ = sizeof address.storage_;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage_), &address.size_) != 0) {
    return base::system_failure("reading a socket's own address", errno);
  }
  return address;
}

base::Result<Address> Address::peer_of(int fd) {
  Address address;
  address.size_ = sizeof address.storage_;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address.storage_), &address.size_) != 0) {
    return base::system_failure("reading a socket's peer", errno);
  }
  return address;
}

Address Address::from(const void* told, socklen_t size) {
  Address address;
  address.size_ = size;
  std::memcpy(&address.storage_, told, size);
  return address;
}

bool Address::is_loopback() const {
  if (family() == AF_INET) {
    constexpr std::uint32_t kNet = 127;
    const auto* address = reinterpret_cast<const sockaddr_in*>(&storage_);
    return ntohl(address->sin_addr.s_addr) >> 24 == kNet;
  }
  const auto* address = reinterpret_cast<const sockaddr_in6*>(&storage_);
  return family() == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&address->sin6_addr);
}

std::uint16_t Address::port() const {
  // The port stands at the same place in IPv4's and IPv6's addresses.
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  return is_unix() ? 0 : ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port);
}

std::string Address::path() const {
  return is_unix() ? reinterpret_cast<const sockaddr_un*>(&storage_)->sun_path : "";
}

// IPv4 by hand: the client of every request that is passed on or logged is told so.
std::string Address::host() const {
  if (is_unix()) return "";
  if (family() == AF_INET) return dotted(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_addr);
  char name[NI_MAXHOST] = "?";
  ::getnameinfo(get(), size_, name, sizeof name, nullptr, 0, NI_NUMERICHOST);
  return name;
}

std::string Address::text() const {
  if (is_unix()) return path();
  return (family() == AF_INET6 ? "[" + host() + "]" : host()) + ":" + std::to_string(port());
}

bool operator==(const Address& a, const Address& b) {
  return a.size_ == b.size_ && std::memcmp(&a.storage_, &b.storage_, a.size_) == 0;
}

}  // namespace larder::io
