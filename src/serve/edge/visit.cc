// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/visit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "serve/edge/cache_key.h"
#include "serve/edge/error_page.h"
#include "serve/edge/header_rules.h"
#include "serve/edge/max_forwards.h"
#include "serve/edge/request_path.h"
#include "serve/edge/rewriter.h"
#include "serve/edge/stored_fields.h"

namespace larder::serve::edge {

using wire::http::Field;
using wire::http::Fields;
using wire::http::Name;

Visit::Visit(Edge& edge, EdgeLoop& loop, http::Stream& stream, std::string_view default_site)
    : edge_(edge),
      loop_(loop),
      stream_(stream),
      snapshot_(loop.snapshot),
      default_site_(default_site),
      began_(stream.loop().steady_now()) {}

Visit::~Visit() {
  if (delay_) stream_.loop().cancel(*delay_);
  compressed_ = nullptr;
  body_ = nullptr;
  if (fill_ != nullptr) leave_fill();
}

void Visit::start() {
  loop_.requests.add();
  site_ = snapshot_->sites.find(request().authority, default_site_);
  if (site_ == nullptr) return answer_error(kNotFound, "no site of that name is served here");
  if (!names_something(request().path)) {
    follow(site_->policy);
    return answer_error(kBadRequest, "the path leaves the root, or is badly encoded");
  }
  follow(site_->policy_for(request(), stream_.client()));
  obey(admit(*policy_, asked(), edge_.rates(), admission_));
}

Asked Visit::asked() const {
  return {.request = stream_.request(),
          .client = stream_.client(),
          .site = site_->name,
          .now = now(),
          .steady_now = stream_.loop().steady_now()};
}

const http::Request& Visit::received() const {
  const http::Request& got = stream_.request();
  if (scheme_.empty()) {
    scheme_ = forwarded_scheme(got, stream_.client());
    names_fields_ = wire::http::names_fields(*got.fields);
  }
  const bool is_coded = policy_ != nullptr && !policy_->cache.compress.codings.empty();
  const bool has_other_fields = is_coded || names_fields_;
  if (!has_other_fields && got.scheme == scheme_) return got;
  if (narrowed_.method.data() == got.method.data()) return narrowed_;
  narrowed_ = got;
  narrowed_.scheme = scheme_;
  if (has_other_fields) narrow_fields(*got.fields, is_coded);
  return narrowed_;
}

void Visit::narrow_fields(const Fields& fields, bool is_coded) const {
  narrowed_fields_.clear();
  for (const Field& field : fields) {
    const bool is_replaced = is_coded && field.known == Name::kAcceptEncoding;
    if (is_replaced || wire::http::is_named_by_connection(field, fields)) continue;
    narrowed_fields_.add(field);
  }
  if (is_coded) {
    const auto coding = wire::http::choose_coding(fields, policy_->cache.compress.codings);
    narrowed_fields_.add({.name = text_of(Name::kAcceptEncoding),
                          .value = text_of(coding),
                          .known = Name::kAcceptEncoding});
  }
  narrowed_.fields = &narrowed_fields_;
}

const http::Request& Visit::request() const {
  if (path_.empty()) return received();
  rewritten_ = received();
  rewritten_.path = path_;
  return rewritten_;
}

LogFacts Visit::facts() const {
  static const http::Sent kNothing;
  return {.client = stream_.client(),
          .request = received(),
          .sent = kNothing,
          .site = site_ == nullptr ? std::string_view() : site_->name,
          .now = now(),
          .rewritten_path = path_};
}

// ---- rules

void Visit::follow(const Policy& policy) {
  policy_ = &policy;
  narrowed_ = {};
  log_ = find_log(policy.access_log);
}

AccessLog* Visit::find_log(const std::string& name) const {
  const auto found = snapshot_->logs.find(name);
  return found == snapshot_->logs.end() ? nullptr : found->second;
}

void Visit::obey(Judged judged) {
  switch (judged.kind) {
    case Judged::Kind::kPass: return go_on();
    case Judged::Kind::kAnswer: return answer(judged);
    case Judged::Kind::kWait:
      delay_ = stream_.loop().after(judged.wait_ms, [this] {
        delay_ = std::nullopt;
        go_on();
      });
  }
}

void Visit::answer(const Judged& judged) {
  outcome_.source = Outcome::Source::kRule;
  http::Response response{.status = judged.status, .body_bytes = judged.body.size()};
  if (!is_head()) response.whole = judged.body;
  send({judged.lines, date_line(now())}, std::move(response));
}

// What was admitted: where rewrites lead it.
void Visit::go_on() {
  Routed routed = route(*site_, *policy_, asked());
  if (routed.policy != nullptr) follow(*routed.policy);
  path_ = std::move(routed.path);
  if (routed.judged.kind == Judged::Kind::kAnswer) return answer(routed.judged);
  if (request().method == "CONNECT")
    return answer_error(kNotImplemented, "there is no way through");
  if (request().method == "PURGE") return purge();
  if (is_last_hop(request())) return answer_as_last();
  if (asks_memcached() && ask_memcached()) return;
  serve_from_site();
}

void Visit::serve_from_site() {
  if (!policy_->root.empty() && policy_->origin.upstream == nullptr) return serve_file();
  directives_ = wire::http::request_directives(fields());
  if (!asks_cache()) {
    const bool wants_stored = policy_->cache.enabled && directives_.only_if_cached &&
                              (request().method == "GET" || is_head());
    if (wants_stored) return answer_error(kGatewayTimeout, "nothing stored can answer this");
    outcome_.bypassed = true;
    told_.forward = is_safe(request().method) ? wire::http::CacheStatus::Forward::kBypass
                                              : wire::http::CacheStatus::Forward::kMethod;
    return pass();
  }
  append_cache_key(key_, policy_->cache.key, request());
  look_up();
}

// A request that says itself that it goes no farther (RFC 9110, 7.6.2).
void Visit::answer_as_last() {
  constexpr unsigned kMethodNotAllowed = 405;
  outcome_.source = Outcome::Source::kRule;
  const bool is_options = request().method == "OPTIONS";
  send({"Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n", date_line(now())},
       {.status = is_options ? kOk : kMethodNotAllowed, .body_bytes = 0});
}

// ---- what is sent

// Age, where the response was stored, and Cache-Status.
std::string Visit::our_lines(const Freshness* stored) {
  constexpr std::int64_t kMsPerS = 1000;
  constexpr std::size_t kUsualBytes = 120;
  wire::http::FieldLines lines;
  lines.reserve(kUsualBytes);
  if (stored != nullptr) {
    lines.add_number(wire::http::Name::kAge,
                     static_cast<std::uint64_t>(stored->age_ms(now()) / kMsPerS));
    told_.has_ttl = true;
    told_.ttl_s = stored->ttl_ms(now()) / kMsPerS;
  }
  lines.add(wire::http::Name::kCacheStatus, wire::http::format_cache_status(told_));
  return std::move(lines).take();
}

void Visit::send(std::initializer_list<std::string_view> lines, http::Response response) {
  outcome_.status = response.status;
  answered_ = stream_.loop().steady_now();
  if (policy_ == nullptr || !has_headers(*policy_, HeaderRule::Side::kToClient)) {
    return respond({lines.begin(), lines.size()}, std::move(response));
  }
  std::string all;
  for (const std::string_view some : lines) all += some;
  wire::http::FieldLines changed(std::move(all));
  apply_headers(*policy_, HeaderRule::Side::kToClient, response.status, facts(), changed);
  const std::array<std::string_view, 1> fields = {changed.text()};
  respond(fields, std::move(response));
}

void Visit::respond(std::span<const std::string_view> lines, http::Response response) {
  if (log_ != nullptr && log_->wants_response_lines()) {
    for (const std::string_view some : lines) sent_lines_ += some;
  }
  declared_ = response.body_bytes;
  response.fields = lines;
  stream_.respond(std::move(response));
}

// What is not stored, as it goes out: in the coding that the client likes most.
void Visit::compress(http::Response& response, std::string& lines) {
  const CompressPolicy& policy = policy_->cache.compress;
  if (!is_compressible(policy, response.status, lines, response.body_bytes)) return;
  auto coding = wire::http::choose_coding(fields(), policy.codings);
  if (!response.whole.empty() && coding != wire::http::Coding::kIdentity) {
    std::optional<std::string> shorter = compressed(response.whole, coding, policy);
    if (!shorter) coding = wire::http::Coding::kIdentity;
    if (shorter) text_ = *std::move(shorter);
  }
  lines = compressed_lines(lines, coding);
  if (coding == wire::http::Coding::kIdentity) return;
  response.body_bytes.reset();
  if (!response.whole.empty()) {
    response.whole = text_;
    response.body_bytes = text_.size();
  } else if (response.body != nullptr) {
    compressed_ = std::make_unique<CompressedBody>(*response.body, coding, policy);
    response.body = compressed_.get();
  }
}

// Whether our own page is shown in place of what an origin says.
bool Visit::intercepts(unsigned status) const {
  return policy_->origin.intercept_from && status >= *policy_->origin.intercept_from;
}

// What the status itself needs to be understood stays: which credentials (401, 407), which methods
// (405), which protocol (426), how long the body is (416), and when to come again.
void Visit::intercept(unsigned status, std::string_view lines) {
  static const std::array<std::string, 6> kKept = {
      "www-authenticate", "proxy-authenticate", "allow", "upgrade", "content-range", "retry-after"};
  answer_page(status, {}, lines_of(fields_of(lines), kKept));
}

void Visit::answer_error(unsigned status, std::string_view why) { answer_page(status, why, {}); }

void Visit::answer_page(unsigned status, std::string_view why, std::string_view kept) {
  const std::string page = error_page(status, why);
  if (outcome_.source == Outcome::Source::kNothing) outcome_.source = Outcome::Source::kRule;
  http::Response response{.status = status, .body_bytes = page.size()};
  if (!is_head()) response.whole = page;
  wire::http::FieldLines lines;
  lines.add(wire::http::Name::kContentType, kHtml);
  send({kept, lines.text(), date_line(now())}, std::move(response));
}

// ---- purge

// Whoever may: the next request for the URL asks the origin, whatever is on its way.
void Visit::purge() {
  outcome_.source = Outcome::Source::kRule;
  const auto& networks = policy_->cache.purge_from;
  const bool may = std::ranges::any_of(networks, [&](const io::Network& network) {
    return network.contains(stream_.client().address);
  });
  if (!may) return answer_error(kForbidden, "purging is not allowed from this address");
  const std::size_t count = forget(request());
  if (count == 0) return answer_error(kNotFound, "nothing is stored under this URL");
  const std::string body = fmt::format("{{\"purged\":{}}}\n", count);
  send({"Content-Type: application/json\r\n", date_line(now())},
       {.status = kOk, .body_bytes = body.size(), .whole = body});
}

// ---- the end

void Visit::over(const http::Sent& sent) {
  const Verdict verdict = sent.status == 0 ? Verdict::kNone : verdict_of(outcome_);
  loop_.verdicts[static_cast<std::size_t>(verdict)].add();
  loop_.sent_bytes.add(sent.body_bytes);
  log(sent, verdict);
}

void Visit::log(const http::Sent& sent, Verdict verdict) {
  if (policy_ == nullptr) return;
  AccessLog* const of_fetch = fetch_ == nullptr ? nullptr : find_log(policy_->origin_log);
  if (log_ == nullptr && of_fetch == nullptr) return;
  if (fetch_ != nullptr) facts_ = fetch_->facts();
  if (fill_ != nullptr) facts_ = fill_->facts();
  constexpr std::int64_t kUsPerMs = 1000;
  const base::SteadyMs steady_now = stream_.loop().steady_now();
  const LogFacts line{.client = stream_.client(),
                      .request = stream_.request(),
                      .sent = sent,
                      .site = site_->name,
                      .verdict = verdict,
                      .fetch = facts_.tries == 0 ? nullptr : &facts_,
                      .response_lines = sent_lines_,
                      .now = now(),
                      .took_us = (steady_now - began_) * kUsPerMs,
                      .first_byte_us = answered_ == 0 ? -1 : (answered_ - began_) * kUsPerMs,
                      .rewritten_path = path_,
                      .body_bytes = declared_};
  if (log_ != nullptr) log_->write(loop_.number, line);
  if (of_fetch != nullptr) of_fetch->write(loop_.number, line);
}

}  // namespace larder::serve::edge
