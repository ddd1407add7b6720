// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/request_gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "serve/edge/error_page.h"
#include "serve/edge/prepared_policy.h"
#include "serve/edge/request_path.h"
#include "serve/edge/site.h"

namespace larder::serve::edge {
namespace {

using wire::http::Name;

constexpr unsigned kTemporaryRedirect = 307;
constexpr unsigned kForbidden = 403;
constexpr unsigned kContentTooLarge = 413;
constexpr unsigned kMisdirectedRequest = 421;

struct Case {
  const Policy& policy;
  const Asked& asked;
  RateTable& rates;
  Admission& admission;
};

Judged judge_scheme(const Case& of) {
  const http::Request& request = of.asked.request;
  if (!of.policy.to_https || of.asked.client.encrypted || request.authority.empty()) return {};
  const std::string_view path = request.path.starts_with('/') ? request.path : "/";
  return redirected(kTemporaryRedirect,
                    fmt::format("https://{}{}", host_of(request.authority), path));
}

// A certificate is judged in the handshake, by what the name asks that was said there.
Judged judge_certificate(const Case& of) {
  const http::Client& client = of.asked.client;
  if (!of.policy.needs_certificate) return {};
  const bool is_for_us =
      wire::http::equal_names(client.server_name, host_of(of.asked.request.authority));
  if (client.encrypted && !is_for_us) return refused(kMisdirectedRequest);
  return client.certificate_subject.empty() ? refused(kForbidden) : Judged{};
}

Judged judge_access(const Case& of) {
  for (const AccessRule& rule : of.policy.access) {
    const bool all = std::all_of(rule.conditions.begin(), rule.conditions.end(),
                                 [&of](const Condition& condition) {
                                   return holds(condition, of.asked.request, of.asked.client);
                                 });
    if (all) return rule.allow ? Judged{} : refused(rule.status);
  }
  return {};
}

Judged judge_referer(const Case& of) {
  if (of.policy.referer.allowed.empty()) return {};
  const http::Request& request = of.asked.request;
  const auto referer = request.fields->value(Name::kReferer);
  const bool allowed = prepared(of.policy).referer.allow(referer, host_of(request.authority));
  return allowed ? Judged{} : refused(of.policy.referer.status);
}

// A body of unknown length is counted as it comes (serve/edge/limited_body.h).
Judged judge_length(const Case& of) {
  const std::uint64_t most = of.policy.most_body_bytes;
  if (most == 0 || of.asked.request.body_bytes.value_or(0) <= most) return {};
  return refused(kContentTooLarge);
}

// An empty key is not counted.
std::string key_of(const Case& of, std::size_t limit, char kind) {
  const http::Sent sent;
  const std::string value = prepared(of.policy).limit_keys[limit].text(facts_of(of.asked, sent));
  if (value.empty()) return {};
  return fmt::format("{}{}\n{}", kind, of.policy.limits[limit].name, value);
}

Judged judge_connections(const Case& of, std::size_t number) {
  const RateLimit& limit = of.policy.limits[number];
  if (limit.connections == 0) return {};
  const std::string key = key_of(of, number, 'c');
  if (key.empty()) return {};
  auto slot = of.rates.enter(key, limit.connections, of.asked.steady_now);
  if (!slot) return refused(limit.status);
  of.admission.push_back(*std::move(slot));
  return {};
}

Judged judge_rate(const Case& of, std::size_t number) {
  const RateLimit& limit = of.policy.limits[number];
  if (limit.per_second <= 0) return {};
  const std::string key = key_of(of, number, 'r');
  if (key.empty()) return {};
  const auto taken = of.rates.take(key, limit.per_second, limit.burst, of.asked.steady_now);
  if (!taken.allowed) return refused(limit.status);
  if (!limit.delay || taken.wait_ms == 0) return {};
  if (taken.wait_ms > limits::kMaxDelayMs) return refused(limit.status);
  return {.kind = Judged::Kind::kWait, .wait_ms = taken.wait_ms};
}

// The longest wait of all limits.
Judged judge_limits(const Case& of) {
  Judged longest;
  for (std::size_t i = 0; i < of.policy.limits.size(); ++i) {
    for (const auto& judge : {judge_connections, judge_rate}) {
      Judged judged = judge(of, i);
      if (judged.kind == Judged::Kind::kAnswer) return judged;
      if (judged.wait_ms > longest.wait_ms) longest = std::move(judged);
    }
  }
  return longest;
}

constexpr Judged (*kJudges[])(const Case&) = {judge_scheme,  judge_certificate, judge_access,
                                              judge_referer, judge_length,      judge_limits};

}  // namespace

LogFacts facts_of(const Asked& asked, const http::Sent& sent) {
  return {.client = asked.client,
          .request = asked.request,
          .sent = sent,
          .site = asked.site,
          .now = asked.now};
}

Judged refused(unsigned status, std::string_view why) {
  wire::http::FieldLines lines;
  lines.add(Name::kContentType, kHtml);
  return {.kind = Judged::Kind::kAnswer,
          .status = status,
          .lines = std::string(lines.text()),
          .body = error_page(status, why)};
}

Judged redirected(unsigned status, std::string_view location) {
  wire::http::FieldLines lines;
  lines.add(Name::kLocation, location);
  lines.add(Name::kContentType, kHtml);
  return {.kind = Judged::Kind::kAnswer,
          .status = status,
          .lines = std::string(lines.text()),
          .body = redirect_page(status, location)};
}

Judged admit(const Policy& policy, const Asked& asked, RateTable& rates, Admission& admission) {
  const Case of{policy, asked, rates, admission};
  Judged judged;
  for (const auto& judge : kJudges) {
    judged = judge(of);
    if (judged.kind == Judged::Kind::kAnswer) break;
  }
  return judged;
}

}  // namespace larder::serve::edge
