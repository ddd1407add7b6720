// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace larder::origin {

// The value of a cookie that leads back to the server at `address`: says nothing about it to
// whoever does not guess it, and is the same after a restart and on every machine.
std::string sticky_value(std::string_view upstream, std::string_view address);

}  // namespace larder::origin
