// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/glob.h"

namespace larder::serve::memcache::arcus {
namespace {

bool is_special(char letter) { return letter == '*' || letter == '?' || letter == '\\'; }

}  // namespace

std::optional<Glob> Glob::parse(std::string_view pattern) {
  if (pattern.size() > limits::kMaxPatternBytes) return std::nullopt;
  Glob glob;
  std::size_t stars = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    switch (pattern[i]) {
      case '*':
        if (++stars > limits::kMaxPatternStars) return std::nullopt;
        glob.add_star();
        continue;
      case '?': glob.add(std::nullopt); continue;
      case '\\':
        ++i;
        if (i == pattern.size() || !is_special(pattern[i])) return std::nullopt;
        break;
      default: break;
    }
    glob.add(static_cast<unsigned char>(pattern[i]));
  }
  return glob;
}

void Glob::add(std::optional<unsigned char> letter) {
  const Places place = Places{1} << size_++;
  if (letter) {
    letters_[*letter] |= place;
  } else {
    for (Places& places : letters_) places |= place;
  }
}

void Glob::add_star() {
  if (size_ == 0) {
    begins_with_star_ = true;
  } else {
    stars_ |= Places{1} << (size_ - 1);
  }
}

bool Glob::matches(std::string_view text) const {
  if (size_ == 0) return begins_with_star_ || text.empty();
  Places reached = 0;
  Places first = 1;
  for (const char letter : text) {
    const Places next = reached << 1 | first;
    reached = (next & letters_[static_cast<unsigned char>(letter)]) | (reached & stars_);
    if (!begins_with_star_) first = 0;
  }
  return (reached >> (size_ - 1) & 1) != 0;
}

}  // namespace larder::serve::memcache::arcus
