// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "serve/edge/access_log.h"
#include "serve/edge/policy.h"
#include "wire/http/field.h"
#include "wire/http/head.h"

namespace larder::serve::edge {

// The fields of a message as they change on their way.
//
//   client ──► fields_for_origin ──► origin
//                  kToOrigin            │
//   client ◄── apply_headers ◄── (stored) ◄── fields_from_origin
//                kToClient                      kFromOrigin

// What an origin is sent of a request, by a prepared policy: with Host, Via and what it is told of
// the client; without what is of the connection, frames the body, or is one of `without`.
// `facts.rewritten_path` is the one that it is asked for.
std::string fields_for_origin(const Policy& policy, const LogFacts& facts,
                              std::span<const wire::http::Name> without = {});

// `http` or `https`: how the client came, as an origin is told by X-Forwarded-Proto. What the
// client itself says is not believed.
std::string_view forwarded_scheme(const http::Request& request, const http::Client& client);

// What is kept of a response: the same the other way, with Location as clients must see it, and of
// 426 with Upgrade.
std::string fields_from_origin(const Policy& policy, const wire::http::ResponseHead& head,
                               const LogFacts& facts);

// The policy's rules for one side, in their order. A value that is empty sets and adds nothing.
// Of kToClient the rules are for good answers, or they say `always`.
void apply_headers(const Policy& policy, HeaderRule::Side side, unsigned status,
                   const LogFacts& facts, wire::http::FieldLines& lines);
bool has_headers(const Policy& policy, HeaderRule::Side side);

}  // namespace larder::serve::edge
