// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/decimal.h"
#include "base/hash.h"
#include "io/address.h"
#include "origin/server.h"
#include "origin/sticky.h"

namespace larder::origin {

inline io::Address address_of(const std::string& host, std::uint16_t port) {
  return io::Address::resolve(host, port)->front();
}

// A server at 127.0.0.1.
inline std::shared_ptr<Server> server_at(std::uint16_t port, const ServerOptions& options = {}) {
  const io::Address address = address_of("127.0.0.1", port);
  auto server = std::make_shared<Server>(address, "127.0.0.1", sticky_value("", address.text()));
  server->options = options;
  server->options.address = server->text;
  return server;
}

// Another one in every run, unless LARDER_SEED says which.
inline std::uint64_t test_seed() {
  const char* given = std::getenv("LARDER_SEED");
  if (given == nullptr) return base::random_seed();
  return base::parse_decimal<std::uint64_t>(given).value_or(0);
}

// What to type to see the same again; for SCOPED_TRACE.
inline std::string reproduced_by(std::uint64_t seed) {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  return "LARDER_SEED=" + std::to_string(seed) +
         " origin_test --gtest_filter=" + test.test_suite_name() + "." + test.name();
}

}  // namespace larder::origin
