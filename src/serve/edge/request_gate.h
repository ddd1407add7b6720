// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/exchange.h"
#include "serve/edge/access_log.h"
#include "serve/edge/policy.h"
#include "serve/edge/rate_table.h"

namespace larder::serve::edge {

// A request, as what is judged before anything is looked up.
struct Asked {
  const http::Request& request;
  const http::Client& client;
  std::string_view site = {};
  base::UnixMs now = 0;
  base::SteadyMs steady_now = 0;
};
LogFacts facts_of(const Asked& asked, const http::Sent& sent);

// What a rule says of it.
struct Judged {
  enum class Kind : std::uint8_t {
    kPass,
    kAnswer,  // this, and nothing else
    kWait,    // pass, after wait_ms
  };
  Kind kind = Kind::kPass;
  std::int64_t wait_ms = 0;
  unsigned status = 0;
  std::string lines = {};  // as wire::http::FieldLines has them
  std::string body = {};
};
Judged refused(unsigned status, std::string_view why = {});
Judged redirected(unsigned status, std::string_view location);

// What a request holds while it is in progress: of limits of requests at a time.
using Admission = std::vector<RateTable::Slot>;

// In this order, the first that does not pass decides:
//
//   HTTPS ─► access ─► referer ─► length of the body ─► rates ─► pass, at once or later
//     307      403        403            413              429
Judged admit(const Policy& policy, const Asked& asked, RateTable& rates, Admission& admission);

}  // namespace larder::serve::edge
