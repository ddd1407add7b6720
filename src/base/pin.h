// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace larder::base {

// Keeps somebody's bytes where they are, and unchanged, for as long as the pin lives.
//
//   holder ── Pin ──► subject (an item, a page)       release(subject) exactly once
//
// Move-only, two words, no allocation. `release` may run on any thread.
class Pin {
 public:
  using Release = void (*)(void* subject) noexcept;

  Pin() = default;
  Pin(void* subject, Release release) : subject_(subject), release_(release) {}
  Pin(Pin&& other) noexcept
      : subject_(std::exchange(other.subject_, nullptr)), release_(other.release_) {}
  Pin& operator=(Pin&& other) noexcept {
    if (this != &other) {
      drop();
      subject_ = std::exchange(other.subject_, nullptr);
      release_ = other.release_;
    }
    return *this;
  }
  ~Pin() { drop(); }

  // Of an empty one, what the constructor makes.
  void hold(void* subject, Release release) {
    subject_ = subject;
    release_ = release;
  }

  explicit operator bool() const { return subject_ != nullptr; }
  void drop() noexcept {
    if (subject_ != nullptr) release_(std::exchange(subject_, nullptr));
  }

 private:
  void* subject_ = nullptr;
  Release release_ = nullptr;
};

}  // namespace larder::base
