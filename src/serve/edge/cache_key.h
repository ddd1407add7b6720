// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "http/exchange.h"
#include "serve/edge/policy.h"

namespace larder::serve::edge {

// What a response to the request is stored under: the host and the path, and of its query, its
// fields and its cookies what the rules say.
//
//   example.com/a?b=c            then, each in a line of its own:  header: value, each cookie=value
void append_cache_key(std::string& into, const KeyRules& rules, const http::Request& request);

// The key of another URL of the same host, as Location or Content-Location names it (a relative
// reference, or an absolute one). Empty: it is of another host.
std::string related_key(const KeyRules& rules, const http::Request& request,
                        std::string_view reference);

// Of the first cookie of that name; empty: there is none.
std::string_view cookie_of(const http::Request& request, std::string_view name);

}  // namespace larder::serve::edge
