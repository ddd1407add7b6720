// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "wire/http/date.h"
#include "wire/http/field.h"

namespace larder::wire::http {

// ---- validators (RFC 9110, 8.8)

struct Etag {
  std::string_view opaque;  // with its quotes
  bool weak = false;
};
std::optional<Etag> parse_etag(std::string_view text) noexcept;
bool match_strongly(const Etag& a, const Etag& b) noexcept;
bool match_weakly(const Etag& a, const Etag& b) noexcept;

// What a stored or a fetched representation says of itself.
struct Validators {
  std::optional<Etag> etag;
  std::optional<Seconds> last_modified;
  std::optional<Seconds> date;  // of the response: a Last-Modified is strong one minute before it
};
Validators validators_of(const Fields& response, Seconds now);

// ---- conditions of a request (RFC 9110, 13), in their order of precedence

enum class Condition : std::uint8_t {
  kPassed,
  kNotModified,         // 304
  kPreconditionFailed,  // 412
};
// `method`: GET and HEAD are answered 304 where others fail.
Condition judge(const Fields& request, std::string_view method, const Validators& of, Seconds now);

// ---- ranges (RFC 9110, 14)

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // the byte itself belongs to it
  std::uint64_t size() const { return last - first + 1; }
  bool operator==(const ByteRange&) const = default;
};

struct RangeSet {
  enum class State : std::uint8_t {
    kWhole,          // none is asked for, or in a way that is to be overlooked
    kSome,           // 206
    kUnsatisfiable,  // 416
  };
  State state = State::kWhole;
  std::vector<ByteRange> ranges = {};  // as they were asked for, at most kMaxRanges
};
// Of a representation of `size` bytes. More than kMaxRanges, or ranges that overlap to more than
// the whole, are overlooked; the last bytes of an empty one are the whole.
RangeSet parse_range(std::string_view range, std::uint64_t size);
// The first range, where the size is not known yet; nothing: not a single one, or one that counts
// from the end.
struct OpenRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last;
};
std::optional<OpenRange> parse_open_range(std::string_view range);
// Whether If-Range lets the ranges count. True without it.
bool if_range_holds(const Fields& request, const Validators& of, Seconds now);

// `bytes 0-99/1234`, `bytes 0-99/*`
struct ContentRange {
  ByteRange range;
  std::optional<std::uint64_t> size;
};
std::optional<ContentRange> parse_content_range(std::string_view text) noexcept;

}  // namespace larder::wire::http
