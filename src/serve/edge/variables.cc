// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/variables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <vector>

#include "base/nearest.h"
#include "serve/edge/address_text.h"
#include "serve/edge/log_time.h"
#include "serve/edge/request_path.h"

namespace larder::serve::edge {
namespace {

using wire::http::Field;
using wire::http::Name;

using Out = std::string;
using Facts = LogFacts;
using Argument = VariableName;

// ---- numbers

template <class Number>
void append_number(Out& out, Number number) {
  std::array<char, 24> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

// `1.250`: seconds.
void append_seconds(Out& out, std::int64_t ms) {
  constexpr std::int64_t kMsPerS = 1000;
  append_number(out, ms / kMsPerS);
  const std::int64_t rest = ms % kMsPerS;
  out += '.';
  out += static_cast<char>('0' + rest / 100);
  out += static_cast<char>('0' + rest / 10 % 10);
  out += static_cast<char>('0' + rest % 10);
}

std::int64_t took_ms(const Facts& facts) { return std::max<std::int64_t>(facts.took_us, 0) / 1000; }

// ---- fields

bool is_named(const Field& field, const Argument& argument) {
  if (argument.known != Name::kOther) return field.known == argument.known;
  return field.known == Name::kOther && wire::http::equal_names(field.name, argument.text);
}

// All lines of a name, as one.
void append_field(Out& out, const Facts& facts, const Argument& argument) {
  const std::string_view between = argument.known == Name::kCookie ? "; " : ", ";
  bool is_first = true;
  if (facts.request.fields == nullptr) return;
  for (const Field& field : *facts.request.fields) {
    if (!is_named(field, argument)) continue;
    if (!is_first) out += between;
    out += field.value;
    is_first = false;
  }
  // HTTP/2 has it as :authority.
  if (is_first && argument.known == Name::kHost) out += facts.request.authority;
}

void append_field(Out& out, const Facts& facts, Name name) {
  append_field(out, facts, {.text = {}, .known = name});
}

void append_sent_field(Out& out, const Facts& facts, const Argument& argument) {
  bool is_first = true;
  for (wire::http::LineReader lines(facts.response_lines); lines.next();) {
    if (!wire::http::equal_names(lines.name(), argument.text)) continue;
    if (!is_first) out += ", ";
    out += lines.value();
    is_first = false;
  }
}

void append_sent_length(Out& out, const Facts& facts, const Argument&) {
  if (facts.body_bytes) append_number(out, *facts.body_bytes);
}

// ---- `a=1; b=2`, `a=1&b=2`

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

std::optional<std::string_view> value_in(std::string_view list, char separator,
                                         std::string_view name) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(separator), list.size());
    const std::string_view pair = without_blanks(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (!wire::http::equal_names(pair.substr(0, equals), name)) continue;
    return pair.substr(std::min(equals + 1, pair.size()));
  }
  return std::nullopt;
}

void append_cookie(Out& out, const Facts& facts, const Argument& argument) {
  if (facts.request.fields == nullptr) return;
  for (const Field& field : *facts.request.fields) {
    if (field.known != Name::kCookie) continue;
    const auto value = value_in(field.value, ';', argument.text);
    if (!value) continue;
    out += *value;
    return;
  }
}

void append_parameter(Out& out, const Facts& facts, const Argument& argument) {
  out += value_in(query_of(facts.request.path), '&', argument.text).value_or("");
}

// ---- the user of `Authorization: Basic`

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

// Up to a colon. What is no base64 ends it as well.
void append_user(Out& out, std::string_view credentials) {
  constexpr unsigned kDigitBits = 6;
  constexpr unsigned kByteBits = 8;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : credentials) {
    const int digit = base64_digit(c);
    if (digit < 0) return;
    bits = (bits << kDigitBits) | static_cast<unsigned>(digit);
    count += kDigitBits;
    if (count < kByteBits) continue;
    count -= kByteBits;
    const char decoded = static_cast<char>((bits >> count) & 0xFFU);
    if (decoded == ':') return;
    out += decoded;
  }
}

void append_remote_user(Out& out, const Facts& facts, const Argument&) {
  constexpr std::string_view kScheme = "Basic ";
  if (facts.request.fields == nullptr) return;
  const auto value = facts.request.fields->value(Name::kAuthorization);
  if (!value || value->size() < kScheme.size()) return;
  if (!wire::http::equal_names(value->substr(0, kScheme.size()), kScheme)) return;
  append_user(out, without_blanks(value->substr(kScheme.size())));
}

