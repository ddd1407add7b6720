// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <new>

#include "base/sanitized.h"

namespace larder::base {

// Memory of objects that come and go with every request: a thread keeps that of the last few, where
// malloc would look for a place each time (above a kilobyte it keeps none of its own).
//
//   class Visit final : public base::Recycled<Visit> { … };
//
// Of one class, not of what derives from it. Objects may be freed by another thread than made them.
template <class Object>
class Recycled {
 public:
  static void* operator new(std::size_t bytes) {
    Spare& own = spare();
    return own.count != 0 ? own.places[--own.count] : ::operator new(bytes);
  }
  static void operator delete(void* place) {
    Spare& own = spare();
    if (own.count == own.room) return ::operator delete(place);
    own.places[own.count++] = place;
  }

 private:
  friend Object;
  Recycled() = default;

  static constexpr std::size_t kSpare = 16;

  struct Spare {
    std::array<void*, kSpare> places;
    std::size_t count;
    std::size_t room;
  };
  // At the end of the thread: what is freed even later is not kept.
  struct Emptier {
    ~Emptier() {
      while (of_this_thread.count != 0)
        ::operator delete(of_this_thread.places[--of_this_thread.count]);
      of_this_thread.room = 0;
    }
  };

  static Spare& spare() {
    static thread_local Emptier emptier;
    return of_this_thread;
  }
  static inline constinit thread_local Spare of_this_thread = {{}, 0, kIsSanitized ? 0 : kSpare};
};

}  // namespace larder::base
