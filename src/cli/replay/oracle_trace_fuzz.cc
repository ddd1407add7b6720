// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// The input is a trace. However its bytes come in, the same requests are read: as many as there are
// whole records, and then an end, or a failure for a cut one.
#include "cli/replay/oracle_trace.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "cli/replay/memory_source.h"

namespace larder::cli::replay {
namespace {

struct Row {
  std::int64_t time_ms;
  std::string key;
  std::uint32_t value_bytes;
  friend bool operator==(const Row&, const Row&) = default;
};

std::vector<Row> read(const std::string& bytes, std::size_t piece) {
  OracleTrace trace(in_pieces(bytes, piece));
  std::vector<Row> rows;
  for (;;) {
    Request request;
    auto more = trace.next(request);
    const bool is_cut = bytes.size() % OracleTrace::kRecordBytes != 0;
    if (!more || !*more) {
      LARDER_CHECK(static_cast<bool>(more) != is_cut);
      return rows;
    }
    LARDER_CHECK(request.key.size() == TraceKey::kIdBytes && request.ttl_s == 0);
    LARDER_CHECK(request.time_ms >= 0 && request.operation == Operation::kGet);
    rows.push_back({request.time_ms, std::string(request.key), request.value_bytes});
  }
}

}  // namespace
}  // namespace larder::cli::replay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::cli::replay;
  const std::string bytes(data, data + size);
  const auto whole = read(bytes, size + 1);
  LARDER_CHECK(whole.size() == size / OracleTrace::kRecordBytes);
  LARDER_CHECK(whole == read(bytes, 1 + size % 31));
  return 0;
}
