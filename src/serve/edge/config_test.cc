// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/config.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "serve/edge/json_tree.h"
#include "serve/edge/pattern.h"

namespace larder::serve::edge {
namespace {

Config read(std::string_view text) {
  Config config;
  for (const Complaint& one : read_config(text, "edge.json", config)) {
    ADD_FAILURE() << text_of(one);
  }
  return config;
}

// All complaints, one a line.
std::string complaints(std::string_view text) {
  Config config;
  std::string out;
  for (const Complaint& one : read_config(text, "e", config)) out += text_of(one) + "\n";
  return out;
}

// The policy of `functions` with this text in them.
Policy policy(std::string_view functions) {
  const Config config =
      read("{\"functions\": " + std::string(functions) + ", \"hosting\": [{\"name\": \"a\"}]}");
  return config.sites.empty() ? Policy{} : config.sites.front().policy;
}

// ---- what is read

TEST(Config, MayBeEmpty) {
  const Config config = read("{}");
  EXPECT_EQ(config.memory_bytes, Config{}.memory_bytes);
  EXPECT_EQ(config.threads, Config{}.threads);
  EXPECT_TRUE(config.sites.empty());
}

TEST(Config, HasWhatTheProcessIs) {
  const Config config = read(R"({
    "meta": {"defaultHosting": "b"},
    "env": {
      "properties": {"coreWorkers": 2, "memoryUsage": {"cacheSize": "128m"}},
      "network": {
        "passiveSockets": {"maxCount": 500},
        "listen": [{"address": ":80", "proxyProtocol": true, "trusted": "10.0.0.0/8",
                    "keepAliveSec": 0.5, "headSize": 4096, "streams": 3, "http2": false,
                    "headTimeoutSec": 1, "bodyTimeoutSec": 2, "sendTimeoutSec": 3,
                    "maxRequests": 100},
                   {"address": ":443", "tls": true}],
        "tls": {"certificates": {"chainFile": "a.pem", "keyFile": "a.key", "keyFormat": "der",
                                 "caFile": "ca.pem", "ciphers": "HIGH", "minVersion": "TLSv1.3",
                                 "clients": "required", "sessionCache": true}}},
      "log": {"error": "error.log",
              "access": [{"name": "main", "path": "-", "format": "custom", "template": "$uri",
                          "escape": "json"}]}},
    "hosting": [{"name": "b"}]})");
  EXPECT_EQ(config.default_site, "b");
  EXPECT_EQ(config.threads, 2U);
  EXPECT_EQ(config.memory_bytes, 128U << 20);
  EXPECT_EQ(config.connections, 500U);
  ASSERT_EQ(config.listen.size(), 2U);
  const http::ServerTerms& terms = config.listen[0].terms;
  EXPECT_FALSE(terms.http2);
  EXPECT_TRUE(terms.proxy_protocol);
  EXPECT_EQ(terms.trusted.size(), 1U);
  EXPECT_EQ(terms.keep_alive_timeout_ms, 500);
  EXPECT_EQ(terms.head_timeout_ms, 1000);
  EXPECT_EQ(terms.body_timeout_ms, 2000);
  EXPECT_EQ(terms.send_timeout_ms, 3000);
  EXPECT_EQ(terms.requests_per_connection, 100U);
  EXPECT_EQ(terms.head_bytes, 4096U);
  EXPECT_EQ(terms.streams, 3U);
  EXPECT_TRUE(config.listen[1].encrypted);
  ASSERT_EQ(config.certificates.size(), 1U);
  const io::TlsOptions& tls = config.certificates[0];
  EXPECT_EQ(tls.chain_file + tls.key_file + tls.ca_file + tls.ciphers, "a.pema.keyca.pemHIGH");
  EXPECT_EQ(tls.key_format, io::TlsOptions::KeyFormat::kDer);
  EXPECT_EQ(tls.min_version, io::TlsVersion::kTls13);
  EXPECT_EQ(tls.clients, io::TlsClients::kRequired);
  EXPECT_TRUE(tls.session_cache);
  ASSERT_EQ(config.logs.size(), 1U);
  EXPECT_EQ(config.logs[0].format, AccessLogOptions::Format::kCustom);
  EXPECT_EQ(config.logs[0].template_text, "$uri");
  EXPECT_EQ(config.logs[0].escape, Escape::kJson);
  EXPECT_EQ(config.error_log, "error.log");
}

TEST(Config, HasUpstreams) {
  const Config config = read(R"({"env": {"upstreams": {
    "name": "web",
    "servers": [{"address": "10.0.0.1:80", "weight": 3, "maxFails": 2, "failTimeoutSec": 5,
                 "maxConnections": 7}, {"address": "[::1]:80", "backup": true, "down": true}],
    "balance": "sticky", "stickyCookie": "route",
    "healthCheck": {"path": "/up", "host": "h", "statuses": [200, 204], "intervalSec": 1,
                    "timeoutSec": 2, "rise": 3, "fall": 4},
    "keepAlive": 5, "idleTimeoutSec": 6, "connectTimeoutSec": 7, "sendTimeoutSec": 8,
    "responseTimeoutSec": 9, "tries": 10, "triesTimeoutSec": 11, "queue": 12,
    "queueTimeoutSec": 13, "proxyProtocol": 2,
    "tls": {"enabled": true, "name": "n", "caFile": "c", "verify": false}}}})");
  ASSERT_EQ(config.upstreams.size(), 1U);
  const origin::UpstreamOptions& one = config.upstreams[0];
  EXPECT_EQ(one.name, "web");
  ASSERT_EQ(one.servers.size(), 2U);
  EXPECT_EQ(one.servers[0].weight, 3U);
  EXPECT_EQ(one.servers[0].max_fails, 2U);
  EXPECT_EQ(one.servers[0].fail_timeout_ms, 5000);
  EXPECT_EQ(one.servers[0].max_connections, 7U);
  EXPECT_TRUE(one.servers[1].backup && one.servers[1].down);
  EXPECT_EQ(one.balance, origin::Balance::kSticky);
  EXPECT_EQ(one.sticky_cookie, "route");
  EXPECT_EQ(one.check.path + one.check.host, "/uph");
  EXPECT_EQ(one.check.statuses, (std::vector<unsigned>{200, 204}));
  EXPECT_EQ(one.check.interval_ms + one.check.timeout_ms, 3000);
  EXPECT_EQ(one.check.rise * 10 + one.check.fall, 34U);
  EXPECT_EQ(one.keep_alive, 5U);
  EXPECT_EQ(one.idle_timeout_ms, 6000);
  EXPECT_EQ(one.connect_timeout_ms, 7000);
  EXPECT_EQ(one.send_timeout_ms, 8000);
  EXPECT_EQ(one.response_timeout_ms, 9000);
  EXPECT_EQ(one.tries, 10U);
  EXPECT_EQ(one.tries_timeout_ms, 11'000);
  EXPECT_EQ(one.queue, 12U);
  EXPECT_EQ(one.queue_timeout_ms, 13'000);
  EXPECT_EQ(one.proxy_protocol, 2);
  EXPECT_TRUE(one.tls && !one.tls_verify);
  EXPECT_EQ(one.tls_name + one.tls_ca_file, "nc");
}

TEST(Config, HasAPolicyForTheCache) {
  const CachePolicy cache = policy(R"({"network": {"cache": {
    "enabled": false,
    "key": {"host": false, "scheme": true, "query": false, "keepParameters": ["a"],
            "dropParameters": ["b", "c"], "sortParameters": true, "caseSensitive": false,
            "headers": ["X-A"], "cookies": "c"},
    "bypass": [{"cookie": {"session": []}}, {"not": {"method": "GET"}}],
    "noStore": {"query": {"preview": []}},
    "minUses": 2, "storeSetCookie": false, "purgeFrom": ["10.0.0.0/8", "::1"],
    "maxObjectSize": "10m", "heedClientRefresh": false,
    "heuristicPercent": 20, "heuristicMaxSec": 60, "staleIfErrorSec": 30,
    "staleWhileRevalidateSec": 40, "hitForMissSec": 1.5, "parallelFills": 9,
    "compress": {"codings": ["zstd", "br", "gzip"], "types": ["text/*"], "leastSize": 1,
                 "mostSize": "1k", "gzipLevel": 1, "brotliLevel": 2, "zstdLevel": 4}}}})")
                                .cache;
  EXPECT_FALSE(cache.enabled || cache.key.host || cache.key.query || cache.key.case_sensitive);
  EXPECT_TRUE(cache.key.scheme && cache.key.sort_parameters);
  EXPECT_EQ(cache.key.keep_parameters, std::vector<std::string>{"a"});
  EXPECT_EQ(cache.key.drop_parameters.size(), 2U);
  EXPECT_EQ(cache.key.headers.front() + cache.key.cookies.front(), "x-ac");
  ASSERT_EQ(cache.bypass.size(), 2U);
  EXPECT_EQ(cache.bypass[0].of.name, "session");
  EXPECT_TRUE(cache.bypass[1].negated);
  ASSERT_EQ(cache.no_store.size(), 1U);
  EXPECT_EQ(cache.no_store[0].of.part, Selector::Part::kQuery);
  EXPECT_EQ(cache.min_uses, 2U);
  EXPECT_FALSE(cache.store_set_cookie || cache.heed_client_refresh);
  EXPECT_EQ(cache.most_bytes, 10U << 20);
  EXPECT_EQ(cache.purge_from.size(), 2U);
  EXPECT_EQ(cache.heuristic_percent, 20);
  EXPECT_EQ(cache.heuristic_max_s, 60);
  EXPECT_EQ(cache.stale_if_error_s, 30);
  EXPECT_EQ(cache.stale_while_revalidate_s, 40);
  EXPECT_EQ(cache.hit_for_miss_ms, 1500);
  EXPECT_EQ(cache.parallel_fills, 9U);
  EXPECT_EQ(cache.compress.codings.size(), 3U);
  EXPECT_EQ(cache.compress.codings[0], wire::http::Coding::kZstd);
  EXPECT_EQ(cache.compress.types.front(), "text/*");
  EXPECT_EQ(cache.compress.least_bytes, 1U);
  EXPECT_EQ(cache.compress.most_bytes, 1024U);
  EXPECT_EQ(cache.compress.gzip_level * 100 + cache.compress.brotli_level * 10 +
                cache.compress.zstd_level,
            124);
}

