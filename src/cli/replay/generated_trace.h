// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/load/keys.h"
#include "cli/load/value_sizes.h"
#include "cli/replay/pattern.h"
#include "cli/replay/trace.h"

namespace larder::cli::replay {

// An endless trace of a pattern's objects, at an even pace.
class GeneratedTrace final : public Trace {
 public:
  // The sizes are those of values.
  GeneratedTrace(std::unique_ptr<Pattern> pattern, load::Keys keys, load::ValueSizes sizes,
                 double requests_per_s);

  base::Result<bool> next(Request& request) override;
  double share() const override { return 0; }

 private:
  std::unique_ptr<Pattern> pattern_;
  load::Keys keys_;
  load::ValueSizes sizes_;
  double requests_per_s_;
  std::uint64_t count_ = 0;
  std::string key_;
};

}  // namespace larder::cli::replay
