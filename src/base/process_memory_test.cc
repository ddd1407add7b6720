// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/process_memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/sanitized.h"

namespace larder::base {
namespace {

TEST(ProcessMemory, GrowsByWhatIsAllocatedAndUsed) {
  // A sanitizer has a malloc of its own, of which mallinfo2 knows nothing, and shadows what is
  // used.
  if (kIsSanitized) GTEST_SKIP() << "another malloc";
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  constexpr std::size_t kSlack = std::size_t{1} << 20;
  const ProcessMemory before = read_process_memory();
  std::vector<char> block(kBytes);
  // Through volatile: a compiler may leave out writes that nobody reads, and clang does.
  for (std::size_t at = 0; at < kBytes; at += 1024) {
    const_cast<volatile char&>(block[at]) = 'x';
  }
  const ProcessMemory after = read_process_memory();
  EXPECT_GE(after.heap, before.heap + kBytes);
  EXPECT_LE(after.heap, before.heap + kBytes + kSlack);
  EXPECT_GE(after.resident, before.resident + kBytes - kSlack);
  EXPECT_LE(after.resident, before.resident + kBytes + kSlack);
}

TEST(WholeMemoryPages, AreThoseBetweenTheEnds) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::vector<char> memory(5 * page);
  const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
  const char* const first = memory.data() + (page - address % page) % page;
  const auto of = [](const char* begin, const char* end) {
    return whole_memory_pages({begin, static_cast<std::size_t>(end - begin)});
  };
  const char* const last = first + 3 * page;
  EXPECT_EQ(of(first, last).data(), first);
  EXPECT_EQ(of(first, last).size(), 3 * page);
  EXPECT_EQ(of(first + 1, last).data(), first + page);
  EXPECT_EQ(of(first + 1, last).size(), 2 * page);
  EXPECT_EQ(of(first, last - 1).size(), 2 * page);
  EXPECT_EQ(of(first + 1, last - 1).data(), first + page);
  EXPECT_EQ(of(first + 1, last - 1).size(), page);
  EXPECT_EQ(of(first + page - 1, first + page + 1).size(), 0U);
  EXPECT_EQ(of(first + 1, first + 2 * page - 1).size(), 0U);
  EXPECT_EQ(of(first + 1, first + 2).size(), 0U);
  EXPECT_EQ(of(first, first).size(), 0U);
}

}  // namespace
}  // namespace larder::base
