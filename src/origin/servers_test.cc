// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/servers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <random>
#include <thread>

#include "io/test_loop.h"
#include "origin/test_servers.h"

namespace larder::origin {
namespace {

using Kind = Given::Kind;
constexpr base::SteadyMs kNow = 1'000'000;

class TestWaiter final : public Waiter {
 public:
  explicit TestWaiter(Tried tried = {}) : Waiter({}, std::move(tried)) {}
  std::atomic<int> woken = 0;

 private:
  void wake() override { ++woken; }
};

std::shared_ptr<TestWaiter> waiter() { return std::make_shared<TestWaiter>(); }

UpstreamOptions options_of(std::vector<ServerOptions> servers) {
  return {.name = "shop", .servers = std::move(servers)};
}

class ServersTest : public testing::Test {
 protected:
  void configure(const UpstreamOptions& options) { ASSERT_TRUE(servers_.configure(options, kNow)); }
  Given choose(const std::shared_ptr<Waiter>& waiter = nullptr, const Tried& tried = {}) {
    return servers_.choose({}, tried, kNow, waiter);
  }
  std::string facts() {
    std::string all;
    for (const ServerFacts& facts : servers_.facts(kNow)) {
      all += facts.server + "=" + facts.address + (facts.usable ? "+" : "-") +
             std::to_string(facts.connections) + " ";
    }
    return all;
  }

