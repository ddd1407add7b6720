// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

// Field lines that a handler gives, as a driver passes them on.
namespace larder::http {

// Of fields that frame a message or are of one connection: the driver alone writes them.
bool is_drivers_own(std::string_view name) noexcept;
bool is_upgrade(std::string_view name) noexcept;

// The next stretch of `lines` that may go out as it is; what is skipped is gone from `lines`, too.
// Empty: there are none any more.
std::string_view take_allowed(std::string_view& lines, bool with_upgrade) noexcept;

}  // namespace larder::http
