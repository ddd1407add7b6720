// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/udp_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/check.h"
#include "base/limits.h"

namespace larder::io {

base::Result<UdpSocket> UdpSocket::open(const Address& address) {
  const auto failed = [&address] {
    return base::system_failure("receiving datagrams at " + address.text(), errno);
  };
  const int fd = ::socket(address.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed();
  UdpSocket socket(fd, address);
  const int on = 1;
  if (address.family() == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(fd, address.get(), address.size()) != 0) return failed();
  auto bound = Address::bound_to(fd);
  if (!bound) return bound.failure();
  socket.address_ = *bound;
  return socket;
}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : faults(other.faults), fd_(std::exchange(other.fd_, -1)), address_(other.address_) {}

UdpSocket::~UdpSocket() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<UdpSocket::Datagram> UdpSocket::receive(std::span<char> room) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  const ssize_t received =
      ::recvfrom(fd_, room.data(), room.size(), 0, reinterpret_cast<sockaddr*>(&peer), &size);
  if (received < 0) return std::nullopt;
  return Datagram{{room.data(), static_cast<std::size_t>(received)}, Address::from(&peer, size)};
}

std::optional<std::size_t> UdpSocket::send(std::span<const std::string_view> datagrams,
                                           const Address& peer) {
  LARDER_CHECK(datagrams.size() <= limits::kDatagramsPerSend);
  if (faults != nullptr && faults->try_again()) return 0;
  std::array<iovec, limits::kDatagramsPerSend> pieces;
  std::array<mmsghdr, limits::kDatagramsPerSend> messages;
  for (std::size_t i = 0; i < datagrams.size(); ++i) {
    pieces[i] = {const_cast<char*>(datagrams[i].data()), datagrams[i].size()};
    messages[i] = {};
    messages[i].msg_hdr.msg_name = const_cast<sockaddr*>(peer.get());
    messages[i].msg_hdr.msg_namelen = peer.size();
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  const int sent =
      ::sendmmsg(fd_, messages.data(), static_cast<unsigned>(datagrams.size()), MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  const bool no_room = errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM || errno == EINTR;
  return no_room ? std::optional<std::size_t>(0) : std::nullopt;
}

}  // namespace larder::io
