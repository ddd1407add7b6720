// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

// Defined where the address or the thread sanitizer is built in: everything is slower by a multiple
// there, and memory that is kept for reuse would hide what they look for.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LARDER_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LARDER_SANITIZED 1
#endif
#endif

namespace larder::base {

#ifdef LARDER_SANITIZED
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

}  // namespace larder::base
