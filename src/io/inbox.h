// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/heap_bytes.h"

namespace larder::io {

// What a connection has received and its session has not consumed.
//
//   deliver(bytes) ─► unread() ─► consume(n) … ─► settle()
//
//   nothing kept:    lent_ = [........]   the loop's buffer itself, parsed where it lies
//   something kept:  tail_ = [....]+[..]  what was left over, with the new bytes behind it
//
// Lent bytes go back to the loop in the turn in which they came: settle() moves what is left to
// the tail, which costs a copy only for requests that were cut between packets. Views into
// unread() die at deliver, settle and any await. An empty inbox owns no memory, a settled one about
// as much as it keeps.
class Inbox {
 public:
  std::string_view unread() const {
    return tail_.empty() ? lent_ : std::string_view(tail_).substr(tail_begin_);
  }
  // Of its own, on the heap.
  std::size_t own_bytes() const {
    const bool in_place = tail_.capacity() <= std::string().capacity();
    return in_place ? 0 : base::heap_bytes(tail_.capacity() + 1);
  }
  bool empty() const { return unread().empty(); }
  void consume(std::size_t bytes);

  // For the socket.
  void deliver(std::string_view lent);
  void settle();

 private:
  void trim();

  std::string_view lent_;
  std::string tail_;
  std::size_t tail_begin_ = 0;
};

}  // namespace larder::io
