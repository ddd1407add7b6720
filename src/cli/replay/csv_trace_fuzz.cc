// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// The input is a line that names columns, and a trace of them. However its bytes come in, the same
// requests are read, and all that is read is fit for memcached.
#include "cli/replay/csv_trace.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "cli/replay/memory_source.h"
#include "cli/replay/test_row.h"

namespace larder::cli::replay {
namespace {

void check_key(std::string_view key) {
  LARDER_CHECK(!key.empty() && key.size() <= larder::limits::kMaxKeyBytes);
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    LARDER_CHECK(byte > ' ' && byte != 0x7F);
  }
}

std::vector<Row> read(const CsvColumns& columns, const std::string& bytes, std::size_t piece,
                      std::string& failure) {
  CsvTrace trace(in_pieces(bytes, piece), columns);
  std::vector<Row> rows;
  for (;;) {
    Request request;
    auto more = trace.next(request);
    if (!more) failure = more.failure().what;
    if (!more || !*more) return rows;
    check_key(request.key);
    LARDER_CHECK(request.time_ms >= 0);
    rows.push_back({request.operation, request.time_ms, std::string(request.key),
                    request.value_bytes, request.ttl_s});
  }
}

}  // namespace
}  // namespace larder::cli::replay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::cli::replay;
  const std::string input(data, data + size);
  const std::size_t end = input.find('\n');
  const auto columns = CsvColumns::parse(input.substr(0, end));
  if (!columns || end == std::string::npos) return 0;
  const std::string trace = input.substr(end + 1);
  std::string failure;
  std::string failure_in_pieces;
  const auto whole = read(*columns, trace, trace.size() + 1, failure);
  LARDER_CHECK(whole == read(*columns, trace, 1 + trace.size() % 31, failure_in_pieces));
  LARDER_CHECK(failure == failure_in_pieces);
  return 0;
}