  Servers servers_{"shop"};
};

TEST_F(ServersTest, SayWhatIsWrongAndLeaveEverythingAsItWas) {
  configure(options_of({{.address = "127.0.0.1:1"}}));
  EXPECT_FALSE(servers_.configure(options_of({{.address = "127.0.0.1:x"}}), kNow));
  EXPECT_FALSE(servers_.configure(options_of({{.address = "127.0.0.1:2", .weight = 0}}), kNow));
  EXPECT_EQ(facts(), "127.0.0.1:1=127.0.0.1:1+0 ");
}

TEST_F(ServersTest, CountWhoIsBusy) {
  configure(options_of({{.address = "127.0.0.1:1"}}));
  const Given given = choose();
  ASSERT_EQ(given.kind, Kind::kServer);
  EXPECT_EQ(facts(), "127.0.0.1:1=127.0.0.1:1+1 ");
  servers_.release(*given.server, kNow);
  EXPECT_EQ(facts(), "127.0.0.1:1=127.0.0.1:1+0 ");
}

TEST_F(ServersTest, WaitersHaveTheirTurnInOrder) {
  configure(options_of({{.address = "127.0.0.1:1", .max_connections = 1}}));
  const Given first = choose();
  const auto one = waiter();
  const auto two = waiter();
  EXPECT_EQ(choose(one).kind, Kind::kQueued);
  EXPECT_EQ(choose(two).kind, Kind::kQueued);
  servers_.release(*first.server, kNow);
  EXPECT_EQ(one->woken, 1);
  EXPECT_EQ(two->woken, 0);
  EXPECT_EQ(choose().kind, Kind::kFull) << "nobody overtakes whoever was woken";
  const Given taken = servers_.take(*one);
  ASSERT_EQ(taken.kind, Kind::kServer);
  servers_.release(*taken.server, kNow);
  EXPECT_EQ(two->woken, 1);
  servers_.release(*servers_.take(*two).server, kNow);
  EXPECT_EQ(choose().kind, Kind::kServer);
}

TEST_F(ServersTest, WhoLeavesIsOvertakenAndWhatItWasGivenGoesOn) {
  configure(options_of({{.address = "127.0.0.1:1", .max_connections = 1}}));
  const Given first = choose();
  const auto one = waiter();
  const auto two = waiter();
  const auto three = waiter();
  choose(one);
  choose(two);
  choose(three);
  servers_.leave(*one, kNow);
  servers_.release(*first.server, kNow);
  EXPECT_EQ(one->woken, 0);
  EXPECT_EQ(two->woken, 1);
  servers_.leave(*two, kNow);
  EXPECT_EQ(three->woken, 1);
}

TEST_F(ServersTest, TheQueueHasAnEnd) {
  UpstreamOptions options = options_of({{.address = "127.0.0.1:1", .max_connections = 1}});
  options.queue = 1;
  configure(options);
  choose();
  EXPECT_EQ(choose(waiter()).kind, Kind::kQueued);
  EXPECT_EQ(choose(waiter()).kind, Kind::kQueueFull);
}

TEST_F(ServersTest, AWaiterThatWantsAnotherServerHoldsNobodyUp) {
  configure(options_of({{.address = "127.0.0.1:1", .max_connections = 1},
                        {.address = "127.0.0.1:2", .max_connections = 1}}));
  const Given one = choose();
  const Given two = choose();
  const Tried tried{one.server.get()};
  const auto picky = std::make_shared<TestWaiter>(tried);
  const auto other = waiter();
  EXPECT_EQ(choose(picky, tried).kind, Kind::kQueued);
  EXPECT_EQ(choose(other).kind, Kind::kQueued);
  servers_.release(*one.server, kNow);
  EXPECT_EQ(picky->woken, 0);
  EXPECT_EQ(other->woken, 1);
  servers_.release(*two.server, kNow);
  EXPECT_EQ(picky->woken, 1);
}

TEST_F(ServersTest, MoreRoomWakesWaitersAtOnce) {
  UpstreamOptions options = options_of({{.address = "127.0.0.1:1", .max_connections = 1}});
  configure(options);
  choose();
  const auto one = waiter();
  choose(one);
  options.servers[0].max_connections = 2;
  configure(options);
  EXPECT_EQ(one->woken, 1);
  EXPECT_EQ(servers_.take(*one).kind, Kind::kServer);
}

TEST_F(ServersTest, WhoWaitsLearnsThatNoneIsLeft) {
  configure(options_of({{.address = "127.0.0.1:1", .max_connections = 1}}));
  const Given given = choose();
  const auto one = waiter();
  choose(one);
  configure(options_of({}));
  ASSERT_EQ(one->woken, 1);
  EXPECT_EQ(servers_.take(*one).kind, Kind::kNone);
  servers_.release(*given.server, kNow);
}

TEST_F(ServersTest, ServersThatStayKeepWhatIsKnownOfThem) {
  configure(options_of({{.address = "127.0.0.1:1"}, {.address = "127.0.0.1:2"}}));
  const Given given = choose();
  servers_.failed(*given.server, kNow);
  servers_.checked(*given.server, false, {.path = "/", .rise = 1, .fall = 1}, kNow);
  configure(options_of({{.address = "127.0.0.1:3"}, {.address = "127.0.0.1:1", .weight = 7}}));
  EXPECT_EQ(facts(), "127.0.0.1:3=127.0.0.1:3+0 127.0.0.1:1=127.0.0.1:1-1 ");
  EXPECT_EQ(given.server->failures, 1U);
  EXPECT_FALSE(given.server->retired);
  configure(options_of({{.address = "127.0.0.1:3"}}));
  EXPECT_TRUE(given.server->retired);
  servers_.release(*given.server, kNow);
}

TEST_F(ServersTest, WithoutChecksThoseThatFailedThemAreBack) {
  configure(options_of({{.address = "127.0.0.1:1"}}));
  servers_.checked(*servers_.all()[0], false, {.path = "/", .rise = 1, .fall = 1}, kNow);
  EXPECT_EQ(choose().kind, Kind::kNone);
  servers_.forget_checks(kNow);
  EXPECT_EQ(choose().kind, Kind::kServer);
}

// ---- names

class NamedServersTest : public ServersTest {
 protected:
  void SetUp() override { configure(options_of({{.address = "origin.example:81"}})); }
  Servers::Name name() { return servers_.names().at(0); }
};

TEST_F(NamedServersTest, AreAskedFor) {
  ASSERT_EQ(servers_.names().size(), 1U);
  EXPECT_EQ(name().host, "origin.example");
  EXPECT_EQ(name().port, 81);
  EXPECT_EQ(facts(), "origin.example:81=-0 ");
}

TEST_F(NamedServersTest, RequestsWaitForTheFirstAnswer) {
  const auto one = waiter();
  EXPECT_EQ(choose(one).kind, Kind::kQueued);
  servers_.resolved(name(), {address_of("127.0.0.1", 81)}, kNow);
  ASSERT_EQ(one->woken, 1);
  EXPECT_EQ(servers_.take(*one).server->text, "127.0.0.1:81");
}

TEST_F(NamedServersTest, RequestsFailWhereThereIsNoAnswer) {
  const auto one = waiter();
  choose(one);
  servers_.unresolved(name(), kNow);
  ASSERT_EQ(one->woken, 1);
  EXPECT_EQ(servers_.take(*one).kind, Kind::kNone);
  EXPECT_EQ(choose().kind, Kind::kNone);
}

TEST_F(NamedServersTest, EachAddressIsAServer) {
  servers_.resolved(name(), {address_of("127.0.0.2", 81), address_of("127.0.0.1", 81)}, kNow);
  EXPECT_EQ(facts(), "origin.example:81=127.0.0.1:81+0 origin.example:81=127.0.0.2:81+0 ")
      << "in an order that does not turn with the name server's";
}

TEST_F(NamedServersTest, LastKnownAddressesStayWhereThereIsNoAnswer) {
  servers_.resolved(name(), {address_of("127.0.0.1", 81)}, kNow);
  servers_.unresolved(name(), kNow);
  servers_.resolved(name(), {}, kNow);
  EXPECT_EQ(facts(), "origin.example:81=127.0.0.1:81+0 ");
}

TEST_F(NamedServersTest, AddressesThatStayAreTheSameServers) {
  servers_.resolved(name(), {address_of("127.0.0.1", 81), address_of("127.0.0.2", 81)}, kNow);
  const ServerList before = servers_.all();
  servers_.resolved(name(), {address_of("127.0.0.3", 81), address_of("127.0.0.2", 81)}, kNow);
  EXPECT_EQ(servers_.all()[0], before[1]);
  EXPECT_TRUE(before[0]->retired);
  EXPECT_FALSE(before[1]->retired);
}

TEST_F(NamedServersTest, AddressesStayOverReloads) {
  servers_.resolved(name(), {address_of("127.0.0.1", 81)}, kNow);
  configure(options_of({{.address = "127.0.0.1:9"}, {.address = "origin.example:81"}}));
  EXPECT_EQ(facts(), "127.0.0.1:9=127.0.0.1:9+0 origin.example:81=127.0.0.1:81+0 ");
}

TEST_F(NamedServersTest, AnAddressThatIsThereTwiceIsOneServer) {
  configure(options_of({{.address = "127.0.0.1:81"}, {.address = "origin.example:81"}}));
  servers_.resolved(name(), {address_of("127.0.0.1", 81)}, kNow);
  EXPECT_EQ(servers_.all().size(), 1U);
}

// ---- all loops at once

// Takes, holds and gives back as loops do: whoever is woken is told on its own thread.
class Worker {
 public:
  Worker(Servers& servers, std::atomic<int>& busy, std::uint64_t seed)
      : servers_(servers), busy_(busy), random_(static_cast<unsigned>(seed)) {}
  void run(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      begin();
      if (held_.size() > 2 || random_() % 2 == 0) give_back();
      look_at_waiters();
    }
    while (!held_.empty() || !waiting_.empty()) {
      give_back();
      look_at_waiters();
      std::this_thread::yield();
    }
  }
  int most_seen = 0;

