// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/values.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "cli/load/random.h"

namespace larder::cli::load {
namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);
constexpr std::uint32_t kVersionedBytes = 2 * kWord;
constexpr std::size_t kCheckBytes = 32 * kWord;

std::uint64_t first_state(std::uint32_t key, std::uint64_t version) {
  return mix(version) + mix(~std::uint64_t{key});
}

// One multiplication a word: this is paid for each byte that a benchmark sets.
std::uint64_t word(std::uint64_t state, std::size_t index) {
  const std::uint64_t bits = (state ^ index) * 0x9E3779B97F4A7C15U;
  return bits ^ (bits >> 32);
}

// Words from `index` on, the last one cut where the bytes end.
void write_words(char* out, std::size_t bytes, std::uint64_t state, std::size_t index) {
  for (; bytes >= kWord; bytes -= kWord, out += kWord, ++index) {
    const std::uint64_t bits = word(state, index);
    std::memcpy(out, &bits, kWord);
  }
  const std::uint64_t bits = word(state, index);
  std::memcpy(out, &bits, bytes);
}

}  // namespace

void write_value(char* out, std::uint32_t key, std::uint32_t bytes, std::uint64_t version) {
  if (bytes < kVersionedBytes) return write_words(out, bytes, first_state(key, 0), 0);
  std::memcpy(out, &version, kWord);
  write_words(out + kWord, bytes - kWord, first_state(key, version), 1);
}

void ValueCheck::begin(std::uint32_t key, std::uint32_t bytes) {
  key_ = key;
  version_ = 0;
  at_ = 0;
  version_bytes_ = bytes < kVersionedBytes ? 0 : kWord;
}

bool ValueCheck::check(std::string_view piece) {
  if (at_ < version_bytes_) {
    const std::size_t part = std::min(piece.size(), version_bytes_ - at_);
    std::memcpy(reinterpret_cast<char*>(&version_) + at_, piece.data(), part);
    at_ += part;
    piece.remove_prefix(part);
  }
  while (!piece.empty()) {
    const std::size_t skipped = at_ % kWord;
    const std::string_view part = piece.substr(0, kCheckBytes - skipped);
    if (!check_words(part)) return false;
    at_ += part.size();
    piece.remove_prefix(part.size());
  }
  return true;
}

bool ValueCheck::check_words(std::string_view piece) {
  char expected[kCheckBytes];
  const std::size_t skipped = at_ % kWord;
  LARDER_CHECK(skipped + piece.size() <= sizeof expected);
  write_words(expected, skipped + piece.size(), first_state(key_, version_), at_ / kWord);
  return std::memcmp(expected + skipped, piece.data(), piece.size()) == 0;
}

}  // namespace larder::cli::load
