// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/load/progress.h"
#include "cli/load/value_sizes.h"
#include "cli/replay/answers.h"
#include "cli/replay/batch.h"
#include "cli/replay/options.h"
#include "cli/replay/trace.h"

namespace larder::cli::replay {

// What a replay has counted.
struct Outcome {
  std::string server;  // its address
  Counts counts;       // without the warm-up
  double seconds = 0;  // neither
  std::uint64_t batches = 0;
  double behind_s = 0;  // paced: the most that a request was late
  std::string first_refusal;
};

// Replays a trace over one connection, as a program does that uses the server for a cache: get; on
// a miss set.
//
//             batch 1                  batch 2
//   sent      get a b c b d            set b, set c, get b, get e f …      what misses lead to goes
//   answers     VALUE a, VALUE d, END    STORED, STORED, VALUE b, END …    out with the next batch,
//                    while waiting, the next batch is made                  before its own requests
//
// Every key sees its requests in the trace's order, as with one request at a time: the second get
// of b is asked again behind the set, and what that says counts (a miss even then is not followed
// by another set). What differs is that the set of a miss comes after the other gets of its batch,
// and so does what it evicts: up to depth - 1 objects stay for up to depth - 1 requests longer. A
// depth of 1 has no difference.
class Player {
 public:
  // `fd` is connected and stays the caller's; the trace must outlive this.
  Player(const Options& options, Trace& trace, load::ValueSizes ttls, int fd);

  base::Result<Outcome> play();

 private:
  struct Round {
    explicit Round(std::size_t depth) : batch(depth) {}
    Batch batch;
    Counts* counts = nullptr;  // where its requests count
  };
  enum class Wait : std::uint8_t { kNo, kUntilDue };

  // Making a batch.
  base::Status gather(Round& round, Wait wait);
  base::Result<bool> read_request();
  std::uint32_t usual_ttl_s(std::string_view key) const;
  Counts& counts_of_next() { return taken_ < options_.warmup ? warmup_ : counted_; }
  std::int64_t due_ns(const Request& request);
  bool await_due(const Request& request, bool may_wait);

  // Writing it.
  void write_misses(Round& round);
  void write_second_gets(Round& round);
  void write_requests(Round& round);
  void write_gets(Round& round);
  void write_set(const Round& round, const Batch::Entry& entry);
  void append_value(std::uint32_t bytes);
  std::uint32_t exptime(const Batch::Entry& entry) const;

  // Sending it, and what comes back.
  base::Status exchange();
  base::Status send_some();
  base::Status receive_some();
  base::Status await_socket();
  bool all_sent() const { return sent_ == out_.size(); }
  void account(const Round& round);
  void show();

  const Options options_;
  Trace& trace_;
  const load::ValueSizes ttls_;
  const int fd_;

  Request request_;  // the next one, if has_request_
  bool has_request_ = false;
  bool ended_ = false;       // there are no more
  std::uint64_t taken_ = 0;  // requests of the trace, the warm-up's too
  std::int64_t pace_begin_ns_ = 0;
  std::int64_t trace_begin_ms_ = 0;
  std::int64_t behind_ns_ = 0;

  std::string filler_;  // values are pieces of it
  std::string out_;
  std::size_t sent_ = 0;
  std::vector<char> in_;
  std::size_t in_end_ = 0;
  Answers answers_;

  Counts warmup_;
  Counts counted_;
  std::uint64_t batches_ = 0;
  std::int64_t begin_ns_ = 0;  // of what is counted
  std::int64_t shown_ns_ = 0;
  load::Progress progress_;
};

}  // namespace larder::cli::replay
