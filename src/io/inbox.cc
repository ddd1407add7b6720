// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/inbox.h"

#include "base/check.h"

namespace larder::io {

void Inbox::consume(std::size_t bytes) {
  LARDER_CHECK(bytes <= unread().size());
  if (tail_.empty()) {
    lent_.remove_prefix(bytes);
    return;
  }
  tail_begin_ += bytes;
  if (tail_begin_ == tail_.size()) {
    std::string().swap(tail_);
    tail_begin_ = 0;
  }
}

void Inbox::deliver(std::string_view lent) {
  LARDER_CHECK(lent_.empty());
  lent_ = lent;
  if (!tail_.empty()) settle();
}

void Inbox::settle() {
  if (tail_begin_ != 0 && tail_begin_ >= tail_.size() / 2) trim();
  if (lent_.empty()) return;
  if (tail_begin_ != 0) {
    tail_.erase(0, tail_begin_);
    tail_begin_ = 0;
  }
  tail_.append(lent_);
  lent_ = {};
}

// A string never gives room back by itself: what is left moves to one of its own size.
void Inbox::trim() {
  std::string(tail_, tail_begin_).swap(tail_);
  tail_begin_ = 0;
}

}  // namespace larder::io
