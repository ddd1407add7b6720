// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace larder::serve::memcache::arcus {

// What the commands of `topic` are written like, a line for each; of no or an unknown topic what
// topics there are. A tab before each line.
std::string help_text(std::string_view topic);

}  // namespace larder::serve::memcache::arcus
