// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "http/exchange.h"
#include "serve/edge/policy.h"
#include "serve/edge/site.h"

namespace larder::serve::edge {

// What a response to the request is stored under: whose it is, the path, and of its query, its
// fields and its cookies what the rules say.
//
//   example.com/a?b=c            then, each in a line of its own:  header: value, each cookie=value
//   example.com^/a               of https
//   www.example.org site.com/a   of the site site.com by another name; without a host ` site.com/a`
//   example.com>shop>/a          from the origin of a rule
//
// No host has a blank, `^` or `>`. `request.scheme` is what an origin is told of the client.
void append_cache_key(std::string& into, const KeyRules& rules, const http::Request& request);

// The key of another URL of the same host, as Location or Content-Location names it (a relative
// reference, or an absolute one). Empty: it is of another host.
std::string related_key(const KeyRules& rules, const http::Request& request,
                        std::string_view reference);

// All keys that the URL of a request may have at its site, for what the request's own fields and
// cookies say: by any of its rules, of http and of https.
std::set<std::string> keys_at_site(const Site& site, const http::Request& request);

// Of the first cookie of that name; empty: there is none.
std::string_view cookie_of(const http::Request& request, std::string_view name);

}  // namespace larder::serve::edge
