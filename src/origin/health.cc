// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/health.h"

namespace larder::origin {

void Health::chosen(const HealthTerms& terms, base::SteadyMs now) {
  if (out_) out_until_ = now + terms.fail_timeout_ms;
}

void Health::answered() {
  if (out_) forgive();
}

bool Health::failed(const HealthTerms& terms, base::SteadyMs now) {
  if (terms.max_fails == 0) return false;
  if (out_) {
    out_until_ = now + terms.fail_timeout_ms;
    return false;
  }
  if (fails_ == 0 || now - first_fail_ >= terms.fail_timeout_ms) {
    fails_ = 0;
    first_fail_ = now;
  }
  if (++fails_ < terms.max_fails) return false;
  out_ = true;
  out_until_ = now + terms.fail_timeout_ms;
  return true;
}

void Health::forgive() {
  out_ = false;
  fails_ = 0;
}

bool Checked::report(bool good, unsigned rise, unsigned fall) {
  if (good == is_in_) {
    against_ = 0;
    return false;
  }
  if (++against_ < (good ? rise : fall)) return false;
  is_in_ = good;
  against_ = 0;
  return true;
}

}  // namespace larder::origin
