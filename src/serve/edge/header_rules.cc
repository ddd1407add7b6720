// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/header_rules.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "serve/edge/address_text.h"
#include "serve/edge/max_forwards.h"
#include "serve/edge/prepared_policy.h"

namespace larder::serve::edge {
namespace {

using wire::http::Field;
using wire::http::FieldLines;
using wire::http::Fields;
using wire::http::Name;

// ---- values

// A decoded path may hold anything: it must not become a second line.
std::string field_value(std::string text) {
  constexpr unsigned char kDelete = 0x7F;
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte == kDelete) c = ' ';
  }
  text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// Without what Connection lists: what is written anew of those begins anew then (RFC 9110, 7.6.1).
// → `fields`, or where that is not all of them `kept`.
const Fields* without_named(const Fields& fields, Fields& kept) {
  if (!wire::http::names_fields(fields)) return &fields;
  for (const Field& field : fields) {
    if (!wire::http::is_named_by_connection(field, fields)) kept.add(field);
  }
  return &kept;
}

void append(FieldLines& lines, const Fields& fields, Name name, std::string_view last) {
  if (!fields.has(name)) return lines.add(name, last);
  std::string value = fields.joined(name);
  if (!value.empty()) value += ", ";
  value += last;
  lines.add(name, value);
}

// ---- Via (RFC 9110, 7.6.3)

std::string_view version_text(wire::http::Version version) {
  switch (version) {
    case wire::http::Version::k10: return "1.0";
    case wire::http::Version::k11: return "1.1";
    case wire::http::Version::k20: return "2";
  }
  return "";
}

void add_via(FieldLines& lines, const Fields& fields, wire::http::Version received) {
  std::string hop(version_text(received));
  hop += " larder";
  append(lines, fields, Name::kVia, hop);
}

// ---- to an origin

std::string address_text(const io::Address& address) {
  std::string text;
  append_address(text, address);
  return text;
}

// A balancer that is believed (it has said who the client is) is believed in this as well.
std::optional<std::string_view> told(const http::Request& request, const http::Client& client,
                                     Name name) {
  return client.address != client.peer ? request.fields->value(name) : std::nullopt;
}

void add_unless_told(FieldLines& lines, const LogFacts& facts, Name name, std::string_view value) {
  const std::string_view said = told(facts.request, facts.client, name).value_or(value);
  if (!said.empty()) lines.add(name, said);
}

void add_client(FieldLines& lines, const LogFacts& facts, const Fields& fields) {
  const http::Client& client = facts.client;
  append(lines, fields, Name::kXForwardedFor, address_text(client.peer));
  add_unless_told(lines, facts, Name::kXForwardedProto, client.encrypted ? "https" : "http");
  add_unless_told(lines, facts, Name::kXForwardedHost, facts.request.authority);
  lines.add(Name::kXRealIp, address_text(client.address));
}

bool is_written_anew(Name name, bool forwards_client) {
  switch (name) {
    case Name::kHost:
    case Name::kVia:
    case Name::kCookie:
    case Name::kContentLength:
    case Name::kExpect: return true;
    case Name::kXForwardedFor:
    case Name::kXForwardedProto:
    case Name::kXForwardedHost:
    case Name::kXRealIp: return forwards_client;
    default: return false;
  }
}

// CGI and its heirs know X_Real_IP and X-Real-IP by one name: what is said here, or by a rule, must
// not come from a client that way.
bool poses_as_ours(const Policy& policy, std::string_view name) {
  if (name.find('_') == std::string_view::npos) return false;
  std::string posed(name);
  std::ranges::replace(posed, '_', '-');
  const Name known = wire::http::name_of(posed);
  if (is_written_anew(known, policy.origin.forward_client)) return true;
  if (known == Name::kTransferEncoding || known == Name::kConnection) return true;
  return std::ranges::any_of(policy.headers, [&](const HeaderRule& rule) {
    return rule.side == HeaderRule::Side::kToOrigin && rule.action != HeaderRule::Action::kAdd &&
           wire::http::equal_names(rule.name, posed);
  });
}

// HTTP/2 may have it in many fields, HTTP/1.1 in one (RFC 9113, 8.2.3).
void add_cookies(FieldLines& lines, const Fields& fields) {
  std::string all;
  for (const Field& field : fields) {
    if (field.known != Name::kCookie) continue;
    if (!all.empty()) all += "; ";
    all += field.value;
  }
  if (!all.empty()) lines.add(Name::kCookie, all);
}

// ---- from an origin

constexpr unsigned kUpgradeRequired = 426;  // to what, it has to say (RFC 9110, 15.5.22)

std::string location_for_client(const OriginPolicy& origin, std::string_view location) {
  for (const auto& [prefix, replacement] : origin.redirects) {
    if (!location.starts_with(prefix)) continue;
    return replacement + std::string(location.substr(prefix.size()));
  }
  return std::string(location);
}

// ---- rules

// Those of nginx' add_header.
bool is_good(unsigned status) {
  constexpr unsigned kStatuses[] = {200, 201, 204, 206, 301, 302, 303, 304, 307, 308};
  return std::find(std::begin(kStatuses), std::end(kStatuses), status) != std::end(kStatuses);
}

void apply(const HeaderRule& rule, const std::string& value, FieldLines& lines) {
  switch (rule.action) {
    case HeaderRule::Action::kSet:
      lines.remove(rule.name);
      if (!value.empty()) lines.add(rule.name, value);
      return;
    case HeaderRule::Action::kAdd:
      if (!value.empty()) lines.add(rule.name, value);
      return;
    case HeaderRule::Action::kRemove: lines.remove(rule.name); return;
  }
}

}  // namespace

