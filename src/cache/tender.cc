// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cache/tender.h"

#include "base/limits.h"

namespace larder::cache {

void keep_tended(Cache& cache, io::Loop& loop) {
  const bool is_more = cache.tend(loop.now());
  loop.after(is_more ? limits::kTendBusyMs : limits::kTendIdleMs,
             [&cache, &loop] { keep_tended(cache, loop); });
}

}  // namespace larder::cache
