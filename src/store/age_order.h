// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "store/item.h"

namespace larder::store {

// The items of one shard from the youngest to the oldest, linked through their headers.
//
//   youngest_ ─► [item] ◄─► [item] ◄─► [item] ◄─ oldest_        add ──► front, evict ◄── back
class AgeOrder {
 public:
  Item* oldest() const { return oldest_; }

  void add(Item& item) {
    item.newer = nullptr;
    item.older = youngest_;
    (youngest_ == nullptr ? oldest_ : youngest_->newer) = &item;
    youngest_ = &item;
  }
  void remove(Item& item) {
    (item.newer == nullptr ? youngest_ : item.newer->older) = item.older;
    (item.older == nullptr ? oldest_ : item.older->newer) = item.newer;
  }
  void renew(Item& item) {
    remove(item);
    add(item);
  }

 private:
  Item* youngest_ = nullptr;
  Item* oldest_ = nullptr;
};

}  // namespace larder::store
