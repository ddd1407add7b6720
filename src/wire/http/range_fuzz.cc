// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// The input is read as Range, Content-Range, an entity tag, a list of them, and a date. What is
// understood is within bounds, and is understood again when it is written.
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "wire/http/conditional.h"
#include "wire/http/etag_list.h"

namespace larder::wire::http {
namespace {

constexpr Seconds kNow = 1'780'000'000;
constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
constexpr std::array<std::uint64_t, 6> kSizes = {0, 1, 10, 10'000, kEnd / 2, kEnd};

void check_range(std::string_view text, std::uint64_t size) {
  const RangeSet set = parse_range(text, size);
  LARDER_CHECK(set.ranges.empty() == (set.state != RangeSet::State::kSome));
  LARDER_CHECK(set.ranges.size() <= limits::kMaxRanges);
  std::uint64_t left = size;
  for (const ByteRange& range : set.ranges) {
    LARDER_CHECK(range.first <= range.last && range.last < size && range.size() <= left);
    left -= range.size();
  }
}

void check_open_range(std::string_view text) {
  const auto open = parse_open_range(text);
  if (!open) return;
  LARDER_CHECK(!open->last || *open->last >= open->first);
  if (open->first >= kEnd - 1) return;
  const RangeSet set = parse_range(text, kEnd);
  LARDER_CHECK(set.ranges.size() == 1 && set.ranges[0].first == open->first);
  LARDER_CHECK(set.ranges[0].last == open->last.value_or(kEnd - 1));
}

void check_content_range(std::string_view text) {
  const auto found = parse_content_range(text);
  if (!found) return;
  LARDER_CHECK(found->range.first <= found->range.last);
  LARDER_CHECK(!found->size || found->range.last < *found->size);
  const std::string again = "bytes " + std::to_string(found->range.first) + "-" +
                            std::to_string(found->range.last) + "/" +
                            (found->size ? std::to_string(*found->size) : "*");
  const auto same = parse_content_range(again);
  LARDER_CHECK(same && same->range == found->range && same->size == found->size);
}

std::string written(const Etag& etag) {
  return std::string(etag.weak ? "W/" : "") + std::string(etag.opaque);
}

void check_etag(const Etag& etag) {
  const std::string text = written(etag);
  const auto again = parse_etag(text);
  LARDER_CHECK(again && again->weak == etag.weak && match_weakly(*again, etag));
  LARDER_CHECK(match_strongly(*again, etag) == !etag.weak);
}

void check_etags(std::string_view text) {
  std::size_t count = 0;
  for (EtagList etags(text); etags.next(); ++count) check_etag(etags.etag());
  const auto alone = parse_etag(text);
  if (!alone) return;
  LARDER_CHECK(count == 1 && written(*alone) == text);
}

void check_date(std::string_view text) {
  const auto at = parse_date(text, kNow);
  if (!at || *at < 0) return;
  const auto again = format_date(*at);
  const std::string_view written(again.data(), again.size());
  LARDER_CHECK(parse_date(written, kNow) == at || *at > 253'402'300'799);
}

// A condition that is met by what it names, and one that says nothing.
void check_conditions(std::string_view text) {
  Fields request;
  request.add({"If-None-Match", text, Name::kIfNoneMatch});
  const auto etag = parse_etag(text);
  const Validators of{.etag = etag, .last_modified = {}, .date = {}};
  const Condition judged = judge(request, "GET", of, kNow);
  LARDER_CHECK(!etag || judged == Condition::kNotModified);
  LARDER_CHECK(judge(request, "PUT", of, kNow) != Condition::kNotModified);
  Fields ranged;
  ranged.add({"If-Range", text, Name::kIfRange});
  LARDER_CHECK(!etag || if_range_holds(ranged, of, kNow) == !etag->weak);
}

}  // namespace
}  // namespace larder::wire::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::wire::http;
  const std::vector<char> bytes(data, data + size);
  const std::string_view text(bytes.data(), bytes.size());
  for (const std::uint64_t whole : kSizes) check_range(text, whole);
  check_open_range(text);
  check_content_range(text);
  check_etags(text);
  check_date(text);
  check_conditions(text);
  return 0;
}
