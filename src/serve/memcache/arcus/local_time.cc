// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/local_time.h"

#include <fmt/chrono.h>

#include <ctime>

namespace larder::serve::memcache::arcus {
namespace {

std::tm local_time(std::int64_t unix_s) {
  const std::time_t seconds = unix_s;
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local;
}

}  // namespace

std::string date_and_time(base::UnixMs at, std::string_view between) {
  constexpr base::UnixMs kMsPerS = 1000;
  const std::tm local = local_time(at / kMsPerS);
  return fmt::format("{:%Y%m%d}{}{:%H%M%S}", local, between, local);
}

std::string time_of_day(std::int64_t unix_us) {
  constexpr std::int64_t kUsPerS = 1'000'000;
  return fmt::format("{:%H:%M:%S}.{:06}", local_time(unix_us / kUsPerS), unix_us % kUsPerS);
}

}  // namespace larder::serve::memcache::arcus
