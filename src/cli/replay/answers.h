// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/replay/batch.h"

namespace larder::cli::replay {

// What became of requests.
struct Counts {
  std::uint64_t requests = 0;  // of the trace
  std::uint64_t gets = 0;
  std::uint64_t hits = 0;
  std::uint64_t bytes = 0;      // of the objects that gets asked for, keys and values
  std::uint64_t hit_bytes = 0;  // of those found
  std::uint64_t stored = 0;     // sets of the trace and those after a miss
  std::uint64_t refused = 0;    // sets that the server answered with an error
  std::uint64_t too_large = 0;  // sets that were not even sent
  std::uint64_t deletes = 0;
};

// Holds the replies of one connection against what was asked, in the order of the asking:
//
//   get a b d   VALUE a 0 N / N bytes / VALUE d … / END      marks a and d in their batch as hits
//   get b       (those of a batch that are asked twice)      the same
//   set c …     STORED, or an error: refused
//   delete e    DELETED or NOT_FOUND
//
// A value's bytes are stepped over, whatever they are. What does not fit is a failure.
class Answers {
 public:
  // What is referred to must live until all is answered.
  void expect_get(Batch& batch) { expected_.push_back({Kind::kGet, &batch, nullptr}); }
  void expect_second_get(Batch& batch) { expected_.push_back({Kind::kSecondGet, &batch, nullptr}); }
  void expect_set(Counts& counts) { expected_.push_back({Kind::kSet, nullptr, &counts}); }
  void expect_delete(Counts& counts) { expected_.push_back({Kind::kDelete, nullptr, &counts}); }
  // To be called before the first of a new round is expected.
  void clear();

  bool all_come() const { return at_ == expected_.size(); }
  // Consumes what can be consumed of `bytes` and returns how much: all but the beginning of a line.
  base::Result<std::size_t> scan(std::string_view bytes);
  // The first error that a set was answered with.
  const std::string& first_refusal() const { return first_refusal_; }

 private:
  enum class Kind : std::uint8_t { kGet, kSecondGet, kSet, kDelete };
  struct Expected {
    Kind kind;
    Batch* batch;
    Counts* counts;
  };

  bool take(std::string_view line);
  bool take_of_get(std::string_view line, const Expected& get);
  bool take_value(std::string_view line, const Expected& get);
  bool take_of_set(std::string_view line, Counts& counts);

  std::vector<Expected> expected_;
  std::size_t at_ = 0;
  std::size_t entry_ = 0;  // of the get's batch, the first that may still be found
  std::size_t skip_ = 0;   // bytes of a value that are to come, its line end included
  std::string first_refusal_;
};

}  // namespace larder::cli::replay
