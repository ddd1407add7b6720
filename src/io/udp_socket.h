// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "io/address.h"
#include "io/faults.h"

namespace larder::io {

// A UDP socket, the only one at its address. Its calls return at once. One thread.
class UdpSocket {
 public:
  struct Datagram {
    std::string_view bytes;
    Address peer;
  };

  static base::Result<UdpSocket> open(const Address& address);
  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&&) = delete;
  ~UdpSocket();

  int fd() const { return fd_; }
  const Address& address() const { return address_; }

  // The next one, in `room`; what does not fit is lost. Nothing: none has come.
  std::optional<Datagram> receive(std::span<char> room);
  // Sends `datagrams`, at most kDatagramsPerSend. → how many of them the kernel took, 0: it has no
  // room now. Nothing: `peer` cannot be reached.
  std::optional<std::size_t> send(std::span<const std::string_view> datagrams, const Address& peer);

  Faults* faults = nullptr;  // tests only

 private:
  UdpSocket(int fd, const Address& address) : fd_(fd), address_(address) {}
  int fd_;
  Address address_;
};

}  // namespace larder::io
