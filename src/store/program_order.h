// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace larder::store {

// What a process has stored in shared memory when it is killed is a beginning of each thread's
// stores, in the order of its instructions: only the compiler could change that order. Between two
// stores this forbids it; it costs no instruction.
inline void keep_program_order() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }

}  // namespace larder::store
