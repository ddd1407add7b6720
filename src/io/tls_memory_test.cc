// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/tls_memory.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <thread>

namespace larder::io {
namespace {

constexpr std::size_t kRecordBytes = 16'700;
constexpr std::size_t kMostBytes = 18'000;  // of a buffer that is kept for the next record

TEST(TlsMemory, OfTwoRecordsStaysWithItsThread) {
  account_tls_memory();
  const std::size_t before = tls_memory_bytes();
  std::thread([&] {
    std::array<void*, 3> buffers{};
    for (void*& buffer : buffers) buffer = OPENSSL_malloc(kRecordBytes);
    EXPECT_GE(tls_memory_bytes() - before, 3 * kRecordBytes);
    for (void* buffer : buffers) OPENSSL_free(buffer);
    const std::size_t kept = tls_memory_bytes() - before;
    EXPECT_GE(kept, 2 * kRecordBytes);
    EXPECT_LE(kept, 2 * kMostBytes);
    std::array<void*, 2> again{};
    for (void*& buffer : again) buffer = OPENSSL_malloc(kRecordBytes);
    EXPECT_EQ(tls_memory_bytes() - before, kept);
    for (void* buffer : again) {
      EXPECT_NE(std::ranges::find(buffers, buffer), buffers.end());
      OPENSSL_free(buffer);
    }
  }).join();
  EXPECT_EQ(tls_memory_bytes(), before);
}

TEST(TlsMemory, OfOtherSizesIsGivenBackAtOnce) {
  account_tls_memory();
  const std::size_t before = tls_memory_bytes();
  std::thread([&] {
    for (const std::size_t bytes : {1UL, 1000UL, 12'000UL, 20'000UL, 1'000'000UL}) {
      OPENSSL_free(OPENSSL_malloc(bytes));
      EXPECT_EQ(tls_memory_bytes(), before) << bytes;
    }
    OPENSSL_free(nullptr);
  }).join();
  EXPECT_EQ(tls_memory_bytes(), before);
}

}  // namespace
}  // namespace larder::io
