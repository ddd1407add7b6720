// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace larder::io {

// Where to listen, or who a peer is: TCP or UDP over IPv4 or IPv6, or a unix socket.
class Address {
 public:
  // All addresses that `host` has, or (empty) those of every interface; `port` may be 0: any.
  static base::Result<std::vector<Address>> resolve(const std::string& host, std::uint16_t port);
  static base::Result<Address> unix_path(const std::string& path);
  // What a bound socket is really bound to.
  static base::Result<Address> bound_to(int fd);
  // Whom a connected socket speaks with.
  static base::Result<Address> peer_of(int fd);
  // As the kernel tells it; no longer than a sockaddr_storage.
  static Address from(const void* told, socklen_t size);

  int family() const { return storage_.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }
  bool is_unix() const { return family() == AF_UNIX; }
  bool is_loopback() const;    // of an interface that only this machine has
  std::uint16_t port() const;  // 0 for a unix socket
  std::string host() const;    // as a number; empty for a unix socket
  std::string path() const;    // of a unix socket
  std::string text() const;    // `127.0.0.1:11211`, `[::1]:11211`, `/run/larder.sock`

  friend bool operator==(const Address& a, const Address& b);

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

}  // namespace larder::io
