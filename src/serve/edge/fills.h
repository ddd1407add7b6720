// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "serve/edge/fill.h"
#include "serve/edge/fill_slots.h"
#include "serve/edge/fill_span.h"

namespace larder::serve::edge {

// Fills in flight, by the keys that they fill. Any thread.
//
//   miss ─► join(key, span) ─┬─ there is one that covers it: wait for its head
//                            └─ none: begin one, and wait as well
class Fills {
 public:
  // `most_bytes`: of bodies that are retained while they are filled, of all of them.
  explicit Fills(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  struct Joined {
    std::shared_ptr<Fill> fill;  // null: what was to be made is not needed any more
    bool begun = false;          // by this call: the caller starts it
  };
  using Make = std::function<std::shared_ptr<Fill>()>;
  // One that covers `needs`; what is begun brings `brings`. `make` is called where there is none,
  // and nobody else can begin or close one meanwhile; it may find that none is needed.
  Joined join(std::string_view key, const FillSpan& needs, const FillSpan& brings,
              const Make& make);
  // What it brings, now that it is known of which body.
  void settle(const Fill& fill, const FillSpan& span);

  // Nobody joins it any more.
  void close(const Fill& fill);
  // What is in flight for the key is not stored, and nobody joins it. Call it before what is stored
  // is removed: then nothing that is older than the purge is left.
  void purge(std::string_view key);
  // How many there were, of all keys: before something is stored and after, for who fills nothing.
  std::uint64_t purges() const { return purges_; }

  // Of the memory for retained bodies. False: there is no more.
  bool take(std::size_t bytes);
  void give(std::size_t bytes) { bytes_.fetch_sub(bytes, std::memory_order_relaxed); }
  std::size_t most_bytes_of_one() const { return most_bytes_ / 2; }
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  std::size_t count() const;  // that can be joined

  // Of the site of that name, for ever.
  std::shared_ptr<FillSlots> slots_of(std::string_view site);

 private:
  struct Known {
    FillSpan span;
    std::shared_ptr<Fill> fill;
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, std::vector<Known>> fills;  // by key; none is empty
  };
  Shard& shard_of(std::string_view key);

  static constexpr std::size_t kShards = 64;
  mutable std::array<Shard, kShards> shards_;
  const std::size_t most_bytes_;
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<std::uint64_t> purges_ = 0;
  std::mutex slots_mutex_;
  std::unordered_map<std::string, std::shared_ptr<FillSlots>> slots_;
};

}  // namespace larder::serve::edge
