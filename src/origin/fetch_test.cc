// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/fetch.h"

#include <gtest/gtest.h>

#include <string>

#include "origin/test_fetch.h"
#include "origin/test_origin.h"

namespace larder::origin {
namespace {

using Connection = TestOrigin::Connection;

class FetchTest : public OriginTest {};

// A body that is there at once, or fails.
class TextBody final : public http::BodySource {
 public:
  explicit TextBody(std::string text, bool fails = false) : text_(std::move(text)), fails_(fails) {}
  http::Pulled pull(std::size_t room) override {
    if (at_ == text_.size()) {
      return {.state = fails_ ? http::Pulled::State::kFailed : http::Pulled::State::kEnd};
    }
    const std::string_view some = std::string_view(text_).substr(at_, room);
    at_ += some.size();
    return {.state = http::Pulled::State::kBytes, .bytes = some};
  }

 private:
  const std::string text_;
  const bool fails_;
  std::size_t at_ = 0;
};

http::Outgoing post_of(TextBody& body, std::size_t bytes) {
  http::Outgoing request = request_of("POST");
  request.body = &body;
  request.body_bytes = bytes;
  return request;
}

// ---- what comes back

TEST_F(FetchTest, BringsTheResponseAndTellsWhatBecameOfIt) {
  TestOrigin origin(answers("hello"));
  use_servers({origin.address()});
  const Got got = get();
  EXPECT_EQ(got.status, 200U);
  EXPECT_EQ(got.body, "hello");
  EXPECT_TRUE(got.whole);
  EXPECT_EQ(got.facts.servers, origin.address());
  EXPECT_EQ(got.facts.statuses, "200");
  EXPECT_EQ(got.facts.tries, 1U);
  EXPECT_GE(got.facts.connect_ms, 0);
  EXPECT_GE(got.facts.head_ms, got.facts.connect_ms);
  EXPECT_GE(got.facts.end_ms, 0);
  EXPECT_EQ(got.facts.sticky, "");
  EXPECT_TRUE(origin.requests()[0].starts_with("GET / HTTP/1.1\r\n"));
}

TEST_F(FetchTest, KeepsATrailerBehindTheBody) {
  TestOrigin origin([](Connection& connection) {
    while (!connection.read().empty()) {
      connection.say(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
          "5\r\nhello\r\n0\r\nChecksum: 7\r\n\r\n");
    }
  });
  use_servers({origin.address()});
  const Got got = get();
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.trailer, "Checksum: 7\r\n");
}

TEST_F(FetchTest, AnErrorOfTheServerIsAResponse) {
  TestOrigin origin(answers("sorry", "503 Service Unavailable"));
  TestOrigin other(answers("hello"));
  use_servers({origin.address(), other.address()});
  EXPECT_EQ(get().status, 503U);
  EXPECT_EQ(facts().failures, 0U);
}

TEST_F(FetchTest, ABodyThatIsCutOffHasFailed) {
  TestOrigin origin([](Connection& connection) {
    connection.read();
    connection.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  });
  use_servers({origin.address()});
  const Got got = get();
  EXPECT_EQ(got.status, 200U);
  EXPECT_EQ(got.body, "half");
  EXPECT_FALSE(got.whole);
  EXPECT_TRUE(comes_true([&] { return facts().connections == 0; }));
}

TEST_F(FetchTest, SendsABody) {
  TestOrigin origin([](Connection& connection) {
    connection.read();
    connection.answer("got " + connection.read_body(5));
    connection.wait_for_end();
  });
  use_servers({origin.address()});
  TextBody body("hello");
  EXPECT_EQ(start(post_of(body, 5))->wait().body, "got hello");
}

TEST_F(FetchTest, UpgradesAreCarried) {
  TestOrigin origin([](Connection& connection) {
    connection.read();
    connection.say(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
        "Upgrade: echo\r\n\r\n");
    connection.say("[" + connection.read_body(4) + "]");
  });
  use_servers({origin.address()});
  TextBody body("ping");
  http::Outgoing request = request_of("GET");
  request.body = &body;
  request.upgrade = "echo";
  const Got got = start(request)->wait();
  EXPECT_EQ(got.status, 101U);
  EXPECT_EQ(got.body, "[ping]");
}

// ---- the next server

TEST_F(FetchTest, GoesToTheNextServerWhereOneRefuses) {
  TestOrigin origin(answers("hello"));
  const std::string refuses = nobody();
  use_servers({refuses, origin.address()});
  const Got got = get();
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.facts.servers, refuses + ", " + origin.address());
  EXPECT_EQ(got.facts.statuses, "502, 200");
  EXPECT_EQ(got.facts.tries, 2U);
  EXPECT_EQ(facts(0).failures, 1U);
  EXPECT_FALSE(facts(0).usable);
  EXPECT_EQ(get().facts.tries, 1U) << "it is out";
}

