// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "store/extents.h"

namespace larder::store {

// What is to be stored: the bytes of a value, at hand in one piece, or else an attachment, to which
// the item takes a reference.
struct Content {
  std::string_view bytes = {};
  Attachment* attachment = nullptr;

  Extents& extents() const { return static_cast<Extents&>(*attachment); }
  // Of a value.
  std::size_t size() const { return attachment != nullptr ? extents().size() : bytes.size(); }
};

template <class Visit>
void for_each_span(const Content& content, Visit visit) {
  if (content.attachment == nullptr) return visit(content.bytes);
  for (const std::string_view view : content.extents().views()) visit(view);
}

}  // namespace larder::store
