// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <array>

#include "base/decimal.h"
#include "serve/edge/access_log.h"
#include "serve/edge/function_keys.h"
#include "wire/http/field.h"

// The keys of an upstream: where an origin is, and how its servers are used.
namespace larder::serve::edge {
namespace {

using origin::Balance;
using origin::HealthCheck;
using origin::ServerOptions;
using origin::UpstreamOptions;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kManyTimes = 1'000'000;
constexpr std::int64_t kMostWeight = 65'535;

Shape<ServerOptions> server_shape() {
  Shape<ServerOptions> shape;
  shape
      .text("address", &ServerOptions::address,
            "`host:port`; a name is asked for again as its records say", check_host_port)
      .required()
      .integer("weight", &ServerOptions::weight, 1, kMostWeight, "Its share of the requests")
      .flag("backup", &ServerOptions::backup, "Used only when no other can be")
      .flag("down", &ServerOptions::down, "Never used; keeps its place in hashes")
      .integer("maxFails", &ServerOptions::max_fails, 0, kManyTimes,
               "Failures within `failTimeoutSec` that take it out; 0: it always stays")
      .seconds("failTimeoutSec", &ServerOptions::fail_timeout_ms, 1, kDayMs,
               "The time in which failures are counted, and for which it is out")
      .integer("maxConnections", &ServerOptions::max_connections, 0, kManyTimes,
               "Of all loops; 0: any number");
  return shape;
}

Shape<HealthCheck> check_shape() {
  Shape<HealthCheck> shape;
  shape.text("path", &HealthCheck::path, "What each server is asked for; empty: no check")
      .text("host", &HealthCheck::host, "The Host field; empty: the server's address")
      .integers("statuses", &HealthCheck::statuses, 100, 599,
                "Good ones; empty: any from 200 to 399")
      .seconds("intervalSec", &HealthCheck::interval_ms, 1, kDayMs, "From one check to the next")
      .seconds("timeoutSec", &HealthCheck::timeout_ms, 1, kDayMs, "For an answer")
      .integer("rise", &HealthCheck::rise, 1, kManyTimes,
               "Good answers in a row that bring it back")
      .integer("fall", &HealthCheck::fall, 1, kManyTimes, "Bad ones in a row that take it out");
  return shape;
}

Shape<UpstreamOptions> tls_shape() {
  Shape<UpstreamOptions> shape;
  shape.flag("enabled", &UpstreamOptions::tls, "Speak TLS")
      .text("name", &UpstreamOptions::tls_name,
            "Whom the certificate must be of; empty: the host of the address")
      .text("caFile", &UpstreamOptions::tls_ca_file,
            "PEM: who vouches for it; empty: whom the system trusts")
      .flag("verify", &UpstreamOptions::tls_verify, "Refuse a certificate that is not good");
  return shape;
}

void add_choice(Shape<UpstreamOptions>& shape) {
  shape
      .objects("servers", &UpstreamOptions::servers, server_shape(),
               "Where requests are sent: an object for each server")
      .word("balance", &UpstreamOptions::balance,
            Words<Balance>{{"roundRobin", Balance::kRoundRobin},
                           {"leastConnections", Balance::kLeastConnections},
                           {"ipHash", Balance::kIpHash},
                           {"hash", Balance::kHash},
                           {"sticky", Balance::kSticky}},
            "How the next server is chosen; `hash` is consistent, of the cache's key")
      .text("stickyCookie", &UpstreamOptions::sticky_cookie, "Says the server, for `sticky`")
      .object("healthCheck", &UpstreamOptions::check, check_shape(), "Asks servers how they are");
}

void add_times(Shape<UpstreamOptions>& shape) {
  shape
      .integer("keepAlive", &UpstreamOptions::keep_alive, 0, kManyTimes,
               "Idle connections kept of a server, by each loop")
      .seconds("idleTimeoutSec", &UpstreamOptions::idle_timeout_ms, 0, kDayMs,
               "How long they are kept")
      .seconds("connectTimeoutSec", &UpstreamOptions::connect_timeout_ms, 1, kDayMs,
               "For a connection, TLS included")
      .seconds("sendTimeoutSec", &UpstreamOptions::send_timeout_ms, 1, kDayMs,
               "Without progress while a request is sent")
      .seconds("responseTimeoutSec", &UpstreamOptions::response_timeout_ms, 1, kDayMs,
               "Between two reads of a response")
      .integer("tries", &UpstreamOptions::tries, 0, kManyTimes,
               "Servers that one request is sent to; 0: all")
      .seconds("triesTimeoutSec", &UpstreamOptions::tries_timeout_ms, 0, kDayMs,
               "For all of them; 0: any time")
      .integer("queue", &UpstreamOptions::queue, 0, kManyTimes,
               "Requests that wait for `maxConnections`; more get 503")
      .seconds("queueTimeoutSec", &UpstreamOptions::queue_timeout_ms, 1, kDayMs,
               "How long they wait")
      .object(
          "tls", [](UpstreamOptions& all) -> UpstreamOptions& { return all; }, tls_shape(),
          "To the servers")
      .integer("proxyProtocol", &UpstreamOptions::proxy_protocol, 0, 2,
               "The version that connections begin with; 0: none");
}

}  // namespace

std::string check_filled(const std::string& text) {
  return text.empty() ? "must not be empty" : "";
}

std::string check_host_port(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : base::parse_decimal<std::uint16_t>(text.substr(colon + 1));
  const bool bare_ipv6 = text.find(':') != colon && !text.starts_with('[');
  if (port && *port != 0 && colon > 0 && !bare_ipv6) return "";
  return "\"" + text + "\" is not `host:port`";
}

std::string check_field_name(const std::string& text) {
  return wire::http::is_token(text) ? "" : "\"" + text + "\" is not the name of a field";
}

std::string check_template(const std::string& text) {
  const auto parsed = Template::parse(text);
  return parsed ? "" : parsed.failure().what;
}

const Shape<UpstreamOptions>& upstream_shape() {
  static const Shape<UpstreamOptions> kShape = [] {
    Shape<UpstreamOptions> made;
    add_choice(made);
    add_times(made);
    return made;
  }();
  return kShape;
}

}  // namespace larder::serve::edge
