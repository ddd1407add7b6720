// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/copy/dump_line.h"
#include "cli/copy/link.h"

namespace larder::cli::copy {

struct Options {
  std::string prefix;      // keys that begin otherwise are left out
  bool overwrite = false;  // also what the target has already
  double rate_mib = 0;     // of values a second; 0: as fast as both servers are
};

// What became of the items that the source has named.
struct Counts {
  std::uint64_t named = 0;
  std::uint64_t copied = 0;
  std::uint64_t read_bytes = 0;  // of values, from the source
  std::uint64_t left_out = 0;    // by Options::prefix
  std::uint64_t gone = 0;        // expired, deleted or evicted before they were read
  std::uint64_t kept = 0;        // the target had the key already
  std::uint64_t refused = 0;     // by the target
  std::uint64_t unreadable = 0;  // the source cannot be asked for such a key

  bool is_complete() const { return refused == 0 && unreadable == 0; }
};

// Copies the items of a memcached that goes on serving into another server.
//
//   source ──── lru_crawler metadump ─────► batches of keys ── get ──► source
//                                                              │ values
//   target ◄──────────── ms … ME q, and mn behind a batch ◄────┘
//
// Each item keeps its flags and its date of expiry. A key that the target has stays as it is there,
// for it may be newer (unless Options::overwrite). Memory: a batch.
class Copier {
 public:
  Copier(Options options, Link dump, Link source, Link target);

  // `tell` is called now and then.
  base::Result<Counts> run(const std::function<void(const Counts&)>& tell);
  // What the first refusal said.
  const std::string& first_refusal() const { return first_refusal_; }

 private:
  base::Status begin_dump();
  base::Result<bool> gather();  // false: that was the end of the dump
  bool is_full() const;
  void add(std::string_view line);

  base::Status copy_batch();
  base::Status ask_for_batch();
  base::Status read_batch();
  base::Result<bool> read_value(const DumpLine& item);  // of a meta get; false: it is gone
  base::Status read_values();                           // of a get of many
  void write(const DumpLine& item, std::string_view flags, std::string_view value);
  base::Status finish_batch();
  void keep_to_rate() const;

  Options options_;
  Link dump_;
  Link source_;
  Link target_;
  bool walks_by_hash_ = true;
  Counts counts_;
  std::string first_refusal_;
  std::vector<DumpLine> plain_;   // keys of the batch that a get may name
  std::vector<DumpLine> binary_;  // the others, asked for in base64
  std::size_t batch_bytes_ = 0;
  std::string out_;  // to the target
  base::SteadyMs began_ = 0;
};

}  // namespace larder::cli::copy
