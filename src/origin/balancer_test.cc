// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/balancer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "origin/test_servers.h"

namespace larder::origin {
namespace {

using Kind = Chosen::Kind;
constexpr base::SteadyMs kNow = 1'000'000;

class BalancerTest : public testing::Test {
 protected:
  void use(Balance how, ServerList servers) {
    servers_ = std::move(servers);
    balancer_.set(how, servers_);
  }
  // The last digit of the chosen one's port, - for none, f where all are full.
  char next(const Choice& choice = {}, const Tried& tried = {}, base::SteadyMs now = kNow) {
    const Chosen chosen = balancer_.choose(choice, tried, now);
    if (chosen.kind == Kind::kNone) return '-';
    return chosen.kind == Kind::kFull ? 'f' : chosen.server->text.back();
  }
  std::string next(int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += next();
    return all;
  }
  void take_out(std::size_t index, base::SteadyMs now = kNow) {
    Server& server = *servers_[index];
    while (!server.health.is_out()) server.health.failed(server.health_terms(), now);
  }

  Balancer balancer_;
  ServerList servers_;
};

Choice from(const std::string& host) { return {.client = address_of(host, 1)}; }
Choice of_key(const std::string& key) { return {.hash_key = key}; }
Choice stuck_to(const Server& server) { return {.sticky = server.sticky}; }

TEST_F(BalancerTest, RoundRobinTakesTurnsByWeightSmoothly) {
  use(Balance::kRoundRobin,
      {server_at(1, {.weight = 5}), server_at(2, {.weight = 1}), server_at(3, {.weight = 1})});
  EXPECT_EQ(next(7), "1121311");  // nginx' own example
  EXPECT_EQ(next(7), "1121311");
}

TEST_F(BalancerTest, LeastConnectionsByWeightAndThenInTurn) {
  use(Balance::kLeastConnections, {server_at(1, {.weight = 2}), server_at(2), server_at(3)});
  servers_[0]->busy = 3;
  servers_[1]->busy = 2;
  servers_[2]->busy = 2;
  EXPECT_EQ(next(3), "111");
  servers_[0]->busy = 4;
  servers_[1]->busy = 3;
  servers_[2]->busy = 2;
  std::string turns = next(6);
  EXPECT_EQ(std::ranges::count(turns, '3'), 2 + 0) << turns;
  EXPECT_EQ(std::ranges::count(turns, '1'), 4) << turns;
}

TEST_F(BalancerTest, IpHashKeepsANetworkAtItsServer) {
  use(Balance::kIpHash, {server_at(1), server_at(2), server_at(3)});
  const char mine = next(from("10.1.2.3"));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(next(from("10.1.2." + std::to_string(i))), mine);
  std::map<char, int> spread;
  for (int i = 0; i < 250; ++i) ++spread[next(from("10.1." + std::to_string(i) + ".1"))];
  EXPECT_EQ(spread.size(), 3U);
  for (const auto& [server, clients] : spread) EXPECT_GT(clients, 40) << server;
}

TEST_F(BalancerTest, IpHashChoosesAsNginxDoes) {
  use(Balance::kIpHash, {server_at(1), server_at(2), server_at(3)});
  std::string chosen;
  for (int i = 0; i < 12; ++i) chosen += next(from("10.1." + std::to_string(i) + ".1"));
  EXPECT_EQ(chosen, "312312312312");
}

TEST_F(BalancerTest, IpHashOfIpv6IsOfTheWholeAddress) {
  use(Balance::kIpHash, {server_at(1), server_at(2), server_at(3)});
  std::map<char, int> spread;
  for (int i = 1; i < 100; ++i) ++spread[next(from("2001:db8::" + std::to_string(i)))];
  EXPECT_EQ(spread.size(), 3U);
}

TEST_F(BalancerTest, IpHashMovesOnlyTheClientsOfAServerThatIsOutAndTheyComeBack) {
  use(Balance::kIpHash, {server_at(1), server_at(2), server_at(3)});
  std::map<std::string, char> before;
  for (int i = 0; i < 250; ++i) {
    const std::string client = "10.1." + std::to_string(i) + ".1";
    before[client] = next(from(client));
  }
  take_out(1);
  std::map<char, int> moved_to;
  for (const auto& [client, server] : before) {
    const char now = next(from(client));
    if (server != '2') {
      EXPECT_EQ(now, server);
    } else {
      ++moved_to[now];
    }
  }
  EXPECT_EQ(moved_to.size(), 2U) << "they spread over the others";
  EXPECT_FALSE(moved_to.contains('2'));
  servers_[1]->health.forgive();
  for (const auto& [client, server] : before) EXPECT_EQ(next(from(client)), server);
}

TEST_F(BalancerTest, ServersThatAreDownKeepTheirPlaceInHashes) {
  for (const Balance how : {Balance::kIpHash, Balance::kHash}) {
    use(how, {server_at(1), server_at(2), server_at(3)});
    std::map<int, char> before;
    const auto choice = [](int i) {
      return Choice{.client = address_of("10.1." + std::to_string(i) + ".1", 1),
                    .hash_key = std::to_string(i)};
    };
    for (int i = 0; i < 200; ++i) before[i] = next(choice(i));
    servers_[0]->options.down = true;
    for (const auto& [i, server] : before) {
      const char now = next(choice(i));
      EXPECT_TRUE(server == '1' ? now != '1' : now == server);
    }
  }
}

TEST_F(BalancerTest, HashKeepsAKeyAtItsServer) {
  use(Balance::kHash, {server_at(1), server_at(2), server_at(3)});
  std::map<char, int> spread;
  for (int i = 0; i < 300; ++i) {
    const Choice choice = of_key("/path/" + std::to_string(i));
    const char server = next(choice);
    EXPECT_EQ(next(choice), server);
    ++spread[server];
  }
  EXPECT_EQ(spread.size(), 3U);
}

TEST_F(BalancerTest, StickyGoesWhereTheCookieSays) {
  use(Balance::kSticky, {server_at(1), server_at(2), server_at(3)});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next(stuck_to(*servers_[1])), '2');
  EXPECT_EQ(next(Choice{.sticky = "of nobody"}), '1');
  EXPECT_EQ(next(3), "231") << "without one in turn";
}

TEST_F(BalancerTest, StickyGoesElsewhereWhereItsServerCannotBe) {
  use(Balance::kSticky, {server_at(1), server_at(2)});
  take_out(1);
  EXPECT_EQ(next(stuck_to(*servers_[1])), '1');
  servers_[1]->health.forgive();
  EXPECT_EQ(next(stuck_to(*servers_[1]), {servers_[1].get()}), '1');
  servers_[1]->options.down = true;
  EXPECT_EQ(next(stuck_to(*servers_[1])), '1');
}

TEST_F(BalancerTest, StickyWaitsForAServerThatIsOnlyFull) {
  use(Balance::kSticky, {server_at(1), server_at(2, {.max_connections = 1})});
  servers_[1]->busy = 1;
  EXPECT_EQ(next(stuck_to(*servers_[1])), 'f');
  EXPECT_EQ(next(), '1');
}

TEST_F(BalancerTest, BackupsOnlyWhereNoOtherMayBe) {
  use(Balance::kRoundRobin, {server_at(1), server_at(2), server_at(3, {.backup = true})});
  EXPECT_EQ(next(4), "1212");
  take_out(0);
  EXPECT_EQ(next(2), "22");
  take_out(1);
  EXPECT_EQ(next(2), "33");
  servers_[0]->health.forgive();
  EXPECT_EQ(next(2), "11");
  EXPECT_EQ(next({}, {servers_[0].get()}), '3') << "the next one of a request that failed";
}

TEST_F(BalancerTest, AServerThatIsDownIsNeverChosen) {
  use(Balance::kRoundRobin, {server_at(1, {.down = true}), server_at(2)});
  EXPECT_EQ(next(2), "22");
  EXPECT_EQ(next({}, {servers_[1].get()}), '-');
}

TEST_F(BalancerTest, AServerThatIsOutIsTriedOnceAfterItsTime) {
  use(Balance::kRoundRobin, {server_at(1), server_at(2)});
  take_out(0);
  EXPECT_EQ(next(2), "22");
  const base::SteadyMs later = kNow + 10'000;
  EXPECT_EQ(next({}, {}, later), '1');
  EXPECT_EQ(next({}, {}, later), '2');
  EXPECT_EQ(next({}, {}, later), '2');
  servers_[0]->health.answered();
  const std::string both{next({}, {}, later), next({}, {}, later)};
  EXPECT_NE(both[0], both[1]);
}

TEST_F(BalancerTest, AllAreTriedWhereAllAreOut) {
  use(Balance::kRoundRobin, {server_at(1), server_at(2), server_at(3, {.backup = true})});
  take_out(0);
  take_out(1);
  take_out(2);
  EXPECT_EQ(next(2), "12");
  EXPECT_FALSE(servers_[2]->health.is_out());
}

TEST_F(BalancerTest, NothingIsForgivenWhereAllHaveBeenTried) {
  use(Balance::kRoundRobin, {server_at(1), server_at(2)});
  take_out(0);
  take_out(1);
  EXPECT_EQ(next({}, {servers_[0].get(), servers_[1].get()}), '-');
  EXPECT_TRUE(servers_[0]->health.is_out());
}

TEST_F(BalancerTest, ChecksHaveTheLastWord) {
  use(Balance::kRoundRobin, {server_at(1), server_at(2)});
  servers_[0]->checked.report(false, 1, 1);
  take_out(1);
  EXPECT_EQ(next(2), "22") << "tried again, for every other is out as well";
  servers_[1]->checked.report(false, 1, 1);
  EXPECT_EQ(next(), '-');
}

TEST_F(BalancerTest, FullOnesAreLeftOut) {
  use(Balance::kRoundRobin,
      {server_at(1, {.max_connections = 1}), server_at(2), server_at(3, {.backup = true})});
  servers_[0]->busy = 1;
  EXPECT_EQ(next(2), "22");
  servers_[1]->options.max_connections = 1;
  servers_[1]->busy = 1;
  EXPECT_EQ(next(), 'f') << "not the backup: the others can be used in a moment";
}

TEST_F(BalancerTest, WithoutServersThereIsNone) {
  for (const Balance how : {Balance::kRoundRobin, Balance::kLeastConnections, Balance::kIpHash,
                            Balance::kHash, Balance::kSticky}) {
    use(how, {});
    EXPECT_EQ(next(from("10.0.0.1")), '-');
  }
}

// ---- a model: whatever happens, the choice is one that may be

class BalancerModel : public BalancerTest {
 protected:
  std::size_t random(std::size_t below) { return random_() % below; }

