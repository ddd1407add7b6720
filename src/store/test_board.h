// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <new>
#include <string>

#include "store/operation.h"

namespace larder::store {

// What both processes see.
struct Board {
  volatile std::uint64_t begun = 0;
  volatile std::uint64_t done = 0;
  volatile Cas cas = 0;  // the last that was told
};

// For a process and its child.
class SharedBoard {
 public:
  SharedBoard() {
    void* page =
        mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    board_ = new (page) Board;
  }
  ~SharedBoard() { munmap(board_, sizeof(Board)); }
  SharedBoard(const SharedBoard&) = delete;
  SharedBoard& operator=(const SharedBoard&) = delete;
  Board* operator->() const { return board_; }

 private:
  Board* board_;
};

inline std::string text(std::size_t size, char first) {
  std::string made(size, first);
  for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<char>(first + i % 19);
  return made;
}

}  // namespace larder::store
