// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "wire/memcache/fault.h"

// How clients say who they are: bytes to views. Pure functions; the views point into the bytes that
// were given.
namespace larder::wire::memcache {

struct Credentials {
  std::string_view user;
  std::string_view password;
};

// What the front of the unread bytes of a text connection holds before its client is known. The
// text protocol has no command to log in: a `set` stands for one, of which only the length counts.
//
//   set any any any 12\r\nalice secret\r\n
//                         user  password (with all blanks but the first)
struct Login {
  enum class State : std::uint8_t {
    kComplete,
    kPartial,  // come back with more
    kTooLong,  // a line above kMaxLineBytes, or with a fault more than kMaxLoginBytes behind it:
               // to be closed
  };
  State state = State::kPartial;
  Fault fault = Fault::kNone;  // kUnauthenticated: some other line; what follows is the next one
  Credentials credentials = {};
  std::size_t consumed = 0;
};
// The verdict does not depend on how the bytes were cut into packets.
Login take_login(std::string_view unread) noexcept;

// The message of SASL's mechanism PLAIN: `[who to act as] NUL user NUL password`. Nobody may act
// for somebody else: the first part has to be empty or the user.
std::optional<Credentials> parse_plain(std::string_view message) noexcept;

}  // namespace larder::wire::memcache
