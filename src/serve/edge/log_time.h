// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace larder::serve::edge {

// A second as logs write it. Made once a second for each thread: valid until its next call.
struct LogTime {
  std::string local;    // `29/Nov/2026:13:58:29 +0900`
  std::string iso8601;  // `2026-11-29T13:58:29+09:00`
  std::string date;     // `2026-11-29`, UTC
  std::string time;     // `04:58:29`, UTC
};
const LogTime& log_time(base::UnixMs at);

}  // namespace larder::serve::edge
