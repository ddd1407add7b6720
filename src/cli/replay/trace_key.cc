// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/trace_key.h"

#include <algorithm>

#include "base/hash.h"
#include "base/limits.h"

namespace larder::cli::replay {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

bool is_key(std::string_view text) {
  const auto is_graph = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > ' ' && byte != 0x7F;
  };
  return !text.empty() && text.size() <= limits::kMaxKeyBytes &&
         std::all_of(text.begin(), text.end(), is_graph);
}

}  // namespace

std::string_view TraceKey::of_id(std::uint64_t id) {
  for (auto digit = digits_.rbegin(); digit != digits_.rend(); ++digit, id >>= 4) {
    *digit = kDigits[id & 15];
  }
  return {digits_.data(), digits_.size()};
}

std::string_view TraceKey::of_text(std::string_view text) {
  return is_key(text) ? text : of_id(base::keyed_hash(text, 0));
}

}  // namespace larder::cli::replay
