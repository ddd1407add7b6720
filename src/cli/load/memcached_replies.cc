// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/memcached_replies.h"

#include <algorithm>
#include <optional>

#include "base/decimal.h"
#include "base/limits.h"

namespace larder::cli::load {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

std::string_view next_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::string_view stored_of(Protocol protocol) {
  return protocol == Protocol::kText ? "STORED\r\n" : "HD\r\n";
}

std::string_view end_of(const Shape& shape) {
  if (shape.protocol == Protocol::kText) return "END\r\n";
  return shape.multiget == 1 ? "EN\r\n" : "MN\r\n";
}

}  // namespace

MemcachedReplies::MemcachedReplies(const Shape& shape, bool verify, Pipeline& pipeline,
                                   Tally& tally)
    : Replies(pipeline, tally),
      shape_(shape),
      verify_(verify),
      must_identify_(shape.multiget > 1 && (verify || !shape.sizes.fixed())),
      stored_(stored_of(shape.protocol)),
      end_(end_of(shape)) {}

std::size_t MemcachedReplies::step(std::string_view bytes) {
  switch (state_) {
    case State::kValue: return step_value(bytes);
    case State::kValueEnd: return step_value_end(bytes);
    case State::kHead: break;
  }
  if (asked().is_set) {
    if (!bytes.starts_with(stored_)) return step_head(bytes);
    tally().stored.add(1);
    all_answered();
    return stored_.size();
  }
  if (!shape_.values && bytes.starts_with("HD\r\n")) {
    ++hits_;
    return get_answered(sizeof "HD\r\n" - 1);
  }
  if (!verify_ && !must_identify_ && bytes[0] == 'V') return step_whole_value(bytes);
  if (bytes.starts_with(end_)) return get_answered(end_.size());
  return step_head(bytes);
}

// ---- a request's end

void MemcachedReplies::all_answered() {
  hits_ = 0;
  next_ = 0;
  answered();
}

std::size_t MemcachedReplies::get_answered(std::size_t line_bytes) {
  tally().hits.add(hits_);
  tally().misses.add(shape_.multiget - hits_);
  all_answered();
  return line_bytes;
}

// ---- values

// Two places tell that the lengths are the expected ones: both line ends.
std::size_t MemcachedReplies::step_whole_value(std::string_view bytes) {
  const std::uint32_t size = shape_.sizes.of(asked_keys()[0]);
  const std::size_t head = shape_.value_head_bytes(size);
  const std::size_t whole = head + size + kLineEnd.size();
  if (bytes.size() < whole || hits_ == shape_.multiget || bytes[head - 1] != '\n' ||
      bytes.substr(head + size, kLineEnd.size()) != kLineEnd) {
    return step_head(bytes);
  }
  ++hits_;
  if (end_ == "EN\r\n") get_answered(0);
  return whole;
}

std::size_t MemcachedReplies::value_begins(std::string_view line) {
  std::string_view rest = line;
  next_word(rest);  // VALUE, VA
  std::string_view key;
  if (shape_.protocol == Protocol::kText) {
    key = next_word(rest);
    next_word(rest);  // flags
  }
  const auto size = base::parse_decimal<std::uint32_t>(next_word(rest));
  if (shape_.protocol == Protocol::kMeta && rest.starts_with('k')) key = rest.substr(1);
  if (!size) return fail("a value line without a length: ", line);
  if (hits_ == shape_.multiget) return fail("more values than keys were asked for: ", line);
  if (!identify(key)) return fail("a value of a key that was not asked for: ", line);
  if (*size != shape_.sizes.of(key_)) {
    return fail(
        "a value of another length than this load gives its key (of an earlier load with "
        "other sizes?): ",
        line);
  }
  check_.begin(key_, *size);
  value_left_ = *size;
  state_ = *size == 0 ? State::kValueEnd : State::kValue;
  return line.size() + kLineEnd.size();
}

// A server may leave keys out, but keeps their order.
bool MemcachedReplies::identify(std::string_view key) {
  const auto asked = asked_keys();
  key_ = asked[0];
  const bool is_named = shape_.protocol == Protocol::kText || shape_.multiget > 1;
  if (!must_identify_ && !(verify_ && is_named)) return true;
  const auto found = shape_.keys.parse(key);
  if (!found) return false;
  while (next_ < asked.size() && asked[next_] != *found) ++next_;
  if (next_ == asked.size()) return false;
  key_ = asked[next_++];
  return true;
}

std::size_t MemcachedReplies::step_value(std::string_view bytes) {
  const std::string_view piece = bytes.substr(0, value_left_);
  if (verify_ && !check_.check(piece)) {
    return fail("a wrong byte in the value of " + shape_.keys.text(key_) + ": ", piece);
  }
  value_left_ -= piece.size();
  if (value_left_ == 0) state_ = State::kValueEnd;
  return piece.size();
}

std::size_t MemcachedReplies::step_value_end(std::string_view bytes) {
  if (bytes.size() < kLineEnd.size()) return 0;
  if (!bytes.starts_with(kLineEnd)) return fail("no line end behind a value: ", bytes);
  ++hits_;
  state_ = State::kHead;
  if (end_ == "EN\r\n") get_answered(0);
  return kLineEnd.size();
}

// ---- lines

std::size_t MemcachedReplies::step_head(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  if (end == std::string_view::npos) {
    return bytes.size() < limits::kMaxReplyLineBytes ? 0 : fail("an endless line: ", bytes);
  }
  const std::string_view line = bytes.substr(0, end == 0 ? 0 : end - 1);
  if (bytes.substr(line.size(), kLineEnd.size()) != kLineEnd)
    return fail("a bare line end: ", bytes);
  const bool is_set = asked().is_set;
  const std::string_view value = shape_.protocol == Protocol::kText ? "VALUE " : "VA ";
  if (!is_set && line.starts_with(value)) return value_begins(line);
  if (!take_error(line)) return fail("an unexpected reply: ", line);
  return end + 1;
}

bool MemcachedReplies::take_error(std::string_view line) {
  if (line != "ERROR" && !line.starts_with("CLIENT_ERROR ") && !line.starts_with("SERVER_ERROR ")) {
    return false;
  }
  hits_ = 0;
  next_ = 0;
  count_error(line);
  return true;
}

}  // namespace larder::cli::load
