// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace larder::wire::http {

// What a balancer in front of us says of a connection, before its first byte (PROXY protocol,
// version 1 and 2).
struct ProxyPreface {
  enum class State : std::uint8_t { kWhole, kPartial, kFault };
  State state = State::kPartial;
  std::size_t consumed = 0;
  bool is_local = false;  // of the balancer itself (LOCAL, UNKNOWN): the addresses are the socket's
  std::string source_host = {};  // a number, as inet_ntop writes it
  std::string target_host = {};
  std::uint16_t source_port = 0;
  std::uint16_t target_port = 0;
};
ProxyPreface parse_proxy_preface(std::string_view unread);

}  // namespace larder::wire::http
