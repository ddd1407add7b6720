// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Translates its input as nginx' configuration: whatever it is, there is an answer, and every
// remark is of a line that the input has.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "cli/import/importer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::cli::import;
  // A copy that ends where the input ends: a read beyond it is a fault.
  const std::vector<char> bytes(data, data + size);
  const Imported imported = import_nginx({bytes.data(), bytes.size()});
  LARDER_CHECK(imported.json.starts_with('{'));
  const auto lines = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  for (const Remark& remark : imported.remarks) {
    LARDER_CHECK(remark.line <= lines + 1 && !remark.what.empty());
  }
  return 0;
}
