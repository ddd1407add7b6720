// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <string_view>

namespace larder::io {

// Sends bytes without copying them: the kernel is given references to the memory pages that they
// lie in, by way of a pipe, and the peer's receive copies them from there.
//
//   memory pages ── vmsplice ──► [pipe] ── splice ──► socket; what it does not take is thrown away
//
// The kernel reads such a page until the peer has its bytes, which nobody is told: nobody may ever
// write to it again. One thread, which gets no SIGPIPE any more, and three descriptors.
class Splice {
 public:
  Splice() noexcept;
  ~Splice() { close(); }
  Splice(const Splice&) = delete;
  Splice& operator=(const Splice&) = delete;

  // Of a non-blocking socket. → bytes that it has taken, or -1 and errno: as of send; kRefused if
  // this cannot be done here at all.
  ssize_t send(int fd, std::string_view bytes, bool more_follows) noexcept;
  static constexpr int kRefused = EOPNOTSUPP;

 private:
  void close() noexcept;
  void empty(std::size_t bytes) noexcept;

  int read_end_ = -1;
  int write_end_ = -1;
  int nowhere_ = -1;  // /dev/null
};

}  // namespace larder::io
