// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/refreshed.h"

#include <optional>
#include <string>

#include "base/decimal.h"
#include "serve/edge/compressor.h"
#include "serve/edge/freshness.h"
#include "serve/edge/stored_fields.h"
#include "wire/http/conditional.h"

namespace larder::serve::edge {
namespace {

using wire::http::Etag;
using wire::http::Fields;
using wire::http::Name;

std::optional<Etag> etag_of(const Fields& fields) {
  const auto text = fields.value(Name::kEtag);
  return text ? wire::http::parse_etag(*text) : std::nullopt;
}

// A strong ETag names one response. Without one it is about what was asked for. One that was made
// weak here, when its body was brought into a coding, stands for the origin's.
bool is_about(const Fields& said, const Fields& stored) {
  const std::optional<Etag> named = etag_of(said);
  if (!named || named->weak) return true;
  const std::optional<Etag> had = etag_of(stored);
  return had && wire::http::match_weakly(*named, *had);
}

// Whether a field says the same as the stored one, or nothing.
bool agrees(const Fields& said, const Fields& stored, Name name) {
  return !said.has(name) || said.joined(name) == stored.joined(name);
}

bool is_of_length(const Fields& said, std::uint64_t bytes) {
  const auto length = said.value(Name::kContentLength);
  return !length || base::parse_decimal<std::uint64_t>(*length) == bytes;
}

// Where responses are brought into codings here, an origin that does not know it has not said that
// they vary by it.
std::string refreshed_lines(const Refreshed& by, const CachePolicy& policy) {
  const std::string_view was = by.stored.field_lines();
  std::string lines = updated_lines(was, by.said);
  const bool varied = wire::http::lists(fields_of(was).joined(Name::kVary), "Accept-Encoding");
  if (policy.compress.codings.empty() || !varied) return lines;
  return compressed_lines(lines, wire::http::Coding::kIdentity);
}

void update(ObjectStore& store, const Refreshed& by, const CachePolicy& policy) {
  const std::string lines = refreshed_lines(by, policy);
  const Fields fields = fields_of(lines);
  const Storing storing = judge_storing({.method = "GET",
                                         .request = by.request,
                                         .status = by.stored.head().status,
                                         .response = fields,
                                         .requested = by.requested,
                                         .received = by.received},
                                        policy);
  if (is_of_one_request(storing.verdict)) return;
  if (storing.verdict != Storing::Verdict::kStore) {
    store.remove(by.key, by.received);
    return;
  }
  // Without the Age that was said, which is counted in the freshness.
  store.update(by.key, by.stored, storing.freshness,
               stored_lines(fields, storing.without, by.received), by.received);
}

}  // namespace

void refresh_stored(ObjectStore& store, const Refreshed& by, const CachePolicy& policy) {
  if (is_about(by.said, fields_of(by.stored.field_lines()))) return update(store, by, policy);
  store.remove(by.key, by.received);
}

void refresh_by_head(ObjectStore& store, const Refreshed& by, const CachePolicy& policy) {
  constexpr unsigned kOk = 200;
  if (by.stored.head().status != kOk) return;
  const Fields stored = fields_of(by.stored.field_lines());
  const bool is_same = agrees(by.said, stored, Name::kEtag) &&
                       agrees(by.said, stored, Name::kLastModified) &&
                       is_of_length(by.said, by.stored.head().body_bytes);
  if (is_same) return update(store, by, policy);
  store.remove(by.key, by.received);
}

}  // namespace larder::serve::edge
