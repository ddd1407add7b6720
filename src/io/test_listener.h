// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "io/address.h"
#include "io/test_peer.h"

namespace larder::io {

// Where a test's servers listen, which the test plays itself: loopback, any port.
class TestListener {
 public:
  explicit TestListener(const Address& at = Address::resolve("127.0.0.1", 0)->front(),
                        int backlog = SOMAXCONN)
      : fd_(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (at.is_unix()) std::filesystem::remove(at.path());
    EXPECT_EQ(::bind(fd_, at.get(), at.size()), 0) << std::strerror(errno);
    EXPECT_EQ(::listen(fd_, backlog), 0) << std::strerror(errno);
    address_ = *Address::bound_to(fd_);
  }
  ~TestListener() {
    ::close(fd_);
    if (address_.is_unix()) std::filesystem::remove(address_.path());
  }
  TestListener(const TestListener&) = delete;
  TestListener& operator=(const TestListener&) = delete;

  int fd() const { return fd_; }
  const Address& address() const { return address_; }
  // Waits until somebody has come.
  Peer accept() { return Peer(::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)); }

 private:
  int fd_;
  Address address_;
};

// One that takes nobody in: its backlog is full of others.
class FullListener {
 public:
  FullListener() : listener_(Address::resolve("127.0.0.1", 0)->front(), 0) {
    for (int i = 0; i < kOthers; ++i) {
      others_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      [[maybe_unused]] const int begun =
          ::connect(others_.back().fd(), address().get(), address().size());
    }
  }
  const Address& address() const { return listener_.address(); }

 private:
  static constexpr int kOthers = 4;  // more than any kernel takes for a backlog of 0
  TestListener listener_;
  std::vector<Peer> others_;
};

}  // namespace larder::io