TEST(Config, HasAPolicyForRequests) {
  const Policy all = policy(R"({"network": {
    "http": {"maxBodySize": "4096m", "toHttps": true, "answer": {"status": 301, "text": "/x"},
      "files": {"root": "/srv", "index": "i.html"},
      "headers": [{"side": "toOrigin", "action": "add", "name": "X-A", "value": "$host",
                   "always": true}, {"action": "remove", "name": "Server"}],
      "rewrites": [{"pattern": "~^/a/(.*)$", "replacement": "/b/$1", "redirect": "308",
                    "last": true}]},
    "access": {"rules": [{"allow": true, "when": {"client": "10.0.0.0/8"}},
                         {"allow": false, "status": 401}],
      "referer": {"allowed": ["*.a.com"], "allowNone": false, "allowBlocked": false,
                  "status": 404},
      "limits": [{"name": "one", "perSecond": 0.5, "burst": 2, "delay": true, "connections": 3,
                  "status": 503, "key": "$http_x"}]},
    "memcached": {"address": "127.0.0.1:11211", "key": "$request_uri", "contentType": "a/b",
                  "timeoutSec": 0.25, "gzipFlag": 2, "methods": "GET"}}})");
  EXPECT_EQ(all.most_body_bytes, 4096ULL << 20);
  EXPECT_TRUE(all.to_https);
  EXPECT_EQ(all.answer, (std::pair<unsigned, std::string>{301, "/x"}));
  EXPECT_EQ(all.root + all.index, "/srvi.html");
  ASSERT_EQ(all.headers.size(), 2U);
  EXPECT_EQ(all.headers[0].side, HeaderRule::Side::kToOrigin);
  EXPECT_EQ(all.headers[0].action, HeaderRule::Action::kAdd);
  EXPECT_TRUE(all.headers[0].always);
  EXPECT_EQ(all.headers[1].side, HeaderRule::Side::kToClient);
  ASSERT_EQ(all.rewrites.size(), 1U);
  EXPECT_EQ(all.rewrites[0].pattern->replace("/a/c", all.rewrites[0].replacement), "/b/c");
  EXPECT_EQ(all.rewrites[0].redirect, 308U);
  EXPECT_TRUE(all.rewrites[0].last);
  ASSERT_EQ(all.access.size(), 2U);
  EXPECT_TRUE(all.access[0].allow);
  EXPECT_EQ(all.access[0].conditions.size(), 1U);
  EXPECT_EQ(all.access[1].status, 401U);
  EXPECT_EQ(all.referer.allowed.front(), "*.a.com");
  EXPECT_FALSE(all.referer.none_allowed || all.referer.blocked_allowed);
  EXPECT_EQ(all.referer.status, 404U);
  ASSERT_EQ(all.limits.size(), 1U);
  EXPECT_EQ(all.limits[0].per_second, 0.5);
  EXPECT_EQ(all.limits[0].burst * 10 + all.limits[0].connections, 23U);
  EXPECT_TRUE(all.limits[0].delay);
  EXPECT_EQ(all.limits[0].key, "$http_x");
  EXPECT_EQ(all.memcached.address, "127.0.0.1:11211");
  EXPECT_EQ(all.memcached.key + all.memcached.content_type, "$request_uria/b");
  EXPECT_EQ(all.memcached.timeout_ms, 250);
  EXPECT_EQ(all.memcached.gzip_flag, 2U);
  EXPECT_EQ(all.memcached.methods, std::vector<std::string>{"GET"});
}