TEST_F(FetchTest, UnsafeRequestsGoOnAsWellWhereNothingWasSent) {
  TestOrigin origin([](Connection& connection) {
    connection.read();
    connection.answer(connection.read_body(5));
    connection.wait_for_end();
  });
  use_servers({nobody(), origin.address()});
  TextBody body("hello");
  EXPECT_EQ(start(post_of(body, 5))->wait().body, "hello");
}

TEST_F(FetchTest, FailsWhereAllRefuse) {
  use_servers({nobody(), nobody()});
  for (int i = 0; i < 2; ++i) {
    const Got got = get();
    EXPECT_EQ(got.failure, FetchFailure::kConnect);
    EXPECT_EQ(got.facts.tries, 2U) << "all are out: all are tried again";
    EXPECT_EQ(got.facts.statuses, "502, 502");
  }
}

TEST_F(FetchTest, TriesNoMoreServersThanItMay) {
  TestOrigin origin(answers("hello"));
  UpstreamOptions options = options_of({nobody(), nobody(), origin.address()});
  options.tries = 2;
  use(options);
  const Got got = get();
  EXPECT_EQ(got.failure, FetchFailure::kConnect);
  EXPECT_EQ(got.facts.tries, 2U);
}

TEST_F(FetchTest, SafeRequestsGoOnWhereAServerClosesWithoutAnAnswer) {
  TestOrigin bad(closes);
  TestOrigin good(answers("hello"));
  use_servers({bad.address(), good.address()});
  const Got got = get();
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.facts.statuses, "502, 200");
  EXPECT_EQ(facts(0).failures, 1U);
}

TEST_F(FetchTest, UnsafeRequestsAreNotSentTwice) {
  TestOrigin bad(closes);
  TestOrigin good(answers("hello"));
  use_servers({bad.address(), good.address()});
  EXPECT_EQ(get("DELETE").failure, FetchFailure::kBadResponse);
  EXPECT_EQ(good.accepted().count(), 0U);
}

TEST_F(FetchTest, NothingIsSentTwiceOfWhichABodyWasTaken) {
  TestOrigin bad(closes);
  TestOrigin good(answers("hello"));
  use_servers({bad.address(), good.address()});
  TextBody body("hello");
  http::Outgoing request = post_of(body, 5);
  request.method = "GET";
  EXPECT_TRUE(start(request)->wait().failure);
  EXPECT_EQ(good.accepted().count(), 0U);
}

TEST_F(FetchTest, GarbageIsNotTriedElsewhere) {
  TestOrigin bad([](Connection& connection) {
    connection.read();
    connection.say("SSH-2.0-OpenSSH\r\n\r\n");
    connection.wait_for_end();
  });
  TestOrigin good(answers("hello"));
  use_servers({bad.address(), good.address()});
  EXPECT_EQ(get().failure, FetchFailure::kBadResponse);
  EXPECT_EQ(facts(0).failures, 1U);
  EXPECT_EQ(good.accepted().count(), 0U);
}

TEST_F(FetchTest, HalfAHeadIsNotTriedElsewhere) {
  TestOrigin bad([](Connection& connection) {
    connection.read();
    connection.say("HTTP/1.1 200 OK\r\nContent-");
  });
  TestOrigin good(answers("hello"));
  use_servers({bad.address(), good.address()});
  EXPECT_EQ(get().failure, FetchFailure::kBadResponse);
  EXPECT_EQ(good.accepted().count(), 0U);
}

