// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/resolver.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/test_listener.h"
#include "io/test_loop.h"

namespace larder::io {
namespace {

constexpr std::size_t kHeadBytes = 12;
constexpr std::uint16_t kA = 1;
constexpr std::uint16_t kAaaa = 28;
constexpr char kTruncated = 2;   // a bit of the third byte
constexpr char kNoSuchName = 3;  // a code in the fourth
constexpr char kServerFailure = 2;

std::string number(std::uint16_t value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
}

// A name server that knows the records that a test gives it, on UDP and TCP.
class NameServer {
 public:
  NameServer() : udp_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const Address& address = tcp_.address();
    EXPECT_EQ(::bind(udp_.fd(), address.get(), address.size()), 0);
    ::fcntl(tcp_.fd(), F_SETFL, O_NONBLOCK);
  }
  std::string text() const { return tcp_.address().text(); }

  void know(std::uint16_t type, const std::string& data, std::uint16_t ttl_s) {
    records_.push_back({type, number(0xc00c) + number(type) + number(1) + number(0) +
                                  number(ttl_s) + number(static_cast<std::uint16_t>(data.size())) +
                                  data});
  }
  // Answers what has come.
  void serve() {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    std::array<char, 512> query;
    for (;;) {
      const ssize_t bytes = ::recvfrom(udp_.fd(), query.data(), query.size(), MSG_DONTWAIT,
                                       reinterpret_cast<sockaddr*>(&from), &size);
      if (bytes < 0) break;
      ++questions;
      if (lose != 0) {
        --lose;
        continue;
      }
      const std::string reply = answer({query.data(), static_cast<std::size_t>(bytes)}, truncates);
      ::sendto(udp_.fd(), reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
    serve_tcp();
  }

  int questions = 0;
  int lose = 0;
  bool truncates = false;
  char code = 0;

 private:
  struct Record {
    std::uint16_t type;
    std::string bytes;
  };

  std::string answer(std::string_view query, bool truncated) const {
    const std::size_t end = query.find('\0', kHeadBytes) + 1;
    const auto type = static_cast<unsigned char>(query[end + 1]);
    std::string records;
    std::uint16_t count = 0;
    for (const Record& record : records_) {
      if (record.type != type || code != 0 || truncated) continue;
      records += record.bytes;
      ++count;
    }
    std::string reply(query.substr(0, 2));
    reply += static_cast<char>(0x81 | (truncated ? kTruncated : 0));
    reply += static_cast<char>(0x80 | code);
    reply += number(1) + number(count) + number(0) + number(0);
    return reply.append(query.substr(kHeadBytes, end + 4 - kHeadBytes)) + records;
  }
  void serve_tcp() {
    const int fd = ::accept4(tcp_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) peers_.emplace_back(fd);
    for (Peer& peer : peers_) {
      std::string queries = peer.receive_some(MSG_DONTWAIT);
      while (queries.size() > 2) {
        const std::size_t bytes = static_cast<unsigned char>(queries[1]);
        const std::string reply = answer(std::string_view(queries).substr(2, bytes), false);
        peer.send(number(static_cast<std::uint16_t>(reply.size())) + reply);
        queries.erase(0, 2 + bytes);
      }
    }
  }

  TestListener tcp_;
  Peer udp_;
  std::vector<Record> records_;
  std::vector<Peer> peers_;
};

class ResolverTest : public BackendTest {
 protected:
  base::Result<Resolved> resolve(SteppedLoop& loop, const std::string& host) {
    Resolver resolver(*loop);
    EXPECT_TRUE(resolver.use({server_.text()}));
    return resolve(loop, resolver, host);
  }
  base::Result<Resolved> resolve(SteppedLoop& loop, Resolver& resolver, const std::string& host) {
    std::optional<base::Result<Resolved>> result;
    resolver.resolve(host, 80, [&](base::Result<Resolved> told) { result = std::move(told); });
    EXPECT_FALSE(result) << "told inside the call";
    EXPECT_TRUE(loop.turn_until([&] {
      server_.serve();
      return result.has_value();
    }));
    return result ? *result : base::Failure{"nothing was told"};
  }
  static std::vector<std::string> texts(const Resolved& resolved) {
    std::vector<std::string> all;
    for (const Address& address : resolved.addresses) all.push_back(address.text());
    std::ranges::sort(all);
    return all;
  }

  NameServer server_;
};
LARDER_TEST_BACKENDS(ResolverTest);

TEST_P(ResolverTest, TellsAllAddressesAndTheShortestTime) {
  SteppedLoop loop(options());
  server_.know(kA, std::string("\xc0\0\x02\x01", 4), 300);
  server_.know(kA, std::string("\xc0\0\x02\x02", 4), 20);
  server_.know(kAaaa, "\x20\x01\x0d\xb8" + std::string(11, '\0') + '\1', 60);
  const auto resolved = resolve(loop, "origin.test");
  ASSERT_TRUE(resolved) << resolved.failure().what;
  EXPECT_EQ(texts(*resolved),
            (std::vector<std::string>{"192.0.2.1:80", "192.0.2.2:80", "[2001:db8::1]:80"}));
  EXPECT_EQ(resolved->ttl_s, 20);
}

TEST_P(ResolverTest, IsContentWithOneFamily) {
  SteppedLoop loop(options());
  server_.know(kA, std::string("\xc0\0\x02\x01", 4), 300);
  const auto resolved = resolve(loop, "origin.test");
  ASSERT_TRUE(resolved) << resolved.failure().what;
  EXPECT_EQ(texts(*resolved), std::vector<std::string>{"192.0.2.1:80"});
}

TEST_P(ResolverTest, SaysThatThereIsNoSuchName) {
  SteppedLoop loop(options());
  server_.code = kNoSuchName;
  const auto resolved = resolve(loop, "nobody.test");
  ASSERT_FALSE(resolved);
  EXPECT_EQ(resolved.failure().what, "resolving nobody.test: Domain name not found");
}

TEST_P(ResolverTest, SaysThatTheServerFails) {
  SteppedLoop loop(options());
  server_.code = kServerFailure;
  EXPECT_FALSE(resolve(loop, "origin.test"));
}

TEST_P(ResolverTest, AsksAgainForALostAnswer) {
  SteppedLoop loop(options());
  server_.know(kA, std::string("\xc0\0\x02\x01", 4), 300);
  server_.lose = 2;
  const auto resolved = resolve(loop, "origin.test");
  ASSERT_TRUE(resolved) << resolved.failure().what;
  EXPECT_EQ(server_.questions, 4);
}

TEST_P(ResolverTest, AsksByTcpWhereADatagramIsTooShort) {
  SteppedLoop loop(options());
  server_.truncates = true;
  server_.know(kA, std::string("\xc0\0\x02\x01", 4), 300);
  const auto resolved = resolve(loop, "origin.test");
  ASSERT_TRUE(resolved) << resolved.failure().what;
  EXPECT_EQ(texts(*resolved), std::vector<std::string>{"192.0.2.1:80"});
}

TEST_P(ResolverTest, KnowsNumbersAndTheHostsOfTheMachine) {
  SteppedLoop loop(options());
  for (const std::string host : {"192.0.2.7", "2001:db8::7", "localhost"}) {
    const auto resolved = resolve(loop, host);
    ASSERT_TRUE(resolved) << host << resolved.failure().what;
    EXPECT_FALSE(resolved->addresses.empty());
    EXPECT_EQ(resolved->addresses.front().port(), 80);
    EXPECT_EQ(resolved->ttl_s, 3600) << host;
    EXPECT_EQ(server_.questions, 0) << host;
  }
}

TEST_P(ResolverTest, TellsNobodyWhenItIsDestroyed) {
  SteppedLoop loop(options());
  bool told = false;
  for (const std::string host : {"origin.test", "192.0.2.7"}) {
    Resolver resolver(*loop);
    ASSERT_TRUE(resolver.use({server_.text()}));
    resolver.resolve(host, 80, [&](const base::Result<Resolved>&) { told = true; });
  }
  server_.serve();
  loop.settle();
  EXPECT_FALSE(told);
}

TEST_P(ResolverTest, MayBeDestroyedByWhomItTells) {
  SteppedLoop loop(options());
  int told = 0;
  auto resolver = std::make_unique<Resolver>(*loop);
  const auto leave = [&](const base::Result<Resolved>&) {
    ++told;
    resolver.reset();
  };
  resolver->resolve("192.0.2.7", 80, leave);
  resolver->resolve("192.0.2.8", 80, leave);
  EXPECT_TRUE(loop.turn_until([&] { return told == 1; }));
  loop.settle();
  EXPECT_EQ(told, 1);
}

TEST_P(ResolverTest, RefusesWhatIsNoServer) {
  SteppedLoop loop(options());
  Resolver resolver(*loop);
  EXPECT_FALSE(resolver.use({"not a server"}));
}

}  // namespace
}  // namespace larder::io
