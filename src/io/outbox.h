// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/limits.h"
#include "base/pin.h"

namespace larder::io {

// A piece of an outbox: either a chunk that replies are copied into, or somebody's pinned bytes.
struct OutboxPiece {
  enum class Kind : std::uint8_t {
    kChunk,
    kPinned,
    kFrozen,  // pinned, and whole memory pages that nobody will ever write to again
  };
  OutboxPiece* next = nullptr;
  const char* data = nullptr;  // the first byte that is not sent
  std::size_t size = 0;        // of what is not sent
  base::Pin pin;               // of bytes that are not ours
  Kind kind = Kind::kPinned;
};

// Pieces of one loop that no outbox uses at the moment. One thread.
//
// Chunks are mapped by themselves, not malloc's: many come and go at once, among small blocks that
// stay, and would leave holes that the system never gets back.
class OutboxPool {
 public:
  // Of a chunk, behind its head.
  static constexpr std::size_t kRoomBytes = limits::kOutboxChunkBytes - sizeof(OutboxPiece);

  OutboxPool() = default;
  ~OutboxPool();
  OutboxPool(const OutboxPool&) = delete;
  OutboxPool& operator=(const OutboxPool&) = delete;

  OutboxPiece* take_chunk();
  OutboxPiece* make_pinned();
  void give(OutboxPiece* piece) noexcept;
  bool has_idle() const { return free_count_ != 0; }
  // Returns the chunks that nobody has needed since the last call to the system.
  void trim() noexcept;
  // So much waits to be sent on this loop that everybody has to do with less.
  bool is_scarce() const { return lent_ >= limits::kLoopOutboxBytes / limits::kOutboxChunkBytes; }
  static char* chunk_begin(OutboxPiece* chunk);
  std::size_t bytes() const;  // of all pieces

 private:
  OutboxPiece* take_idle() noexcept;  // there must be one

  OutboxPiece* free_ = nullptr;
  std::size_t free_count_ = 0;
  std::size_t unneeded_ = 0;  // the least of them since the last trim
  std::size_t lent_ = 0;      // chunks
  std::size_t pinned_ = 0;
};

// Replies of a connection that are not sent, in order.
//
//   first_ ─► [chunk ......] ─► [pinned value ............] ─► [chunk ...    |room] ◄─ last_
//              ▲ sent()                                           append() ▲
//
// Small things are copied, large values stay where they lie under their pin until the kernel has
// them. Bytes already appended never move, so a send of them may be in flight while more are
// appended. An empty outbox owns no memory.
class Outbox {
 public:
  explicit Outbox(OutboxPool& pool) : pool_(pool) {}
  ~Outbox() { clear(); }
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // Contiguous room of at least `bytes` (at most OutboxPool::kRoomBytes); appended() says how many
  // of them were written.
  char* room(std::size_t bytes) {
    if (!ends_with_chunk() || room_left_ < bytes) add_chunk();
    return chunk_end_;
  }
  void appended(std::size_t bytes) {
    chunk_end_ += bytes;
    room_left_ -= static_cast<std::uint32_t>(bytes);
    last_->size += bytes;
    unsent_ += bytes;
  }
  void append(std::string_view bytes) {
    if (room_left_ < bytes.size() || !ends_with_chunk()) {
      append_in_pieces(bytes);
      return;
    }
    std::memcpy(chunk_end_, bytes.data(), bytes.size());
    appended(bytes.size());
  }
  // `bytes` must stay as they are until `pin` is dropped.
  void append_pinned(std::string_view bytes, base::Pin pin);
  // The same, and nobody may ever write again to a memory page that holds nothing but them, for the
  // kernel may read it long after the pin is dropped: it must go back to the system first.
  void append_frozen(std::string_view bytes, base::Pin pin);

  std::size_t unsent() const { return unsent_; }
  bool empty() const { return unsent_ == 0; }
  bool full(std::size_t enough = limits::kFullOutboxBytes) const {
    return unsent_ >= enough || (unsent_ >= limits::kOutboxChunkBytes && pool_.is_scarce());
  }

  // For the socket: what to send next, up to the next frozen piece (or one that comes first), and
  // that `bytes` of it are sent.
  std::size_t gather(std::span<iovec> into) const;
  bool has_frozen() const { return frozen_ != 0; }
  std::string_view frozen_front() const;  // empty: something else comes first
  // Of what is not sent, the bytes from `offset` on that `into` has room for, wherever they lie.
  // → how many.
  std::size_t copy(std::size_t offset, std::span<char> into) const;
  void sent(std::size_t bytes);
  void clear();

 private:
  bool ends_with_chunk() const {
    return last_ != nullptr && last_->kind == OutboxPiece::Kind::kChunk;
  }
  void add(OutboxPiece* piece);
  void add_pinned(std::string_view bytes, OutboxPiece::Kind kind, base::Pin pin);
  void append_in_pieces(std::string_view bytes);
  void add_chunk();

  OutboxPool& pool_;
  OutboxPiece* first_ = nullptr;
  OutboxPiece* last_ = nullptr;
  char* chunk_end_ = nullptr;
  std::uint32_t room_left_ = 0;
  std::uint32_t frozen_ = 0;  // pieces
  std::size_t unsent_ = 0;
};

}  // namespace larder::io
