// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/cache_control.h"

#include <algorithm>
#include <string_view>

#include "base/decimal.h"
#include "wire/http/lower_case.h"
#include "wire/http/octets.h"
#include "wire/http/structured_field.h"

namespace larder::wire::http {
namespace {

constexpr std::int64_t kMaxDelta = std::int64_t{1} << 31;

// One member of Cache-Control: `name`, `name=token` or `name="quoted"`.
struct Directive {
  std::string_view name;
  std::string argument = {};  // without its quotes
  bool has_argument = false;
  bool is_whole = true;  // false: a quote that is opened and not closed
};

// What stands between quotes, its escapes undone. Nothing: it does not end where `text` ends.
std::optional<std::string> unquoted(std::string_view text) {
  std::string content;
  bool is_escaped = false;
  for (std::size_t at = 1; at < text.size(); ++at) {
    const bool is_last = at + 1 == text.size();
    if (text[at] == '"' && !is_escaped) return is_last ? std::optional(content) : std::nullopt;
    is_escaped = text[at] == '\\' && !is_escaped;
    if (!is_escaped) content += text[at];
  }
  return std::nullopt;
}

Directive parse_directive(std::string_view item) {
  const std::size_t equals = item.find('=');
  Directive directive{.name = item.substr(0, equals)};
  if (equals == std::string_view::npos) return directive;
  directive.has_argument = true;
  const std::string_view argument = item.substr(equals + 1);
  if (!argument.starts_with('"')) {
    directive.argument = argument;
    return directive;
  }
  const std::optional<std::string> content = unquoted(argument);
  directive.is_whole = content.has_value();
  directive.argument = content.value_or("");
  return directive;
}

// ---- tables: what each directive of a response is kept in

struct Flag {
  std::string_view name;
  bool ResponseDirectives::* kept;
};
constexpr Flag kFlags[] = {
    {"no-store", &ResponseDirectives::no_store},
    {"public", &ResponseDirectives::is_public},
    {"must-revalidate", &ResponseDirectives::must_revalidate},
    {"proxy-revalidate", &ResponseDirectives::proxy_revalidate},
    {"must-understand", &ResponseDirectives::must_understand},
    {"no-transform", &ResponseDirectives::no_transform},
    {"immutable", &ResponseDirectives::immutable},
};

struct Delta {
  std::string_view name;
  std::optional<std::int64_t> ResponseDirectives::* kept;
};
constexpr Delta kDeltas[] = {
    {"max-age", &ResponseDirectives::max_age},
    {"s-maxage", &ResponseDirectives::s_maxage},
    {"stale-while-revalidate", &ResponseDirectives::stale_while_revalidate},
    {"stale-if-error", &ResponseDirectives::stale_if_error},
};

// Of the whole response, or of fields that an argument names.
struct Qualified {
  std::string_view name;
  bool ResponseDirectives::* whole;
  std::vector<std::string> ResponseDirectives::* fields;
};
constexpr Qualified kQualified[] = {
    {"no-cache", &ResponseDirectives::no_cache, &ResponseDirectives::no_cache_fields},
    {"private", &ResponseDirectives::is_private, &ResponseDirectives::private_fields},
};

template <typename Row, std::size_t kCount>
const Row* find_row(const Row (&rows)[kCount], std::string_view name) {
  const Row* found =
      std::ranges::find_if(rows, [&](const Row& row) { return equal_names(row.name, name); });
  return found == std::end(rows) ? nullptr : found;
}

// False: there is a name that is none, or no name at all.
bool add_names(std::string_view list, std::vector<std::string>& names) {
  const std::size_t before = names.size();
  for (Items items(list); items.next();) {
    if (!is_token(items.item())) return false;
    names.push_back(lower_case(items.item()));
  }
  return names.size() != before;
}

// ---- Cache-Control of responses

void apply(const Directive& directive, ResponseDirectives& into) {
  // Nobody can say what else stands behind a quote that is not closed.
  if (!directive.is_whole) into.no_store = true;
  if (const Flag* flag = find_row(kFlags, directive.name)) into.*flag->kept = true;
  if (const Delta* delta = find_row(kDeltas, directive.name)) {
    auto& kept = into.*delta->kept;
    if (!kept) kept = parse_delta(directive.argument).value_or(0);
  }
  if (const Qualified* qualified = find_row(kQualified, directive.name)) {
    auto& fields = into.*qualified->fields;
    if (!directive.has_argument || !add_names(directive.argument, fields)) {
      into.*qualified->whole = true;
    }
  }
}

// ---- targeted fields (RFC 9213, 2.1)

// False: the value is of another type than the directive's.
bool apply_flag(const StructuredValue& value, bool& kept) {
  kept = value.integer != 0;
  return value.type == StructuredValue::Type::kBoolean;
}

bool apply_delta(const StructuredValue& value, std::optional<std::int64_t>& kept) {
  kept = std::clamp(value.integer, std::int64_t{0}, kMaxDelta);
  return value.type == StructuredValue::Type::kInteger;
}

bool apply_qualified(const StructuredValue& value, bool& whole, std::vector<std::string>& fields) {
  if (value.type != StructuredValue::Type::kString) return apply_flag(value, whole);
  whole = !add_names(value.text, fields);
  return true;
}

bool apply(const StructuredMember& member, ResponseDirectives& into) {
  if (const Flag* flag = find_row(kFlags, member.key)) {
    return apply_flag(member.value, into.*flag->kept);
  }
  if (const Delta* delta = find_row(kDeltas, member.key)) {
    return apply_delta(member.value, into.*delta->kept);
  }
  if (const Qualified* qualified = find_row(kQualified, member.key)) {
    return apply_qualified(member.value, into.*qualified->whole, into.*qualified->fields);
  }
  return true;
}

// ---- Cache-Control of requests

void keep_first(std::optional<std::int64_t>& kept, std::optional<std::int64_t> value) {
  if (!kept) kept = value;
}

void apply(const Directive& directive, RequestDirectives& into) {
  const auto is = [&](std::string_view name) { return equal_names(directive.name, name); };
  const std::optional<std::int64_t> delta = parse_delta(directive.argument);
  if (is("no-store")) into.no_store = true;
  if (is("no-cache")) into.no_cache = true;
  if (is("no-transform")) into.no_transform = true;
  if (is("only-if-cached")) into.only_if_cached = true;
  if (is("max-age")) keep_first(into.max_age, delta.value_or(0));
  if (is("min-fresh")) keep_first(into.min_fresh, delta);
  if (is("max-stale")) keep_first(into.max_stale, directive.has_argument ? delta : kMaxDelta);
  if (is("stale-if-error")) keep_first(into.stale_if_error, delta);
}

template <typename Directives>
Directives parse(const std::string& list) {
  Directives directives;
  for (Items items(list); items.next();) apply(parse_directive(items.item()), directives);
  return directives;
}

}  // namespace

ResponseDirectives response_directives(const Fields& fields) {
  return parse<ResponseDirectives>(fields.joined(Name::kCacheControl));
}

std::optional<ResponseDirectives> targeted_directives(const Fields& fields) {
  if (!fields.has(Name::kCdnCacheControl)) return std::nullopt;
  const std::string list = fields.joined(Name::kCdnCacheControl);
  const auto members = parse_dictionary(list);
  if (!members || members->empty()) return std::nullopt;
  ResponseDirectives directives;
  for (const StructuredMember& member : *members) {
    if (!apply(member, directives)) return std::nullopt;
  }
  return directives;
}

RequestDirectives request_directives(const Fields& fields) {
  if (fields.has(Name::kCacheControl)) {
    return parse<RequestDirectives>(fields.joined(Name::kCacheControl));
  }
  RequestDirectives directives;
  if (fields.has(Name::kPragma))
    directives.no_cache = lists(fields.joined(Name::kPragma), "no-cache");
  return directives;
}

std::optional<std::int64_t> parse_delta(std::string_view text) noexcept {
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  return std::min(base::parse_decimal<std::int64_t>(text).value_or(kMaxDelta), kMaxDelta);
}

}  // namespace larder::wire::http
