// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/log_ring.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace larder::serve::edge {
namespace {

constexpr std::size_t kBytes = 64;

std::string taken(LogRing& ring) {
  std::string all;
  for (std::string_view bytes = ring.front(); !bytes.empty(); bytes = ring.front()) {
    all += bytes;
    ring.pop(bytes.size());
  }
  return all;
}

TEST(LogRing, GivesBackWhatItTook) {
  LogRing ring(kBytes);
  EXPECT_EQ(taken(ring), "");
  for (int i = 0; i < 100; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    ASSERT_TRUE(ring.push(line));
    ASSERT_TRUE(ring.push("x\n"));
    EXPECT_EQ(taken(ring), line + "x\n");
  }
}

TEST(LogRing, TakesAllOfALineOrNothing) {
  LogRing ring(kBytes);
  EXPECT_FALSE(ring.push(std::string(kBytes + 1, 'x')));
  EXPECT_TRUE(ring.push(std::string(kBytes - 2, 'x')));
  EXPECT_FALSE(ring.push("abc"));
  EXPECT_TRUE(ring.push("ab"));
  EXPECT_EQ(taken(ring), std::string(kBytes - 2, 'x') + "ab");
  EXPECT_TRUE(ring.push("abc"));
}

TEST(LogRing, IsHalfFull) {
  LogRing ring(kBytes);
  EXPECT_FALSE(ring.is_half_full());
  EXPECT_TRUE(ring.push(std::string(kBytes / 2 + 1, 'x')));
  EXPECT_TRUE(ring.is_half_full());
  taken(ring);
  EXPECT_FALSE(ring.is_half_full()) << "what was taken counts at once";
}

TEST(LogRing, TwoThreads) {
  constexpr int kLines = 100'000;
  LogRing ring(kBytes);
  std::string got;
  std::thread reader([&ring, &got] {
    while (!got.ends_with("end\n")) got += taken(ring);
  });
  std::string sent;
  for (int i = 0; i < kLines; ++i) {
    const std::string line = i + 1 < kLines ? std::to_string(i) + "\n" : "end\n";
    while (!ring.push(line)) std::this_thread::yield();
    sent += line;
  }
  reader.join();
  EXPECT_EQ(got, sent);
}

}  // namespace
}  // namespace larder::serve::edge
