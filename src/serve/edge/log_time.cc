// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/log_time.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace larder::serve::edge {
namespace {

constexpr std::int64_t kMsPerS = 1000;
constexpr int kFirstYear = 1900;
constexpr long kSPerMinute = 60;
constexpr long kMinutesPerHour = 60;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string date_of(const std::tm& day) {
  return fmt::format("{:04}-{:02}-{:02}", day.tm_year + kFirstYear, day.tm_mon + 1, day.tm_mday);
}

std::string time_of(const std::tm& day) {
  return fmt::format("{:02}:{:02}:{:02}", day.tm_hour, day.tm_min, day.tm_sec);
}

std::string zone_of(const std::tm& day, std::string_view between) {
  const long minutes = std::labs(day.tm_gmtoff) / kSPerMinute;
  return fmt::format("{}{:02}{}{:02}", day.tm_gmtoff < 0 ? '-' : '+', minutes / kMinutesPerHour,
                     between, minutes % kMinutesPerHour);
}

LogTime written(std::time_t second) {
  std::tm here{};
  std::tm utc{};
  ::localtime_r(&second, &here);
  ::gmtime_r(&second, &utc);
  return {.local = fmt::format("{:02}/{}/{:04}:{} {}", here.tm_mday,
                               kMonths[static_cast<std::size_t>(here.tm_mon)],
                               here.tm_year + kFirstYear, time_of(here), zone_of(here, "")),
          .iso8601 = date_of(here) + "T" + time_of(here) + zone_of(here, ":"),
          .date = date_of(utc),
          .time = time_of(utc)};
}

}  // namespace

const LogTime& log_time(base::UnixMs at) {
  static thread_local std::int64_t second = -1;
  static thread_local LogTime time;
  if (second != at / kMsPerS) {
    second = at / kMsPerS;
    time = written(second);
  }
  return time;
}

}  // namespace larder::serve::edge