// ---- what is inherited

TEST(Config, SitesAndRulesInheritKeyByKey) {
  const Config config = read(R"({
    "hosting": [{"name": "A.com", "aliases": ["*.B.com"],
      "functions": {"network": {"cache": {"minUses": 2}}},
      "rules": [{"when": {"path": "/x/*", "not": {"header": {"X": "1"}, "cookie": {"c": []}}},
                 "functions": {"network": {"cache": {"parallelFills": 3, "key": {"host": false}},
                                           "http": {"answer": null}}}},
                {"name": "last"}]},
      {"name": "c"}],
    "functions": {"network": {"cache": {"minUses": 9, "key": {"scheme": true}},
                              "http": {"answer": {"status": 204}}}}})");
  ASSERT_EQ(config.sites.size(), 2U);
  const Site& site = config.sites[0];
  EXPECT_EQ(site.name + site.aliases[0], "a.com*.b.com");
  EXPECT_EQ(site.policy.cache.min_uses, 2U);
  EXPECT_TRUE(site.policy.cache.key.scheme);
  ASSERT_EQ(site.rules.size(), 2U);
  const Rule& rule = site.rules[0];
  EXPECT_EQ(rule.name, "#1");
  ASSERT_EQ(rule.when.size(), 3U);
  EXPECT_FALSE(rule.when[0].negated);
  EXPECT_TRUE(rule.when[1].negated && rule.when[2].negated);
  EXPECT_EQ(rule.policy.cache.min_uses, 2U);
  EXPECT_EQ(rule.policy.cache.parallel_fills, 3U);
  EXPECT_TRUE(rule.policy.cache.key.scheme && !rule.policy.cache.key.host);
  EXPECT_FALSE(rule.policy.answer);
  EXPECT_TRUE(site.rules[1].policy.answer);
  EXPECT_EQ(config.sites[1].policy.cache.min_uses, 9U);
}

