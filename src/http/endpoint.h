// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <sys/un.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "io/address.h"

namespace larder::http {

// An address as an idle connection keeps it: without the room that a unix socket's path would take,
// which is forgotten.
class Endpoint {
 public:
  Endpoint() = default;
  explicit Endpoint(const io::Address& address)
      : port_(htons(address.port())), family_(static_cast<std::uint16_t>(address.family())) {
    if (family_ == AF_INET) {
      std::memcpy(bytes_.data(), &as<sockaddr_in>(address)->sin_addr, sizeof(in_addr));
    } else if (family_ == AF_INET6) {
      std::memcpy(bytes_.data(), &as<sockaddr_in6>(address)->sin6_addr, sizeof(in6_addr));
    }
  }

  bool is_known() const { return family_ != AF_UNSPEC; }

  io::Address address() const {
    if (family_ == AF_INET) {
      sockaddr_in told{};
      told.sin_family = family_;
      told.sin_port = port_;
      std::memcpy(&told.sin_addr, bytes_.data(), sizeof told.sin_addr);
      return io::Address::from(&told, sizeof told);
    }
    if (family_ == AF_INET6) {
      sockaddr_in6 told{};
      told.sin6_family = family_;
      told.sin6_port = port_;
      std::memcpy(&told.sin6_addr, bytes_.data(), sizeof told.sin6_addr);
      return io::Address::from(&told, sizeof told);
    }
    sockaddr told{};
    told.sa_family = family_;
    return io::Address::from(&told, sizeof told.sa_family);
  }

 private:
  template <class Sockaddr>
  static const Sockaddr* as(const io::Address& address) {
    return reinterpret_cast<const Sockaddr*>(address.get());
  }

  std::array<char, sizeof(in6_addr)> bytes_{};
  std::uint16_t port_ = 0;  // as the network has it
  std::uint16_t family_ = AF_UNSPEC;
};

}  // namespace larder::http
