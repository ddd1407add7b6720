// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace larder::origin {

// When failures take a server out, and for how long.
struct HealthTerms {
  unsigned max_fails = 1;  // 0: never
  std::int64_t fail_timeout_ms = 10'000;
};

// What requests have found out about a server.
//
//   in ── max_fails failures within fail_timeout ──► out ── fail_timeout ──► on trial: one request
//   ▲                                                ▲                           │
//   │                                                └── failed, or said nothing ┤
//   └────────────────────────────────────────────────────────────── answered ────┘
//
// Answers between failures forgive none of them. Time is an argument; one thread at a time.
class Health {
 public:
  // In, or out for so long that one request may try it.
  bool may_be_chosen(base::SteadyMs now) const { return !out_ || now >= out_until_; }
  bool is_out() const { return out_; }
  // A request goes to it. Of one that is out it is the trial, and the next one is a fail_timeout
  // away if this one says nothing.
  void chosen(const HealthTerms& terms, base::SteadyMs now);
  void answered();
  // → whether this took it out.
  bool failed(const HealthTerms& terms, base::SteadyMs now);
  // All is forgiven: every other server is out as well.
  void forgive();

 private:
  bool out_ = false;
  unsigned fails_ = 0;
  base::SteadyMs first_fail_ = 0;
  base::SteadyMs out_until_ = 0;
};

// What active checks have found out. A server is in until they say otherwise.
class Checked {
 public:
  bool is_in() const { return is_in_; }
  // Of one check. → whether it changed what is_in says.
  bool report(bool good, unsigned rise, unsigned fall);

 private:
  bool is_in_ = true;
  unsigned against_ = 0;  // checks in a row that say otherwise
};

}  // namespace larder::origin
