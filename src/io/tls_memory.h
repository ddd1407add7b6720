// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

// What TLS has of the heap in the whole process: OpenSSL's blocks and the engines of connections.
namespace larder::io {

// From now on OpenSSL's memory is counted. Before it allocates anything; again does nothing.
void account_tls_memory();

std::size_t tls_memory_bytes();  // any thread

// Counted as OpenSSL's are.
void* take_tls_memory(std::size_t bytes);
void give_tls_memory(void* block) noexcept;

}  // namespace larder::io
