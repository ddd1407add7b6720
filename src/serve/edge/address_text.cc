// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/address_text.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>

namespace larder::serve::edge {

// Not Address::host, which asks the resolver's library.
void append_address(std::string& out, const io::Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text;
  const void* bytes = nullptr;
  if (address.family() == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in*>(address.get())->sin_addr;
  } else if (address.family() == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6*>(address.get())->sin6_addr;
  }
  if (bytes == nullptr) {
    out += "unix:";
    return;
  }
  out += ::inet_ntop(address.family(), bytes, text.data(), text.size());
}

}  // namespace larder::serve::edge
