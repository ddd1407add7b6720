// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace larder::serve::edge {

// What a file is, by what stands behind the last dot of its name: `text/css`.
std::string_view media_type_of(std::string_view path);

}  // namespace larder::serve::edge
