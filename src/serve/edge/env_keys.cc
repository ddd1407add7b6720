// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/env_keys.h"

#include <utility>

#include "base/limits.h"
#include "serve/edge/function_keys.h"

// The keys of everything but `functions`.
namespace larder::serve::edge {
namespace {

using http::ServerTerms;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 50;

// ---- env.network

Shape<ServerTerms> terms_shape() {
  Shape<ServerTerms> shape;
  shape.flag("http2", &ServerTerms::http2, "By ALPN, and by its preface without TLS")
      .flag("proxyProtocol", &ServerTerms::proxy_protocol,
            "Each connection begins with what the balancer in front says of it")
      .networks("trusted", &ServerTerms::trusted, "Of which networks a balancer is believed")
      .seconds("headTimeoutSec", &ServerTerms::head_timeout_ms, 1, kDayMs,
               "From the first byte of a head to its last")
      .seconds("keepAliveSec", &ServerTerms::keep_alive_timeout_ms, 0, kDayMs, "Between requests")
      .seconds("bodyTimeoutSec", &ServerTerms::body_timeout_ms, 1, kDayMs,
               "Between two reads of a request's body")
      .seconds("sendTimeoutSec", &ServerTerms::send_timeout_ms, 1, kDayMs, "Without progress")
      .integer("maxRequests", &ServerTerms::requests_per_connection, 0, INT32_MAX,
               "Then a connection is closed; 0: any number")
      .size("headSize", &ServerTerms::head_bytes, 1024, limits::kMaxHeadBytes,
            "Of a request; longer: 431")
      .integer("streams", &ServerTerms::streams, 1, limits::kMaxStreams,
               "Requests of an HTTP/2 connection at a time");
  return shape;
}

Shape<ListenOptions> listen_shape() {
  Shape<ListenOptions> shape;
  shape
      .text("address", &ListenOptions::address, "`127.0.0.1:8080`, `[::]:443`, `:80`", check_filled)
      .required()
      .flag("tls", &ListenOptions::encrypted, "With the certificates of env.network.tls")
      .text("defaultHosting", &ListenOptions::default_site,
            "The site of clients that come here and name none; empty: meta.defaultHosting")
      .include(terms_shape(), &ListenOptions::terms);
  return shape;
}

Shape<io::TlsOptions> certificate_shape() {
  using Options = io::TlsOptions;
  Shape<Options> shape;
  shape
      .text("chainFile", &Options::chain_file, "PEM: the certificate, then those that vouch for it",
            check_filled)
      .required()
      .text("keyFile", &Options::key_file, "Empty: the key is in chainFile")
      .word("keyFormat", &Options::key_format,
            Words<Options::KeyFormat>{{"pem", Options::KeyFormat::kPem},
                                      {"der", Options::KeyFormat::kDer}},
            "How the key is written")
      .text("caFile", &Options::ca_file, "PEM: who vouches for clients; empty: nobody does")
      .text("ciphers", &Options::ciphers, "Up to TLS 1.2, in OpenSSL's words; empty: its own list")
      .word("minVersion", &Options::min_version,
            Words<io::TlsVersion>{{"TLSv1", io::TlsVersion::kTls10},
                                  {"TLSv1.1", io::TlsVersion::kTls11},
                                  {"TLSv1.2", io::TlsVersion::kTls12},
                                  {"TLSv1.3", io::TlsVersion::kTls13}},
            "Older ones are refused")
      .word("clients", &Options::clients,
            Words<io::TlsClients>{{"notAsked", io::TlsClients::kNotAsked},
                                  {"asked", io::TlsClients::kAsked},
                                  {"required", io::TlsClients::kRequired}},
            "Whether clients show a certificate")
      .text("ocspFile", &Options::ocsp_file,
            "DER: what its issuer says of it, for clients that ask; empty: nothing")
      .flag("sessionCache", &Options::session_cache, "For clients of TLS 1.2 that take no tickets");
  return shape;
}

Shape<Config> network_shape() {
  Shape<Config> sockets;
  sockets.integer("maxCount", &Config::connections, 1, 10'000'000, "Clients at a time");
  Shape<Config> tls;
  tls.objects("certificates", &Config::certificates, certificate_shape(),
              "The first is shown to whoever names none of them");
  Shape<Config> shape;
  shape.objects("listen", &Config::listen, listen_shape(), "Addresses that clients come to")
      .group("passiveSockets", sockets, "Connections of clients")
      .group("tls", tls, "For listeners with `tls`");
  return shape;
}

// ---- the rest of env

Shape<Config> properties_shape() {
  Shape<Config> memory;
  memory.size("cacheSize", &Config::memory_bytes, limits::MiB, kMostBytes,
              "For all that is stored, indexes included");
  Shape<Config> shape;
  shape.integer("coreWorkers", &Config::threads, 1, 1024, "Threads that serve")
      .group("memoryUsage", memory, "Memory");
  return shape;
}

Shape<Config> log_shape() {
  using Format = AccessLogOptions::Format;
  Shape<AccessLogOptions> access;
  access
      .text("name", &AccessLogOptions::name, "What functions.operations.log.access says",
            check_filled)
      .required()
      .text("path", &AccessLogOptions::path, "The file; `-`: standard output", check_filled)
      .required()
      .word("format", &AccessLogOptions::format,
            Words<Format>{{"combined", Format::kCombined},
                          {"w3c", Format::kW3c},
                          {"json", Format::kJson},
                          {"origin", Format::kOrigin},
                          {"custom", Format::kCustom}},
            "How a line is written")
      .text("template", &AccessLogOptions::template_text, "Of `custom`: a line, with $variables",
            check_template)
      .word("escape", &AccessLogOptions::escape,
            Words<Escape>{
                {"default", Escape::kDefault}, {"json", Escape::kJson}, {"none", Escape::kNone}},
            "Of `custom`: of what variables hold");
  Shape<Config> shape;
  shape.objects("access", &Config::logs, access, "A line for each request")
      .text("error", &Config::error_log, "What goes wrong; empty: standard error");
  return shape;
}

Shape<origin::UpstreamOptions> named_upstream_shape() {
  Shape<origin::UpstreamOptions> shape;
  shape
      .text("name", &origin::UpstreamOptions::name, "What functions.network.origin.upstream says",
            check_filled)
      .required()
      .include(upstream_shape(), [](origin::UpstreamOptions& all) -> auto& { return all; });
  return shape;
}

Shape<Config> env_shape() {
  Shape<Config> shape;
  shape.group("properties", properties_shape(), "What the process takes")
      .group("network", network_shape(), "Where clients come to")
      .group("log", log_shape(), "What is written down")
      .objects("upstreams", &Config::upstreams, named_upstream_shape(),
               "Groups of servers that many functions use");
  return shape;
}

// ---- hosting

// What is read once other parts of the file are known.
template <class Part>
auto later(std::vector<At> Part::* where) {
  return [where](const At& at, Part& into) { (into.*where).push_back(at); };
}

Form list_of(Form form) {
  form.is_list = true;
  return form;
}

}  // namespace

const Shape<RulePart>& rule_shape() {
  static const Shape<RulePart> kShape = [] {
    const auto rule = [](RulePart& part) -> Rule& { return part.rule; };
    Shape<Rule> own;
    own.text("name", &Rule::name, "For logs and counts; empty: its number")
        .object("when", &Rule::when, conditions_shape(), "All of them; none: every request");
    Shape<RulePart> made;
    return made.include(own, rule).add(
        {"functions", functions_shape().form(), {}, "What differs from the site's"},
        later(&RulePart::functions));
  }();
  return kShape;
}

const Shape<HostingPart>& hosting_shape() {
  static const Shape<HostingPart> kShape = [] {
    const auto site = [](HostingPart& part) -> Site& { return part.site; };
    Shape<Site> own;
    own.text("name", &Site::name, "The host of requests, without a port", check_filled)
        .required()
        .texts("aliases", &Site::aliases, "Others: exact, or with one leading `*`", check_filled);
    Shape<HostingPart> made;
    return made.include(own, site)
        .add({"functions", functions_shape().form(), {}, "What differs from the functions of all"},
             later(&HostingPart::functions))
        .add({"rules", list_of(rule_shape().form()), {}, "The first whose `when` holds decides"},
             [](const At& at, HostingPart& into) { into.rules = items_of(at); });
  }();
  return kShape;
}

const Shape<ConfigParts>& config_shape() {
  static const Shape<ConfigParts> kShape = [] {
    const auto config = [](ConfigParts& parts) -> Config& { return parts.config; };
    Shape<Config> meta;
    meta.text("defaultHosting", &Config::default_site,
              "The site of requests for a host that no site has; empty: 404");
    Shape<ConfigParts> made;
    return made.object("meta", config, meta, "About this file")
        .object("env", config, env_shape(), "What the process is: needs a restart")
        .add({"functions", functions_shape().form(), {}, "Every function, as all sites have it"},
             later(&ConfigParts::functions))
        .add({"hosting", list_of(hosting_shape().form()), {}, "The sites"},
             [](const At& at, ConfigParts& into) { into.hosting = items_of(at); });
  }();
  return kShape;
}

}  // namespace larder::serve::edge
