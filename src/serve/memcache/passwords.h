// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "wire/memcache/login.h"

namespace larder::serve::memcache {

// Users and their passwords, as a file has them: `user:password` on each line. Never changes.
//
//   alice:secret  ─►  │5 │6 │alicesecret 0 0 0 …│  an entry: always as long
//
// A login becomes such an entry and is compared with every one of them to its end: how long that
// takes tells nothing of users, passwords, or their lengths.
class Passwords {
 public:
  enum class Format : std::uint8_t {
    kAuthFile,  // memcached's -Y: the password is the rest of the line
    kSasl,      // memcached's MEMCACHED_SASL_PWDB: or only what stands before a further colon
  };

  // Fails with memcached's words.
  static base::Result<Passwords> read(const std::string& path, Format format);
  // Nothing: a line without a colon, or above a limit.
  static std::optional<Passwords> parse(std::string_view text, Format format);

  bool admit(const wire::memcache::Credentials& credentials) const noexcept;

 private:
  static constexpr std::size_t kLengthBytes = 2;  // of user and password, one each
  using Entry = std::array<char, kLengthBytes + limits::kMaxPasswordBytes>;

  static std::optional<Entry> entry_of(const wire::memcache::Credentials& credentials) noexcept;
  bool add(const wire::memcache::Credentials& credentials);

  std::vector<Entry> entries_;
};

}  // namespace larder::serve::memcache
