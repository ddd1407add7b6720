// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace larder::io {

// What goes wrong on purpose, for tests: the kernel's rare answers made frequent. A backend asks
// at the point where the kernel would have said so; production has none (a null pointer).
//
//                epoll                           io_uring
//   short ones   a smaller room, fewer bytes     smaller provided buffers, room and sends
//   try again    an event that brought nothing;  a receive or send that is answered by EAGAIN
//                a send that says EAGAIN         and has done nothing
//   no buffers   (it has one buffer of its own)  the stream breaks off behind some bytes
//   cancel       (it has no stream to cancel)    the same, by a cancel that races with the bytes
class Faults {
 public:
  explicit Faults(std::uint64_t seed) : random_(seed) {}

  std::size_t max_receive_bytes = 0;  // 0: no limit
  std::size_t max_send_bytes = 0;     // 0: no limit
  unsigned try_again_percent = 0;
  unsigned no_buffers_percent = 0;
  unsigned cancel_percent = 0;

  bool try_again() { return happens(try_again_percent); }
  bool no_buffers() { return happens(no_buffers_percent); }
  bool cancel() { return happens(cancel_percent); }
  // How often each was injected, so that a test can see that it tested something.
  std::uint64_t injected = 0;

 private:
  bool happens(unsigned percent) {
    if (percent == 0 || random_() % 100 >= percent) return false;
    ++injected;
    return true;
  }
  std::minstd_rand random_;
};

}  // namespace larder::io
