// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "serve/edge/cache_key.h"
#include "serve/edge/header_rules.h"
#include "serve/edge/origin_request.h"
#include "serve/edge/stored_fields.h"
#include "serve/edge/uri_reference.h"
#include "serve/edge/visit.h"

namespace larder::serve::edge {

using wire::http::Name;

void Visit::pass() {
  if (policy_->origin.upstream == nullptr) {
    return answer_error(kNotFound, "no origin is configured for this");
  }
  http::BodySource* body = stream_.request_body();
  if (body == nullptr) return fetch_past(nullptr, {});
  body = &request_body_.emplace(*body, policy_->most_body_bytes);
  if (!policy_->origin.buffer_requests || request().wants_upgrade) {
    return fetch_past(body, request().body_bytes);
  }
  gathered_body_.emplace(*body, policy_->origin.request_buffer_bytes, [this] { gathered(); });
  gathered_body_->begin();
}

// Its length is known now, where all of it is here.
void Visit::gathered() {
  if (gathered_body_->has_failed()) return fail(origin::FetchFailure::kRequestBody);
  const std::optional<std::uint64_t> whole = gathered_body_->whole_bytes();
  fetch_past(&*gathered_body_, whole ? whole : request().body_bytes);
}

void Visit::fetch_past(http::BodySource* body, std::optional<std::uint64_t> body_bytes) {
  http::Outgoing passed = passed_request(*policy_, facts(), body);
  passed.body_bytes = body_bytes;
  fetch_ = origin::fetch(stream_.loop(), policy_->origin.upstream, std::move(passed),
                         choice_for(request(), stream_.client(), policy_->origin), *this);
}

void Visit::informed(const wire::http::ResponseHead& head) {
  stream_.inform(head.status, fields_from_origin(*policy_, head, facts()));
}

void Visit::responded(const wire::http::ResponseHead& head, http::BodySource& body) {
  facts_ = fetch_->facts();
  if (is_masked_error(head.status) && serves_stale_instead(head.status)) return;
  outcome_.source = Outcome::Source::kOrigin;
  told_.forward_status = head.status;
  if (intercepts(head.status))
    return intercept(head.status, fields_from_origin(*policy_, head, facts()));
  if (invalidates(request().method, head.status)) invalidate(head);
  if (is_head() && stale_ && head.status == kOk) heed_head(head);
  const wire::http::Framed framed = wire::http::frame(head, request().method);
  http::Response response{.status = head.status, .reason = head.reason, .body = &body};
  using Kind = wire::http::Framing::Kind;
  if (framed.framing.kind == Kind::kLength) response.body_bytes = framed.framing.length;
  if (framed.framing.kind == Kind::kNone) {
    response.body_bytes = declared_bytes(head);
    if (head.status != kSwitchingProtocols) response.body = nullptr;
  }
  wire::http::FieldLines lines{fields_from_origin(*policy_, head, facts())};
  if (head.status == kSwitchingProtocols) {
    lines.add(Name::kUpgrade, head.fields.joined(Name::kUpgrade));
  }
  const std::string date = head.fields.has(Name::kDate) ? std::string() : date_line(now());
  if (may_keep_answer(head)) keep_answer(head, response);
  add_sticky_cookie(lines, policy_->origin, facts_);
  std::string text = std::move(lines).take();
  if (head.status != kSwitchingProtocols) compress(response, text);
  send({text, date, our_lines(nullptr)}, std::move(response));
}

void Visit::failed(origin::FetchFailure failure) {
  facts_ = fetch_->facts();
  if (serves_stale_instead(0)) return;
  fail(failure);
}

void Visit::fail(origin::FetchFailure failure) {
  outcome_.source = Outcome::Source::kFailure;
  tell(failure);
  if (request_body_ && request_body_->is_too_long()) {
    return answer_error(kContentTooLarge, "the request's body is longer than it may be");
  }
  answer_error(status_of(failure), text_of(failure));
}

// Whose fault it is not is no news.
void Visit::tell(origin::FetchFailure failure) {
  if (edge_.errors() == nullptr || failure == origin::FetchFailure::kRequestBody) return;
  edge_.errors()->write(
      ErrorLog::Level::kError,
      fmt::format("{}: {}: {}{}{}", site_->name, policy_->origin.name, text_of(failure),
                  facts_.servers.empty() ? "" : ": ", facts_.servers),
      now());
}

// What is stored under the URL, and under those that the response names, is older than the change.
void Visit::invalidate(const wire::http::ResponseHead& head) {
  http::Request changed = request();
  forget(changed);
  for (const Name name : {Name::kLocation, Name::kContentLocation}) {
    const auto reference = head.fields.value(name);
    if (!reference) continue;
    const std::optional<std::string> path =
        path_of_same_origin(request().scheme, request().authority, request().path, *reference);
    if (!path) continue;
    changed.path = *path;
    forget(changed);
  }
}

// → how many responses went.
std::size_t Visit::forget(const http::Request& url) {
  std::size_t count = 0;
  for (const std::string& key : keys_at_site(*site_, url)) {
    edge_.fills().purge(key);
    count += edge_.store().remove(key, now());
  }
  return count;
}

}  // namespace larder::serve::edge
