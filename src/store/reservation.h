// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "store/operation.h"

namespace larder::store {

class Store;
class Extents;
struct Content;

// Room for a value that is on its way in.
//
//   reserve ─► room() ─► fill(n) ─► room() ─► fill(n) … ─► missing() == 0 ─► Store::commit
//                │
//                └─ empty although bytes are missing: memory ran out on the way, answer() says so
//
// Grows with the bytes that arrive, never with the size that was declared. Move-only, belongs to
// one connection, needs no lock to be filled; invisible to everybody until the commit. A long value
// is received where it will lie; a short one is copied when it is whole.
class Reservation {
 public:
  Reservation() = default;
  explicit Reservation(Answer refused) : answer_(refused) {}
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation() { drop(); }  // gives the room back unless committed

  Answer answer() const noexcept { return answer_; }
  std::size_t size() const noexcept { return size_; }
  std::size_t missing() const noexcept { return size_ - filled_; }

  // Where the next bytes go: at most missing() bytes, more than none while answer() is kOk and
  // bytes are missing. The same until the next fill.
  std::span<char> room();
  void fill(std::size_t bytes);

 private:
  friend class Store;
  Reservation(Store& store, const Key& key, std::size_t size, UnixMs now);

  bool begin();
  bool grow();
  bool refuse();                      // false
  std::size_t held() const noexcept;  // value bytes that there is room for
  Content content() const noexcept;
  void drop() noexcept;

  Answer answer_ = Answer::kNoMemory;
  std::size_t size_ = 0;
  std::size_t filled_ = 0;
  Store* store_ = nullptr;
  std::uint64_t hash_ = 0;  // of the key: whose shard makes room
  UnixMs now_ = 0;          // when it was made
  // One of them, unless it was refused, used up or moved away.
  std::unique_ptr<char[]> short_;
  Extents* extents_ = nullptr;
};

}  // namespace larder::store
