// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/address_text.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>

namespace larder::serve::edge {

// Of IPv6 not Address::host, which tells the interface of a link's own addresses.
void append_address(std::string& out, const io::Address& address) {
  if (address.is_unix()) {
    out += "unix:";
  } else if (address.family() == AF_INET6) {
    std::array<char, INET6_ADDRSTRLEN> text;
    const auto* bytes = reinterpret_cast<const sockaddr_in6*>(address.get());
    out += ::inet_ntop(AF_INET6, &bytes->sin6_addr, text.data(), text.size());
  } else {
    out += address.host();
  }
}

}  // namespace larder::serve::edge