 private:
  void begin() {
    const auto waiter = std::make_shared<TestWaiter>();
    const Given given = servers_.choose({}, {}, kNow, waiter);
    if (given.kind == Kind::kServer) hold(given.server);
    if (given.kind == Kind::kQueued) waiting_.push_back(waiter);
  }
  void hold(std::shared_ptr<Server> server) {
    most_seen = std::max(most_seen, ++busy_);
    held_.push_back(std::move(server));
  }
  void give_back() {
    if (held_.empty()) return;
    --busy_;
    if (random_() % 8 == 0) servers_.failed(*held_.front(), kNow);
    servers_.release(*held_.front(), kNow);
    held_.pop_front();
  }
  void look_at_waiters() {
    std::erase_if(waiting_, [this](const auto& waiter) {
      if (random_() % 16 == 0) {
        servers_.leave(*waiter, kNow);
        return true;
      }
      if (waiter->woken == 0) return false;
      const Given given = servers_.take(*waiter);
      if (given.kind == Kind::kServer) hold(given.server);
      return true;
    });
  }

  Servers& servers_;
  std::atomic<int>& busy_;
  std::minstd_rand random_;
  std::deque<std::shared_ptr<Server>> held_;
  std::vector<std::shared_ptr<TestWaiter>> waiting_;
};

TEST_F(ServersTest, ManyThreadsNeverHaveMoreConnectionsThanAllowedAndLoseNone) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  configure(options_of({{.address = "127.0.0.1:1", .max_connections = 2},
                        {.address = "127.0.0.1:2", .max_connections = 3}}));
  std::atomic<int> busy = 0;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 4; ++i) {
    workers.push_back(std::make_unique<Worker>(servers_, busy, seed + i));
    threads.emplace_back([worker = workers.back().get()] { worker->run(5000); });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& worker : workers) EXPECT_LE(worker->most_seen, 5);
  for (const ServerFacts& facts : servers_.facts(kNow)) EXPECT_EQ(facts.connections, 0U);
  EXPECT_EQ(busy, 0);
}

}  // namespace
}  // namespace larder::origin
