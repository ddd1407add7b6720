// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/byte_source.h"

#include <cstring>
#include <string>
#include <utility>

#include "base/limits.h"

namespace larder::cli::replay {

ByteReader::ByteReader(std::unique_ptr<ByteSource> source)
    : source_(std::move(source)), block_(limits::kTraceReadBytes + limits::kMaxTraceLineBytes) {}

base::Result<bool> ByteReader::read_more() {
  std::memmove(block_.data(), block_.data() + begin_, end_ - begin_);
  end_ -= std::exchange(begin_, 0);
  auto bytes = source_->read({block_.data() + end_, block_.size() - end_});
  if (!bytes) return bytes.failure();
  end_ += *bytes;
  return *bytes != 0;
}

base::Result<std::optional<std::string_view>> ByteReader::take_record(std::size_t bytes) {
  while (end_ - begin_ < bytes) {
    auto more = read_more();
    if (!more) return more.failure();
    if (*more) continue;
    if (begin_ == end_) return std::optional<std::string_view>();
    return base::Failure{"the last record has " + std::to_string(end_ - begin_) + " bytes of " +
                         std::to_string(bytes)};
  }
  const std::string_view record = unread().substr(0, bytes);
  begin_ += bytes;
  return std::optional(record);
}

base::Result<std::optional<std::string_view>> ByteReader::take_line() {
  std::size_t looked = 0;
  std::size_t end = std::string_view::npos;
  while ((end = unread().find('\n', looked)) == std::string_view::npos) {
    looked = end_ - begin_;
    if (looked > limits::kMaxTraceLineBytes) break;
    auto more = read_more();
    if (!more) return more.failure();
    if (*more) continue;
    if (looked == 0) return std::optional<std::string_view>();
    end = looked;
    break;
  }
  if (end > limits::kMaxTraceLineBytes) {
    return base::Failure{"a line of more than " + std::to_string(limits::kMaxTraceLineBytes) +
                         " bytes"};
  }
  std::string_view line = unread().substr(0, end);
  begin_ += end == end_ - begin_ ? end : end + 1;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return std::optional(line);
}

}  // namespace larder::cli::replay
