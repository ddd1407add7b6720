// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/meter.h"
#include "cache/cache.h"
#include "io/loop.h"
#include "serve/memcache/arcus/operation.h"

namespace larder::serve::memcache {

// What sessions count, in whatever protocol, as memcached does:
//
//   command                    kOk          kMiss         kExists      kTooLarge, kNoMemory
//   get, mg                    kGetHit      kGetMiss      –            kTooLarge, kNoMemory
//   touch, gat, mg T           kTouchHit    kTouchMiss    –            the same
//   delete, md (without I, x)  kDeleteHit   kDeleteMiss   nothing      the same
//   incr, ma                   kIncrHit     kIncrMiss     kIncrOther   the same
//   decr, ma MD                kDecrHit     kDecrMiss     kDecrOther   the same
//   cas, ms C                  kCasHit      kCasMiss      kCasBadval   the same
//
// A counter that was created is no hit: kIncrOther, as is one that is no number. Every put that is
// not refused is also a kSet, or a kCas where a unique number had to match.
enum class Deed : std::uint8_t {
  kGetHit,
  kGetMiss,
  kTouchHit,
  kTouchMiss,
  kDeleteHit,
  kDeleteMiss,
  kIncrHit,
  kIncrMiss,
  kIncrOther,
  kDecrHit,
  kDecrMiss,
  kDecrOther,
  kSet,
  kCas,
  kCasHit,
  kCasMiss,
  kCasBadval,
  kTooLarge,
  kNoMemory,
  kFlush,
  kFlushPrefix,
  kMeta,
  kQuit,
  kCount,
};
constexpr std::size_t kDeeds = static_cast<std::size_t>(Deed::kCount);

// How often each was done.
class Deeds {
 public:
  std::uint64_t operator[](Deed deed) const { return counts_[static_cast<std::size_t>(deed)]; }
  void add(Deed deed, std::uint64_t by) { counts_[static_cast<std::size_t>(deed)] += by; }

 private:
  std::array<std::uint64_t, kDeeds> counts_{};
};

// What the sessions of one loop have done.
class alignas(64) Activity {
 public:
  using Operation = arcus::Operation;
  using Outcome = arcus::Outcome;

  void add(Deed deed) { meters_[static_cast<std::size_t>(deed)].add(); }

  void found(const cache::Lookup& how, cache::Answer answer) {
    const bool touches = how.expires.has_value();
    if (answer == cache::Answer::kOk) return add(touches ? Deed::kTouchHit : Deed::kGetHit);
    if (answer == cache::Answer::kMiss) return add(touches ? Deed::kTouchMiss : Deed::kGetMiss);
    refused(answer);
  }
  void put(const cache::Put& how, cache::Answer answer);  // a refused value is counted by refused
  void removed(const cache::Remove& how, cache::Answer answer);
  void counted(const cache::Count& how, const cache::Counted& counted);
  void refused(cache::Answer why);  // for want of room; of other reasons nothing is counted

  // Of Arcus' own commands.
  void operated(Operation operation, Outcome outcome) {
    operated_[static_cast<std::size_t>(operation)][static_cast<std::size_t>(outcome)].add();
  }

  void add_to(Deeds& sum) const;
  void add_to(arcus::OperationCounts& sum) const;

 private:
  std::array<base::Meter, kDeeds> meters_;
  std::array<std::array<base::Meter, arcus::kOutcomes>, arcus::kOperations> operated_;
};

// Of all loops of a node, each on cache lines of its own.
class Activities {
 public:
  explicit Activities(std::size_t loops)
      : loops_(loops), activities_(std::make_unique<Activity[]>(loops)) {}

  Activity& of(const io::Loop& loop) { return activities_[loop.number()]; }
  Deeds sum() const;  // any thread
  arcus::OperationCounts sum_of_operations() const;

 private:
  std::size_t loops_;
  std::unique_ptr<Activity[]> activities_;
};

}  // namespace larder::serve::memcache
