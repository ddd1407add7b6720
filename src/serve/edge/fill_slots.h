// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>

namespace larder::serve::edge {

// How many fills of one site are in flight, of what may be stored: those above its `parallelFills`
// wait for their turn, in the order in which they came. Known by the site's name, so that a reload
// keeps it. Any thread.
//
//   ask ─┬─ kNow ───────────────────────────────► give
//        ├─ kLater ─► go (of whoever waited longest, by a give) ─► give
//        │      └──► leave
//        └─ kNever: limits::kQueuedFills wait already
class FillSlots {
 public:
  enum class Turn : std::uint8_t { kNow, kLater, kNever };
  // `who` names it for leave(); `go` is called on the thread of whoever gives, without a lock.
  Turn ask(const void* who, std::function<void()> go, std::size_t most);
  void give();
  // False: it does not wait, and has or had its turn.
  bool leave(const void* who);

  struct Counts {
    std::size_t busy = 0;
    std::size_t waiting = 0;
    std::uint64_t waited = 0;  // since the start
    std::uint64_t refused = 0;
  };
  Counts counts() const;

 private:
  struct Waiting {
    const void* who;
    std::function<void()> go;
  };

  mutable std::mutex mutex_;
  std::size_t most_ = 0;  // as who came last has it
  std::deque<Waiting> queue_;
  Counts counts_;
};

}  // namespace larder::serve::edge
