// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>

#include "origin/test_fetch.h"
#include "origin/test_origin.h"
#include "origin/test_servers.h"

namespace larder::origin {
namespace {

using Connection = TestOrigin::Connection;

class PoolTest : public OriginTest {
 protected:
  // A fetch whose connection is idle again when this returns.
  Got get_and_settle() {
    const Got got = get();
    EXPECT_TRUE(comes_true([&] { return facts().connections == 0; }));
    return got;
  }
};

// Answers `requests` of a connection, then closes when the next one has come.
TestOrigin::Script closes_after(int requests) {
  return [requests](Connection& connection) {
    for (int i = 0; i < requests && !connection.read().empty(); ++i) connection.answer("hello");
    connection.read();
  };
}

// ---- idle connections

TEST_F(PoolTest, AnIdleConnectionIsUsedAgain) {
  TestOrigin origin(answers("hello"));
  use_servers({origin.address()});
  get_and_settle();
  EXPECT_EQ(facts().idle, 1U);
  get_and_settle();
  EXPECT_EQ(origin.accepted().count(), 1U);
  EXPECT_EQ(origin.asked().count(), 2U);
  EXPECT_EQ(facts().requests, 2U);
}

TEST_F(PoolTest, AServerThatClosesWhatWasIdleIsAskedAnew) {
  TestOrigin origin(closes_after(1));
  use_servers({origin.address()});
  get_and_settle();
  const Got got = get_and_settle();
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.facts.tries, 1U);
  EXPECT_EQ(got.facts.statuses, "200");
  EXPECT_EQ(facts().failures, 0U) << "which is its right";
  EXPECT_EQ(origin.accepted().count(), 2U);
}

TEST_F(PoolTest, AnUnsafeRequestIsNotSentAnewWhereItMayHaveArrived) {
  TestOrigin origin(closes_after(1));
  use_servers({origin.address()});
  get_and_settle();
  EXPECT_EQ(get("DELETE").failure, FetchFailure::kBadResponse);
  EXPECT_EQ(origin.accepted().count(), 1U);
}

TEST_F(PoolTest, WhatIsClosedWhileItIsIdleIsNotUsed) {
  TestOrigin origin([](Connection& connection) {
    connection.read();
    connection.answer("hello");
  });
  use_servers({origin.address()});
  get_and_settle();
  EXPECT_TRUE(comes_true([&] { return facts().idle == 0; }));
  EXPECT_EQ(get("DELETE").body, "hello");
  EXPECT_EQ(origin.accepted().count(), 2U);
}

TEST_F(PoolTest, KeepsNoMoreThanItMay) {
  TestOrigin origin(answers("hello"));
  UpstreamOptions options = options_of({origin.address()});
  options.keep_alive = 0;
  use(options);
  get_and_settle();
  EXPECT_EQ(facts().idle, 0U);
  get_and_settle();
  EXPECT_EQ(origin.accepted().count(), 2U);
}

TEST_F(PoolTest, ClosesWhatIsIdleTooLong) {
  TestOrigin origin(answers("hello"));
  UpstreamOptions options = options_of({origin.address()});
  options.idle_timeout_ms = 1;
  use(options);
  get_and_settle();
  EXPECT_TRUE(comes_true([&] { return facts().idle == 0; }));
}

TEST_F(PoolTest, EachLoopHasItsOwn) {
  TestOrigin origin(answers("hello"));
  use_servers({origin.address()});
  for (std::size_t loop : {0, 1, 0, 1}) {
    start(request_of("GET"), loop)->wait();
    EXPECT_TRUE(comes_true([&] { return facts().connections == 0; }));
  }
  EXPECT_EQ(origin.accepted().count(), 2U);
  EXPECT_EQ(facts().idle, 2U);
}

TEST_F(PoolTest, AConnectionThatNamesAClientIsNobodyElses) {
  TestOrigin origin([](Connection& connection) {
    while (!connection.read().empty()) connection.answer("hello");
  });
  UpstreamOptions options = options_of({origin.address()});
  options.proxy_protocol = 1;
  use(options);
  const Choice choice{.client = address_of("192.0.2.1", 1234),
                      .local = address_of("192.0.2.2", 80)};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(start(request_of("GET"), 0, choice)->wait().body, "hello");
    EXPECT_TRUE(comes_true([&] { return facts().connections == 0; }));
  }
  EXPECT_EQ(origin.accepted().count(), 2U);
  EXPECT_TRUE(origin.requests()[1].starts_with("PROXY TCP4 192.0.2.1 192.0.2.2 1234 80\r\nGET "));
}

