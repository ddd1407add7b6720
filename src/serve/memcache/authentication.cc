// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/authentication.h"

namespace larder::serve::memcache {

base::Result<std::unique_ptr<Authentication>> Authentication::open(Protocol protocol,
                                                                   std::string path) {
  std::unique_ptr<Authentication> opened(new Authentication(protocol, std::move(path)));
  if (auto read = opened->reload(); !read) return read.failure();
  return opened;
}

base::Result<std::unique_ptr<Authentication>> Authentication::open_library() {
  auto library = SaslLibrary::open();
  if (!library) return library.failure();
  std::unique_ptr<Authentication> opened(new Authentication(Protocol::kBinary, ""));
  opened->library_ = *std::move(library);
  return opened;
}

base::Status Authentication::reload() {
  if (library_ != nullptr) return base::Done{};  // it reads its passwords for every login
  const auto format =
      protocol_ == Protocol::kText ? Passwords::Format::kAuthFile : Passwords::Format::kSasl;
  auto read = Passwords::read(path_, format);
  if (!read) return read.failure();
  auto passwords = std::make_shared<const Passwords>(*std::move(read));
  const std::scoped_lock lock(mutex_);
  passwords_.swap(passwords);
  return base::Done{};
}

bool Authentication::admit(const wire::memcache::Credentials& credentials) {
  const auto passwords = [this] {
    const std::scoped_lock lock(mutex_);
    return passwords_;
  }();
  return passwords->admit(credentials);
}

void Authentication::count(bool admitted) {
  logins_.fetch_add(1, std::memory_order_relaxed);
  if (!admitted) refused_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace larder::serve::memcache
