// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"
#include "cli/load/requests.h"

namespace larder::cli::load {

// A load as its user asks for it.
struct Options {
  std::string host = "127.0.0.1";
  std::uint64_t port = 11211;
  std::string unix_path;  // instead of host and port

  std::uint64_t connections = 32;
  std::uint64_t threads = 1;
  std::uint64_t depth = 1;
  double rate = 0;  // 0: closed loop
  double seconds = 5;
  double warmup_s = 1;

  std::string protocol = "text";
  std::string fields = "Host: larder";  // of requests by HTTP, a line each
  std::uint64_t keys = 100'000;
  std::uint64_t key_bytes = 30;
  std::string value_bytes = "100";
  std::uint64_t ttl_s = 0;  // of what is set; 0: it does not expire
  std::uint64_t multiget = 1;
  std::string distribution = "uniform";
  double sets_percent = 10;
  std::uint64_t seed = 1;

  bool fill = true;  // unless nothing but sets is asked for
  bool verify = false;
  std::uint64_t server_pid = 0;

  bool json = false;
  bool histogram = false;
};

base::Status check(const Options& options);
base::Result<Shape> shape_of(const Options& options);

}  // namespace larder::cli::load
