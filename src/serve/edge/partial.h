// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "serve/edge/fill_span.h"
#include "serve/edge/object.h"
#include "serve/edge/object_store.h"
#include "wire/http/conditional.h"
#include "wire/http/field.h"

// Long bodies of which not all parts are stored. Which are is told by looking for them, and nowhere
// written down: a part may be evicted at any time.
//
//   wanted         ├──────────────────────┤
//   parts    │  0  │  1  │ (2) │ (3) │  4  │ (5) │     (n): not stored
//   asked of the origin  └───────────┘ Range, If-Range ──► 206: parts 2 and 3
namespace larder::serve::edge {

struct MissingParts {
  std::vector<std::uint64_t> numbers;  // ascending
  // The first of them and those right behind it, as one range: to ask the origin for.
  wire::http::ByteRange range;
};
// Of the parts that `wanted`, a range of the body, touches: no more than limits::kPartsAtOnce of
// them are looked for. Nothing: these are all there.
std::optional<MissingParts> find_missing(ObjectStore& store, const ObjectHead& head,
                                         const wire::http::ByteRange& wanted, base::UnixMs now);

// A stored body whose parts can be fetched one by one.
struct PartialBody {
  ObjectId id = 0;
  std::uint64_t bytes = 0;
  std::string etag = {};  // strong; empty: they cannot
};
// The bytes of `span`, of parts of that body.
wire::http::ByteRange range_of(const FillSpan& span, const PartialBody& body);

// ---- of a body of which nothing is stored

// What a request with this Range wants of it, in parts: so many as are asked for together. Nothing:
// the whole is to be fetched.
std::optional<FillSpan> span_of(std::string_view range);
// How an origin is asked for that.
std::string range_text_of(const FillSpan& span);
// What a 206 to it brings. Nothing: it is of no use.
std::optional<wire::http::ContentRange> judge_first_parts(const wire::http::Fields& response,
                                                          const FillSpan& span);

// ---- of a stored body

// The ETag by which parts that are fetched at different times are known to be of one body. Nothing:
// there is none, or a weak one, and then the body is stored whole or not at all.
std::optional<std::string_view> strong_etag_of(std::string_view field_lines);

// Range, and If-Range with that ETag: what asks an origin for a part of what is stored.
wire::http::FieldLines partial_request_lines(const wire::http::ByteRange& range,
                                             std::string_view etag);

// What the origin's answer to that is.
enum class PartialReply : std::uint8_t {
  kParts,    // 206, of the same body and exactly what was asked for
  kWhole,    // 200: another response, or one of which there are no ranges; it replaces the object
  kChanged,  // the stored parts are no body that the origin has: the object is to be dropped
  kFailed,   // nothing is known: the object stays
};
PartialReply judge_partial(unsigned status, const wire::http::Fields& response,
                           const wire::http::ByteRange& asked, std::string_view etag,
                           std::uint64_t body_bytes);

}  // namespace larder::serve::edge
