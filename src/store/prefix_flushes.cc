// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/prefix_flushes.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "store/prefix.h"

namespace larder::store {
namespace {

constexpr std::size_t kLeastSlots = 8;

std::size_t slots_for(std::size_t rows) {
  return rows == 0 ? 0 : std::max(kLeastSlots, std::bit_ceil(2 * rows));
}

}  // namespace

PrefixFlushes::PrefixFlushes(Ledger& ledger, std::uint64_t seed, char delimiter, bool first_only,
                             std::span<WarmPrefixRecord> records)
    : ledger_(ledger),
      seed_(seed),
      delimiter_(delimiter),
      first_only_(first_only),
      records_(records) {}

PrefixFlushes::~PrefixFlushes() {
  if (!rows_.empty()) ledger_.remove_heap(heap_bytes(rows_.size() * sizeof(Row)));
}

// ---- looking

// Where its row is, or would be.
std::size_t PrefixFlushes::slot_of(std::uint64_t prefix) const {
  const std::size_t mask = rows_.size() - 1;
  std::size_t slot = prefix & mask;
  while (!rows_[slot].is_free() && rows_[slot].flushed.prefix != prefix) slot = (slot + 1) & mask;
  return slot;
}

bool PrefixFlushes::hides(std::string_view prefix, Stamp stamp) const {
  return stamp <= rows_[slot_of(base::keyed_hash(prefix, seed_))].flushed.watermark;
}

bool PrefixFlushes::hide(std::string_view key, Stamp stamp) const {
  if (first_only_) return hides(prefix_of(key, delimiter_), stamp);
  constexpr std::size_t kNone = std::string_view::npos;
  for (std::size_t end = key.find(delimiter_); end != kNone; end = key.find(delimiter_, end + 1)) {
    if (hides(key.substr(0, end), stamp)) return true;
  }
  return false;
}

// ---- rows

// Its row, which is free if it is new. Null: there is no room for it.
PrefixFlushes::Row* PrefixFlushes::row_of(std::uint64_t prefix) {
  if (size_ != 0) {
    Row& row = rows_[slot_of(prefix)];
    if (!row.is_free()) return &row;
  }
  if (size_ == limits::kFlushedPrefixes) return nullptr;
  ++size_;
  if (slots_for(size_) > rows_.size()) refit();
  Row& row = rows_[slot_of(prefix)];
  row.flushed.prefix = prefix;
  return &row;
}

void PrefixFlushes::hide_until(Row& row, Stamp watermark, Walk walk) {
  row.flushed.watermark = watermark;
  row.flushed.flush_at = kNeverFlushed;
  row.late = walk == Walk::kUnderway;
  note(row);
  newest_ = std::max(newest_, watermark);
}

bool PrefixFlushes::flush(std::uint64_t prefix, Stamp watermark, Walk walk) {
  LARDER_CHECK(watermark != 0);
  Row* const row = row_of(prefix);
  if (row == nullptr) return false;
  hide_until(*row, watermark, walk);
  return true;
}

bool PrefixFlushes::flush_later(std::uint64_t prefix, UnixMs at) {
  Row* const row = row_of(prefix);
  if (row == nullptr) return false;
  row->flushed.flush_at = at;
  note(*row);
  next_at_ = std::min(next_at_, at);
  return true;
}

void PrefixFlushes::apply(UnixMs now, Stamp watermark, Walk walk) {
  for (Row& row : rows_) {
    if (row.flushed.flush_at <= now) hide_until(row, watermark, walk);
  }
  sum_up();
}

void PrefixFlushes::end_walk() {
  for (Row& row : rows_) {
    if (row.flushed.hides() && !row.late) {
      row.flushed.watermark = 0;
      row.flushed.waits() ? note(row) : free_record(row);
    }
    row.late = false;
  }
  size_ = static_cast<std::size_t>(
      std::ranges::count_if(rows_, [](const Row& row) { return !row.is_free(); }));
  refit();
  sum_up();
}

// To so many slots as the rows want; also heals chains that a row is missing from.
void PrefixFlushes::refit() {
  std::vector<Row> before(slots_for(size_));
  if (!before.empty()) ledger_.add_heap(heap_bytes(before.size() * sizeof(Row)));
  before.swap(rows_);
  for (const Row& row : before) {
    if (!row.is_free()) rows_[slot_of(row.flushed.prefix)] = row;
  }
  if (!before.empty()) ledger_.remove_heap(heap_bytes(before.size() * sizeof(Row)));
}

void PrefixFlushes::sum_up() {
  newest_ = 0;
  next_at_ = kNeverFlushed;
  for (const Row& row : rows_) {
    newest_ = std::max(newest_, row.flushed.watermark);
    next_at_ = std::min(next_at_, row.flushed.flush_at);
  }
}

// ---- in a file

void PrefixFlushes::note(Row& row) {
  if (records_.empty()) return;
  while (!records_[next_place_].is_free()) {
    next_place_ = next_place_ + 1 < records_.size() ? next_place_ + 1 : 0;
  }
  records_[next_place_].write(row.flushed);
  free_record(row);
  row.place = next_place_;
}

void PrefixFlushes::free_record(Row& row) {
  if (row.place != kNoPlace) records_[row.place].free();
  row.place = kNoPlace;
}

// Two records of one prefix are there when the process ended between writing the one and freeing
// the other, before it said so: the one that hides more counts.
void PrefixFlushes::recover() {
  for (std::uint32_t place = 0; place < records_.size(); ++place) {
    const std::optional<WarmPrefix> found = records_[place].read();
    if (!found) continue;
    Row* const row = row_of(found->prefix);
    if (row == nullptr || (!row->is_free() && row->flushed.watermark >= found->watermark)) {
      records_[place].free();
      continue;
    }
    free_record(*row);
    row->flushed = *found;
    row->place = place;
  }
  sum_up();
}

}  // namespace larder::store
