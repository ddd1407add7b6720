// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/partial.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace larder::serve::edge {
namespace {

using wire::http::ByteRange;
using wire::http::ContentRange;
using wire::http::Etag;
using wire::http::Name;

constexpr std::uint64_t kPartBytes = ObjectStore::kPartBytes;
constexpr std::uint64_t kLongBody = std::uint64_t{1} << 60;  // bytes: none is longer

ByteRange first_run(const std::vector<std::uint64_t>& numbers, std::uint64_t body_bytes) {
  std::uint64_t behind = numbers.front() + 1;
  for (std::size_t i = 1; i < numbers.size() && numbers[i] == behind; ++i) ++behind;
  return {.first = numbers.front() * kPartBytes,
          .last = std::min(behind * kPartBytes, body_bytes) - 1};
}

// Of `bytes=-500`: 500.
std::optional<std::uint64_t> suffix_of(std::string_view range) {
  const wire::http::RangeSet set = wire::http::parse_range(range, kLongBody);
  const bool is_single = set.state == wire::http::RangeSet::State::kSome && set.ranges.size() == 1;
  if (!is_single || set.ranges.front().last != kLongBody - 1) return {};
  return set.ranges.front().size();
}

// The one range that a response carries.
std::optional<ContentRange> range_of_response(const wire::http::Fields& response) {
  const std::optional<std::string_view> text = response.value(Name::kContentRange);
  if (!text || response.count(Name::kContentRange) != 1) return {};
  return wire::http::parse_content_range(*text);
}

bool is_strong_etag(std::string_view text, std::string_view other) {
  const std::optional<Etag> a = wire::http::parse_etag(text);
  const std::optional<Etag> b = wire::http::parse_etag(other);
  return a && b && wire::http::match_strongly(*a, *b);
}

bool is_what_was_asked(const wire::http::Fields& response, const ByteRange& asked,
                       std::string_view etag, std::uint64_t body_bytes) {
  const std::optional<ContentRange> range = range_of_response(response);
  if (!range || range->range != asked || range->size != body_bytes) return false;
  const std::optional<std::string_view> its_etag = response.value(Name::kEtag);
  return its_etag && is_strong_etag(*its_etag, etag);
}

}  // namespace

std::optional<MissingParts> find_missing(ObjectStore& store, const ObjectHead& head,
                                         const ByteRange& wanted, base::UnixMs now) {
  LARDER_CHECK(wanted.first <= wanted.last && wanted.last < head.body_bytes);
  MissingParts missing;
  const std::uint64_t first = wanted.first / kPartBytes;
  const std::uint64_t last = std::min(wanted.last / kPartBytes, first + limits::kPartsAtOnce - 1);
  for (std::uint64_t number = first; number <= last; ++number) {
    if (!store.has_part(head.id, number, now)) missing.numbers.push_back(number);
  }
  if (missing.numbers.empty()) return {};
  missing.range = first_run(missing.numbers, head.body_bytes);
  return missing;
}

ByteRange range_of(const FillSpan& span, const PartialBody& body) {
  LARDER_CHECK(span.first <= span.last && span.first * kPartBytes < body.bytes);
  const std::uint64_t last = std::min(span.last, (body.bytes - 1) / kPartBytes);
  return {.first = span.first * kPartBytes,
          .last = std::min((last + 1) * kPartBytes, body.bytes) - 1};
}

std::optional<FillSpan> span_of(std::string_view range) {
  const std::optional<wire::http::OpenRange> open = wire::http::parse_open_range(range);
  if (!open) {
    const std::optional<std::uint64_t> suffix = suffix_of(range);
    if (!suffix || *suffix > limits::kPartsAtOnce * kPartBytes) return {};
    return FillSpan{.suffix = *suffix};
  }
  if (open->first >= kLongBody || (open->first == 0 && !open->last)) return {};
  const std::uint64_t first = open->first / kPartBytes;
  const std::uint64_t last = open->last.value_or(kLongBody) / kPartBytes;
  return FillSpan{.first = first, .last = std::min(last, first + limits::kPartsAtOnce - 1)};
}

// Of the end a part more is asked for, as nobody knows yet where one begins.
std::string range_text_of(const FillSpan& span) {
  if (span.suffix != 0) return "bytes=-" + std::to_string(span.suffix + kPartBytes - 1);
  return "bytes=" + std::to_string(span.first * kPartBytes) + "-" +
         std::to_string((span.last + 1) * kPartBytes - 1);
}

std::optional<ContentRange> judge_first_parts(const wire::http::Fields& response,
                                              const FillSpan& span) {
  const std::optional<ContentRange> range = range_of_response(response);
  if (!range || !range->size) return {};
  const std::uint64_t size = *range->size;
  const wire::http::RangeSet asked = wire::http::parse_range(range_text_of(span), size);
  if (asked.state == wire::http::RangeSet::State::kWhole) return {};
  if (asked.ranges.size() != 1 || asked.ranges.front() != range->range) return {};
  return range;
}

std::optional<std::string_view> strong_etag_of(std::string_view field_lines) {
  for (wire::http::LineReader lines(field_lines); lines.next();) {
    if (wire::http::name_of(lines.name()) != Name::kEtag) continue;
    if (!is_strong_etag(lines.value(), lines.value())) return {};
    return lines.value();
  }
  return {};
}

wire::http::FieldLines partial_request_lines(const ByteRange& range, std::string_view etag) {
  wire::http::FieldLines lines;
  lines.add(Name::kRange,
            "bytes=" + std::to_string(range.first) + "-" + std::to_string(range.last));
  lines.add(Name::kIfRange, etag);
  return lines;
}

PartialReply judge_partial(unsigned status, const wire::http::Fields& response,
                           const ByteRange& asked, std::string_view etag,
                           std::uint64_t body_bytes) {
  switch (status) {
    case 200: return PartialReply::kWhole;
    case 206:
      return is_what_was_asked(response, asked, etag, body_bytes) ? PartialReply::kParts
                                                                  : PartialReply::kChanged;
    case 404:
    case 410:
    case 416: return PartialReply::kChanged;
    default: return PartialReply::kFailed;
  }
}

}  // namespace larder::serve::edge
