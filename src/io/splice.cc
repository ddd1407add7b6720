// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/splice.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/limits.h"

namespace larder::io {

// Not when it is needed first: a node that has run out of descriptors goes on as it did. Signals,
// for splice() knows no MSG_NOSIGNAL.
Splice::Splice() noexcept {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) != 0) return;
  read_end_ = ends[0];
  write_end_ = ends[1];
  nowhere_ = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  // Where the system allows less, it takes more calls.
  ::fcntl(write_end_, F_SETPIPE_SZ, static_cast<int>(limits::kSplicePipeBytes));
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  if (::pthread_sigmask(SIG_BLOCK, &pipe, nullptr) != 0 || nowhere_ < 0) close();
}

void Splice::close() noexcept {
  for (int* fd : {&read_end_, &write_end_, &nowhere_}) {
    if (*fd >= 0) ::close(std::exchange(*fd, -1));
  }
}

ssize_t Splice::send(int fd, std::string_view bytes, bool more_follows) noexcept {
  const iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
  const ssize_t held = ::vmsplice(write_end_, &piece, 1, SPLICE_F_NONBLOCK);
  if (held <= 0) {
    errno = kRefused;
    return -1;
  }
  const auto in_pipe = static_cast<std::size_t>(held);
  const bool more = more_follows || in_pipe < bytes.size();
  const ssize_t taken = ::splice(read_end_, nullptr, fd, nullptr, in_pipe,
                                 SPLICE_F_NONBLOCK | (more ? SPLICE_F_MORE : 0U));
  const int error = errno;
  empty(in_pipe - static_cast<std::size_t>(std::max<ssize_t>(taken, 0)));
  errno = error == EINVAL ? kRefused : error;
  return taken;
}

void Splice::empty(std::size_t bytes) noexcept {
  while (bytes != 0) {
    const ssize_t gone = ::splice(read_end_, nullptr, nowhere_, nullptr, bytes, SPLICE_F_NONBLOCK);
    if (gone <= 0) return close();
    bytes -= static_cast<std::size_t>(gone);
  }
}

}  // namespace larder::io
