// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "serve/edge/memcached_key.h"
#include "serve/edge/prepared_policy.h"
#include "serve/edge/visit.h"

namespace larder::serve::edge {
namespace {

using wire::http::Coding;
using wire::http::Name;

bool is_gzip(const MemcachedAnswer& answer, const MemcachedPolicy& policy) {
  return (answer.flags & policy.gzip_flag) != 0;
}

}  // namespace

// Whatever the methods are that an operator lists: what changes something is the origin's.
bool Visit::asks_memcached() const {
  const MemcachedPolicy& memcached = policy_->memcached;
  if (memcached.address.empty() || request().has_body || request().wants_upgrade) return false;
  return is_safe(request().method) && std::ranges::count(memcached.methods, request().method) != 0;
}

// → whether an answer will come.
bool Visit::ask_memcached() {
  const MemcachedPolicy& memcached = policy_->memcached;
  const auto key = memcached_key(prepared(*policy_).memcached_key.text(facts()));
  if (!key) return false;
  if (loop_.nodes == nullptr) loop_.nodes = std::make_unique<MemcachedNodes>(stream_.loop());
  lookup_ = loop_.nodes->get(memcached.address)
                .look_up(*key, memcached.timeout_ms,
                         [this](MemcachedAnswer answer) { memcached_answered(std::move(answer)); });
  return lookup_ != nullptr;
}

void Visit::memcached_answered(MemcachedAnswer answer) {
  lookup_ = nullptr;
  if (answer.kind != MemcachedAnswer::Kind::kHit || !fits_client(answer)) return serve_from_site();
  serve_value(std::move(answer));
}

// The origin has it for a client that does not take gzip: rare, and cheaper than a decoder that a
// small value may blow up.
bool Visit::fits_client(const MemcachedAnswer& answer) const {
  constexpr std::array kGzip = {Coding::kGzip};
  if (!is_gzip(answer, policy_->memcached)) return true;
  return wire::http::choose_coding(*stream_.request().fields, kGzip) == Coding::kGzip;
}

void Visit::serve_value(MemcachedAnswer answer) {
  const MemcachedPolicy& memcached = policy_->memcached;
  outcome_.source = Outcome::Source::kMemcached;
  told_.hit = true;
  told_.detail = "memcached";
  wire::http::FieldLines lines;
  if (!memcached.content_type.empty()) lines.add(Name::kContentType, memcached.content_type);
  if (is_gzip(answer, memcached)) {
    lines.add(Name::kContentEncoding, text_of(Coding::kGzip));
    lines.add(Name::kVary, "Accept-Encoding");
  }
  const std::string_view bytes = answer.value->bytes();
  http::Response response{.status = kOk, .body_bytes = bytes.size()};
  if (!is_head()) {
    response.whole = bytes;
    response.pin = MemcachedValue::pin(std::move(answer.value));
  }
  send({lines.text(), our_lines(nullptr)}, std::move(response));
}

}  // namespace larder::serve::edge
