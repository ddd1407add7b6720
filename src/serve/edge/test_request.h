// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "base/check.h"
#include "http/exchange.h"
#include "io/address.h"
#include "serve/edge/access_log.h"

namespace larder::serve::edge {

inline io::Address test_address(const std::string& host, std::uint16_t port) {
  const auto addresses = io::Address::resolve(host, port);
  LARDER_CHECK(addresses);
  return addresses->front();
}

// A request and its client, with everything that a log can say of them. Views are of literals.
struct TestRequest {
  http::Client client;
  http::Request request;
  wire::http::Fields fields;
  http::Sent sent;

  TestRequest(const TestRequest&) = delete;
  TestRequest& operator=(const TestRequest&) = delete;
  explicit TestRequest(std::string_view path = "/a?b=1", std::string_view method = "GET") {
    client.address = client.peer = test_address("192.0.2.7", 4711);
    client.local = test_address("198.51.100.1", 8080);
    client.connection = 12;
    client.requests = 3;
    request.method = method;
    request.scheme = "http";
    request.authority = "Example.com:8080";
    request.path = path;
    request.head_bytes = 100;
    request.fields = &fields;
    sent = {.status = 200, .head_bytes = 200, .body_bytes = 1024, .whole = true};
  }
  TestRequest& with(std::string_view name, std::string_view value) {
    fields.add({.name = name, .value = value, .known = wire::http::name_of(name)});
    return *this;
  }
  // 2026-11-29 13:58:29.125 UTC
  LogFacts facts() const {
    return {.client = client,
            .request = request,
            .sent = sent,
            .site = "example.com",
            .verdict = Verdict::kHit,
            .now = 1'795'960'709'125,
            .took_us = 1'250'400,
            .first_byte_us = 1'900};
  }
};

}  // namespace larder::serve::edge
