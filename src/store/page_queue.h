// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>

#include "store/page.h"

namespace larder::store {

// Log pages in the order in which they are to be looked at by eviction.
//
//   oldest ◄─► [page] ◄─► [target] ◄─► [page] ◄─► newest (active: appended to)
//                            └ takes what compaction moves, at the place of the first page moved
class PageQueue {
 public:
  explicit PageQueue(Page::Use use) : use_(use) {}

  Page::Use use() const { return use_; }
  Page* newest() const { return newest_; }
  Page* oldest() const { return oldest_; }
  Page* target() const { return target_; }
  std::size_t pages() const { return pages_; }
  bool is_appended_to(const Page& page) const { return &page == newest_ || &page == target_; }

  void add_newest(Page& page) {
    link(page, newest_, nullptr);
    newest_ = &page;
    if (oldest_ == nullptr) oldest_ = &page;
  }
  void add_target(Page& page, Page& older_than) {
    link(page, older_than.older, &older_than);
    older_than.older = &page;
    (page.older == nullptr ? oldest_ : page.older->newer) = &page;
    target_ = &page;
  }
  void forget_target() { target_ = nullptr; }
  void remove(Page& page) {
    (page.newer == nullptr ? newest_ : page.newer->older) = page.older;
    (page.older == nullptr ? oldest_ : page.older->newer) = page.newer;
    if (target_ == &page) target_ = nullptr;
    --pages_;
  }

  // What its live items take, long values included. Read also without the lock.
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  void add_bytes(std::size_t bytes) {
    bytes_.store(this->bytes() + bytes, std::memory_order_relaxed);
  }
  void remove_bytes(std::size_t bytes) {
    bytes_.store(this->bytes() - bytes, std::memory_order_relaxed);
  }

 private:
  void link(Page& page, Page* older, Page* newer) {
    page.older = older;
    page.newer = newer;
    if (older != nullptr) older->newer = &page;
    ++pages_;
  }

  Page::Use use_;
  Page* newest_ = nullptr;
  Page* oldest_ = nullptr;
  Page* target_ = nullptr;
  std::size_t pages_ = 0;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace larder::store
