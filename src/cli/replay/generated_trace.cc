// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/generated_trace.h"

#include <utility>

namespace larder::cli::replay {

GeneratedTrace::GeneratedTrace(std::unique_ptr<Pattern> pattern, load::Keys keys,
                               load::ValueSizes sizes, double requests_per_s)
    : pattern_(std::move(pattern)),
      keys_(std::move(keys)),
      sizes_(std::move(sizes)),
      requests_per_s_(requests_per_s),
      key_(keys_.text(0)) {}

base::Result<bool> GeneratedTrace::next(Request& request) {
  const Pattern::Pick pick = pattern_->pick();
  keys_.renumber(key_.data(), pick.object);
  request.operation = pick.operation;
  request.time_ms =
      static_cast<std::int64_t>(1000 * static_cast<double>(count_++) / requests_per_s_);
  request.key = key_;
  request.value_bytes = sizes_.of(pick.object);
  request.ttl_s = 0;
  return true;
}

}  // namespace larder::cli::replay
