// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "store/extents.h"

namespace larder::store {

// The bytes of a value to be stored: at hand in one piece, or in extents, to
// which the item takes a reference.
struct Content {
  std::string_view bytes = {};
  Extents* extents = nullptr;

  std::size_t size() const { return extents != nullptr ? extents->size() : bytes.size(); }
};

template <class Visit>
void for_each_span(const Content& content, Visit visit) {
  if (content.extents == nullptr) return visit(content.bytes);
  for (const std::string_view view : content.extents->views()) visit(view);
}

}  // namespace larder::store
