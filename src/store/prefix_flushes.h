// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "store/ledger.h"
#include "store/stamp.h"
#include "store/warm_file.h"

namespace larder::store {

// The prefixes that were flushed in one shard, each for as long as there may be something of it.
//
//   a prefix is what stands before any delimiter of a key:    a:b:c    has a and a:b
//
//   prefix ─ hash ─► row [ watermark: what has no later stamp is dead | flush_at: not yet ]
//
//   flush ───────► hides ── a walk through all pages reclaims what it hides ──► gone
//   flush_later ─► waits ── apply, when its time has come: hides
//
// A row has the hash of its prefix alone: of another one with the same 64 bits it would hide the
// items, which are misses then. There is no memory while there is no row, and a bound on them.
// In a file each row has a record there; a change is written to a free one before the old one is
// freed, so that one of them counts whenever we are killed.
//
// Used under the shard's lock.
class PrefixFlushes {
 public:
  // `records`: one more than there may be rows, or none.
  // `first_only`: a prefix is what prefix_of (store/prefix.h) says, and no other.
  PrefixFlushes(Ledger& ledger, std::uint64_t seed, char delimiter, bool first_only,
                std::span<WarmPrefixRecord> records);
  ~PrefixFlushes();
  PrefixFlushes(const PrefixFlushes&) = delete;
  PrefixFlushes& operator=(const PrefixFlushes&) = delete;

  Stamp newest() const { return newest_; }     // of the watermarks; 0: nothing is hidden
  UnixMs next_at() const { return next_at_; }  // when apply may have something to do
  // Of an item that is not newer: whether it is of a flushed prefix. A hash for each delimiter.
  bool hide(std::string_view key, Stamp stamp) const;
  std::size_t size() const { return size_; }
  bool is_half_full() const { return size_ > limits::kFlushedPrefixes / 2; }

  // How far the walk has come when a row begins to hide: it is ended by this one or by the next.
  enum class Walk : std::uint8_t { kAtItsBegin, kUnderway };
  // `watermark`: not 0. False: there is no room for another row, and nothing has changed.
  [[nodiscard]] bool flush(std::uint64_t prefix, Stamp watermark, Walk walk);
  [[nodiscard]] bool flush_later(std::uint64_t prefix, UnixMs at);
  void apply(UnixMs now, Stamp watermark, Walk walk);
  // Every page that was there at its begin has been walked.
  void end_walk();

  // Begins with what the records hold.
  void recover();

 private:
  static constexpr std::uint32_t kNoPlace = std::numeric_limits<std::uint32_t>::max();
  struct Row {
    WarmPrefix flushed;
    std::uint32_t place = kNoPlace;  // of its record
    bool late = false;               // began to hide behind pages that had been walked

    bool is_free() const { return !flushed.hides() && !flushed.waits(); }
  };

  bool hides(std::string_view prefix, Stamp stamp) const;
  std::size_t slot_of(std::uint64_t prefix) const;
  Row* row_of(std::uint64_t prefix);
  void hide_until(Row& row, Stamp watermark, Walk walk);
  void note(Row& row);
  void free_record(Row& row);
  void refit();
  void sum_up();

  Ledger& ledger_;
  std::uint64_t seed_;
  char delimiter_;
  bool first_only_;
  std::span<WarmPrefixRecord> records_;
  std::uint32_t next_place_ = 0;
  std::vector<Row> rows_;  // open addressing, at most half full
  std::size_t size_ = 0;
  Stamp newest_ = 0;
  UnixMs next_at_ = kNeverFlushed;
};

}  // namespace larder::store
