// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/server_loop.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace larder::http {
namespace {

constexpr std::int64_t kTick = limits::kHttpTickMs;

// Those of this thread: one, but in tests.
std::vector<ServerLoop*>& of_thread() {
  static thread_local std::vector<ServerLoop*> loops;
  return loops;
}

}  // namespace

ServerLoop::ServerLoop(io::Loop& loop) : loop_(loop), ticked_(loop.steady_now()) { begin_ticks(); }

ServerLoop& ServerLoop::of(io::Loop& loop) {
  auto& loops = of_thread();
  if (loops.front()->loop_ptr() == &loop) return *loops.front();
  return **std::ranges::find(loops, &loop, &ServerLoop::loop_ptr);
}

void ServerLoop::enter(io::Loop& loop, LoopMember& member) {
  auto& loops = of_thread();
  if (std::ranges::find(loops, &loop, &ServerLoop::loop_ptr) == loops.end()) {
    loops.push_back(new ServerLoop(loop));
  }
  ServerLoop& self = of(loop);
  ++self.members_;
  self.place(member, loop.steady_now());
}

void ServerLoop::leave(LoopMember& member) {
  member.base::ListNode<OfSlot>::unlink();
  member.base::ListNode<OfWoken>::unlink();
  --members_;
  end_when_left();
}

void ServerLoop::end_when_left() {
  if (members_ != 0 || posted_ || looking_) return;
  loop_.cancel(timer_);
  std::erase(of_thread(), this);
  delete this;
}

// ---- deadlines

void ServerLoop::set_deadline(LoopMember& member, std::int64_t in_ms) {
  const base::SteadyMs now = loop_.steady_now();
  member.deadline = now + std::max<std::int64_t>(in_ms, 1);
  if (member.deadline + kTick < member.visit * kTick) place(member, now);
}

ServerLoop::Slot& ServerLoop::slot_of(base::SteadyMs when) {
  return slots_[static_cast<std::size_t>(when / kTick) % kSlots];
}

// In the slot of the first tick that is not before its deadline, or in the last one there is.
void ServerLoop::place(LoopMember& member, base::SteadyMs now) {
  constexpr std::int64_t kFarthest = (kSlots - 1) * kTick;
  const std::int64_t away = member.deadline == 0 ? kFarthest : member.deadline - now;
  const base::SteadyMs wanted = now + std::clamp<std::int64_t>(away, 0, kFarthest - kTick) + kTick;
  const base::SteadyMs visit = std::max(wanted / kTick * kTick, ticked_ + kTick);
  member.visit = static_cast<std::uint32_t>(visit / kTick);
  member.base::ListNode<OfSlot>::unlink();
  slot_of(visit).push_back(&member);
}

void ServerLoop::begin_ticks() {
  timer_ = loop_.after(kTick, [this] { tick(); });
}

// A loop that was held up makes up for the slots it missed; each comes round once at most.
void ServerLoop::tick() {
  const base::SteadyMs now = loop_.steady_now();
  begin_ticks();
  looking_ = true;
  base::SteadyMs at = std::max<base::SteadyMs>(ticked_ + kTick, now - (kSlots - 1) * kTick);
  ticked_ = now;
  for (; at / kTick <= now / kTick; at += kTick) {
    Slot due;
    Slot& slot = slot_of(at);
    while (LoopMember* const member = slot.front()) {
      member->base::ListNode<OfSlot>::unlink();
      due.push_back(member);
    }
    while (LoopMember* const member = due.front()) look_at(*member, now);
  }
  looking_ = false;
  end_when_left();
}

void ServerLoop::look_at(LoopMember& member, base::SteadyMs now) {
  const bool passed = member.deadline != 0 && member.deadline <= now;
  if (passed) member.deadline = 0;
  place(member, now);
  if (passed) return member.deadline_passed();
  member.visited();
}

// ---- wakes

void ServerLoop::wake_later(LoopMember& member) {
  if (member.base::ListNode<OfWoken>::linked()) return;
  woken_.push_back(&member);
  if (posted_) return;
  posted_ = true;
  loop_.post([this] { run_woken(); });
}

// Those that are woken meanwhile have their turn later.
void ServerLoop::run_woken() {
  base::List<LoopMember, OfWoken> now;
  while (LoopMember* const member = woken_.front()) {
    member->base::ListNode<OfWoken>::unlink();
    now.push_back(member);
  }
  posted_ = false;
  looking_ = true;  // whoever leaves does not end this
  while (LoopMember* const member = now.front()) {
    member->base::ListNode<OfWoken>::unlink();
    member->woken();
  }
  looking_ = false;
  end_when_left();
}

}  // namespace larder::http
