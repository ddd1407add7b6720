// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/attachment.h"

#include <utility>

#include "store/collection/collection.h"
#include "store/extents.h"

namespace larder::store {

std::size_t Attachment::own_bytes() const noexcept {
  return type_ == ItemType::kValue ? static_cast<const Extents*>(this)->bytes()
                                   : static_cast<const collection::Collection*>(this)->bytes();
}

void Attachment::gain_item() noexcept {
  retain();
  if (type_ == ItemType::kValue) static_cast<Extents*>(this)->become(Extents::Purpose::kValue);
}

Attachment* Attachment::lose_item(Attachment* others) noexcept {
  if (type_ == ItemType::kValue) static_cast<Extents*>(this)->become(Extents::Purpose::kPinned);
  next_gone_ = others;
  return this;
}

void Attachment::drop_all(Attachment* first) noexcept {
  while (first != nullptr) drop(std::exchange(first, first->next_gone_));
}

void Attachment::drop(void* subject) noexcept {
  auto* attachment = static_cast<Attachment*>(subject);
  if (attachment->refs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  attachment->type_ == ItemType::kValue
      ? Extents::destroy(static_cast<Extents*>(attachment))
      : collection::Collection::destroy(static_cast<collection::Collection*>(attachment));
}

}  // namespace larder::store
