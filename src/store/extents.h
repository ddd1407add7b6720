// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/mutex.h"
#include "store/arena.h"
#include "store/attachment.h"
#include "store/ledger.h"
#include "store/piece_list.h"

namespace larder::store {

class ExtentPool;

// The bytes of a long value, in as few pieces as there was room for.
//
//   Extents ── views ─► [................][....]     pieces of pages; size() bytes of them are used
//
// Frozen: the kernel, which sends their bytes, may read them after the last reference is gone. The
// memory behind them is then returned to the system, and the pieces get other memory.
class Extents final : public Attachment {
 public:
  // On which account it is. Pinned: its item is gone, and only pins hold it.
  enum class Purpose : std::uint8_t { kReservation, kValue, kPinned };

  // Without room yet, one reference. Null: malloc has none.
  static Extents* create(ExtentPool& pool, Purpose purpose) noexcept;

  // Of what a list in a file says, of which the item has the reference. Null: the list is wrong, or
  // the bytes are not those that it was made for.
  static Extents* restore(ExtentPool& pool, const PieceList& list) noexcept;

  // Room for up to `missing` further bytes, at least one. False: no memory within the limit.
  [[nodiscard]] bool grow(std::size_t missing) noexcept;
  [[nodiscard]] bool grow_to(std::size_t size) noexcept;

  std::span<const std::string_view> views() const { return {views_, count_}; }
  std::size_t size() const { return size_; }
  void write(std::size_t offset, std::string_view bytes);

  // ---- in a file
  // When all bytes are written: what shows that they are the ones.
  void seal() noexcept { check_ = sum(); }
  // Its list of pieces has no place for more.
  bool is_full() const noexcept;
  std::size_t list_bytes() const { return PieceList::bytes_of(count_); }
  void write_list(char* at) const noexcept;

  // What it is accounted for: pieces, and the heap for their list.
  std::size_t bytes() const { return bytes_; }
  bool is_value() const { return purpose_ == Purpose::kValue; }

  // By a reader who holds a reference and the lock of the item's shard. → frozen from now on.
  bool freeze_if_often_read();

 private:
  friend class Attachment;

  Extents(ExtentPool& pool, Purpose purpose)
      : Attachment(ItemType::kValue), pool_(pool), purpose_(purpose) {}
  ~Extents() = default;
  static void destroy(Extents* extents) noexcept;
  void become(Purpose purpose) noexcept;
  bool reserve_view() noexcept;
  void add_bytes(std::size_t bytes) noexcept;
  void add_view(std::string_view bytes) noexcept;
  std::uint32_t sum() const noexcept;
  bool claim(const PieceList& list) noexcept;
  void leave_account() noexcept;

  ExtentPool& pool_;
  std::uint32_t count_ = 0;
  std::uint32_t capacity_ = 0;
  Purpose purpose_;
  bool frozen_ = false;
  std::uint8_t reads_ = 0;
  std::uint32_t check_ = 0;
  std::string_view* views_ = nullptr;
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
};

// Room for long values: pages of the arena, cut into pieces of 1 KiB.
//
//   [page: ■■■■□□□□…] [page: ■□■■■■□□…]      pages with free pieces, the latest first; whole pages
//                                            come from the arena, and go back when all is free
//
// The lock is a leaf: held for a search through a few pages, whatever lock the caller holds.
class ExtentPool {
 public:
  static constexpr std::size_t kPiece = PieceList::kPiece;
  static_assert(kPageBytes / kPiece == 64, "a page's pieces are the bits of a word");

  ExtentPool(Arena& arena, Ledger& ledger) : arena_(arena), ledger_(ledger) {}
  ~ExtentPool();

  // Some bytes for `missing` more: all in one piece if there is one, the longest otherwise, but
  // nothing shorter than `least`. Empty: the arena has none within the limit.
  std::span<char> take(std::size_t missing, std::size_t least = 1) noexcept;
  // Frozen: nobody will write to the memory that is behind them now.
  void give_back(std::string_view bytes, bool frozen) noexcept;

  Ledger& ledger() const { return ledger_; }

  // ---- in a file
  bool is_in_file() const noexcept { return arena_.is_in_file(); }
  PieceList::Span span_of(std::string_view bytes) const noexcept;
  // The pieces for one value, before anything else is taken. Empty: some are another's.
  std::span<char> claim(const PieceList::Span& span) noexcept;

 private:
  struct Run {
    Page* page = nullptr;
    unsigned first = 0;
    unsigned count = 0;
  };

  std::span<char> take_pages(std::size_t most) noexcept;
  std::span<char> take_part(unsigned pieces, unsigned least) noexcept;
  bool may_claim(std::size_t number, std::uint64_t pieces) const noexcept;
  Page* claimed_page(std::size_t number) noexcept;
  void unclaim(std::size_t from, std::size_t end) noexcept;
  Run find_run(unsigned pieces) const noexcept;
  std::span<char> cut(const Run& run) noexcept;
  void free(Page& page, unsigned first, unsigned count, Arena::Memory memory) noexcept;
  void list(Page& page) noexcept;
  void unlist(Page& page) noexcept;

  Arena& arena_;
  Ledger& ledger_;
  base::Mutex mutex_;
  Page* latest_ = nullptr;  // of those with free pieces
};

}  // namespace larder::store
