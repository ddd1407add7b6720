// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// However a stream of Arcus' commands arrives, it is answered alike: see fuzz_stream.h. Left out is
// what draws lots, what writes files of any name, and what ends the process.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "serve/memcache/fuzz_stream.h"

namespace larder::serve::memcache {
namespace {

bool is_left_out(std::string_view stream) {
  constexpr std::array<std::string_view, 5> kWords = {"sop", "dump", "cmdlog", "scrub", "shutdown"};
  for (const std::string_view word : kWords) {
    const bool draws_lots = word == "sop" && stream.find("get") != std::string_view::npos;
    if ((word != "sop" || draws_lots) && stream.find(word) != std::string_view::npos) return true;
  }
  return false;
}

Transcript converse(io::Loop& loop, std::uint8_t, std::string_view stream,
                    std::span<const std::size_t> sizes) {
  if (is_left_out(stream)) return {};
  FuzzNode node(Dialect::kArcus);
  return hold_conversation(loop, node, stream, sizes);
}

}  // namespace
}  // namespace larder::serve::memcache

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  larder::serve::memcache::check_answered_alike(data, size, larder::serve::memcache::converse);
  return 0;
}
