// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/client_connection.h"
#include "http/exchange.h"
#include "origin/fetch.h"
#include "serve/edge/access_log.h"
#include "serve/edge/fill_span.h"
#include "serve/edge/object.h"
#include "serve/edge/policy.h"

namespace larder::serve::edge {

// The request that an origin gets for a client's, with all that it said, and its body. `facts` are
// those of the client's request, with the path as rewrites have left it.
http::Outgoing passed_request(const Policy& policy, const LogFacts& facts, http::BodySource* body);
// The same for a response that is to be stored: whole, without the client's own conditions, and
// where `stored` is given, with the condition that it does not hold any more.
http::Outgoing fill_request(const Policy& policy, const LogFacts& facts, const Object* stored);

// So that it asks for that alone.
void add_range(http::Outgoing& request, const FillSpan& span);

// What a server is chosen by.
origin::Choice choice_for(const http::Request& request, const http::Client& client,
                          const OriginPolicy& policy);

// Where a client is not known to a sticky upstream yet: the cookie that leads it back.
void add_sticky_cookie(wire::http::FieldLines& lines, const OriginPolicy& policy,
                       const origin::FetchFacts& facts);

// What a response to HEAD or a 304 says of a body that does not come.
std::optional<std::uint64_t> declared_bytes(const wire::http::ResponseHead& head);

}  // namespace larder::serve::edge
