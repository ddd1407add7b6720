// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>

// What nghttp2 has of the heap in the whole process.
namespace larder::http {

nghttp2_mem* h2_memory() noexcept;  // counts what it gives
std::size_t h2_memory_bytes();      // any thread

}  // namespace larder::http
