// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/connection.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "http/test_talk.h"

namespace larder::http {
namespace {

constexpr std::string_view kRefused =
    "Refused: yes\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n";

class ConnectionTest : public io::BackendTest {
 protected:
  static ServerTerms quick() {
    ServerTerms terms;
    terms.head_timeout_ms = 5000;
    terms.keep_alive_timeout_ms = 7000;
    terms.body_timeout_ms = 6000;
    terms.send_timeout_ms = 4000;
    return terms;
  }
};
LARDER_TEST_BACKENDS(ConnectionTest);

// ---- time

TEST_P(ConnectionTest, ClosesInSilenceWhatIsIdleForTooLong) {
  Talk talk(options(), quick());
  io::Peer peer = talk.connect();
  io::Peer quiet = talk.connect();
  talk.pass_ms(4000);
  talk.expect(peer, get("/a"), ok("/a"));
  talk.pass_ms(3500);
  EXPECT_EQ(talk.loop.receive_to_end(quiet), "");
  EXPECT_EQ(talk.loop->socket_count(), 1U);
  talk.pass_ms(3000);
  EXPECT_EQ(talk.loop->socket_count(), 1U);
  talk.pass_ms(1000);
  EXPECT_EQ(talk.loop.receive_to_end(peer), "");
  EXPECT_EQ(talk.server.counts.timeouts, 0U);
}

TEST_P(ConnectionTest, RefusesAHeadThatComesTooSlowly) {
  Talk talk(options(), quick());
  io::Peer peer = talk.connect();
  talk.pass_ms(6000);
  for (int i = 0; i < 4; ++i) {
    peer.send(i == 0 ? "GET / HTTP/1.1\r\n" : "A: b\r\n");
    talk.pass_ms(1000);
  }
  EXPECT_EQ(talk.loop->socket_count(), 1U);
  talk.pass_ms(1500);
  EXPECT_EQ(talk.loop.receive_to_end(peer),
            "HTTP/1.1 408 Request Timeout\r\n" + std::string(kRefused));
  EXPECT_EQ(talk.server.counts.timeouts, 1U);
}

TEST_P(ConnectionTest, FailsABodyThatComesTooSlowly) {
  Talk talk(options(), quick());
  talk.handler.scripts["/echo"] = TestHandler::say_body;
  io::Peer peer = talk.connect();
  peer.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n");
  for (int i = 0; i < 3; ++i) {
    talk.pass_ms(5000);
    peer.send("x");
  }
  talk.pass_ms(5000);
  EXPECT_EQ(talk.handler.records[0]->body, "xxx");
  EXPECT_FALSE(talk.handler.records[0]->body_failed);
  talk.pass_ms(1500);
  EXPECT_EQ(talk.loop.receive_to_end(peer),
            "HTTP/1.1 400 Bad Request\r\nContent-Length: 6\r\nConnection: close\r\n\r\nfailed");
  EXPECT_EQ(talk.server.counts.timeouts, 1U);
}

TEST_P(ConnectionTest, WaitsForAHandlerAsLongAsThatTakes) {
  Talk talk(options(), quick());
  talk.handler.scripts["/s"] = TestHandler::say_nothing;
  io::Peer peer = talk.connect();
  talk.expect(peer, get("/s"), "");
  talk.pass_ms(100'000);
  talk.handler.last().answer(200, "x");
  talk.expect(peer, "", ok("x"));
}

TEST_P(ConnectionTest, CutsWhoReadsNothing) {
  Talk talk(options(), quick());
  talk.handler.scripts["/s"] = [](TestExchange& exchange) {
    exchange.answer_by(exchange.make_source(std::string(64 << 20, 'x'), true), 64 << 20);
  };
  io::Peer peer = talk.connect(io::Transport::kTcp);
  peer.send(get("/s"));
  talk.pass_ms(3000);
  peer.receive_now();
  talk.pass_ms(3000);
  EXPECT_EQ(talk.loop->socket_count(), 1U);
  talk.pass_ms(9000);
  EXPECT_TRUE(talk.loop.turn_until_all_left());
  EXPECT_FALSE(talk.handler.records[0]->sent.whole);
}

TEST_P(ConnectionTest, WaitsNoLongerThanThatForWhatItSkips) {
  Talk talk(options(), quick());
  io::Peer peer = talk.connect();
  talk.expect(peer, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n", ok("/a"));
  talk.pass_ms(4000);
  peer.send("1");
  talk.pass_ms(3000);
  EXPECT_EQ(talk.loop.receive_to_end(peer), "");
}

// ---- how long it lives

TEST_P(ConnectionTest, HasNoMoreRequestsThanItsTermsSay) {
  ServerTerms terms;
  terms.requests_per_connection = 2;
  Talk talk(options(), terms);
  io::Peer peer = talk.connect();
  talk.expect_close(
      peer, get("/a") + get("/b") + get("/c"),
      ok("/a") + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/b");
}

TEST_P(ConnectionTest, ClosesBehindTheResponseAtHandWhenItsLoopStops) {
  Talk talk(options());
  talk.handler.scripts["/s"] = TestHandler::say_nothing;
  io::Peer busy = talk.connect();
  io::Peer idle = talk.connect();
  talk.expect(busy, get("/s"), "");
  talk.expect(idle, get("/a"), ok("/a"));
  talk.loop->begin_stop(kGraceMs);
  EXPECT_EQ(talk.loop.receive_to_end(idle), "");
  talk.handler.last().answer(200, "x");
  talk.expect_close(busy, "", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
}

TEST_P(ConnectionTest, ARequestThatHasArrivedIsAnsweredWhenItsLoopStops) {
  Talk talk(options());
  io::Peer idle = talk.connect();
  io::Peer fresh = talk.connect();
  talk.expect(idle, get("/a"), ok("/a"));
  idle.send(get("/b") + get("/c"));
  fresh.send(get("/d"));
  talk.loop->begin_stop(kGraceMs);  // before it has looked
  const std::string last = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(talk.loop.receive_to_end(idle), last + "/b");
  EXPECT_EQ(talk.loop.receive_to_end(fresh), last + "/d");
  EXPECT_TRUE(talk.loop.turn_until_all_left());
}

TEST_P(ConnectionTest, WhoHasBeenToldOfMoreIsClosedWhenItsLoopHasStopped) {
  Talk talk(options());
  std::string body = io::text_of(1 << 20);
  talk.handler.scripts["/s"] = [&](TestExchange& exchange) {
    exchange.answer_by(exchange.make_source(body, true), body.size());
  };
  io::Peer peer = talk.connect();
  peer.send(get("/s"));
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n";
  std::string got = talk.loop.receive(peer, head.size());
  talk.loop->begin_stop(kGraceMs);
  got += talk.loop.receive_to_end(peer);
  EXPECT_TRUE(got == head + body) << got.size() << " bytes";
  EXPECT_TRUE(talk.loop.turn_until_all_left());
}

TEST_P(ConnectionTest, CostsLittleWhileItWaits) {
  constexpr std::size_t kConnections = 20;
  constexpr std::size_t kIdleBytes = 600;
  Talk talk(options());
  std::vector<io::Peer> peers;
  for (std::size_t i = 0; i < kConnections; ++i) peers.push_back(talk.connect());
  for (io::Peer& peer : peers) talk.expect(peer, get("/a"), ok("/a"));
  talk.loop.settle();
  EXPECT_LE(talk.loop->usage().connection_bytes, kConnections * kIdleBytes);
  EXPECT_EQ(talk.loop->usage().inbox_bytes, 0U);
}

// ---- a balancer in front

ServerTerms behind(const std::string& network) {
  ServerTerms terms;
  terms.proxy_protocol = true;
  terms.trusted.push_back(*io::Network::parse(network));
  return terms;
}

TEST_P(ConnectionTest, BelievesATrustedBalancer) {
  Talk talk(options(), behind("127.0.0.0/8"));
  io::Peer peer = talk.connect(io::Transport::kTcp);
  const std::string preface = "PROXY TCP4 192.0.2.1 192.0.2.2 5678 80\r\n";
  for (const char byte : preface) {
    peer.send({&byte, 1});
    talk.loop.settle();
  }
  talk.expect(peer, get("/a") + get("/b"), ok("/a") + ok("/b"));
  const Client& client = talk.handler.records[1]->client;
  EXPECT_EQ(client.address.text(), "192.0.2.1:5678");
  EXPECT_EQ(client.peer.host(), "127.0.0.1");
  EXPECT_EQ(client.local.host(), "127.0.0.1");
  io::Peer six = talk.connect(io::Transport::kTcp);
  talk.expect(six, "PROXY TCP6 2001:db8::1 ::1 1 2\r\n" + get("/a"), ok("/a"));
  EXPECT_EQ(talk.handler.records[2]->client.address.text(), "[2001:db8::1]:1");
  io::Peer own = talk.connect(io::Transport::kTcp);
  talk.expect(own, "PROXY UNKNOWN\r\n" + get("/a"), ok("/a"));
  EXPECT_EQ(talk.handler.records[3]->client.address.host(), "127.0.0.1");
}

TEST_P(ConnectionTest, ClosesOnWhomItDoesNotTrust) {
  Talk talk(options(), behind("10.0.0.0/8"));
  io::Peer peer = talk.connect(io::Transport::kTcp);
  talk.expect_close(peer, "PROXY TCP4 192.0.2.1 192.0.2.2 5678 80\r\n" + get("/a"), "");
  EXPECT_TRUE(talk.handler.records.empty());
}

TEST_P(ConnectionTest, ClosesWithoutThePreface) {
  Talk talk(options(), behind("127.0.0.0/8"));
  io::Peer peer = talk.connect(io::Transport::kTcp);
  talk.expect_close(peer, get("/a"), "");
  io::Peer slow = talk.connect(io::Transport::kTcp);
  slow.send("PROXY ");
  talk.pass_ms(61'000);
  EXPECT_EQ(talk.loop.receive_to_end(slow), "");
}

}  // namespace
}  // namespace larder::http
