// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/origin_request.h"

#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "base/decimal.h"
#include "serve/edge/cache_key.h"
#include "serve/edge/header_rules.h"
#include "serve/edge/partial.h"
#include "serve/edge/stored_fields.h"

namespace larder::serve::edge {
namespace {

using wire::http::FieldLines;
using wire::http::Name;

// Of a response that is to be stored the whole is wanted, whatever the client has of it.
constexpr std::array kConditions = {Name::kIfMatch,         Name::kIfNoneMatch,
                                    Name::kIfModifiedSince, Name::kIfUnmodifiedSince,
                                    Name::kIfRange,         Name::kRange};

http::Outgoing outgoing(const Policy& policy, const LogFacts& facts,
                        std::span<const Name> without) {
  const std::string_view path =
      facts.rewritten_path.empty() ? facts.request.path : facts.rewritten_path;
  http::Outgoing request;
  request.method = facts.request.method;
  if (path != "*") request.target = policy.origin.path_prefix;  // `*` is the server itself
  request.target += path;
  request.field_lines = fields_for_origin(policy, facts, without);
  return request;
}

}  // namespace

http::Outgoing passed_request(const Policy& policy, const LogFacts& facts, http::BodySource* body) {
  http::Outgoing passed = outgoing(policy, facts, {});
  passed.body = body;
  passed.body_bytes = facts.request.body_bytes;
  if (facts.request.wants_upgrade) passed.upgrade = facts.request.fields->joined(Name::kUpgrade);
  return passed;
}

http::Outgoing fill_request(const Policy& policy, const LogFacts& facts, const Object* stored) {
  http::Outgoing filled = outgoing(policy, facts, kConditions);
  filled.method = "GET";
  if (stored == nullptr) return filled;
  FieldLines lines{std::move(filled.field_lines)};
  const wire::http::Fields fields = fields_of(stored->field_lines());
  if (const auto etag = fields.value(Name::kEtag)) lines.add(Name::kIfNoneMatch, *etag);
  if (const auto date = fields.value(Name::kLastModified)) lines.add(Name::kIfModifiedSince, *date);
  filled.field_lines = lines.text();
  return filled;
}

void add_range(http::Outgoing& request, const FillSpan& span) {
  FieldLines lines{std::move(request.field_lines)};
  lines.add(Name::kRange, range_text_of(span));
  request.field_lines = lines.text();
}

origin::Choice choice_for(const http::Request& request, const http::Client& client,
                          const OriginPolicy& policy) {
  origin::Choice choice{.client = client.address,
                        .local = client.local,
                        .hash_key = std::string(request.authority).append(request.path)};
  if (!policy.sticky_cookie.empty()) choice.sticky = cookie_of(request, policy.sticky_cookie);
  return choice;
}

void add_sticky_cookie(FieldLines& lines, const OriginPolicy& policy,
                       const origin::FetchFacts& facts) {
  if (policy.sticky_cookie.empty() || facts.sticky.empty()) return;
  lines.add(Name::kSetCookie, policy.sticky_cookie + "=" + facts.sticky + "; Path=/; HttpOnly");
}

std::optional<std::uint64_t> declared_bytes(const wire::http::ResponseHead& head) {
  const auto length = head.fields.value(Name::kContentLength);
  return length ? base::parse_decimal<std::uint64_t>(*length) : std::nullopt;
}

}  // namespace larder::serve::edge