  void random_servers() {
    ServerList servers;
    for (std::size_t i = 0, count = 1 + random(6); i < count; ++i) {
      servers.push_back(server_at(static_cast<std::uint16_t>(1 + i),
                                  {.weight = static_cast<unsigned>(1 + random(4)),
                                   .backup = random(4) == 0,
                                   .down = random(6) == 0,
                                   .max_fails = static_cast<unsigned>(random(3)),
                                   .fail_timeout_ms = 50,
                                   .max_connections = random(4)}));
    }
    how_ = static_cast<Balance>(random(5));
    use(how_, std::move(servers));
  }
  void something_happens() {
    Server& server = *servers_[random(servers_.size())];
    switch (random(6)) {
      case 0: server.health.failed(server.health_terms(), now_); break;
      case 1: server.health.answered(); break;
      case 2: server.checked.report(random(2) == 0, 2, 2); break;
      case 3: server.busy = random(4); break;
      case 4: server.options.down = random(4) == 0; break;
      default: now_ += static_cast<std::int64_t>(random(30));
    }
  }
  Choice random_choice() {
    return {.client = address_of("10.0." + std::to_string(random(20)) + ".1", 1),
            .hash_key = std::to_string(random(20)),
            .sticky = random(2) == 0 ? servers_[random(servers_.size())]->sticky : ""};
  }
  Tried random_tried() {
    Tried tried;
    for (const auto& server : servers_) {
      if (random(5) == 0) tried.push_back(server.get());
    }
    return tried;
  }

