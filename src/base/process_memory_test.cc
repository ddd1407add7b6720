// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/process_memory.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace larder::base {
namespace {

// A sanitizer has a malloc of its own, of which mallinfo2 knows nothing, and shadows what is used.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kOwnMalloc = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kOwnMalloc = false;
#else
constexpr bool kOwnMalloc = true;
#endif
#else
constexpr bool kOwnMalloc = true;
#endif

TEST(ProcessMemory, GrowsByWhatIsAllocatedAndUsed) {
  if (!kOwnMalloc) GTEST_SKIP() << "another malloc";
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

}  // namespace
}  // namespace larder::base
