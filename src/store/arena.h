// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "store/ledger.h"
#include "store/mapped_array.h"
#include "store/page.h"

namespace larder::store {

// The memory of a store: one range of addresses, cut into equal pages that are leased and given
// back.
//
//   [leased][leased][free, resident][leased][free, returned to the system] … [never touched] …
//
//   leased pages are on the account; those that are free and resident fit beside it in the limit,
//   or are returned to the system when they are given back
//
// Any thread may call anything; the lock is held for some tens of instructions, once per page.
class Arena {
 public:
  enum class Lease : std::uint8_t {
    kWithinLimit,
    kForced,  // by those who give back more than they take, right behind it
  };

  // What a leased page is accounted for: itself, and what is known of it.
  static constexpr std::size_t kLeaseBytes = kPageBytes + sizeof(Page);

  explicit Arena(Ledger& ledger);
  // In a file that outlives the process, and that has memory for all of them: it keeps that when a
  // page is given back. Begins by adoption.
  Arena(Ledger& ledger, MappedArray<std::byte> range);
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Null: the limit, or the end of the range, says no.
  Page* lease(Page::Use use, Lease how) noexcept;
  // Up to `most` pages that lie behind each other; as many as were found at one place.
  std::span<Page> lease_run(std::size_t most) noexcept;
  enum class Memory : std::uint8_t { kKept, kReplaced };
  void give_back(Page& page, Memory memory = Memory::kKept) noexcept;
  // Of a page of the log, once nothing of it is pinned any more, which may be at once.
  void retire(Page& page) noexcept;
  void give_back_retired(Page& page) noexcept;  // of Page::unpin

  // Of leased pages: the bytes are lost, and what is written there next lies in other memory. Who
  // still refers to the old one reads what was there. A page of which that is true as a whole is
  // given back as kReplaced.
  void replace_memory(std::string_view bytes) noexcept;

  // ---- a file's pages, before anything else

  // Leases that very page, whatever is in it. Null: there is no such page, or it is not free.
  Page* adopt(std::size_t number, Page::Use use) noexcept;
  // All that was not adopted is free.
  void end_adoption() noexcept;
  bool is_in_file() const noexcept { return in_file_; }

  std::size_t number_of(const Page& page) const noexcept {
    return static_cast<std::size_t>(&page - pages_.data());
  }
  std::size_t pages() const noexcept { return pages_.size(); }
  Page& page(std::size_t number) const noexcept { return pages_[number]; }

  std::byte* bytes_of(const Page& page) const noexcept {
    return range_.data() + number_of(page) * kPageBytes;
  }
  Page& page_at(const void* byte) const noexcept {
    const auto offset =
        static_cast<std::size_t>(static_cast<const std::byte*>(byte) - range_.data());
    return pages_[offset / kPageBytes];
  }

  // Returns pages to the system that nobody has needed for a second; a bounded number of them.
  // True: there are more.
  bool trim(UnixMs now) noexcept;
  std::size_t leased_bytes() const noexcept;  // with what is known of the pages
  std::size_t resident_free_bytes() const noexcept;
  std::size_t retired_bytes() const noexcept;  // of those leased: waiting for their last pin

 private:
  // Free pages by number, the lowest first.
  class Set {
   public:
    bool empty() const { return count_ == 0; }
    std::size_t count() const { return count_; }
    bool has(std::size_t page) const;
    void add(std::size_t page);
    void remove(std::size_t page);
    std::size_t lowest();  // must not be empty

   private:
    std::vector<std::uint64_t> words_;
    std::size_t count_ = 0;
    std::size_t first_word_ = 0;  // none before it has a bit
  };

  static MappedArray<std::byte> reserve(std::size_t limit);
  std::size_t take_one();  // kNone when there is none
  bool take(std::size_t number);
  bool take_next(std::size_t number);
  bool populate(std::size_t number) const noexcept;
  std::size_t surplus() const noexcept;
  void return_some(std::size_t count) noexcept;
  void return_to_system(std::size_t number) noexcept;
  Page& hand_out(std::size_t number, Page::Use use) noexcept;
  bool fits_one_more() const noexcept;

  static constexpr std::size_t kNone = ~std::size_t{0};

  Ledger& ledger_;
  MappedArray<std::byte> range_;
  MappedArray<Page> pages_;
  bool in_file_ = false;
  mutable base::Mutex mutex_;
  std::atomic<std::size_t> retired_{0};
  std::size_t leased_ = 0;
  std::size_t touched_ = 0;  // pages from here on have never been leased
  Set resident_;             // free, with memory behind it
  Set returned_;             // free, without; of a file: not touched by this process
  UnixMs trimmed_ = 0;
  std::size_t idle_ = 0;  // pages that were idle for the second before that, to be returned
  std::size_t least_resident_ = 0;  // since then
};

}  // namespace larder::store
