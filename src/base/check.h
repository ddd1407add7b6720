// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace larder::base {

// Prints where and what to standard error and aborts. Never returns.
[[noreturn]] void abort_on_bug(const char* file, int line, const char* what) noexcept;

}  // namespace larder::base

// A bug, not an answer and not a failure: the process must not go on. Stays in every build.
#define LARDER_CHECK(condition)                      \
  (__builtin_expect(static_cast<bool>(condition), 1) \
       ? static_cast<void>(0)                        \
       : ::larder::base::abort_on_bug(__FILE__, __LINE__, #condition))
