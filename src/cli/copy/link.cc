// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/copy/link.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/limits.h"
#include "cli/load/server_address.h"

namespace larder::cli::copy {

base::Result<Link> Link::open(const io::Address& address) {
  auto fd = load::open_connection(address);
  if (!fd) return fd.failure();
  constexpr std::int64_t kMsPerS = 1000;
  const timeval patience{.tv_sec = limits::kNoReplyMs / kMsPerS, .tv_usec = 0};
  for (const int name : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    ::setsockopt(*fd, SOL_SOCKET, name, &patience, sizeof patience);
  }
  return Link(*fd, address.text());
}

Link::Link(Link&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      name_(std::move(other.name_)),
      in_(std::move(other.in_)),
      begin_(other.begin_) {}

Link::~Link() {
  if (fd_ >= 0) ::close(fd_);
}

base::Status Link::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return base::system_failure("sending to " + name_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return base::Done{};
}

base::Status Link::fill() {
  std::array<char, 64 * limits::KiB> buffer;
  ssize_t received = 0;
  do {
    received = ::recv(fd_, buffer.data(), buffer.size(), 0);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return base::system_failure("waiting for " + name_, errno);
  if (received == 0) return base::Failure{name_ + " has closed the connection"};
  in_.erase(0, std::exchange(begin_, 0));
  in_.append(buffer.data(), static_cast<std::size_t>(received));
  return base::Done{};
}

base::Result<std::string_view> Link::read_line() {
  for (std::size_t searched = 0;;) {
    const std::size_t end = in_.find('\n', begin_ + searched);
    if (end != std::string::npos) {
      std::string_view line = std::string_view(in_).substr(begin_, end - begin_);
      begin_ = end + 1;
      if (line.ends_with('\r')) line.remove_suffix(1);
      return line;
    }
    searched = in_.size() - begin_;
    if (searched > limits::kMaxReplyLineBytes) return base::Failure{name_ + ": a line has no end"};
    if (auto filled = fill(); !filled) return filled.failure();
  }
}

base::Status Link::read(std::size_t bytes, std::string& into) {
  while (true) {
    const std::size_t here = std::min(bytes, in_.size() - begin_);
    into.append(in_, begin_, here);
    begin_ += here;
    bytes -= here;
    if (bytes == 0) return base::Done{};
    if (auto filled = fill(); !filled) return filled.failure();
  }
}

}  // namespace larder::cli::copy
