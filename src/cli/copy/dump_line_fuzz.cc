// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// The input is a line of a dump. What is read from it is what a key, a date and a size can be.
#include "cli/copy/dump_line.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using larder::cli::copy::DumpLine;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto item = DumpLine::parse(line);
  if (!item) return 0;
  LARDER_CHECK(!item->key.empty() && item->key.size() <= larder::limits::kMaxKeyBytes);
  LARDER_CHECK(item->key.size() < line.size() && item->expires_s >= 0);
  return 0;
}
