// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace larder::serve::edge {

// `text` as a key of memcached: blanks, control characters and `%` as %XX, which is how nginx asks,
// and so how whoever fills the nodes writes. Nothing: it is empty or too long to be one.
std::optional<std::string> memcached_key(std::string_view text);

}  // namespace larder::serve::edge
