// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

// Times as operators read them: of the machine's time zone.
namespace larder::serve::memcache::arcus {

// YYYYMMDD, `between`, hhmmss.
std::string date_and_time(base::UnixMs at, std::string_view between);

// HH:MM:SS.uuuuuu
std::string time_of_day(std::int64_t unix_us);

}  // namespace larder::serve::memcache::arcus