TEST(Config, AnOriginIsNamedOrHasItsServers) {
  const Config config = read(R"({
    "env": {"upstreams": [{"name": "web", "servers": [{"address": "w:80"}]},
                          {"name": "safe", "servers": [{"address": "s:443"}],
                           "tls": {"enabled": true}, "balance": "sticky", "stickyCookie": "s"}]},
    "functions": {"network": {"origin": {"connectTimeoutSec": 1, "host": "$http_host"}}},
    "hosting": [
      {"name": "a", "functions": {"network": {"origin": {"upstream": "web"}}},
       "rules": [{"functions": {"network": {"origin": {"pathPrefix": "/p"}}}},
                 {"functions": {"network": {"origin": {"upstream": "safe"}}}}]},
      {"name": "b",
       "functions": {"network": {"origin": {"servers": {"address": "b:80"}, "tries": 2}}},
       "rules": [{"name": "same"},
                 {"name": "other", "functions": {"network": {"origin": {"tries": 3}}}},
                 {"name": "tls", "functions": {"network": {"origin": {"scheme": "https"}}}},
                 {"name": "none", "functions": {"network": {"origin": {"upstream": ""}}}}]}]})");
  const Site& a = config.sites.at(0);
  EXPECT_EQ(a.policy.origin.name, "web");
  EXPECT_EQ(a.policy.origin.host, "$http_host");
  EXPECT_EQ(a.rules[0].policy.origin.name + a.rules[0].policy.origin.path_prefix, "web/p");
  EXPECT_EQ(a.rules[1].policy.origin.name + a.rules[1].policy.origin.scheme, "safehttps");
  EXPECT_EQ(a.rules[1].policy.origin.sticky_cookie + a.policy.origin.sticky_cookie, "s");
  const Site& b = config.sites.at(1);
  EXPECT_EQ(b.policy.origin.name, "b");
  EXPECT_EQ(b.rules[0].policy.origin.name, "b");
  EXPECT_EQ(b.rules[1].policy.origin.name, "b/other");
  EXPECT_EQ(b.rules[2].policy.origin.name, "b/tls");
  EXPECT_EQ(b.rules[3].policy.origin.name, "");
  ASSERT_EQ(config.upstreams.size(), 5U);
  EXPECT_EQ(config.upstreams[2].name, "b");
  EXPECT_EQ(config.upstreams[2].connect_timeout_ms, 1000);
  EXPECT_EQ(config.upstreams[2].tries, 2U);
  EXPECT_EQ(config.upstreams[3].tries, 3U);
  EXPECT_EQ(config.upstreams[3].servers.size(), 1U);
  EXPECT_TRUE(config.upstreams[4].tls);
}

