// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "cli/replay/trace.h"

namespace larder::cli::replay {

// A replay as its user asks for it.
struct Options {
  std::string host = "127.0.0.1";
  std::uint64_t port = 11211;
  std::string unix_path;  // instead of host and port

  // One of these:
  std::string oracle_path;
  std::string csv_path;
  std::string generator;

  std::string columns = "time,key,size";  // of the CSV

  // Of a generator:
  std::uint64_t capacity = 100'000;
  std::uint64_t objects = 0;    // 0: ten times the capacity
  std::uint64_t key_bytes = 0;  // 0: the generator's own
  std::string value_bytes;      // empty: the generator's own
  double trace_rate = 5000;
  std::uint64_t seed = 1;

  std::string ttl;             // where the trace gives none; empty: the generator's own, or none
  std::uint64_t requests = 0;  // 0: all of a file, kUsualRequests of a generator
  std::uint64_t warmup = 0;    // requests before these
  std::uint64_t depth = 64;
  double speed = 0;  // 0: as fast as replies come
  std::uint64_t largest = 1'000'000;
  std::string on_miss = "set";

  bool json = false;
};

constexpr std::uint64_t kUsualRequests = 1'000'000;

// Judges the options and sets those that were left to others.
base::Status complete(Options& options);
// Of completed options.
base::Result<std::unique_ptr<Trace>> open_trace(const Options& options);

}  // namespace larder::cli::replay
