// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cache/tender.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "base/limits.h"
#include "io/test_loop.h"

namespace larder::cache {
namespace {

// Times of the loop, which the test moves.
base::SteadyMs steady_ms = 0;
base::UnixMs unix_ms = 0;

io::LoopOptions options_with_clock() {
  io::LoopOptions options;
  options.steady_now = +[]() noexcept { return steady_ms; };
  options.unix_now = +[]() noexcept { return unix_ms; };
  return options;
}

// A coarse clock stands still for some milliseconds: not one piece in all that time.
TEST(Tender, DoesSomePiecesInATickAndEachInItsOwnTurn) {
  steady_ms = 5000;
  unix_ms = base::unix_now_ms();
  Cache cache({.memory_bytes = std::size_t{64} << 20});
  for (int i = 0; i < 50'000; ++i) {
    cache.put(cache.key(std::to_string(i)), "v", {.expires = unix_ms + 1000}, unix_ms);
  }
  unix_ms += 3000;
  io::SteppedLoop loop(options_with_clock());
  std::uint64_t expired = 0;
  const auto pieces_of_turns = [&](int turns) {
    std::size_t pieces = 0;
    for (int i = 0; i < turns; ++i) {
      loop->turn(0);
      const std::uint64_t now = cache.usage().expired;
      EXPECT_LE(now - expired, limits::kItemsAtOnce) << "more than one piece in a turn";
      pieces += now != expired ? 1 : 0;
      expired = now;
    }
    return pieces;
  };
  loop->post([&] { keep_tended(cache, *loop); });
  EXPECT_EQ(pieces_of_turns(20), limits::kTendPieces);
  steady_ms += limits::kTendBusyMs;
  EXPECT_EQ(pieces_of_turns(20), limits::kTendPieces);
}

}  // namespace
}  // namespace larder::cache
