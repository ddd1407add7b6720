// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Each line of the input is a line of Cache-Control, of a request and of a response, and of
// CDN-Cache-Control. What more is said never makes a response more storable.
#include "wire/http/cache_control.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "wire/http/structured_field.h"

namespace larder::wire::http {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 31;

// The lines of `text` as fields of that name, behind one with `first`, if that is not empty.
Fields lines_of(Name name, std::string_view text, std::string_view first = {}) {
  Fields fields;
  const auto add = [&](std::string_view value) { fields.add({text_of(name), value, name}); };
  if (!first.empty()) add(first);
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    add(text.substr(0, end));
    if (end == text.size()) return fields;
    text.remove_prefix(end + 1);
  }
}

void check_delta(const std::optional<std::int64_t>& delta) {
  LARDER_CHECK(!delta || (*delta >= 0 && *delta <= kMost));
}

void check_names(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    LARDER_CHECK(is_token(name));
    LARDER_CHECK(std::ranges::none_of(name, [](char c) { return c >= 'A' && c <= 'Z'; }));
  }
}

void check(const ResponseDirectives& directives) {
  check_delta(directives.max_age);
  check_delta(directives.s_maxage);
  check_delta(directives.stale_while_revalidate);
  check_delta(directives.stale_if_error);
  check_names(directives.no_cache_fields);
  check_names(directives.private_fields);
}

void check_response(std::string_view text) {
  const ResponseDirectives alone = response_directives(lines_of(Name::kCacheControl, text));
  check(alone);
  const ResponseDirectives more =
      response_directives(lines_of(Name::kCacheControl, text, "no-store, max-age=5, private"));
  LARDER_CHECK(more.no_store && more.is_private && more.max_age == 5);
  LARDER_CHECK(more.s_maxage == alone.s_maxage && more.no_cache == alone.no_cache);
  LARDER_CHECK(more.no_cache_fields == alone.no_cache_fields);
}

void check_request(std::string_view text) {
  const RequestDirectives directives = request_directives(lines_of(Name::kCacheControl, text));
  check_delta(directives.max_age);
  check_delta(directives.min_fresh);
  check_delta(directives.max_stale);
  check_delta(directives.stale_if_error);
  LARDER_CHECK(request_directives(lines_of(Name::kCacheControl, text, "no-cache")).no_cache);
  request_directives(lines_of(Name::kPragma, text));
}

void check_dictionary(std::string_view text) {
  const auto members = parse_dictionary(text);
  const std::string all(text);
  if (!members || members->empty()) return;
  for (std::size_t i = 1; i < members->size(); ++i) {
    LARDER_CHECK((*members)[i - 1].key < (*members)[i].key);
  }
  LARDER_CHECK(!parse_dictionary(all + ","));
  LARDER_CHECK(!parse_dictionary(all + ", &"));
  const std::string longer = all + ", zzz=7";
  const auto more = parse_dictionary(longer);
  LARDER_CHECK(more);
  const auto last = std::ranges::find(*more, "zzz", &StructuredMember::key);
  LARDER_CHECK(last != more->end() && last->value.integer == 7);
}

void check_targeted(std::string_view text) {
  const auto directives = targeted_directives(lines_of(Name::kCdnCacheControl, text));
  if (!directives) return;
  check(*directives);
  const auto strict = targeted_directives(lines_of(Name::kCdnCacheControl, text, "s-maxage"));
  const bool is_said_again = directives->s_maxage.has_value();
  LARDER_CHECK(strict.has_value() == is_said_again);
}

}  // namespace
}  // namespace larder::wire::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::wire::http;
  const std::vector<char> bytes(data, data + size);
  const std::string_view text(bytes.data(), bytes.size());
  check_response(text);
  check_request(text);
  check_dictionary(text);
  check_targeted(text);
  return 0;
}
