// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/server_address.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace larder::cli::load {

base::Result<io::Address> find_server(const std::string& host, std::uint64_t port,
                                      const std::string& unix_path) {
  if (!unix_path.empty()) return io::Address::unix_path(unix_path);
  auto found = io::Address::resolve(host, static_cast<std::uint16_t>(port));
  if (!found) return found.failure();
  // A name may have several addresses, and the server only one of them.
  for (const io::Address& address : *found) {
    if (found->size() == 1) break;
    auto fd = open_connection(address);
    if (!fd) continue;
    ::close(*fd);
    return address;
  }
  return found->front();
}

base::Result<int> open_connection(const io::Address& address) {
  const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return base::system_failure("opening a connection", errno);
  const int on = 1;
  if (!address.is_unix()) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd, address.get(), address.size()) != 0) {
    base::Failure failure = base::system_failure("connecting to " + address.text(), errno);
    ::close(fd);
    return failure;
  }
  return fd;
}

}  // namespace larder::cli::load
