// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/result.h"

namespace larder::cli::load {

// Nanoseconds that all threads of a process have been on a processor, in the kernel and outside of
// it: the first number of /proc/<pid>/task/*/schedstat. A running thread's is at most a tick old.
base::Result<std::uint64_t> cpu_ns_of(pid_t pid);

}  // namespace larder::cli::load
