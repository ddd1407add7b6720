// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// What `larder import` makes of nginx' configurations, as the edge reads it.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "cli/import/importer.h"
#include "cli/import/vocabulary.h"
#include "serve/edge/access_log.h"
#include "serve/edge/config.h"

namespace larder::app {
namespace {

using serve::edge::Config;
using serve::edge::Policy;
using serve::edge::Site;

Config translated(std::string_view conf) {
  const cli::import::Imported imported = cli::import::import_nginx(conf);
  Config config;
  for (const auto& one : serve::edge::read_config(imported.json, "imported", config)) {
    ADD_FAILURE() << text_of(one) << "\n" << imported.json;
  }
  return config;
}

// One server with this in it, with the upstreams a, b, c, d.
Config server(const std::string& inside, const std::string& shared = "") {
  std::string conf = "http { " + shared;
  for (const char* name : {"a", "b", "c", "d"}) {
    conf += "upstream " + std::string(name) + " { server 10.0.0.1; }\n";
  }
  return translated(conf + "server { server_name s; " + inside + "}}");
}

std::string file(const std::string& name) {
  std::ifstream stream("tests/scenarios/data/" + name);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

const Policy& policy_for(const Site& site, std::string_view method, std::string_view path,
                         const wire::http::Fields& fields = {}) {
  http::Client client;
  client.address = io::Address::resolve("10.0.0.9", 1).operator*().front();
  http::Request request;
  request.method = method;
  request.path = path;
  request.fields = &fields;
  return site.policy_for(request, client);
}

std::string origin_for(const Config& config, std::string_view path, std::string_view method = "GET",
                       const wire::http::Fields& fields = {}) {
  return policy_for(config.sites.at(0), method, path, fields).origin.name;
}

const origin::UpstreamOptions& upstream(const Config& config, const std::string& name) {
  for (const auto& one : config.upstreams) {
    if (one.name == name) return one;
  }
  ADD_FAILURE() << "no upstream " << name;
  return config.upstreams.front();
}

// ---- whole files

TEST(Import, RouterIsServedAsNginxWould) {
  const Config config = translated(file("router.conf"));
  ASSERT_EQ(config.sites.size(), 3U);
  EXPECT_EQ(config.default_site, "sharebox.example.com");
  EXPECT_EQ(config.threads, 16U);
  ASSERT_EQ(config.listen.size(), 2U);
  EXPECT_EQ(config.listen[0].address, "0.0.0.0:443");
  EXPECT_TRUE(config.listen[0].encrypted);
  EXPECT_FALSE(config.listen[1].encrypted);
  ASSERT_EQ(config.certificates.size(), 1U);
  EXPECT_EQ(config.certificates[0].key_file, "/etc/nginx/ssl/cert.key");
  EXPECT_EQ(upstream(config, "image").balance, origin::Balance::kIpHash);
  EXPECT_EQ(upstream(config, "sharebox").balance, origin::Balance::kLeastConnections);
  EXPECT_EQ(upstream(config, "sharebox").servers.size(), 5U);
  EXPECT_EQ(upstream(config, "sharebox").servers[0].max_fails, 3U);
  EXPECT_EQ(upstream(config, "redmine").connect_timeout_ms, 90'000);
}

TEST(Import, RouterAsksMemcachedBeforeTheOrigin) {
  const Config config = translated(file("router.conf"));
  const Policy& policy = policy_for(config.sites.at(0), "GET", "/x");
  EXPECT_EQ(policy.memcached.address, "127.0.0.1:11211");
  EXPECT_EQ(policy.memcached.key, "$request_uri");
  EXPECT_EQ(policy.memcached.content_type, "application/x-www-urlencoded");
  EXPECT_EQ(policy.memcached.methods, (std::vector<std::string>{"GET", "HEAD"}));
  EXPECT_EQ(policy.origin.name, "sharebox");
  EXPECT_EQ(policy.origin.host, "sharebox");
  EXPECT_EQ(policy.most_body_bytes, 4096ULL << 20);
  EXPECT_EQ(policy.origin.request_buffer_bytes, 128U << 10);
  EXPECT_FALSE(policy.cache.enabled);
  const Policy& hidden = policy_for(config.sites.at(0), "GET", "/fallback/x");
  ASSERT_TRUE(hidden.answer);
  EXPECT_EQ(hidden.answer->first, 404U);
}

TEST(Import, RouterForwardsAndGuards) {
  const Config config = translated(file("router.conf"));
  const Policy& tracker = policy_for(config.sites.at(1), "GET", "/");
  EXPECT_EQ(tracker.origin.name + tracker.origin.host, "redmine$http_host");
  EXPECT_TRUE(tracker.origin.forward_client);
  EXPECT_TRUE(tracker.origin.redirects.empty());
  EXPECT_EQ(tracker.root, "");
  ASSERT_EQ(tracker.headers.size(), 1U);
  EXPECT_EQ(tracker.headers[0].name + tracker.headers[0].value, "X-Forwarded-Photo$scheme");
  const Policy& images = policy_for(config.sites.at(2), "GET", "/");
  EXPECT_EQ(images.origin.name, "image");
  EXPECT_EQ(images.referer.allowed, std::vector<std::string>{"*.example.com"});
  EXPECT_EQ(images.referer.status, 403U);
}

TEST(Import, PortalsAndMisspeltOnesCanBeRead) {
  EXPECT_EQ(translated(file("portals.conf")).sites.size(), 2U);
  EXPECT_EQ(translated(file("router_misspelt.conf")).sites.size(), 3U);
}

// ---- locations

TEST(Import, LocationsAreChosenAsNginxDoes) {
  const Config config = server(R"(
    location / { proxy_pass http://a; }
    location /images/ { proxy_pass http://b; }
    location ^~ /images/raw/ { proxy_pass http://c; }
    location /images/raw/deep/ { proxy_pass http://b; }
    location ~ \.png$ { proxy_pass http://d; }
    location ~* \.JPG$ { proxy_pass http://d; }
    location = /one.png { proxy_pass http://c; })");
  EXPECT_EQ(origin_for(config, "/"), "a");
  EXPECT_EQ(origin_for(config, "/x"), "a");
  EXPECT_EQ(origin_for(config, "/images/x"), "b");
  EXPECT_EQ(origin_for(config, "/images/x.png"), "d");
  EXPECT_EQ(origin_for(config, "/images/x.jpg"), "d");
  EXPECT_EQ(origin_for(config, "/images/raw/x.png"), "c");
  EXPECT_EQ(origin_for(config, "/images/raw/deep/x"), "b");
  EXPECT_EQ(origin_for(config, "/images/raw/deep/x.png"), "d");
  EXPECT_EQ(origin_for(config, "/one.png"), "c");
  EXPECT_EQ(origin_for(config, "/one.png.txt"), "a");
}

TEST(Import, LocationsDoNotInheritFromEachOther) {
  const Config config = server(R"(
    root /srv; client_max_body_size 5m;
    location / { memcached_pass m:1; error_page 404 = @b; client_max_body_size 7m; }
    location /files/ { index a.html; }
    location @b { proxy_pass http://b; })");
  const Policy& files = policy_for(config.sites.at(0), "GET", "/files/");
  EXPECT_EQ(files.root + files.index, "/srva.html");
  EXPECT_EQ(files.memcached.address + files.origin.name, "");
  EXPECT_EQ(files.most_body_bytes, 5U << 20);
  const Policy& rest = policy_for(config.sites.at(0), "GET", "/x");
  EXPECT_EQ(rest.root, "");
  EXPECT_EQ(rest.memcached.address + rest.origin.name, "m:1b");
  EXPECT_EQ(rest.most_body_bytes, 7U << 20);
}

TEST(Import, AStarInALocationIsAStar) {
  const Config config = server(R"(location /a*b { proxy_pass http://a; }
                                  location / { proxy_pass http://b; })");
  EXPECT_EQ(origin_for(config, "/a*bc"), "a");
  EXPECT_EQ(origin_for(config, "/axbc"), "b");
}

// ---- ifs

TEST(Import, IfsAreRules) {
  const Config config = server(R"(location / {
    if ($request_method = POST) { proxy_pass http://b; }
    if ($http_user_agent ~* bot) { return 429 slow; }
    if ($cookie_beta) { proxy_pass http://c; }
    if ($request_method !~ "^(GET|HEAD|POST)$") { return 405; }
    proxy_pass http://a; })");
  EXPECT_EQ(origin_for(config, "/"), "a");
  EXPECT_EQ(origin_for(config, "/", "POST"), "b");
  EXPECT_EQ(policy_for(config.sites[0], "PUT", "/").answer->first, 405U);
  wire::http::Fields fields;
  fields.add({.name = "Cookie", .value = "beta=1", .known = wire::http::Name::kCookie});
  EXPECT_EQ(origin_for(config, "/", "GET", fields), "c");
  fields.clear();
  fields.add({.name = "User-Agent", .value = "Bot", .known = wire::http::Name::kUserAgent});
  EXPECT_EQ(policy_for(config.sites[0], "GET", "/", fields).answer->second, "slow");
}

TEST(Import, AnIfHoldsInItsLocationOnly) {
  const Config config = server(R"(
    location ^~ /a/ { if ($request_method != GET) { return 405; } proxy_pass http://a; }
    location /a/b/ { proxy_pass http://b; }
    location / { proxy_pass http://c; })");
  EXPECT_TRUE(policy_for(config.sites[0], "POST", "/a/x").answer);
  EXPECT_FALSE(policy_for(config.sites[0], "GET", "/a/x").answer);
  EXPECT_FALSE(policy_for(config.sites[0], "POST", "/a/b/x").answer);
  EXPECT_FALSE(policy_for(config.sites[0], "POST", "/x").answer);
}

TEST(Import, APostThatGoesElsewhereIsNotAskedOfMemcached) {
  const Config config = server(R"(
    location / { memcached_pass m; error_page 404 502 = /back$uri;
                 if ($request_method = POST) { proxy_pass http://b; } }
    location /back { internal; proxy_pass http://a; })");
  EXPECT_EQ(origin_for(config, "/"), "a");
  EXPECT_EQ(policy_for(config.sites[0], "GET", "/").memcached.address, "m:11211");
  EXPECT_EQ(origin_for(config, "/", "POST"), "b");
  EXPECT_EQ(policy_for(config.sites[0], "POST", "/").memcached.address, "");
}

// ---- origins

TEST(Import, ProxyPassMayHaveServersAndPathsOfItsOwn) {
  const Config config = server(R"(
    location /a/ { proxy_pass http://10.0.0.7/x/; proxy_set_header Host $host; }
    location /t/ { proxy_pass https://example.com; proxy_ssl_verify on; proxy_read_timeout 5s; }
    location / { proxy_pass http://10.0.0.8:81/base/; })");
  const Policy& a = policy_for(config.sites[0], "GET", "/a/b");
  EXPECT_EQ(upstream(config, a.origin.name).servers.at(0).address, "10.0.0.7:80");
  EXPECT_EQ(a.origin.host, "$host");
  ASSERT_EQ(a.rewrites.size(), 1U);
  EXPECT_EQ(a.rewrites[0].replacement, "/x/$1");
  EXPECT_EQ(a.origin.redirects.at(0).first + a.origin.redirects.at(0).second,
            "http://10.0.0.7/x//a/");
  const Policy& t = policy_for(config.sites[0], "GET", "/t/");
  const auto& tls = upstream(config, t.origin.name);
  EXPECT_TRUE(tls.tls && tls.tls_verify);
  EXPECT_EQ(tls.servers.at(0).address, "example.com:443");
  EXPECT_EQ(tls.response_timeout_ms, 5000);
  EXPECT_EQ(t.origin.scheme, "https");
  const Policy& rest = policy_for(config.sites[0], "GET", "/");
  EXPECT_EQ(rest.origin.path_prefix, "/base");
  EXPECT_EQ(upstream(config, rest.origin.name).servers.at(0).address, "10.0.0.8:81");
}

TEST(Import, UpstreamsHaveWhatTheirServersHave) {
  const Config config = translated(R"(http { upstream u {
    hash $request_uri consistent; keepalive 7; keepalive_timeout 30s; zone z 1m;
    server a weight=5 max_conns=9; server b:81 backup; server [::1]:82 down max_fails=0; }
    server { location / { proxy_pass http://u; proxy_next_upstream_tries 2; } } })");
  const auto& one = upstream(config, "u");
  EXPECT_EQ(one.balance, origin::Balance::kHash);
  EXPECT_EQ(one.keep_alive, 7U);
  EXPECT_EQ(one.idle_timeout_ms, 30'000);
  EXPECT_EQ(one.tries, 2U);
  ASSERT_EQ(one.servers.size(), 3U);
  EXPECT_EQ(one.servers[0].address, "a:80");
  EXPECT_EQ(one.servers[0].weight * 10 + one.servers[0].max_connections, 59U);
  EXPECT_TRUE(one.servers[1].backup);
  EXPECT_TRUE(one.servers[2].down);
  EXPECT_EQ(one.servers[2].max_fails, 0U);
}

// ---- the rest

TEST(Import, VariablesAreThoseThatTheEdgeHas) {
  for (const std::string_view name : cli::import::shared_variables()) {
    EXPECT_TRUE(serve::edge::Template::parse("$" + std::string(name))) << name;
  }
  const Config config = server(R"(location / { proxy_pass http://a;
    proxy_set_header X-A "$host$hostname-${uri}x$1"; proxy_set_header X-B $requst_uri; })");
  const Policy& policy = policy_for(config.sites[0], "GET", "/");
  EXPECT_EQ(policy.headers.at(0).value, "$host-${uri}x$1");
  EXPECT_EQ(policy.headers.at(1).value, "$request_uri");
}

TEST(Import, ServersAreSitesByTheirNames) {
  const Config config = translated(R"(http {
    server { listen 80; server_name www.a.com A.com *.a.com; root /a; }
    server { listen 80 default_server; server_name *.b.com; root /b; }
    server { listen 8080; server_name .c.com; root /c; }
    server { server_name _; root /d; } })");
  ASSERT_EQ(config.sites.size(), 4U);
  EXPECT_EQ(config.sites[0].name, "www.a.com");
  EXPECT_EQ(config.sites[0].aliases, (std::vector<std::string>{"a.com", "*.a.com"}));
  EXPECT_EQ(config.sites[1].name, "any.b.com");
  EXPECT_EQ(config.sites[1].aliases, std::vector<std::string>{"*.b.com"});
  EXPECT_EQ(config.sites[2].name, "c.com");
  EXPECT_EQ(config.default_site, "any.b.com");
  ASSERT_EQ(config.listen.size(), 2U);
  EXPECT_EQ(config.listen[0].default_site, "");
  EXPECT_EQ(config.listen[1].address, "0.0.0.0:8080");
  EXPECT_EQ(config.listen[1].default_site, "c.com");
}

TEST(Import, APlainServerThatLeadsToHttpsIsOneSiteWithTheOther) {
  const Config config = translated(R"(http {
    server { listen 80; server_name a; return 301 https://$host$request_uri; }
    server { listen 443 ssl http2; server_name a; ssl_certificate c; ssl_certificate_key k;
             ssl_protocols TLSv1.2 TLSv1.3; ssl_stapling_file o; root /a; } })");
  ASSERT_EQ(config.sites.size(), 1U);
  EXPECT_TRUE(config.sites[0].policy.to_https);
  EXPECT_EQ(config.sites[0].policy.root, "/a");
  EXPECT_EQ(config.certificates.at(0).min_version, io::TlsVersion::kTls12);
  EXPECT_EQ(config.certificates.at(0).ocsp_file, "o");
}

// As nginx: the first server of an address, or the one that says so, and no redirect of another.
TEST(Import, EachAddressHasItsOwnDefault) {
  const Config config = translated(R"(http {
    server { listen 80; server_name _; return 301 https://$host$request_uri; }
    server { listen 443 ssl; server_name b; ssl_certificate c; ssl_certificate_key k; root /b; }
    server { listen 443 ssl default_server; listen 8080; server_name a; root /a; }
    server { listen 8080 default_server; server_name d; root /d; } })");
  ASSERT_EQ(config.listen.size(), 3U);
  EXPECT_EQ(config.default_site, "a");
  EXPECT_EQ(config.listen[0].default_site, "server-2");
  EXPECT_EQ(config.listen[1].default_site, "");
  EXPECT_EQ(config.listen[2].default_site, "d");
}

TEST(Import, ASiteThatAsksForCertificatesIsClosedToWhoComesByAnotherName) {
  const Config config = translated(R"(http { server { listen 443 ssl; server_name a;
    ssl_certificate c; ssl_verify_client on; ssl_client_certificate ca; root /a; }
    server { listen 443 ssl; server_name b; ssl_certificate d; root /b; } })");
  EXPECT_EQ(config.certificates.at(0).clients, io::TlsClients::kRequired);
  EXPECT_EQ(config.certificates.at(1).clients, io::TlsClients::kNotAsked);
  EXPECT_TRUE(config.sites.at(0).policy.needs_certificate);
  EXPECT_FALSE(config.sites.at(1).policy.needs_certificate);
}

TEST(Import, WhatIsForTlsAloneIsNotServedInPlain) {
  const Config config = translated(R"(http {
    server { listen 443 ssl; server_name a; ssl_certificate c; root /a; }
    server { listen 80; listen 443 ssl; server_name b; ssl_certificate c; root /b; }
    server { listen 80; server_name c; root /c; } })");
  EXPECT_TRUE(config.sites.at(0).policy.to_https);
  EXPECT_FALSE(config.sites.at(1).policy.to_https);
  EXPECT_FALSE(config.sites.at(2).policy.to_https);
}

TEST(Import, ListenersHaveTheirTerms) {
  const Config config = translated(R"(http { keepalive_timeout 65; client_header_timeout 500ms;
    server { listen *:81 proxy_protocol; listen [::]:82; set_real_ip_from 10.0.0.0/8;
             root /x; } })");
  ASSERT_EQ(config.listen.size(), 2U);
  EXPECT_EQ(config.listen[0].address, "0.0.0.0:81");
  EXPECT_TRUE(config.listen[0].terms.proxy_protocol);
  EXPECT_EQ(config.listen[0].terms.trusted.size(), 1U);
  EXPECT_EQ(config.listen[0].terms.keep_alive_timeout_ms, 65'000);
  EXPECT_EQ(config.listen[1].terms.head_timeout_ms, 500);
}

TEST(Import, HasCacheCompressionAndLogs) {
  const Config config = server(
      R"(location / { proxy_pass http://a; proxy_cache_bypass $cookie_session $http_x_y;
         proxy_no_cache $arg_now; proxy_cache_min_uses 3; proxy_ignore_headers Set-Cookie; })",
      R"(proxy_cache zone; gzip on; gzip_types text/css; gzip_min_length 1k; gzip_comp_level 4;
         log_format mine escape=json '$remote_addr "$request" ' '$status';
         access_log /var/log/x mine;)");
  const Policy& policy = policy_for(config.sites[0], "GET", "/");
  EXPECT_TRUE(policy.cache.enabled);
  ASSERT_EQ(policy.cache.bypass.size(), 2U);
  EXPECT_EQ(policy.cache.bypass[0].of.name + policy.cache.bypass[1].of.name, "sessionx-y");
  EXPECT_EQ(policy.cache.no_store.at(0).of.name, "now");
  EXPECT_EQ(policy.cache.min_uses, 3U);
  EXPECT_TRUE(policy.cache.store_set_cookie);
  EXPECT_EQ(policy.cache.compress.types, (std::vector<std::string>{"text/html", "text/css"}));
  EXPECT_EQ(policy.cache.compress.codings.size(), 1U);
  EXPECT_EQ(policy.cache.compress.least_bytes, 1024U);
  EXPECT_EQ(policy.cache.compress.gzip_level, 4);
  ASSERT_EQ(config.logs.size(), 1U);
  EXPECT_EQ(config.logs[0].template_text, "$remote_addr \"$request\" $status");
  EXPECT_EQ(policy.access_log, config.logs[0].name);
}

TEST(Import, HasAccessLimitsHeadersAndRewrites) {
  const Config config = server(
      R"(allow 10.0.0.0/8; deny all; add_header X-A 1 always;
         location / { proxy_pass http://a; limit_req zone=one burst=5 nodelay;
           limit_conn two 3; proxy_hide_header Server; proxy_set_header X-B "";
           rewrite ^/old/(.*)$ /new/$1 permanent; rewrite ^/x http://y/ ; })",
      R"(limit_req_zone $binary_remote_addr zone=one:10m rate=30r/m;
         limit_conn_zone $http_x zone=two:1m;)");
  const Policy& policy = policy_for(config.sites[0], "GET", "/");
  ASSERT_EQ(policy.access.size(), 2U);
  EXPECT_TRUE(policy.access[0].allow && !policy.access[1].allow);
  ASSERT_EQ(policy.limits.size(), 2U);
  EXPECT_EQ(policy.limits[0].per_second, 0.5);
  EXPECT_EQ(policy.limits[0].burst, 5U);
  EXPECT_FALSE(policy.limits[0].delay);
  EXPECT_EQ(policy.limits[0].key + policy.limits[1].key, "$remote_addr$http_x");
  EXPECT_EQ(policy.limits[1].connections, 3U);
  EXPECT_EQ(policy.limits[1].status, 503U);
  ASSERT_EQ(policy.headers.size(), 3U);
  EXPECT_EQ(policy.headers[0].name + policy.headers[1].name + policy.headers[2].name,
            "X-BServerX-A");
  EXPECT_TRUE(policy.headers[2].always);
  ASSERT_EQ(policy.rewrites.size(), 2U);
  EXPECT_EQ(policy.rewrites[0].redirect * 1000 + policy.rewrites[1].redirect, 301'302U);
}

}  // namespace
}  // namespace larder::app