// ---- what is wrong

TEST(Config, UnknownKeysAreNamedWithTheLikelyRightOne) {
  EXPECT_EQ(complaints("{\n \"hosting\": [\n  {\"name\": \"a\", \"functions\": {\"network\": {\n"
                       "   \"cahce\": {}}}}]}"),
            "e:4: hosting[0].functions.network.cahce: unknown key; did you mean \"cache\"?\n");
  EXPECT_EQ(complaints(R"({"quite": 1})"), "e:1: quite: unknown key\n");
  EXPECT_EQ(complaints(R"({"hosting": [{"name": "a", "rules": [{"when": {"pth": "/"}}]}]})"),
            "e:1: hosting[0].rules[0].when.pth: unknown key; did you mean \"path\"?\n");
}

TEST(Config, AllComplaintsComeAtOnce) {
  EXPECT_EQ(complaints(R"({
"env": {"properties": {"coreWorkers": "4"},
        "network": {"listen": {"tls": 1}}},
"functions": {"network": {"cache": {
  "minUses": 0,
  "maxObjectSize": "10x",
  "hitForMissSec": -1,
  "staleIfErrorSec": 1e400,
  "compress": {"codings": "lzma"}}}},
"hosting": [{}, {"name": "x", "functions": []}]
})"),
            "e:8: functions.network.cache.staleIfErrorSec: not JSON: number overflow parsing "
            "'1e400'\n");
  EXPECT_EQ(complaints(R"({
"env": {"properties": {"coreWorkers": "4"},
        "network": {"listen": {"tls": 1}}},
"functions": {"network": {"cache": {
  "minUses": 0,
  "maxObjectSize": "10x",
  "hitForMissSec": -1,
  "staleIfErrorSec": 1.5,
  "compress": {"codings": "lzma"}}}},
"hosting": [{}, {"name": "x", "functions": []}]
})"),
            "e:2: env.properties.coreWorkers: \"4\" is not a whole number from 1 to 1024\n"
            "e:3: env.network.listen.tls: 1 is not true or false\n"
            "e:3: env.network.listen: needs \"address\"\n"
            "e:5: functions.network.cache.minUses: 0 is not a whole number from 1 to 1000000\n"
            "e:6: functions.network.cache.maxObjectSize: \"10x\" is not a size from 0 to "
            "1048576g\n"
            "e:7: functions.network.cache.hitForMissSec: -1 is not seconds from 0 to 86400\n"
            "e:8: functions.network.cache.staleIfErrorSec: 1.5 is not a whole number from 0 to "
            "31536000\n"
            "e:9: functions.network.cache.compress.codings: \"lzma\" is not one of \"gzip\", "
            "\"br\", \"zstd\"\n"
            "e:10: hosting[0]: needs \"name\"\n"
            "e:10: hosting[1].functions: a list is not an object\n");
}