TEST_F(FetchTest, AServerThatStallsCostsItsTimeAndTheNextIsAsked) {
  TestOrigin bad(stalls);
  TestOrigin good(answers("hello"));
  UpstreamOptions options = options_of({bad.address(), good.address()});
  options.response_timeout_ms = 1000;  // for the other one as well
  use(options);
  const Got got = get();
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.facts.statuses, "504, 200");
  EXPECT_EQ(get("DELETE").body, "hello") << "the other is out";
}

TEST_F(FetchTest, ATimeoutIsToldAsSuch) {
  TestOrigin bad(stalls);
  UpstreamOptions options = options_of({bad.address()});
  options.response_timeout_ms = 50;
  use(options);
  const Got got = get();
  EXPECT_EQ(got.failure, FetchFailure::kTimeout);
  EXPECT_EQ(status_of(*got.failure), 504U);
}

TEST_F(FetchTest, NoFurtherServerIsTriedWhenTheTimeIsUp) {
  TestOrigin bad(stalls);
  TestOrigin good(answers("hello"));
  UpstreamOptions options = options_of({bad.address(), good.address()});
  options.response_timeout_ms = 60;
  options.tries_timeout_ms = 30;
  use(options);
  EXPECT_EQ(get().failure, FetchFailure::kTimeout);
  EXPECT_EQ(good.accepted().count(), 0U);
}

TEST_F(FetchTest, AConnectionThatIsNotMadeInTimeIsATimeout) {
  io::FullListener full;
  TestOrigin good(answers("hello"));
  UpstreamOptions options = options_of({full.address().text(), good.address()});
  options.connect_timeout_ms = 50;
  use(options);
  const Got got = get("DELETE");
  EXPECT_EQ(got.body, "hello") << "nothing was sent";
  EXPECT_EQ(got.facts.statuses, "504, 200");
}

TEST_F(FetchTest, TheClientsOwnFaultIsNoServers) {
  TestOrigin origin([](Connection& connection) {
    connection.read();
    connection.wait_for_end();
  });
  use_servers({origin.address()});
  TextBody body("hel", true);
  EXPECT_EQ(start(post_of(body, 5))->wait().failure, FetchFailure::kRequestBody);
  EXPECT_EQ(facts().failures, 0U);
  EXPECT_TRUE(comes_true([&] { return facts().connections == 0; }));
}

TEST_F(FetchTest, WithoutAServerItFailsAndNotBeforeItHasBegun) {
  UpstreamOptions options = options_of({nobody()});
  options.servers[0].down = true;
  use(options);
  const Got got = get();
  EXPECT_EQ(got.failure, FetchFailure::kNoServer);
  EXPECT_EQ(got.facts.tries, 0U);
}

TEST_F(FetchTest, ASessionFollowsItsCookieUntilItsServerIsGone) {
  TestOrigin one(answers("one"));
  TestOrigin two(answers("two"));
  UpstreamOptions options = options_of({one.address(), two.address()});
  options.balance = Balance::kSticky;
  use(options);
  const Got first = get();
  ASSERT_NE(first.facts.sticky, "");
  const Choice mine{.sticky = first.facts.sticky};
  for (int i = 0; i < 3; ++i) {
    const Got again = start(request_of("GET"), 0, mine)->wait();
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.facts.sticky, "") << "the client has it";
  }
  options.servers[first.body == "one" ? 0 : 1].down = true;
  use(options);
  const Got moved = start(request_of("GET"), 0, mine)->wait();
  EXPECT_NE(moved.body, first.body);
  EXPECT_NE(moved.facts.sticky, "");
  EXPECT_NE(moved.facts.sticky, first.facts.sticky);
}

TEST(FetchFailures, HaveAStatusAndAText) {
  for (int i = 0; i <= static_cast<int>(FetchFailure::kRequestBody); ++i) {
    const auto failure = static_cast<FetchFailure>(i);
    EXPECT_GE(status_of(failure), 400U);
    EXPECT_NE(text_of(failure), "");
  }
}

}  // namespace
}  // namespace larder::origin
