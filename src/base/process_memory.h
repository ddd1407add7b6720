// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace larder::base {

// This process' memory, in bytes, as those see it who give it out.
struct ProcessMemory {
  std::size_t resident = 0;   // the kernel, of /proc/self/statm; 0: it does not tell
  std::size_t heap = 0;       // malloc: what is in use
  std::size_t heap_free = 0;  // malloc: what it keeps for later
};

// Costs some microseconds, and more where malloc's free blocks are many.
ProcessMemory read_process_memory() noexcept;

// Those of the kernel's pages that lie wholly in `bytes`; empty, and anywhere, when there are none.
std::string_view whole_memory_pages(std::string_view bytes) noexcept;

}  // namespace larder::base
