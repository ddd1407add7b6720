// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Heads of HTTP/1 requests: from bytes to a Request, or to a refusal.
#include <array>
#include <atomic>
#include <utility>

#include "http/expectation.h"
#include "http/h1_session.h"
#include "wire/http/field.h"

namespace larder::http {

using wire::http::Fault;
using wire::http::Name;
using Parsed = wire::http::HeadParsed::State;

namespace {

// In such a tunnel requests would go past whoever looks at them here. RFC 9113, 3.1, has done away
// with it.
bool asks_for_http2(std::string_view upgrade) {
  for (wire::http::Items protocols(upgrade); protocols.next();) {
    const std::string_view protocol = protocols.item();
    if (wire::http::equal_names(protocol.substr(0, protocol.find('/')), "h2c")) return true;
  }
  return false;
}

}  // namespace

std::optional<Next> H1Session::take_head() {
  if (outbox().full()) return Next::kAgain;
  if (has_answered_ && loop().turn_is_long() && !inbox().empty()) return yield();
  inbox().consume(wire::http::empty_lines(inbox().unread()));
  const std::string_view unread = inbox().unread();
  if (unread.empty()) {
    if (connection_->has_ended()) return Next::kClose;
    connection_->wait_for(Connection::Wait::kRequest);
    return Next::kHear;
  }
  // What is wrong before the end of a head is told at the latest when that will never come.
  const std::size_t searched = connection_->has_ended() ? 0 : connection_->searched();
  const auto parsed = wire::http::parse_request_head(unread, head_, searched);
  switch (parsed.state) {
    case Parsed::kWhole: return take_request(parsed.consumed);
    case Parsed::kFault: return refuse(parsed.fault);
    case Parsed::kPartial: break;
  }
  return wait_for_head();
}

Next H1Session::wait_for_head() {
  constexpr unsigned kRequestTimeout = 408;
  const std::size_t unread = inbox().unread().size();
  connection_->set_searched(unread);
  if (unread >= connection_->terms().head_bytes) return refuse(Fault::kHeadTooLarge);
  if (connection_->has_ended()) return Next::kClose;
  if (connection_->take_timeout()) return refuse(kRequestTimeout, "the head did not come in time");
  connection_->wait_for(Connection::Wait::kHead);
  return Next::kHear;
}

std::optional<Next> H1Session::take_request(std::size_t head_bytes) {
  constexpr unsigned kExpectationFailed = 417;
  connection_->set_searched(0);
  connection_->wait_for(Connection::Wait::kNothing);
  connection_->take_timeout();
  head_bytes_ = head_bytes;
  head_is_kept_ = bytes_came_ = is_half_closed_ = false;
  client_.requests = connection_->count_request();
  connection_->server().counts.requests.fetch_add(1, std::memory_order_relaxed);
  if (head_bytes > connection_->terms().head_bytes) return refuse(Fault::kHeadTooLarge);
  const wire::http::Framed framed = wire::http::frame(head_);
  if (framed.fault != Fault::kNone) return refuse(framed.fault);
  framing_ = framed.framing;
  if (const Fault fault = read_target(); fault != Fault::kNone) return refuse(fault);
  if (!understands_expectation()) return refuse(kExpectationFailed, "an unknown expectation");
  open_exchange();
  return std::nullopt;
}

// A target that says the host is believed, and Host is overlooked (RFC 9112, 3.2.2): by whoever
// reads the fields, too.
Fault H1Session::read_target() {
  target_ = {};
  const Fault fault = wire::http::parse_target(head_.method, head_.target, target_);
  if (!target_.authority.empty()) head_.fields.set_value(Name::kHost, target_.authority);
  return fault;
}

// HTTP/1.0 knows none, and they are overlooked there (RFC 9110, 10.1.1).
bool H1Session::understands_expectation() {
  expects_continue_ = false;
  if (head_.version == wire::http::Version::k10) return true;
  const Expectation expected = expectation_of(head_.fields);
  const bool comes_body =
      framing_.kind == wire::http::Framing::Kind::kChunked || framing_.length != 0;
  expects_continue_ = comes_body && expected == Expectation::kContinue;
  return expected != Expectation::kUnknown;
}

bool H1Session::wants_upgrade() const {
  const wire::http::Fields& fields = head_.fields;
  if (!fields.has(Name::kUpgrade) || head_.version != wire::http::Version::k11) return false;
  return wire::http::lists(fields.joined(Name::kConnection), "upgrade") &&
         !asks_for_http2(fields.joined(Name::kUpgrade));
}

void H1Session::make_request() {
  using Kind = wire::http::Framing::Kind;
  const auto host = head_.fields.value(Name::kHost).value_or(std::string_view());
  const bool has_body = framing_.kind != Kind::kNone;
  request_ = {
      .method = head_.method,
      .scheme = client_.encrypted ? "https" : "http",
      .authority = target_.authority.empty() ? host : target_.authority,
      .path = path(),
      .version = head_.version,
      .fields = &head_.fields,
      .has_body = has_body,
      .body_bytes = framing_.kind == Kind::kLength ? std::optional(framing_.length) : std::nullopt,
      .wants_upgrade = wants_upgrade(),
      .head_bytes = head_bytes_};
}

// Of http://example.com?a it is /?a (RFC 9110, 4.2.3).
std::string_view H1Session::path() {
  if (target_.is_asterisk) return "*";
  if (!target_.path.starts_with('?')) return target_.path;
  rooted_path_ = "/";
  return rooted_path_ += target_.path;
}

// From the inbox, which goes on to what comes behind it.
void H1Session::keep_head() {
  if (std::exchange(head_is_kept_, true)) return;
  const char* const from = inbox().unread().data();
  kept_head_ = inbox().unread().substr(0, head_bytes_);
  inbox().consume(head_bytes_);
  head_.move_views(from, kept_head_.data());
  read_target();
  make_request();
}

Next H1Session::refuse(Fault fault) {
  return refuse(wire::http::status_of(fault), wire::http::text_of(fault));
}

Next H1Session::refuse(unsigned status, std::string_view why) {
  Server& server = connection_->server();
  server.counts.refused_heads.fetch_add(1, std::memory_order_relaxed);
  const Handler::Refusal refusal = server.handler.refuse(client_, status, why);
  const std::array<std::string_view, 1> fields{refusal.field_lines};
  response_.reset();
  response_.begin(outbox(),
                  {.status = refusal.status,
                   .fields = fields,
                   .body_bytes = refusal.body.size(),
                   .whole = refusal.body,
                   .close = true},
                  {}, *this);
  state_ = State::kClosing;
  return Next::kClose;
}

}  // namespace larder::http
