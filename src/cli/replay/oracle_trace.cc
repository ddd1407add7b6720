// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/oracle_trace.h"

#include <cstdint>
#include <string_view>

namespace larder::cli::replay {
namespace {

constexpr std::int64_t kMsPerS = 1000;

template <class Number>
Number little_endian(std::string_view bytes, std::size_t at) {
  Number number = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) {
    number = static_cast<Number>(number << 8 | static_cast<unsigned char>(bytes[at + i]));
  }
  return number;
}

}  // namespace

base::Result<bool> OracleTrace::next(Request& request) {
  auto record = reader_.take_record(kRecordBytes);
  if (!record) return record.failure();
  if (!*record) return false;
  const std::string_view bytes = **record;
  request.operation = Operation::kGet;
  request.time_ms = kMsPerS * little_endian<std::uint32_t>(bytes, 0);
  request.key = key_.of_id(little_endian<std::uint64_t>(bytes, 4));
  request.value_bytes = value_bytes_of(little_endian<std::uint32_t>(bytes, 12), request.key.size());
  request.ttl_s = 0;
  return true;
}

}  // namespace larder::cli::replay
