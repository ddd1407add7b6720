// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "store/operation.h"

namespace larder::store {

class Store;
class Item;

// Room for a value that is on its way in.
//
//   reserve ─► room() ─► fill(n) ─► room() ─► fill(n) … ─► missing() == 0 ─► Store::commit
//                │
//                └─ empty although bytes are missing: memory ran out on the way, answer() says so
//
// Grows with the bytes that arrive, never with the size that was declared. Move-only, belongs to
// one connection, needs no lock to be filled; invisible to everybody until the commit.
class Reservation {
 public:
  Reservation() = default;
  explicit Reservation(Answer refused) : answer_(refused) {}
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation();  // gives the room back unless committed

  Answer answer() const noexcept { return answer_; }
  std::size_t size() const noexcept { return size_; }
  std::size_t missing() const noexcept { return size_ - filled_; }

  // Where the next bytes go: at most missing() bytes, more than none while answer() is kOk and
  // bytes are missing. The same until the next fill.
  std::span<char> room();
  void fill(std::size_t bytes);

 private:
  friend class Store;
  Answer answer_ = Answer::kNoMemory;
  std::size_t size_ = 0;
  std::size_t filled_ = 0;
  Reservation(Store& store, Item& item, std::size_t size, UnixMs now);

  bool grow();
  Item* take_item() noexcept;

  Store* store_ = nullptr;
  Item* item_ = nullptr;  // not linked, on the account; null: refused, used up or moved away
  std::size_t held_ = 0;  // value bytes that there is room for
  UnixMs now_ = 0;        // when it was made
};

}  // namespace larder::store
