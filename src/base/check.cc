// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace larder::base {

void abort_on_bug(const char* file, int line, const char* what) noexcept {
  std::fprintf(stderr, "larder: bug at %s:%d: %s\n", file, line, what);
  std::abort();
}

}  // namespace larder::base
