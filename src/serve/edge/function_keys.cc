// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/function_keys.h"

#include <utility>

// The keys of `functions`: every field of a Policy, by the name that M2 has for it where it has
// one.
namespace larder::serve::edge {
namespace {

using wire::http::Coding;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kYearS = 365 * 86'400;
constexpr std::int64_t kManyTimes = 1'000'000;
constexpr std::int64_t kMostBytes = std::int64_t{1} << 50;

// ---- network.cache

// A list in which each object names one part of a request: any of them is enough.
template <class Access>
void add_any(Shape<CachePolicy>& shape, std::string name, Access access, std::string meaning) {
  Form form = conditions_shape().form();
  form.is_list = true;
  shape.add({std::move(name), form, {}, std::move(meaning)},
            [access](const At& at, CachePolicy& into) {
              std::vector<Condition> all;
              for (const At& item : items_of(at)) {
                std::vector<Condition> one;
                conditions_shape().read(item, one);
                if (one.size() > 1) item.complain("more than one condition: give each its object");
                all.insert(all.end(), one.begin(), one.end());
              }
              std::invoke(access, into) = std::move(all);
            });
}

Shape<KeyRules> key_shape() {
  Shape<KeyRules> shape;
  shape
      .flag("host", &KeyRules::host,
            "The host that is asked for is a part of the key, beside the site; false: all of a "
            "site's share")
      .flag("scheme", &KeyRules::scheme, "http and https are stored apart")
      .flag("query", &KeyRules::query, "The query is a part of it; false: none of it")
      .texts("keepParameters", &KeyRules::keep_parameters, "Not empty: only these of the query")
      .texts("dropParameters", &KeyRules::drop_parameters, "All of the query but these")
      .flag("sortParameters", &KeyRules::sort_parameters, "Their order does not matter")
      .flag("caseSensitive", &KeyRules::case_sensitive, "The case of the path matters")
      .texts("headers", &KeyRules::headers, "Headers whose values are a part of it",
             check_field_name)
      .texts("cookies", &KeyRules::cookies, "Cookies whose values are a part of it");
  return shape;
}

Shape<CompressPolicy> compress_shape() {
  Shape<CompressPolicy> shape;
  shape
      .words(
          "codings", &CompressPolicy::codings,
          Words<Coding>{{"gzip", Coding::kGzip}, {"br", Coding::kBrotli}, {"zstd", Coding::kZstd}},
          "Best first; empty: as the origin sent it")
      .texts("types", &CompressPolicy::types, "Media types: `text/*`, `application/json`")
      .size("leastSize", &CompressPolicy::least_bytes, 0, kMostBytes, "Shorter bodies stay")
      .size("mostSize", &CompressPolicy::most_bytes, 0, kMostBytes, "Longer bodies stay")
      .integer("gzipLevel", &CompressPolicy::gzip_level, 1, 9, "From fast to small")
      .integer("brotliLevel", &CompressPolicy::brotli_level, 0, 11, "From fast to small")
      .integer("zstdLevel", &CompressPolicy::zstd_level, 1, 19, "From fast to small");
  return shape;
}

void add_storing(Shape<CachePolicy>& shape) {
  shape.flag("enabled", &CachePolicy::enabled, "Look up and store at all")
      .object("key", &CachePolicy::key, key_shape(), "What is stored apart");
  add_any(shape, "bypass", &CachePolicy::bypass,
          "One condition each; any holds: neither looked up nor stored");
  add_any(shape, "noStore", &CachePolicy::no_store,
          "One condition each; any holds: looked up, not stored");
  shape
      .integer("minUses", &CachePolicy::min_uses, 1, kManyTimes,
               "Requests for a URL before it is stored")
      .flag("storeSetCookie", &CachePolicy::store_set_cookie,
            "Store a response with Set-Cookie that says how long it is fresh")
      .size("maxObjectSize", &CachePolicy::most_bytes, 0, kMostBytes, "A longer body is not stored")
      .networks("purgeFrom", &CachePolicy::purge_from,
                "Who may take what is stored under a URL away, by PURGE");
}

void add_freshness(Shape<CachePolicy>& shape) {
  shape
      .flag("heedClientRefresh", &CachePolicy::heed_client_refresh,
            "Heed Cache-Control: no-cache, max-age and the like in requests")
      .integer("heuristicPercent", &CachePolicy::heuristic_percent, 0, 100,
               "Nothing says how long: fresh for that part of the time since Last-Modified")
      .integer("heuristicMaxSec", &CachePolicy::heuristic_max_s, 0, kYearS, "And at most so long")
      .integer("staleIfErrorSec", &CachePolicy::stale_if_error_s, 0, kYearS,
               "Where a response does not say it: use it for so long while the origin fails")
      .integer("staleWhileRevalidateSec", &CachePolicy::stale_while_revalidate_s, 0, kYearS,
               "Where a response does not say it: use it for so long while it is validated")
      .seconds("hitForMissSec", &CachePolicy::hit_for_miss_ms, 0, kDayMs,
               "A URL that could not be stored is fetched in parallel for so long")
      .integer("parallelFills", &CachePolicy::parallel_fills, 1, kManyTimes,
               "Fetches of one site at a time for what may be stored; more wait")
      .object("compress", &CachePolicy::compress, compress_shape(),
              "Stored beside what the origin sent");
}

Shape<CachePolicy> cache_shape() {
  Shape<CachePolicy> shape;
  add_storing(shape);
  add_freshness(shape);
  return shape;
}

// ---- network.http

Shape<HeaderRule> header_shape() {
  using Side = HeaderRule::Side;
  using Action = HeaderRule::Action;
  Shape<HeaderRule> shape;
  shape
      .word("side", &HeaderRule::side,
            Words<Side>{{"toOrigin", Side::kToOrigin},
                        {"fromOrigin", Side::kFromOrigin},
                        {"toClient", Side::kToClient}},
            "Of which head; `fromOrigin` is before it is stored")
      .word(
          "action", &HeaderRule::action,
          Words<Action>{{"set", Action::kSet}, {"add", Action::kAdd}, {"remove", Action::kRemove}},
          "What is done")
      .text("name", &HeaderRule::name, "The field", check_field_name)
      .required()
      .text("value", &HeaderRule::value, "With $variables", check_template)
      .flag("always", &HeaderRule::always, "`toClient`: of errors, too");
  return shape;
}

Shape<RewriteRule> rewrite_shape() {
  Shape<RewriteRule> shape;
  shape.pattern("pattern", &RewriteRule::pattern, "Of the path; `~` and a regular expression")
      .required()
      .text("replacement", &RewriteRule::replacement,
            "With $1 … for its groups, and $variables; an absolute URL redirects", check_template)
      .required()
      .word("redirect", &RewriteRule::redirect,
            Words<unsigned>{{"no", 0}, {"301", 301}, {"302", 302}, {"307", 307}, {"308", 308}},
            "Tell the client instead of going on with the new path")
      .flag("last", &RewriteRule::last, "No rewrite after this one");
  return shape;
}

Shape<std::pair<unsigned, std::string>> answer_shape() {
  using Answer = std::pair<unsigned, std::string>;
  Shape<Answer> shape;
  shape.integer("status", &Answer::first, 200, 599, "What is said")
      .required()
      .text("text", &Answer::second, "The body, or where a redirect goes; with $variables",
            check_template);
  return shape;
}

Policy& policy_of(Functions& all) { return all.policy; }

Shape<Functions> files_shape() {
  Shape<Policy> index;
  index.text("index", &Policy::index, "What a path that ends in / means");
  Shape<Functions> shape;
  shape.add({"root",
             {.kind = Form::Kind::kText},
             JsonNode(std::string{}),
             "The folder that files come from, in place of an origin; empty: none"},
            [](const At& at, Functions& into) { into.root = read_text(at, {}); });
  return shape.include(index, policy_of);
}

Shape<Policy> message_shape() {
  Shape<Policy> shape;
  shape
      .size("maxBodySize", &Policy::most_body_bytes, 0, kMostBytes,
            "Of a request; longer: 413. 0: any")
      .flag("toHttps", &Policy::to_https, "307 to https for what came in plain")
      .optional_object("answer", &Policy::answer, answer_shape(), "Say this, and do nothing else")
      .objects("headers", &Policy::headers, header_shape(), "Changes of heads, in their order")
      .objects("rewrites", &Policy::rewrites, rewrite_shape(), "Changes of paths, in their order");
  return shape;
}

Shape<Functions> http_shape() {
  Shape<Functions> shape;
  return shape.include(message_shape(), policy_of).group("files", files_shape(), "Static files");
}

// ---- network.access

Shape<AccessRule> access_rule_shape() {
  Shape<AccessRule> shape;
  shape.flag("allow", &AccessRule::allow, "Or else deny")
      .required()
      .object("when", &AccessRule::conditions, conditions_shape(), "All of them; none: everybody")
      .integer("status", &AccessRule::status, 400, 599, "What is said to whom it denies");
  return shape;
}

Shape<RefererPolicy> referer_shape() {
  Shape<RefererPolicy> shape;
  shape
      .texts("allowed", &RefererPolicy::allowed,
             "Hosts: `www.example.com`, `*.example.com`, `~regex`; empty: anybody")
      .flag("allowNone", &RefererPolicy::none_allowed, "A request may have no Referer")
      .flag("allowBlocked", &RefererPolicy::blocked_allowed,
            "It may be without http://: a firewall took it away")
      .integer("status", &RefererPolicy::status, 400, 599, "What is said to others");
  return shape;
}

Shape<RateLimit> limit_shape() {
  Shape<RateLimit> shape;
  shape.text("name", &RateLimit::name, "Counted together wherever it has this name", check_filled)
      .required()
      .number("perSecond", &RateLimit::per_second, 0, kManyTimes, "Requests; 0: any number")
      .integer("burst", &RateLimit::burst, 0, kManyTimes, "So many may come at once")
      .flag("delay", &RateLimit::delay, "They are spread out, or else served at once")
      .integer("connections", &RateLimit::connections, 0, kManyTimes,
               "Requests at a time; 0: any number")
      .integer("status", &RateLimit::status, 400, 599, "What is said to what is too much")
      .text("key", &RateLimit::key, "Of whom: with $variables", check_template);
  return shape;
}

Shape<Policy> access_shape() {
  Shape<Policy> shape;
  shape.objects("rules", &Policy::access, access_rule_shape(), "The first that holds decides")
      .object("referer", &Policy::referer, referer_shape(), "Which pages may use what is here")
      .flag("clientCertificate", &Policy::needs_certificate,
            "Only who has shown a good certificate for this name: else 403, by another's name 421")
      .objects("limits", &Policy::limits, limit_shape(), "How much may come");
  return shape;
}

// ---- network.origin, network.memcached

Shape<std::pair<std::string, std::string>> redirect_shape() {
  using Redirect = std::pair<std::string, std::string>;
  Shape<Redirect> shape;
  shape.text("from", &Redirect::first, "What it begins with", check_filled)
      .required()
      .text("to", &Redirect::second, "What stands there instead")
      .required();
  return shape;
}

void add_requests(Shape<OriginPolicy>& shape) {
  shape
      .word("scheme", &OriginPolicy::scheme,
            Words<std::string>{{"http", "http"}, {"https", "https"}},
            "https: with TLS to the servers")
      .text("pathPrefix", &OriginPolicy::path_prefix, "Put before the path")
      .text("host", &OriginPolicy::host, "The Host field that is sent, with $variables",
            check_template)
      .flag("forwardClient", &OriginPolicy::forward_client,
            "Send X-Forwarded-For, -Proto, -Host and X-Real-IP")
      .flag("bufferRequests", &OriginPolicy::buffer_requests,
            "Take the whole body of a request before a connection to the origin")
      .size("requestBufferSize", &OriginPolicy::request_buffer_bytes, 0, kMostBytes,
            "Of such a body")
      .integer("interceptFrom", &OriginPolicy::intercept_from, 300, 599,
               "Statuses from here on become pages of our own, with the fields that a status needs "
               "(Allow, Retry-After, …)")
      .objects("redirects", &OriginPolicy::redirects, redirect_shape(),
               "Changes of Location in what the origin says");
}

Shape<Functions> origin_shape() {
  Shape<OriginPolicy> requests;
  add_requests(requests);
  Shape<Functions> shape;
  shape.add({"upstream",
             {.kind = Form::Kind::kText},
             JsonNode(std::string{}),
             "One of env.upstreams, by its name; else the servers are here"},
            [](const At& at, Functions& into) { into.names = read_text(at, {}); });
  shape.include(requests, [](Functions& all) -> OriginPolicy& { return all.policy.origin; });
  // Whoever asks for the upstream is about to set something of it.
  shape.include(upstream_shape(), [](Functions& all) -> origin::UpstreamOptions& {
    all.sets_upstream = true;
    return all.upstream;
  });
  return shape;
}

Shape<MemcachedPolicy> memcached_shape() {
  Shape<MemcachedPolicy> shape;
  shape
      .text("address", &MemcachedPolicy::address, "`host:port`; empty: none is asked",
            [](const std::string& text) { return text.empty() ? "" : check_host_port(text); })
      .text("key", &MemcachedPolicy::key, "What is asked for, with $variables", check_template)
      .text("contentType", &MemcachedPolicy::content_type, "Of what it has")
      .seconds("timeoutSec", &MemcachedPolicy::timeout_ms, 1, kDayMs,
               "For its answer; then the origin is asked")
      .integer("gzipFlag", &MemcachedPolicy::gzip_flag, 0, UINT32_MAX,
               "A value whose flags have this bit is gzip; 0: none is")
      .texts("methods", &MemcachedPolicy::methods, "Of requests that it is asked for");
  return shape;
}

// ---- all of it

Shape<Functions> network_shape() {
  Shape<Functions> shape;
  shape.group("http", http_shape(), "Requests and responses")
      .object("access", policy_of, access_shape(), "Who may ask")
      .object(
          "cache", [](Functions& all) -> CachePolicy& { return all.policy.cache; }, cache_shape(),
          "What is stored")
      .group("origin", origin_shape(), "Where responses come from")
      .object(
          "memcached", [](Functions& all) -> MemcachedPolicy& { return all.policy.memcached; },
          memcached_shape(), "A node that is asked before the origin");
  return shape;
}

Shape<Policy> operations_shape() {
  Shape<Policy> log;
  log.text("access", &Policy::access_log, "One of env.log.access, by its name; empty: none")
      .text("origin", &Policy::origin_log,
            "Another of them: a line for each request that an origin was sent");
  Shape<Policy> shape;
  shape.group("log", log, "What is written down");
  return shape;
}

}  // namespace

const Shape<Functions>& functions_shape() {
  static const Shape<Functions> kShape = [] {
    Shape<Functions> made("functions");
    made.group("network", network_shape(), "HTTP on both sides")
        .object("operations", policy_of, operations_shape(), "What an operator sees");
    return made;
  }();
  return kShape;
}

}  // namespace larder::serve::edge