std::string fields_for_origin(const Policy& policy, const LogFacts& facts,
                              std::span<const Name> without) {
  Fields kept;
  const Fields& fields = *without_named(*facts.request.fields, kept);
  FieldLines lines;
  lines.reserve(limits::kUsualHeadBytes);
  lines.add(Name::kHost, field_value(prepared(policy).origin_host.text(facts)));
  const bool counts_hops = fields.value(kMaxForwards).has_value();
  const auto hops = counts_hops ? max_forwards_of(facts.request) : std::nullopt;
  if (hops) lines.add(kMaxForwards, std::to_string(*hops - 1));
  for (const Field& field : fields) {
    const bool unwanted = std::find(without.begin(), without.end(), field.known) != without.end();
    if (unwanted || is_written_anew(field.known, policy.origin.forward_client)) continue;
    if (wire::http::is_of_connection(field, fields)) continue;
    if (hops && wire::http::equal_names(field.name, kMaxForwards)) continue;
    if (!poses_as_ours(policy, field.name)) lines.add(field.name, field.value);
  }
  if (std::find(without.begin(), without.end(), Name::kCookie) == without.end()) {
    add_cookies(lines, fields);
  }
  if (policy.origin.forward_client) add_client(lines, facts, fields);
  add_via(lines, fields, facts.request.version);
  apply_headers(policy, HeaderRule::Side::kToOrigin, 0, facts, lines);
  return std::move(lines).take();
}

std::string_view forwarded_scheme(const http::Request& request, const http::Client& client) {
  const auto by_balancer = told(request, client, Name::kXForwardedProto);
  const bool is_https =
      by_balancer ? wire::http::equal_names(*by_balancer, "https") : client.encrypted;
  return is_https ? "https" : "http";
}

std::string fields_from_origin(const Policy& policy, const wire::http::ResponseHead& head,
                               const LogFacts& facts) {
  FieldLines lines;
  lines.reserve(limits::kUsualHeadBytes);
  Fields kept;
  const Fields& fields = *without_named(head.fields, kept);
  for (const Field& field : fields) {
    const bool is_anew = field.known == Name::kContentLength || field.known == Name::kVia;
    if (is_anew || wire::http::is_of_connection(field, fields)) continue;
    if (field.known == Name::kLocation) {
      lines.add(field.name, location_for_client(policy.origin, field.value));
    } else {
      lines.add(field.name, field.value);
    }
  }
  if (head.status == kUpgradeRequired && head.fields.has(Name::kUpgrade)) {
    lines.add(Name::kUpgrade, head.fields.joined(Name::kUpgrade));
  }
  add_via(lines, fields, head.version);
  apply_headers(policy, HeaderRule::Side::kFromOrigin, head.status, facts, lines);
  return std::move(lines).take();
}

void apply_headers(const Policy& policy, HeaderRule::Side side, unsigned status,
                   const LogFacts& facts, FieldLines& lines) {
  for (std::size_t i = 0; i < policy.headers.size(); ++i) {
    const HeaderRule& rule = policy.headers[i];
    if (rule.side != side) continue;
    if (side == HeaderRule::Side::kToClient && !rule.always && !is_good(status)) continue;
    apply(rule, field_value(prepared(policy).headers[i].text(facts)), lines);
  }
}

bool has_headers(const Policy& policy, HeaderRule::Side side) {
  return std::any_of(policy.headers.begin(), policy.headers.end(),
                     [side](const HeaderRule& rule) { return rule.side == side; });
}

}  // namespace larder::serve::edge