// ---- the request

std::string_view protocol_of(const Facts& facts) {
  switch (facts.request.version) {
    case wire::http::Version::k10: return "HTTP/1.0";
    case wire::http::Version::k11: return "HTTP/1.1";
    case wire::http::Version::k20: return "HTTP/2.0";
  }
  return "";
}

void append_request(Out& out, const Facts& facts, const Argument&) {
  out += facts.request.method;
  out += ' ';
  out += facts.request.path;
  out += ' ';
  out += protocol_of(facts);
}

void append_uri(Out& out, const Facts& facts, const Argument&) {
  const bool is_rewritten = !facts.rewritten_path.empty();
  const std::string_view path = path_of(is_rewritten ? facts.rewritten_path : facts.request.path);
  out += normal_path(path).value_or(std::string(path));
}

void append_host(Out& out, const Facts& facts, const Argument&) {
  out +=
      facts.request.authority.empty() ? std::string(facts.site) : host_of(facts.request.authority);
}

void append_forwarded_for(Out& out, const Facts& facts, const Argument&) {
  const std::size_t begin = out.size();
  append_field(out, facts, Name::kXForwardedFor);
  if (out.size() != begin) out += ", ";
  append_address(out, facts.client.address);
}

// ---- the origin

void append_upstream_ms(Out& out, std::int64_t ms) {
  if (ms >= 0) append_seconds(out, ms);
}

std::string_view cache_status_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHit:
    case Verdict::kImsHit:
    case Verdict::kNegativeHit: return "HIT";
    case Verdict::kMiss: return "MISS";
    case Verdict::kRefreshMiss: return "EXPIRED";
    case Verdict::kRefFailHit: return "STALE";
    case Verdict::kRefreshHit: return "REVALIDATED";
    case Verdict::kClientRefreshMiss: return "BYPASS";
    default: return "";
  }
}

// ---- the table

#define LARDER_APPEND(statement)                                                              \
  [](Out& out, [[maybe_unused]] const Facts& facts, [[maybe_unused]] const Argument& named) { \
    statement;                                                                                \
  }

constexpr auto kBodyLength = LARDER_APPEND(append_number(out, facts.sent.body_bytes));
constexpr auto kUri = append_uri;
constexpr auto kArgs = LARDER_APPEND(out += query_of(facts.request.path));

constexpr bool kPlain = true;
constexpr bool kFree = false;  // a client may have written it

