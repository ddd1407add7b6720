// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <cstddef>
#include <new>
#include <utility>

#include "base/check.h"
#include "base/heap_bytes.h"

namespace larder::io {

// The body of a session: one coroutine for the whole life of a connection.
//
//   created ── resume ──► running ── co_await (a Socket's read, flush …) ──► suspended
//   (suspended)             │  ▲──────────── the loop resumes it ─────────────┘
//                           └─ returns ──► done(): whoever holds the Task destroys it
//
// Move-only; the holder owns the frame. It is resumed by the loop alone, on the loop's thread, and
// never by another coroutine: a session is flat, and calls plain functions between its awaits.
class Task {
 public:
  struct promise_type {
    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    // Of frames that this thread has made and not destroyed: a session lives on one thread.
    static void* operator new(std::size_t bytes) {
      bytes_of_thread() += base::heap_bytes(bytes);
      return ::operator new(bytes);
    }
    static void operator delete(void* frame, std::size_t bytes) noexcept {
      bytes_of_thread() -= base::heap_bytes(bytes);
      ::operator delete(frame, bytes);
    }
    void unhandled_exception() noexcept { LARDER_CHECK(!"an exception left a session"); }
  };
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

  static std::size_t frame_bytes() { return bytes_of_thread(); }

  void start() { frame_.resume(); }
  bool done() const { return !frame_ || frame_.done(); }

 private:
  explicit Task(Handle frame) : frame_(frame) {}
  static std::size_t& bytes_of_thread() {
    static thread_local std::size_t bytes = 0;
    return bytes;
  }
  Handle frame_ = nullptr;
};

}  // namespace larder::io