// ---- reloads

TEST_F(PoolTest, IdleConnectionsStayOverAReload) {
  TestOrigin origin(answers("hello"));
  use_servers({origin.address()});
  const auto before = upstream_;
  get_and_settle();
  use_servers({nobody(), origin.address()});
  EXPECT_EQ(upstream_, before) << "known by its name";
  EXPECT_EQ(facts(1).idle, 1U);
  EXPECT_EQ(get().body, "hello");
  EXPECT_EQ(origin.accepted().count(), 1U);
}

TEST_F(PoolTest, IdleConnectionsOfAServerThatIsGoneAreClosed) {
  std::atomic<bool> ended = false;
  TestOrigin origin([&](Connection& connection) {
    while (!connection.read().empty()) connection.answer("hello");
    ended = true;
  });
  use_servers({origin.address()});
  get_and_settle();
  use_servers({nobody()});
  EXPECT_TRUE(comes_true([&] { return ended.load(); }));
}

TEST_F(PoolTest, IdleConnectionsOfAnUpstreamThatIsGoneAreClosed) {
  std::atomic<bool> ended = false;
  TestOrigin origin([&](Connection& connection) {
    while (!connection.read().empty()) connection.answer("hello");
    ended = true;
  });
  use_servers({origin.address()});
  get_and_settle();
  upstream_.reset();
  EXPECT_TRUE(comes_true([&] { return ended.load(); }));
  EXPECT_TRUE(upstreams_.facts().empty());
}

TEST_F(PoolTest, AConfigurationThatIsWrongChangesNothing) {
  TestOrigin origin(answers("hello"));
  use_servers({origin.address()});
  EXPECT_FALSE(upstreams_.get(options_of({"127.0.0.1:none"})));
  EXPECT_EQ(get().body, "hello");
}

// ---- giving up

TEST_F(PoolTest, WhoeverGivesUpLeavesNoConnectionBusy) {
  TestOrigin origin(stalls);
  use_servers({origin.address()});
  const auto fetch = start(request_of("GET"));
  ASSERT_TRUE(origin.asked().reaches(1));
  EXPECT_EQ(facts().connections, 1U);
  fetch->give_up();
  EXPECT_TRUE(comes_true([&] { return facts().connections == 0; }));
  EXPECT_EQ(facts().failures, 0U);
}