  std::minstd_rand random_;
  Balance how_ = Balance::kRoundRobin;
  base::SteadyMs now_ = kNow;
};

struct Possible {
  bool wanted = false;     // some are neither down, failed by a check, nor tried
  bool all_out = true;     // every one that is wanted, tried or not, is out
  bool main_may = false;   // a main one may be
  bool main_room = false;  // and has room
};

Possible possible(const ServerList& servers, const Tried& tried, base::SteadyMs now) {
  Possible is;
  for (const auto& server : servers) {
    if (!server->is_wanted()) continue;
    is.all_out = is.all_out && server->health.is_out();
    if (std::ranges::find(tried, server.get()) != tried.end()) continue;
    is.wanted = true;
    if (!server->health.may_be_chosen(now) || server->options.backup) continue;
    is.main_may = true;
    is.main_room = is.main_room || !server->is_full();
  }
  return is;
}

TEST_F(BalancerModel, ChoosesOnlyWhoMayBe) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  random_.seed(static_cast<std::minstd_rand::result_type>(seed));
  for (int round = 0; round < 300; ++round) {
    random_servers();
    for (int step = 0; step < 100; ++step) {
      something_happens();
      const Tried tried = random_tried();
      const Choice choice = random_choice();
      const Possible is = possible(servers_, tried, now_);
      const Chosen chosen = balancer_.choose(choice, tried, now_);
      if (chosen.kind == Kind::kNone) {
        ASSERT_FALSE(is.main_may);
        ASSERT_FALSE(is.wanted && is.all_out);
        continue;
      }
      ASSERT_TRUE(is.wanted);
      if (chosen.kind == Kind::kFull) continue;
      const Server& server = *chosen.server;
      ASSERT_TRUE(server.is_wanted());
      ASSERT_FALSE(server.is_full());
      ASSERT_EQ(std::ranges::find(tried, &server), tried.end());
      const bool is_stuck = how_ == Balance::kSticky && server.sticky == choice.sticky;
      ASSERT_FALSE(server.options.backup && !is_stuck && is.main_may);
    }
  }
}

TEST_F(BalancerModel, RoundRobinIsExactOverARound) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  random_.seed(static_cast<std::minstd_rand::result_type>(seed));
  for (int round = 0; round < 100; ++round) {
    ServerList servers;
    int weight = 0;
    for (std::size_t i = 0, count = 1 + random(8); i < count; ++i) {
      servers.push_back(server_at(static_cast<std::uint16_t>(1 + i),
                                  {.weight = static_cast<unsigned>(1 + random(20))}));
      weight += static_cast<int>(servers.back()->options.weight);
    }
    use(Balance::kRoundRobin, servers);
    const std::string turns = next(weight);
    for (const auto& server : servers) {
      EXPECT_EQ(std::ranges::count(turns, server->text.back()), server->options.weight);
    }
  }
}

}  // namespace
}  // namespace larder::origin
