// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/process_memory.h"

#include <malloc.h>
#include <unistd.h>

#include <cstdio>

namespace larder::base {
namespace {

std::size_t resident_bytes() noexcept {
  std::FILE* statm = std::fopen("/proc/self/statm", "re");
  if (statm == nullptr) return 0;
  unsigned long pages = 0;
  unsigned long resident = 0;
  const int read = std::fscanf(statm, "%lu %lu", &pages, &resident);
  std::fclose(statm);
  return read == 2 ? resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace

ProcessMemory read_process_memory() noexcept {
  const struct mallinfo2 heap = ::mallinfo2();
  return {.resident = resident_bytes(),
          .heap = heap.uordblks + heap.hblkhd,
          .heap_free = heap.fordblks};
}

}  // namespace larder::base