TEST(Config, TextsAreLookedAt) {
  EXPECT_EQ(complaints(R"({"env": {"upstreams": {"name": "", "servers": [{"address": "a"}]}}})"),
            "e:1: env.upstreams.name: must not be empty\n"
            "e:1: env.upstreams.servers[0].address: \"a\" is not `host:port`\n");
  EXPECT_EQ(complaints(R"({"hosting": [{"name": "a", "rules": {"when": {"path": "~(",
                           "client": "10.0.0.0/33"}}}]})"),
            "e:1: hosting[0].rules.when.path: not a regular expression: (: missing ): (\n"
            "e:2: hosting[0].rules.when.client: not a network: 10.0.0.0/33\n");
  EXPECT_EQ(complaints(R"({"functions": {"network": {"http": {"headers": {"name": "a b"}},
                           "cache": {"bypass": {"path": "/", "method": "GET"}}}}})"),
            "e:1: functions.network.http.headers.name: \"a b\" is not the name of a field\n"
            "e:2: functions.network.cache.bypass: more than one condition: give each its object\n");
}

TEST(Config, VariablesMustBeKnown) {
  EXPECT_EQ(complaints(R"({"functions": {"network": {
"origin": {"host": "$hots"},
"memcached": {"key": "$request_url"},
"http": {"headers": {"name": "A", "value": "${x"}}}}})"),
            "e:2: functions.network.origin.host: unknown variable $hots; did you mean $host?\n"
            "e:3: functions.network.memcached.key: unknown variable $request_url; did you mean "
            "$request_uri?\n"
            "e:4: functions.network.http.headers.value: ${ without a }\n");
}

TEST(Config, PoliciesArePrepared) {
  const Config config = read(R"({"hosting": [{"name": "a", "rules": [{}, {"functions": {}}]}]})");
  EXPECT_NE(config.sites[0].policy.prepared, nullptr);
  for (const Rule& rule : config.sites[0].rules) EXPECT_NE(rule.policy.prepared, nullptr);
}

TEST(Config, NamesMustBeKnownAndOnce) {
  EXPECT_EQ(complaints(R"({"meta": {"defaultHosting": "ab"},
"env": {"network": {"listen": [{"address": ":80", "defaultHosting": "abd"}]},
 "upstreams": [{"name": "web"}, {"name": "web"}], "log": {"access": [
  {"name": "main", "path": "-"}]}},
"hosting": [{"name": "abc", "functions": {"network": {"origin": {"upstream": "wbe"}},
                                          "operations": {"log": {"access": "mian"}}}},
 {"name": "ABC", "aliases": ["a*b"]},
 {"name": "*.x"}]})"),
            "e:1: the upstream \"web\" is here twice\n"
            "e:5: hosting[0].functions: network.origin.upstream: env.upstreams has no \"wbe\"; "
            "did you mean \"web\"?\n"
            "e:5: hosting[0].functions: operations.log.access: env.log.access has no \"mian\"; "
            "did you mean \"main\"?\n"
            "e:7: hosting[1]: \"a*b\": a star may only be the first letter\n"
            "e:7: hosting[1]: the host \"abc\" is here for the second time\n"
            "e:8: hosting[2]: a star is for aliases only\n"
            "e:1: meta.defaultHosting: there is no site \"ab\"; did you mean \"abc\"?\n"
            "e:1: env.network.listen[0].defaultHosting: there is no site \"abd\"; did you mean "
            "\"abc\"?\n");
}

