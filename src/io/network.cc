// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "base/decimal.h"

namespace larder::io {
namespace {

constexpr unsigned kByteBits = 8;

const std::uint8_t* bytes_of(const Address& address) {
  const sockaddr* any = address.get();
  if (address.family() == AF_INET6) {
    return reinterpret_cast<const sockaddr_in6*>(any)->sin6_addr.s6_addr;
  }
  return reinterpret_cast<const std::uint8_t*>(
      &reinterpret_cast<const sockaddr_in*>(any)->sin_addr);
}

}  // namespace

base::Result<Network> Network::parse(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::string host = text.substr(0, slash);
  Network network;
  network.family_ = host.find(':') == std::string::npos ? AF_INET : AF_INET6;
  const unsigned all_bits =
      kByteBits * (network.family_ == AF_INET ? sizeof(in_addr) : sizeof(in6_addr));
  std::optional<unsigned> bits = all_bits;
  if (slash != std::string::npos) bits = base::parse_decimal<unsigned>(text.substr(slash + 1));
  const bool good = ::inet_pton(network.family_, host.c_str(), network.bytes_.data()) == 1;
  if (!good || !bits || *bits > all_bits) return base::Failure{"not a network: " + text};
  network.prefix_bits_ = *bits;
  return network;
}

bool Network::contains(const Address& address) const {
  if (address.family() != family_) return false;
  const std::uint8_t* bytes = bytes_of(address);
  const unsigned whole = prefix_bits_ / kByteBits;
  const unsigned rest = prefix_bits_ % kByteBits;
  if (!std::equal(bytes, bytes + whole, bytes_.begin())) return false;
  return rest == 0 || (bytes[whole] ^ bytes_[whole]) >> (kByteBits - rest) == 0;
}

}  // namespace larder::io
