// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/exclusive_file.h"
#include "base/result.h"
#include "store/mapped_array.h"
#include "store/operation.h"
#include "store/packed_stamp.h"
#include "store/page.h"
#include "store/stamp.h"

namespace larder::store {

constexpr UnixMs kNeverFlushed = std::numeric_limits<UnixMs>::max();

// What of a shard is neither in its pages nor follows from them.
struct WarmShard {
  Stamp clock = 0;                  // no stamp above it has been given
  Stamp watermark = 0;              // see Shard
  UnixMs flush_at = kNeverFlushed;  // when all of it is to be flushed

  bool operator==(const WarmShard&) const = default;
};

// It in the file, twice: one is whole, whenever the other one was being written. No cache line is
// another shard's.
class alignas(128) WarmShardRecord {
 public:
  void write(const WarmShard& shard) noexcept;
  std::optional<WarmShard> read() const noexcept;  // nothing: both are damaged

 private:
  struct Copy {
    std::uint64_t version = 0;
    WarmShard shard;
    std::uint64_t check = 0;

    std::uint64_t sum() const noexcept;
  };
  const Copy* latest() const noexcept;

  std::array<Copy, 2> copies_;
};
static_assert(sizeof(WarmShardRecord) == 128);

// A prefix that is flushed in a shard, see PrefixFlushes.
struct WarmPrefix {
  std::uint64_t prefix = 0;  // its hash
  Stamp watermark = 0;
  UnixMs flush_at = kNeverFlushed;

  bool hides() const { return watermark != 0; }
  bool waits() const { return flush_at != kNeverFlushed; }
};

// It in the file. Never written over, but freed before.
class WarmPrefixRecord {
 public:
  void write(const WarmPrefix& prefix) noexcept;
  void free() noexcept;

  bool is_free() const noexcept { return check_ == 0; }
  std::optional<WarmPrefix> read() const noexcept;  // nothing: free, or damaged

 private:
  std::uint64_t sum() const noexcept;

  WarmPrefix prefix_;
  std::uint64_t check_ = 0;
};
static_assert(sizeof(WarmPrefixRecord) == 32);

// What a page of the log is, beside the page:
//
//   free ── open ─► whose, which queue and place; empty ── fill ─► so many bytes of whole items
//     ▲                                                   ▲                    │     │
//     │                                                   └─────── fill ───────┘     │
//     └────────────── close: before anybody else has the page ───────────────────────┘
//
// Each step ends with one store, before and behind which the compiler moves nothing.
class WarmPageRecord {
 public:
  struct Place {
    std::size_t shard = 0;
    Page::Use use = Page::Use::kFree;
    std::uint64_t order = 0;  // in its queue; equal ones lie behind each other
  };

  void open(std::size_t page, const Place& place) noexcept;
  void fill(std::size_t bytes) noexcept;
  void close() noexcept;

  bool is_open() const noexcept { return use_ != static_cast<std::uint8_t>(Page::Use::kFree); }
  std::optional<Place> place(std::size_t page) const noexcept;  // nothing: damaged
  std::optional<std::size_t> filled() const noexcept;           // the same

 private:
  std::uint32_t sum(std::size_t page, std::uint8_t use) const noexcept;

  std::uint64_t order_ = 0;
  std::uint32_t filled_ = 0;  // below, and above with all bits turned, so that damage shows
  std::uint32_t check_ = 0;   // of all but filled_
  std::uint16_t shard_ = 0;
  std::uint8_t use_ = 0;
};
static_assert(sizeof(WarmPageRecord) == 24);

// The file of a store that outlives its process, however that ends.
//
//   [ head, 4 KiB ][ WarmShardRecord × shards ][ WarmPrefixRecord × kPrefixes × shards ]
//     │            [ WarmPageRecord × pages ][ page, 64 KiB ] × pages
//     │              of the log; others are free      └ the arena's
//     ├ whose file, which layout and limits: other ones begin with an empty file
//     └ seed of the hash, frame of the stamps
//
// All of it has its memory from the start, so that no store to it meets a full file system, which
// would be a SIGBUS. Records and pages change as the store does; at any moment the file is what the
// next process may begin with. One process at a time has it.
class WarmFile {
 public:
  // Of each shard: one more than there are rows, so that a changed one can be written elsewhere.
  static constexpr std::size_t kPrefixes = limits::kFlushedPrefixes + 1;

  // Creates the file, or begins one anew that other limits or another version have left. A failure
  // is for the operator: it is another program's, another user's, in use, or there is no room for
  // all of it; then what it held is there as before.
  static base::Result<std::unique_ptr<WarmFile>> open(const std::string& path, const Limits& limits,
                                                      std::uint32_t node, UnixMs now);
  // Why what the file held is gone; empty: it is not, or there was nothing.
  const std::string& loss() const { return loss_; }
  std::size_t memory_bytes() const;
  std::size_t item_bytes() const;
  char delimiter() const;
  std::uint64_t seed() const;
  StampFrame frame() const;

  std::size_t shards() const;
  WarmShardRecord& shard(std::size_t number) const;
  std::span<WarmPrefixRecord> prefixes(std::size_t shard) const;
  std::size_t pages() const;
  WarmPageRecord& page(std::size_t number) const;
  // The pages themselves, once.
  MappedArray<std::byte> map_pages() const;

 private:
  struct Head;
  explicit WarmFile(base::ExclusiveFile file) : file_(std::move(file)) {}

  base::Status reuse_or_begin(const std::string& path, const Head& wanted);
  base::Status reserve(const std::string& path, const Head& head);
  base::Status begin(const std::string& path, const Head& wanted);
  bool map_records(const Head& head);
  bool is_damaged(std::size_t shard) const;
  const Head& head() const;

  base::ExclusiveFile file_;
  std::string loss_;
  MappedArray<std::byte> records_;
};

}  // namespace larder::store
