// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/get_reply.h"

#include <algorithm>

#include "base/decimal.h"
#include "base/limits.h"

namespace larder::wire::memcache {
namespace {

constexpr std::string_view kTail = "\r\nEND\r\n";  // behind a value

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_error(std::string_view line) {
  return line == "ERROR" || line.starts_with("CLIENT_ERROR ") || line.starts_with("SERVER_ERROR ");
}

}  // namespace

void GetReply::begin(std::string_view key) {
  *this = {};
  key_ = key;
}

GetReply::Taken GetReply::take(std::string_view unread) {
  switch (part_) {
    case Part::kLine: return take_line(unread);
    case Part::kValue: return take_value(unread);
  }
  return {.step = Step::kBroken};
}

GetReply::Taken GetReply::take_line(std::string_view unread) {
  const std::size_t end = unread.substr(0, limits::kMaxReplyLineBytes).find('\n');
  if (end == std::string_view::npos) {
    const bool is_endless = unread.size() >= limits::kMaxReplyLineBytes;
    return {.step = is_endless ? Step::kBroken : Step::kMore};
  }
  if (end == 0 || unread[end - 1] != '\r') return {.step = Step::kBroken};
  const Step step = parse(unread.substr(0, end - 1));
  return {.step = step, .bytes = step == Step::kBroken ? 0 : end + 1};
}

GetReply::Step GetReply::parse(std::string_view line) {
  if (line == "END") return Step::kMiss;
  if (is_error(line)) return Step::kRefused;
  if (!take_prefix(line, "VALUE ") || !take_prefix(line, key_) || !take_prefix(line, " ")) {
    return Step::kBroken;
  }
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return Step::kBroken;
  const auto flags = base::parse_decimal<std::uint32_t>(line.substr(0, blank));
  const auto size = base::parse_decimal<std::size_t>(line.substr(blank + 1));
  if (!flags || !size || *size > limits::kMaxValueBytes) return Step::kBroken;
  flags_ = *flags;
  size_ = left_ = *size;
  part_ = Part::kValue;
  return Step::kHead;
}

GetReply::Taken GetReply::take_value(std::string_view unread) {
  if (left_ != 0) {
    const std::size_t bytes = std::min(left_, unread.size());
    left_ -= bytes;
    return {.step = bytes == 0 ? Step::kMore : Step::kBytes, .bytes = bytes};
  }
  const std::string_view tail = unread.substr(0, kTail.size());
  if (!kTail.starts_with(tail)) return {.step = Step::kBroken};
  if (tail.size() < kTail.size()) return {.step = Step::kMore};
  return {.step = Step::kHit, .bytes = kTail.size()};
}

}  // namespace larder::wire::memcache
