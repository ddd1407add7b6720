// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>

#include "cli/replay/byte_source.h"
#include "cli/replay/trace.h"
#include "cli/replay/trace_key.h"

namespace larder::cli::replay {

// libCacheSim's oracleGeneral: records without a gap, little-endian, every one of them a get.
//
//   0          4                12          16                    24
//   │ time, s  │ object         │ size      │ next request of it  │
//   │ u32      │ u64            │ u32       │ i64, not used here  │
class OracleTrace final : public Trace {
 public:
  static constexpr std::size_t kRecordBytes = 24;

  explicit OracleTrace(std::unique_ptr<ByteSource> source) : reader_(std::move(source)) {}

  base::Result<bool> next(Request& request) override;
  double share() const override { return reader_.share(); }

 private:
  ByteReader reader_;
  TraceKey key_;
};

}  // namespace larder::cli::replay