// An argument's name ends with `_`; the longer of two that fit is meant.
const Variable kVariables[] = {
    {"remote_addr", kPlain, LARDER_APPEND(append_address(out, facts.client.address))},
    {"remote_port", kPlain, LARDER_APPEND(append_number(out, facts.client.address.port()))},
    {"remote_user", kFree, append_remote_user},
    {"realip_remote_addr", kPlain, LARDER_APPEND(append_address(out, facts.client.peer))},
    {"proxy_add_x_forwarded_for", kFree, append_forwarded_for},
    {"time_local", kPlain, LARDER_APPEND(out += log_time(facts.now).local)},
    {"time_iso8601", kPlain, LARDER_APPEND(out += log_time(facts.now).iso8601)},
    {"date_utc", kPlain, LARDER_APPEND(out += log_time(facts.now).date)},
    {"time_utc", kPlain, LARDER_APPEND(out += log_time(facts.now).time)},
    {"msec", kPlain, LARDER_APPEND(append_seconds(out, facts.now))},
    {"request", kFree, append_request},
    {"request_method", kFree, LARDER_APPEND(out += facts.request.method)},
    {"request_uri", kFree, LARDER_APPEND(out += facts.request.path)},
    {"request_path", kFree, LARDER_APPEND(out += path_of(facts.request.path))},
    {"uri", kFree, kUri},
    {"document_uri", kFree, kUri},
    {"args", kFree, kArgs},
    {"query_string", kFree, kArgs},
    {"is_args", kPlain, LARDER_APPEND(out += query_of(facts.request.path).empty() ? "" : "?")},
    {"host", kFree, append_host},
    {"scheme", kPlain, LARDER_APPEND(out += facts.client.encrypted ? "https" : "http")},
    {"https", kPlain, LARDER_APPEND(out += facts.client.encrypted ? "on" : "")},
    {"server_name", kFree, LARDER_APPEND(out += facts.site)},
    {"server_addr", kPlain, LARDER_APPEND(append_address(out, facts.client.local))},
    {"server_port", kPlain, LARDER_APPEND(append_number(out, facts.client.local.port()))},
    {"server_protocol", kPlain, LARDER_APPEND(out += protocol_of(facts))},
    {"content_length", kFree, LARDER_APPEND(append_field(out, facts, Name::kContentLength))},
    {"content_type", kFree, LARDER_APPEND(append_field(out, facts, Name::kContentType))},
    {"status", kPlain, LARDER_APPEND(append_number(out, facts.sent.status))},
    {"body_bytes_sent", kPlain, kBodyLength},
    {"bytes_sent", kPlain,
     LARDER_APPEND(append_number(out, facts.sent.head_bytes + facts.sent.body_bytes))},
    {"request_length", kPlain,
     LARDER_APPEND(append_number(out, facts.request.head_bytes + facts.sent.received_bytes))},
    {"request_time", kPlain, LARDER_APPEND(append_seconds(out, took_ms(facts)))},
    {"request_time_ms", kPlain, LARDER_APPEND(append_number(out, took_ms(facts)))},
    {"first_byte_time", kPlain,
     LARDER_APPEND(
         append_upstream_ms(out, facts.first_byte_us < 0 ? -1 : facts.first_byte_us / 1000))},
    {"request_completion", kPlain, LARDER_APPEND(out += facts.sent.whole ? "OK" : "")},
    {"connection", kPlain, LARDER_APPEND(append_number(out, facts.client.connection))},
    {"connection_requests", kPlain, LARDER_APPEND(append_number(out, facts.client.requests))},
    {"upstream_addr", kPlain, LARDER_APPEND(if (facts.fetch) out += facts.fetch->servers)},
    {"upstream_status", kPlain, LARDER_APPEND(if (facts.fetch) out += facts.fetch->statuses)},
    {"upstream_connect_time", kPlain,
     LARDER_APPEND(if (facts.fetch) append_upstream_ms(out, facts.fetch->connect_ms))},
    {"upstream_header_time", kPlain,
     LARDER_APPEND(if (facts.fetch) append_upstream_ms(out, facts.fetch->head_ms))},
    {"upstream_response_time", kPlain,
     LARDER_APPEND(if (facts.fetch) append_upstream_ms(out, facts.fetch->end_ms))},
    {"upstream_cache_status", kPlain, LARDER_APPEND(out += cache_status_of(facts.verdict))},
    {"verdict", kPlain, LARDER_APPEND(out += text_of(facts.verdict))},
    {"ssl_protocol", kPlain, LARDER_APPEND(out += facts.client.tls_version)},
    {"ssl_cipher", kPlain, LARDER_APPEND(out += facts.client.cipher)},
    {"ssl_server_name", kFree, LARDER_APPEND(out += facts.client.server_name)},
    {"ssl_client_s_dn", kFree, LARDER_APPEND(out += facts.client.certificate_subject)},
    {"sent_http_content_length", kPlain, append_sent_length},
    {"http_", kFree, append_field},
    {kSentField, kFree, append_sent_field},
    {"cookie_", kFree, append_cookie},
    {"arg_", kFree, append_parameter},
};

#undef LARDER_APPEND

bool fits(const Variable& variable, std::string_view name) {
  if (!variable.name.ends_with('_')) return variable.name == name;
  return name.size() > variable.name.size() && name.starts_with(variable.name);
}

base::Failure unknown(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Variable& variable : kVariables) names.push_back(variable.name);
  const std::string_view near = base::nearest(name, names);
  std::string what = "unknown variable $" + std::string(name);
  if (!near.empty()) what += "; did you mean $" + std::string(near) + "?";
  return {std::move(what)};
}

VariableName argument_of(const Variable& variable, std::string_view name) {
  VariableName argument{.text = std::string(name.substr(variable.name.size()))};
  if (variable.name.ends_with("http_")) {
    std::replace(argument.text.begin(), argument.text.end(), '_', '-');
    argument.known = wire::http::name_of(argument.text);
  }
  return argument;
}

}  // namespace

base::Result<Chosen> choose_variable(std::string_view name) {
  for (const Variable& variable : kVariables) {
    if (!fits(variable, name)) continue;
    return Chosen{&variable, argument_of(variable, name)};
  }
  return unknown(name);
}

}  // namespace larder::serve::edge