TEST(Config, AnOriginIsNotBoth) {
  EXPECT_EQ(complaints(R"({"env": {"upstreams": [{"name": "w"}]}, "hosting": [
{"name": "a", "functions": {"network": {"origin": {"upstream": "w", "tries": 1}}}},
{"name": "b", "functions": {"network": {"origin": {"upstream": "w"}}}, "rules": [
  {"functions": {"network": {"origin": {"tries": 1}}}},
  {"functions": {"network": {"origin": {"scheme": "https"}}}}]}]})"),
            "e:2: hosting[0].functions: network.origin: either names an upstream or has servers "
            "of its own\n"
            "e:4: hosting[1].rules[0].functions: network.origin: what is set here is of the "
            "upstream \"w\": set it in env.upstreams\n"
            "e:5: hosting[1].rules[1].functions: network.origin.scheme: the upstream \"w\" has "
            "no tls.enabled\n");
}

TEST(Config, CertificatesHaveWhatTheyNeed) {
  EXPECT_EQ(complaints(R"({"env": {"network": {"listen": [{"address": ":1", "tls": true}]}}})"),
            "e:1: env.network.tls.certificates: a listener with tls needs one\n");
  EXPECT_EQ(complaints(R"({"env": {"network": {"tls": {"certificates": [
{"chainFile": "c", "clients": "required"}, {"chainFile": "d", "clients": "asked", "caFile": "a"}
]}}}})"),
            "e:1: env.network.tls.certificates: clients of c are asked, and no caFile vouches for "
            "them\n");
}

TEST(Config, StaysAsItWasWhenSomethingIsWrong) {
  Config config;
  config.threads = 77;
  EXPECT_FALSE(
      read_config(R"({"env": {"properties": {"coreWorkers": 2, "x": 1}}})", "e", config).empty());
  EXPECT_EQ(config.threads, 77U);
}

// ---- what is no JSON

TEST(Config, WhatIsNoJsonIsToldByLine) {
  EXPECT_EQ(complaints("{\n\"env\": {},\n}"), "e:3: env: a comma in front of the }\n");
  EXPECT_EQ(complaints("{\"hosting\": [\n{},\n]}"), "e:3: hosting[0]: a comma in front of the ]\n");
  EXPECT_EQ(complaints("{\n// the sites\n}"), "e:2: JSON has no comments\n");
  EXPECT_EQ(complaints("{\"env\": 1\n# so\n}"), "e:2: env: JSON has no comments\n");
  EXPECT_EQ(complaints("{\n\"env\": {"), "e:2: env: the file ends in the middle of a value\n");
  EXPECT_EQ(complaints(""), "e:1: the file ends in the middle of a value\n");
  EXPECT_EQ(complaints("[]"), "e:1: a list is not an object\n");
  EXPECT_EQ(complaints("{\n\"env\": {},\n \"meta\": {},\n\"env\": {}}"),
            "e:4: env: is here for the second time; the first is on line 2\n");
  EXPECT_EQ(complaints("{\"env\": 'a'}"),
            "e:1: env: not JSON: invalid literal; last read: '\"env\": ''\n");
  EXPECT_EQ(complaints(std::string(100, '[')).substr(0, 4), "e:1:");
  EXPECT_NE(complaints(std::string(100, '[')).find("nested too deeply"), std::string::npos);
}

TEST(Config, ANumberAtTheEndOfALineIsOfThatLine) {
  EXPECT_EQ(complaints("{\"env\":\n1\n}"), "e:2: env: 1 is not an object\n");
  EXPECT_EQ(complaints("{\"env\":\n\"a\"\n}"), "e:2: env: \"a\" is not an object\n");
}

// ---- what it says about itself

TEST(Config, SchemaIsJsonAndKnowsEveryKey) {
  const std::string text = schema_text();
  JsonNode schema;
  EXPECT_TRUE(parse_json(text, schema).empty());
  for (const char* part : {"https://json-schema.org/draft/2020-12/schema", "\"$defs\"",
                           "\"#/$defs/functions\"", "\"#/$defs/conditions\"", "\"gzipFlag\"",
                           "\"additionalProperties\": false", "\"required\"", "\"$host\""}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

TEST(Config, KeysAreInTheDocument) {
  std::ifstream file("docs/edge.md");
  const std::string document(std::istreambuf_iterator<char>(file), {});
  const std::string tables = key_tables_text();
  EXPECT_NE(document.find(tables), std::string::npos) << "docs/edge.md must have:\n" << tables;
}

}  // namespace
}  // namespace larder::serve::edge
