// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cache/cache.h"
#include "io/loop.h"

namespace larder::cache {

// Gives `cache` time on `loop` for the work that nobody waits for, for as long as the loop runs:
// one bounded piece in a turn, some pieces every few milliseconds while there is some. Any number
// of loops share it. Called on the loop's thread; `cache` must outlive the loop.
void keep_tended(Cache& cache, io::Loop& loop);

}  // namespace larder::cache
