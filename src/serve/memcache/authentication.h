// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.h"
#include "serve/memcache/passwords.h"
#include "serve/memcache/sasl_library.h"
#include "wire/memcache/login.h"

namespace larder::serve::memcache {

// What a node that does not serve everybody asks of its clients. Any thread.
class Authentication {
 public:
  // The only protocol that is spoken then; the other one has no way to ask.
  enum class Protocol : std::uint8_t {
    kText,    // a fake set with `user password` comes first
    kBinary,  // SASL
  };

  // `path`: of the file with the passwords.
  static base::Result<std::unique_ptr<Authentication>> open(Protocol protocol, std::string path);
  // By SASL's own configuration.
  static base::Result<std::unique_ptr<Authentication>> open_library();

  Protocol protocol() const { return protocol_; }
  // That judges instead of admit(); null: there is a file.
  SaslLibrary* library() const { return library_.get(); }
  // Reads the file again. When that fails, what it said before holds. Who is in stays in.
  base::Status reload();

  // Whether they may in.
  bool admit(const wire::memcache::Credentials& credentials);
  // What has become of a login.
  void count(bool admitted);

  std::uint64_t logins() const { return logins_.load(std::memory_order_relaxed); }
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  Authentication(Protocol protocol, std::string path)
      : protocol_(protocol), path_(std::move(path)) {}

  const Protocol protocol_;
  std::unique_ptr<SaslLibrary> library_;
  const std::string path_;
  std::mutex mutex_;
  std::shared_ptr<const Passwords> passwords_;  // under the mutex; replaced as a whole
  std::atomic<std::uint64_t> logins_ = 0;       // refused ones, too
  std::atomic<std::uint64_t> refused_ = 0;
};

}  // namespace larder::serve::memcache
