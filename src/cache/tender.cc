// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cache/tender.h"

#include <cstddef>

#include "base/limits.h"

namespace larder::cache {
namespace {

// A piece, and the others in the next turns: a timer for each would wait for the tick of the coarse
// clock, which is four milliseconds and more.
void tend(Cache& cache, io::Loop& loop, std::size_t pieces) {
  const bool is_more = cache.tend(loop.now());
  if (is_more && pieces > 1) {
    loop.post([&cache, &loop, pieces] { tend(cache, loop, pieces - 1); });
  } else {
    loop.after(is_more ? limits::kTendBusyMs : limits::kTendIdleMs,
               [&cache, &loop] { keep_tended(cache, loop); });
  }
}

}  // namespace

void keep_tended(Cache& cache, io::Loop& loop) { tend(cache, loop, limits::kTendPieces); }

}  // namespace larder::cache
