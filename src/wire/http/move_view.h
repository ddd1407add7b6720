// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace larder::wire::http {

// The bytes that `view` points into have been copied from `from` to `to`.
inline void move_view(std::string_view& view, const char* from, const char* to) {
  if (view.data() != nullptr) view = {to + (view.data() - from), view.size()};
}

}  // namespace larder::wire::http
