// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/check.h"
#include "io/address.h"

namespace larder::origin {

// A name server of a test: for every name it has the IPv4 addresses that the test says.
class TestNameServer {
 public:
  TestNameServer() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const io::Address any = io::Address::resolve("127.0.0.1", 0)->front();
    LARDER_CHECK(::bind(fd_, any.get(), any.size()) == 0);
    address_ = *io::Address::bound_to(fd_);
    thread_ = std::thread([this] { serve(); });
  }
  ~TestNameServer() {
    stopping_ = true;
    const int self = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ::sendto(self, "", 0, 0, address_.get(), address_.size());
    ::close(self);
    thread_.join();
    ::close(fd_);
  }
  TestNameServer(const TestNameServer&) = delete;
  TestNameServer& operator=(const TestNameServer&) = delete;

  std::string address() const { return address_.text(); }
  // From now on. None: it does not know the name.
  void say(const std::vector<std::string>& addresses, std::uint8_t ttl_s) {
    const std::scoped_lock lock(mutex_);
    addresses_ = addresses;
    ttl_s_ = ttl_s;
  }

 private:
  static constexpr std::size_t kHead = 12;
  static constexpr std::size_t kQuestionTail = 4;  // type and class

  void serve() {
    std::array<char, 512> room{};
    for (;;) {
      sockaddr_in from{};
      socklen_t size = sizeof from;
      auto* const peer = reinterpret_cast<sockaddr*>(&from);
      const ssize_t got = ::recvfrom(fd_, room.data(), room.size(), 0, peer, &size);
      if (stopping_) return;
      const auto bytes = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
      if (bytes < kHead) continue;
      const std::string answer = answer_to({room.data(), bytes});
      ::sendto(fd_, answer.data(), answer.size(), 0, peer, size);
    }
  }

  // RFC 1035, 4.1: a head, the question again, a record for each address.
  std::string answer_to(std::string_view query) {
    const std::scoped_lock lock(mutex_);
    const std::size_t name_end = query.find('\0', kHead) + 1;
    const bool wants_v4 = query[name_end + 1] == 1;
    const auto count = static_cast<char>(wants_v4 ? addresses_.size() : 0);
    const char code = addresses_.empty() ? 3 : 0;  // NXDOMAIN
    std::string answer(query.substr(0, 2));
    answer += '\x81';
    answer += static_cast<char>('\x80' | code);
    answer += std::string{0, 1, 0, count, 0, 0, 0, 0};
    answer += query.substr(kHead, name_end + kQuestionTail - kHead);
    for (char i = 0; i < count; ++i) answer += record(addresses_[static_cast<std::size_t>(i)]);
    return answer;
  }
  std::string record(const std::string& address) const {
    std::string record{'\xc0', kHead, 0, 1, 0, 1, 0, 0, 0, static_cast<char>(ttl_s_), 0, 4};
    std::array<char, 4> bytes{};
    ::inet_pton(AF_INET, address.c_str(), bytes.data());
    return record.append(bytes.data(), bytes.size());
  }

  const int fd_;
  io::Address address_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<std::string> addresses_;
  std::uint8_t ttl_s_ = 1;
  std::thread thread_;
};

}  // namespace larder::origin
