// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/pin.h"
#include "store/operation.h"

namespace larder::store {

// What an item has outside of the log. Counted by references: the item holds one, and each pin of
// a reader, or of who works on it, one more; the last to let go frees it.
//
//   Item ─► Attachment ─┬─ kValue      Extents, the bytes of a long value
//                       └─ all others  collection::Collection
class Attachment {
 public:
  Attachment(const Attachment&) = delete;
  Attachment& operator=(const Attachment&) = delete;

  ItemType type() const { return type_; }
  // What it takes, beside its item in the log.
  std::size_t own_bytes() const noexcept;

  // It is an item's now, which takes a reference of its own.
  void gain_item() noexcept;
  // The end of that. What is left is the item's reference, in the list before `others`, of which
  // the first is returned; drop_all drops those references.
  [[nodiscard]] Attachment* lose_item(Attachment* others) noexcept;
  static void drop_all(Attachment* first) noexcept;

  void retain() { refs_.fetch_add(1, std::memory_order_relaxed); }
  bool is_shared() const { return refs_.load(std::memory_order_acquire) != 1; }
  base::Pin pin() {
    retain();
    return {this, &drop};
  }
  static void drop(void* attachment) noexcept;

 protected:
  explicit Attachment(ItemType type) : type_(type) {}
  ~Attachment() = default;

 private:
  Attachment* next_gone_ = nullptr;
  std::atomic<std::uint32_t> refs_{1};
  ItemType type_;  // members of a Collection follow at once
};

}  // namespace larder::store
