// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/answers.h"

#include <algorithm>

#include "base/decimal.h"
#include "base/limits.h"

namespace larder::cli::replay {
namespace {

constexpr std::size_t kExcerptBytes = 80;
constexpr std::string_view kValue = "VALUE ";
constexpr std::size_t kLineEndBytes = 2;

std::string excerpt(std::string_view line) {
  std::string text(line.substr(0, kExcerptBytes));
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return "`" + text + "`";
}

bool is_error(std::string_view line) {
  return line == "ERROR" || line.starts_with("ERROR ") || line.starts_with("CLIENT_ERROR ") ||
         line.starts_with("SERVER_ERROR ");
}

std::string_view next_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

}  // namespace

void Answers::clear() {
  expected_.clear();
  at_ = 0;
  entry_ = 0;
}

base::Result<std::size_t> Answers::scan(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t skipped = std::min(skip_, bytes.size() - at);
    skip_ -= skipped;
    at += skipped;
    if (skipped != 0) continue;
    const std::size_t end = bytes.find('\n', at);
    if (end == std::string_view::npos) {
      if (bytes.size() - at < limits::kMaxReplyLineBytes) break;
      return base::Failure{"an endless line: " + excerpt(bytes.substr(at))};
    }
    std::string_view line = bytes.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (all_come()) return base::Failure{"a reply that nothing asked for: " + excerpt(line)};
    if (!take(line)) return base::Failure{"an unexpected reply: " + excerpt(line)};
    at = end + 1;
  }
  return at;
}

bool Answers::take(std::string_view line) {
  const Expected& expected = expected_[at_];
  switch (expected.kind) {
    case Kind::kGet:
    case Kind::kSecondGet: return take_of_get(line, expected);
    case Kind::kSet: return take_of_set(line, *expected.counts);
    case Kind::kDelete:
      if (line != "DELETED" && line != "NOT_FOUND") return false;
      ++expected.counts->deletes;
      ++at_;
      return true;
  }
  return false;
}

bool Answers::take_of_get(std::string_view line, const Expected& get) {
  if (line.starts_with(kValue)) return take_value(line.substr(kValue.size()), get);
  if (line != "END") return false;
  entry_ = 0;
  ++at_;
  return true;
}

// A server leaves keys out, and keeps the others' order.
bool Answers::take_value(std::string_view line, const Expected& get) {
  const std::string_view key = next_word(line);
  next_word(line);  // flags
  const auto bytes = base::parse_decimal<std::uint32_t>(line);
  if (!bytes) return false;
  auto& entries = get.batch->entries();
  const bool second = get.kind == Kind::kSecondGet;
  const auto is_it = [&](const Batch::Entry& entry) {
    return entry.operation == Operation::kGet && (entry.asked_twice || !second) &&
           get.batch->key(entry) == key;
  };
  while (entry_ < entries.size() && !is_it(entries[entry_])) ++entry_;
  if (entry_ == entries.size()) return false;
  entries[entry_++].hit = true;
  skip_ = *bytes + kLineEndBytes;
  return true;
}

bool Answers::take_of_set(std::string_view line, Counts& counts) {
  if (line == "STORED") {
    ++counts.stored;
  } else if (is_error(line) || line == "NOT_STORED") {
    if (first_refusal_.empty()) first_refusal_ = line;
    ++counts.refused;
  } else {
    return false;
  }
  ++at_;
  return true;
}

}  // namespace larder::cli::replay
