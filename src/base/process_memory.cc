// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/process_memory.h"

#include <malloc.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

namespace larder::base {
namespace {

std::size_t memory_page_bytes() noexcept {
  static const auto kBytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return kBytes;
}

std::size_t resident_bytes() noexcept {
  std::FILE* statm = std::fopen("/proc/self/statm", "re");
  if (statm == nullptr) return 0;
  unsigned long pages = 0;
  unsigned long resident = 0;
  const int read = std::fscanf(statm, "%lu %lu", &pages, &resident);
  std::fclose(statm);
  return read == 2 ? resident * memory_page_bytes() : 0;
}

}  // namespace

ProcessMemory read_process_memory() noexcept {
  const struct mallinfo2 heap = ::mallinfo2();
  return {.resident = resident_bytes(),
          .heap = heap.uordblks + heap.hblkhd,
          .heap_free = heap.fordblks};
}

std::string_view whole_memory_pages(std::string_view bytes) noexcept {
  const std::size_t page = memory_page_bytes();
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  const std::size_t before = (page - address % page) % page;
  const std::size_t after = (address + bytes.size()) % page;
  return before + after < bytes.size() ? bytes.substr(before, bytes.size() - before - after)
                                       : std::string_view();
}

}  // namespace larder::base
