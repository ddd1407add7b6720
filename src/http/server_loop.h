// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/limits.h"
#include "base/list.h"
#include "io/loop.h"

namespace larder::http {

struct OfSlot;
struct OfWoken;

// A connection, as its loop's clock and its wakes see it.
class LoopMember : public base::ListNode<OfSlot>, public base::ListNode<OfWoken> {
 public:
  virtual void deadline_passed() = 0;
  virtual void visited() = 0;  // every few seconds, whatever the deadline
  virtual void woken() = 0;

  // For ServerLoop.
  base::SteadyMs deadline = 0;  // 0: none
  std::uint32_t visit = 0;      // when its slot comes round, in ticks

 protected:
  ~LoopMember() = default;
};

// What the connections of one loop share.
//
//   slots   [0] [1] [2] … [15]      one comes round every kTickMs, and its members are looked at:
//            ▲                      whose deadline has passed is told, the others move on, at most
//            └ now                  kSlots ticks ahead. To put a deadline off costs a store.
//   woken   ─► a ─► b ─► c          told together, later in this turn or in the next
//
// Whoever answers a request is on the stack of its own exchange: the session goes on when that has
// returned. Made by the first of a loop's connections, ended by the last.
class ServerLoop {
 public:
  static void enter(io::Loop& loop, LoopMember& member);
  static ServerLoop& of(io::Loop& loop);  // that somebody has entered
  void leave(LoopMember& member);

  io::Loop& loop() { return loop_; }
  void set_deadline(LoopMember& member, std::int64_t in_ms);
  static void no_deadline(LoopMember& member) { member.deadline = 0; }
  void wake_later(LoopMember& member);

 private:
  static constexpr std::size_t kSlots = 16;
  using Slot = base::List<LoopMember, OfSlot>;

  explicit ServerLoop(io::Loop& loop);
  const io::Loop* loop_ptr() const { return &loop_; }
  void place(LoopMember& member, base::SteadyMs now);
  Slot& slot_of(base::SteadyMs when);
  void begin_ticks();
  void tick();
  void look_at(LoopMember& member, base::SteadyMs now);
  void run_woken();
  void end_when_left();

  io::Loop& loop_;
  std::array<Slot, kSlots> slots_;
  base::List<LoopMember, OfWoken> woken_;
  base::SteadyMs ticked_ = 0;  // slots up to here have come round
  io::Loop::Timers::iterator timer_;
  std::size_t members_ = 0;
  bool posted_ = false;   // run_woken will be called
  bool looking_ = false;  // at members, and goes on behind them
};

}  // namespace larder::http
