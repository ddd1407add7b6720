// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/replay/trace.h"

namespace larder::cli::replay {

// Requests that go out together: of each key one, or several gets, so that each key sees its
// requests in the trace's order.
//
//   get a   get b   set c   get b   │ get c         what repeats a key ends the batch, unless all
//   └────── one batch ──────────────┘ the next one  are gets; so do `depth` requests and much data
class Batch {
 public:
  struct Entry {
    Operation operation;
    std::uint32_t value_bytes;
    std::uint32_t ttl_s;
    bool repeats = false;      // a get of a key that an earlier one of the batch asks for
    bool asked_twice = false;  // such a one, when that one had missed and the key was set
    bool hit = false;

    // Of the batch: where the key is, and its hash.
    std::size_t key_at;
    std::size_t key_bytes;
    std::size_t hash;
  };

  explicit Batch(std::size_t depth);

  // False: it does not fit, and belongs into the next batch. An empty batch takes any.
  bool add(const Request& request);
  void clear();

  bool empty() const { return entries_.empty(); }
  std::vector<Entry>& entries() { return entries_; }
  const std::vector<Entry>& entries() const { return entries_; }
  std::string_view key(const Entry& entry) const {
    return std::string_view(keys_).substr(entry.key_at, entry.key_bytes);
  }

 private:
  static constexpr std::uint16_t kFree = 0xFFFF;

  std::size_t find_place(std::string_view key_wanted, std::size_t hash) const;

  std::size_t depth_;
  std::vector<Entry> entries_;
  std::string keys_;
  std::vector<std::uint16_t> places_;  // of entries, by hash: a table that is at most half full
  std::size_t value_bytes_ = 0;
};

}  // namespace larder::cli::replay
