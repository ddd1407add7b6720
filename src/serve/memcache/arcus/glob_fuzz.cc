// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// A pattern, a line end, and a text: whether it matches is what the plain definition says, with
// every choice tried.
#include "serve/memcache/arcus/glob.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace larder::serve::memcache::arcus {
namespace {

// Which ends of the text are reached by the pattern up to here; all at once, or a star would take
// exponential time.
bool matches_plainly(std::string_view pattern, std::string_view text) {
  std::vector<bool> reached(text.size() + 1);
  reached[0] = true;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '*') {
      for (std::size_t end = 1; end <= text.size(); ++end) {
        if (reached[end - 1]) reached[end] = true;
      }
      continue;
    }
    const bool any = pattern[i] == '?';
    if (pattern[i] == '\\') ++i;
    for (std::size_t end = text.size(); end != 0; --end) {
      reached[end] = reached[end - 1] && (any || text[end - 1] == pattern[i]);
    }
    reached[0] = false;
  }
  return reached[text.size()];
}

}  // namespace
}  // namespace larder::serve::memcache::arcus

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using larder::serve::memcache::arcus::Glob;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  if (end == std::string_view::npos) return 0;
  const std::string_view pattern = input.substr(0, end);
  const std::string_view text = input.substr(end + 1);
  const auto glob = Glob::parse(pattern);
  if (!glob) return 0;
  LARDER_CHECK(glob->matches(text) ==
               larder::serve::memcache::arcus::matches_plainly(pattern, text));
  return 0;
}
