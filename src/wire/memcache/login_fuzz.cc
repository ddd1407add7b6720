// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// The input is what a client sends that is not known yet: lines and logins of the text protocol.
// The same bytes are also read as a message of SASL.
#include "wire/memcache/login.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/limits.h"

namespace larder::wire::memcache {
namespace {

bool is_inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_login(const Login& login, std::string_view unread) {
  LARDER_CHECK(login.consumed != 0 && login.consumed <= unread.size());
  const std::string_view taken = unread.substr(0, login.consumed);
  LARDER_CHECK(is_inside(login.credentials.user, taken));
  LARDER_CHECK(is_inside(login.credentials.password, taken));
  LARDER_CHECK(login.credentials.user.find(' ') == std::string_view::npos);
}

// However much of it is here, it comes to the same.
void check_cuts(std::string_view unread, const Login& whole) {
  const std::size_t bytes = std::min(unread.size(), std::size_t{300});
  for (std::size_t cut = 0; cut < bytes; ++cut) {
    const Login part = take_login(unread.substr(0, cut));
    if (part.state == Login::State::kPartial) continue;
    LARDER_CHECK(part.state == whole.state && part.fault == whole.fault);
    LARDER_CHECK(part.consumed == whole.consumed);
  }
}

void check_plain(std::string_view message) {
  const auto credentials = parse_plain(message);
  if (!credentials) return;
  LARDER_CHECK(is_inside(credentials->user, message) && is_inside(credentials->password, message));
  LARDER_CHECK(message.ends_with(credentials->password));
  LARDER_CHECK(credentials->user.find('\0') == std::string_view::npos);
}

}  // namespace
}  // namespace larder::wire::memcache

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::wire::memcache;
  // A copy that ends where the input ends: a read beyond it is a fault, not the fuzzer's bytes.
  const std::vector<char> bytes(data, data + size);
  std::string_view unread(bytes.data(), bytes.size());
  check_plain(unread);
  while (true) {
    const Login login = take_login(unread);
    check_cuts(unread, login);
    if (login.state != Login::State::kComplete) return 0;
    check_login(login, unread);
    unread.remove_prefix(login.consumed);
  }
}
