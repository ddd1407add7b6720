// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wire/http/field.h"

namespace larder::wire::http {

// Cache-Control of a response (RFC 9111, 5.2.2; RFC 5861; RFC 8246). Deltas are seconds, at most
// 2^31; one that cannot be read counts as 0 (stale), of several the first one counts.
struct ResponseDirectives {
  bool no_store = false;
  bool no_cache = false;                     // without names of fields
  std::vector<std::string> no_cache_fields;  // which are not sent before a revalidation
  bool is_private = false;                   // without names of fields
  std::vector<std::string> private_fields;   // which are not stored
  bool is_public = false;
  bool must_revalidate = false;
  bool proxy_revalidate = false;
  bool must_understand = false;
  bool no_transform = false;
  bool immutable = false;
  std::optional<std::int64_t> max_age;
  std::optional<std::int64_t> s_maxage;
  std::optional<std::int64_t> stale_while_revalidate;
  std::optional<std::int64_t> stale_if_error;
};
ResponseDirectives response_directives(const Fields& fields);

// CDN-Cache-Control (RFC 9213), a dictionary of structured fields. Nothing: there is none, or it
// cannot be parsed, which is the same; then Cache-Control and Expires hold.
std::optional<ResponseDirectives> targeted_directives(const Fields& fields);

// Cache-Control of a request, or Pragma: no-cache where there is none.
struct RequestDirectives {
  bool no_store = false;
  bool no_cache = false;
  bool no_transform = false;
  bool only_if_cached = false;
  std::optional<std::int64_t> max_age;
  std::optional<std::int64_t> min_fresh;
  std::optional<std::int64_t> max_stale;  // without a value: 2^31
  std::optional<std::int64_t> stale_if_error;
};
RequestDirectives request_directives(const Fields& fields);

// Digits only: more than 2^31 is 2^31. Nothing: it is no number.
std::optional<std::int64_t> parse_delta(std::string_view text) noexcept;

}  // namespace larder::wire::http
