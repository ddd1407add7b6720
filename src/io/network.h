// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "io/address.h"

namespace larder::io {

// All addresses that begin with the same bits: `10.0.0.0/8`, `fd00::/8`, or one by itself. One of
// IPv4 never has an address of IPv6, nor the other way round.
class Network {
 public:
  static base::Result<Network> parse(const std::string& text);
  bool contains(const Address& address) const;

 private:
  int family_ = 0;
  unsigned prefix_bits_ = 0;
  std::array<std::uint8_t, sizeof(in6_addr)> bytes_{};
};

}  // namespace larder::io