TEST_F(PoolTest, AResponseOfWhichMuchIsLeftIsClosed) {
  TestOrigin origin([](Connection& connection) {
    connection.read();
    connection.say("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    connection.wait_for_end();
  });
  use_servers({origin.address()});
  const auto fetch = start(request_of("GET"));
  ASSERT_TRUE(fetch->responded().reaches(1));
  fetch->give_up();
  EXPECT_TRUE(comes_true([&] { return facts().connections == 0; }));
  EXPECT_EQ(facts().idle, 0U);
}

// ---- the limit and its queue

class QueueTest : public PoolTest {
 protected:
  void use_one_connection_of(const TestOrigin& origin, std::size_t queue = 16) {
    UpstreamOptions options = options_of({origin.address()});
    options.servers[0].max_connections = 1;
    options.queue = queue;
    options.queue_timeout_ms = queue_timeout_ms_;
    use(options);
  }
  // Answers each request when the test says so.
  TestOrigin::Script answers_when_told() {
    return [this](Connection& connection) {
      while (!connection.read().empty()) {
        if (!told_.reaches(++answered_)) return;
        connection.answer("hello");
      }
    };
  }

  std::int64_t queue_timeout_ms_ = 60'000;
  io::Tally told_;
  std::atomic<std::size_t> answered_ = 0;
};

TEST_F(QueueTest, ARequestWaitsForAConnectionThatAnotherLoopFrees) {
  TestOrigin origin(answers_when_told());
  use_one_connection_of(origin);
  const auto first = start(request_of("GET"), 0);
  ASSERT_TRUE(origin.asked().reaches(1));
  const auto second = start(request_of("GET"), 1);
  const auto third = start(request_of("GET"), 0);
  told_.add();
  EXPECT_EQ(first->wait().body, "hello");
  ASSERT_TRUE(origin.asked().reaches(2));
  EXPECT_EQ(facts().connections, 1U);
  told_.add();
  told_.add();
  EXPECT_EQ(second->wait().body, "hello");
  EXPECT_EQ(third->wait().body, "hello");
}

TEST_F(QueueTest, AQueueThatIsFullRefuses) {
  TestOrigin origin(stalls);
  use_one_connection_of(origin, 0);
  const auto first = start(request_of("GET"));
  ASSERT_TRUE(origin.asked().reaches(1));
  const Got got = get();
  EXPECT_EQ(got.failure, FetchFailure::kQueueFull);
  EXPECT_EQ(status_of(*got.failure), 503U);
  first->give_up();
}

TEST_F(QueueTest, WaitingHasAnEnd) {
  queue_timeout_ms_ = 30;
  TestOrigin origin(stalls);
  use_one_connection_of(origin);
  const auto first = start(request_of("GET"));
  ASSERT_TRUE(origin.asked().reaches(1));
  EXPECT_EQ(get().failure, FetchFailure::kQueueFull);
  first->give_up();
}

TEST_F(QueueTest, WhoGivesUpInTheQueueIsPassedOver) {
  TestOrigin origin(answers_when_told());
  use_one_connection_of(origin);
  const auto first = start(request_of("GET"));
  ASSERT_TRUE(origin.asked().reaches(1));
  const auto second = start(request_of("GET"), 1);
  second->give_up();
  const auto third = start(request_of("GET"), 1);
  told_.add();
  told_.add();
  EXPECT_EQ(first->wait().body, "hello");
  EXPECT_EQ(third->wait().body, "hello");
  EXPECT_EQ(origin.asked().count(), 2U);
}

TEST_F(QueueTest, AnIdleConnectionServesTheQueue) {
  TestOrigin origin(answers("hello"));
  use_one_connection_of(origin, 1000);
  std::vector<std::shared_ptr<TestFetch>> fetches;
  for (std::size_t i = 0; i < 100; ++i) fetches.push_back(start(request_of("GET"), i % 2));
  for (const auto& fetch : fetches) EXPECT_EQ(fetch->wait().body, "hello");
  EXPECT_EQ(origin.asked().count(), 100U);
  EXPECT_LE(origin.accepted().count(), 2U) << "one for each loop";
}

// ---- everything at once

class PoolRandomTest : public OriginTest {
 protected:
  PoolRandomTest() : OriginTest(3) {}
};

// Does one thing or another with each request, as `random` says.
TestOrigin::Script does_anything(std::atomic<std::uint64_t>& random) {
  return [&random](Connection& connection) {
    while (!connection.read().empty()) {
      switch ((random.fetch_add(0x9e37'79b9'7f4a'7c15) >> 32) % 8) {
        case 0: return;
        case 1: connection.reset(); return;
        case 2: connection.say("garbage\r\n\r\n"); return;
        case 3: connection.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"); return;
        default: connection.answer("hello");
      }
    }
  };
}

TEST_F(PoolRandomTest, NothingStaysBusyWhateverServersAndClientsDo) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  std::atomic<std::uint64_t> random = seed;
  TestOrigin one(does_anything(random));
  TestOrigin two(does_anything(random));
  UpstreamOptions options = options_of({one.address(), two.address(), nobody()});
  for (auto& server : options.servers) {
    server.max_connections = 3;
    server.fail_timeout_ms = 20;
  }
  use(options);
  std::minstd_rand choose(static_cast<unsigned>(seed));
  for (int round = 0; round < 15; ++round) {
    std::vector<std::shared_ptr<TestFetch>> fetches;
    for (int i = 0; i < 30; ++i) fetches.push_back(start(request_of("GET"), choose() % 3));
    options.keep_alive = choose() % 3;
    options.servers[1].weight = 1 + static_cast<unsigned>(choose() % 3);
    use(options);
    for (const auto& fetch : fetches) {
      if (choose() % 4 == 0) {
        fetch->give_up();
      } else {
        const Got got = fetch->wait();
        EXPECT_TRUE(got.failure || got.body == "hello" || !got.whole);
      }
    }
  }
  for (std::size_t server = 0; server < 3; ++server) {
    EXPECT_TRUE(comes_true([&] { return facts(server).connections == 0; }));
  }
}

}  // namespace
}  // namespace larder::origin
