// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/address.h"
#include "io/network.h"
#include "wire/http/negotiation.h"

// What a configuration decides for one request: every function of the edge, as a site has it or as
// a rule of the site changes it. Immutable, and shared by all that read it.
namespace larder::origin {
class Upstream;
}

namespace larder::serve::edge {

// ---- what a request is looked at by

// A part of a request that a condition or a key can name.
struct Selector {
  enum class Part : std::uint8_t { kMethod, kPath, kQuery, kHeader, kCookie, kClient };
  Part part = Part::kPath;
  std::string name = {};  // of a query's parameter, a header, a cookie
};

class Pattern;  // `*` pattern, prefix, exact text or RE2 (serve/edge/pattern.h)

// Holds if any of the patterns matches, or (no patterns) the part is there and neither empty nor
// `0`; of an address, if it is in any of the networks.
struct Condition {
  Selector of;
  std::vector<std::shared_ptr<const Pattern>> patterns = {};
  std::vector<io::Network> networks = {};
  bool negated = false;
};

// ---- the functions

struct KeyRules {
  bool host = true;
  bool scheme = true;
  bool query = true;                              // false: none of it
  std::vector<std::string> keep_parameters = {};  // not empty: only these
  std::vector<std::string> drop_parameters = {};
  bool sort_parameters = false;
  bool case_sensitive = true;             // of the path
  std::vector<std::string> headers = {};  // in lower case
  std::vector<std::string> cookies = {};
  // Of no file: whose objects they are, as Sites says.
  std::string site = {};    // its name
  std::string origin = {};  // tells that of a rule from the site's own; empty: it is the site's
};

struct CompressPolicy {
  std::vector<wire::http::Coding> codings = {};  // best first; empty: as the origin sent it
  std::vector<std::string> types = {};           // `text/*`, `application/json`
  std::size_t least_bytes = 256;
  std::size_t most_bytes = 2 * 1024 * 1024;
  int gzip_level = 6;
  int brotli_level = 5;
  int zstd_level = 3;
};

struct CachePolicy {
  bool enabled = true;
  KeyRules key = {};
  std::vector<Condition> bypass = {};    // any holds: neither looked up nor stored
  std::vector<Condition> no_store = {};  // any holds: looked up, not stored
  unsigned min_uses = 1;                 // requests for a URL before it is stored
  bool store_set_cookie = true;         // a response with Set-Cookie that says how long it is fresh
  bool heed_client_refresh = true;      // Cache-Control: no-cache, max-age, … of requests
  std::int64_t heuristic_percent = 10;  // of the time since Last-Modified
  std::int64_t heuristic_max_s = 86'400;
  std::optional<std::int64_t> stale_if_error_s = {};  // where the response says nothing
  std::optional<std::int64_t> stale_while_revalidate_s = {};
  std::uint64_t most_bytes = 1ULL << 40;  // a longer body is not stored
  std::int64_t hit_for_miss_ms = 10'000;  // an uncacheable URL is fetched in parallel for so long
  std::size_t parallel_fills = 128;       // of one site; more wait
  std::vector<io::Network> purge_from = {};  // who may PURGE
  CompressPolicy compress = {};
};

struct HeaderRule {
  enum class Side : std::uint8_t { kToOrigin, kFromOrigin, kToClient };
  enum class Action : std::uint8_t { kSet, kAdd, kRemove };
  Side side = Side::kToClient;
  Action action = Action::kSet;
  std::string name;
  std::string value = {};  // with $variables, as access logs have them
  bool always = false;     // kToClient: of errors, too
};

struct AccessRule {
  bool allow = false;
  std::vector<Condition> conditions = {};  // all of them; none: everybody
  unsigned status = 403;
};

struct RefererPolicy {
  std::vector<std::string> allowed = {};  // `*.example.com`, `~regex`; empty: anybody
  bool none_allowed = true;
  bool blocked_allowed = true;  // a value without a scheme: a firewall took it away
  unsigned status = 403;
};

struct RateLimit {
  std::string name;       // counted together over sites that name it
  double per_second = 0;  // 0: no limit
  std::uint32_t burst = 0;
  bool delay = false;             // within the burst: spread out; else at once
  std::uint32_t connections = 0;  // requests at a time, per client; 0: no limit
  unsigned status = 429;
  std::string key = "$remote_addr";
};

struct RewriteRule {
  std::shared_ptr<const Pattern> pattern;  // a regex, over the path
  std::string replacement;                 // $1 …; an absolute URL redirects
  unsigned redirect = 0;                   // 301, 302, 307, 308; 0: goes on with the new path
  bool last = false;
};

struct OriginPolicy {
  std::shared_ptr<origin::Upstream> upstream = {};  // null: none
  std::string name = {};
  std::string scheme = "http";
  std::string path_prefix = {};    // put before the path
  std::string sticky_cookie = {};  // of the upstream
  std::string host = "$host";      // the Host field that is sent, with $variables
  bool forward_client = true;      // X-Forwarded-For, -Proto, -Host, X-Real-IP
  bool buffer_requests = false;    // a whole body first, then a connection of the origin
  std::size_t request_buffer_bytes = 1024 * 1024;
  std::optional<unsigned> intercept_from = {};  // statuses from here on become our error pages
  std::vector<std::pair<std::string, std::string>> redirects = {};  // prefixes in Location
};

// A memcached node that is asked first (nginx' memcached_pass).
struct MemcachedPolicy {
  std::string address = {};  // empty: none
  std::string key = "$uri";  // with $variables
  std::string content_type = "application/octet-stream";
  std::int64_t timeout_ms = 1'000;
  std::uint32_t gzip_flag = 0;  // a value with this flag is gzip
  std::vector<std::string> methods = {"GET", "HEAD"};
};

struct PreparedPolicy;  // serve/edge/prepared_policy.h

struct Policy {
  CachePolicy cache = {};
  OriginPolicy origin = {};
  MemcachedPolicy memcached = {};
  std::string root = {};  // files from here, where there is no upstream; empty: none
  std::string index = "index.html";
  std::uint64_t most_body_bytes = 1024 * 1024;  // of a request; 0: any number
  std::vector<HeaderRule> headers = {};
  std::vector<AccessRule> access = {};  // the first that holds; none: allowed
  RefererPolicy referer = {};
  bool needs_certificate = false;  // of the client, good and shown for the site's own name
  std::vector<RateLimit> limits = {};
  std::vector<RewriteRule> rewrites = {};
  std::optional<std::pair<unsigned, std::string>> answer = {};  // this, and nothing else (return)
  bool to_https = false;                                        // 307 for what came in plain
  std::string access_log = {};  // the name of a log in env.log; empty: none
  std::string origin_log = {};
  std::shared_ptr<const PreparedPolicy> prepared = {};  // by prepare(), once all else is set
};

}  // namespace larder::serve::edge
