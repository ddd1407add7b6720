// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "store/collection/tree.h"

namespace larder::store::collection {

// Entries that one end of a full tree loses for a new one: ranks from..to, `to` not included.
struct Trim {
  std::size_t from = 0;
  std::size_t to = 0;
};

// Inserts at `rank`, before or behind all that is trimmed, and trims. `lost`, unless null, has then
// what was trimmed. False: no memory, and nothing has changed.
[[nodiscard]] bool insert_and_trim(Tree& tree, std::size_t rank,
                                   std::span<const std::string_view> parts, const Trim& trim,
                                   Snapshot* lost = nullptr);

}  // namespace larder::store::collection
