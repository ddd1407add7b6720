// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/h1_session.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "http/test_talk.h"

namespace larder::http {
namespace {

class H1SessionTest : public io::BackendTest {};
LARDER_TEST_BACKENDS(H1SessionTest);

// However they come, and whatever is behind them.
TEST_P(H1SessionTest, TakesNoNoticeOfEmptyLinesBeforeARequest) {
  Talk talk(options());
  std::string lines;
  while (lines.size() + 20 < 2 * limits::kMaxHeadBytes) lines += "\r\n";
  io::Peer peer = talk.connect();
  talk.expect(peer, lines + get("/a"), ok("/a"));
  const std::string start = "GET /b HTTP/1.1\r\nHost: h\r\nX: ";
  const std::string longest =
      start + std::string(limits::kMaxHeadBytes - start.size() - 4, 'x') + "\r\n\r\n";
  talk.expect(peer, "\r\n" + longest, ok("/b"));
  for (int i = 0; i < 10; ++i) talk.expect(peer, "\r\n", "");
  talk.expect(peer, "\r", "");
  talk.expect(peer, "\n" + get("/c"), ok("/c"));
}

TEST_P(H1SessionTest, LineEndsAloneKeepNoConnectionOpen) {
  ServerTerms terms;
  terms.keep_alive_timeout_ms = 5000;
  Talk talk(options(), terms);
  io::Peer peer = talk.connect();
  for (int i = 0; i < 4; ++i) {
    talk.expect(peer, "\r\n", "");
    talk.pass_ms(1000);
  }
  talk.pass_ms(4000);
  talk.expect_close(peer, "", "");
}

TEST_P(H1SessionTest, AnswersAtOnceAndGoesOn) {
  Talk talk(options());
  io::Peer peer = talk.connect();
  talk.expect(peer, get("/a"), ok("/a"));
  talk.expect(peer, get("/b?c=d"), ok("/b?c=d"));
  EXPECT_EQ(talk.handler.records[1]->asked, "GET http://h/b?c=d");
  EXPECT_EQ(talk.handler.records[1]->client.requests, 2U);
  EXPECT_TRUE(talk.handler.records[1]->is_destroyed);
  EXPECT_TRUE(talk.handler.records[1]->sent.whole);
  EXPECT_EQ(talk.handler.records[1]->sent.body_bytes, 6U);
  EXPECT_EQ(talk.handler.records[1]->sent.status, 200U);
  EXPECT_EQ(talk.server.counts.requests, 2U);
  peer.close();
  EXPECT_TRUE(talk.loop.turn_until_all_left());
}

TEST_P(H1SessionTest, AnswersPipelinedRequestsInOrderWithOneSend) {
  Talk talk(options());
  io::Peer peer = talk.connect(io::Transport::kRecords);
  peer.send(get("/a") + get("/b") + get("/c"));
  talk.loop.settle();
  EXPECT_EQ(peer.receive_some(), ok("/a") + ok("/b") + ok("/c"));
}

TEST_P(H1SessionTest, AnswersALaterRequestOnlyBehindTheFirst) {
  Talk talk(options());
  talk.handler.scripts["/slow"] = TestHandler::say_nothing;
  io::Peer peer = talk.connect();
  talk.expect(peer, get("/slow", "X: 1\r\n") + get("/b"), "");
  ASSERT_EQ(talk.handler.open_now.size(), 1U);
  EXPECT_EQ(talk.handler.last().stream.request().path, "/slow");
  EXPECT_EQ(talk.handler.last().stream.request().fields->value("x"), "1");
  talk.handler.last().answer(200, "slow");
  talk.expect(peer, "", ok("slow") + ok("/b"));
}

TEST_P(H1SessionTest, UnderstandsARequestCutAnywhere) {
  const std::string request =
      "\r\nPOST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nT: z\r\n\r\n" +
      get("/b");
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    SCOPED_TRACE(cut);
    Talk talk(options());
    talk.handler.scripts["/echo"] = TestHandler::say_body;
    io::Peer peer = talk.connect();
    peer.send(request.substr(0, cut));
    talk.loop.settle();
    talk.expect(peer, request.substr(cut), ok("hello!", "Trailer-Was: T: z\r\n") + ok("/b"));
  }
}

TEST_P(H1SessionTest, TakesABodyOfALengthInSmallPulls) {
  Talk talk(options());
  talk.handler.scripts["/echo"] = [](TestExchange& exchange) {
    exchange.room = 3;
    TestHandler::say_body(exchange);
  };
  io::Peer peer = talk.connect();
  talk.expect(peer,
              "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n12345678" + get("/b"),
              ok("12345678", "Trailer-Was: \r\n") + ok("/b"));
  EXPECT_EQ(talk.handler.records[0]->sent.received_bytes, 8U);
  talk.expect(peer,
              "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
              "8\r\n12345678\r\n4\r\nabcd\r\n0\r\n\r\n" +
                  get("/b"),
              ok("12345678abcd", "Trailer-Was: \r\n") + ok("/b"));
}

TEST_P(H1SessionTest, SendsABodyOfALengthAsItComes) {
  Talk talk(options());
  TestSource* source = nullptr;
  talk.handler.scripts["/s"] = [&](TestExchange& exchange) {
    source = &exchange.make_source();
    exchange.answer_by(*source, 6);
  };
  io::Peer peer = talk.connect();
  talk.expect(peer, get("/s"), "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
  source->add("abc");
  talk.expect(peer, "", "abc");
  source->add("def");
  source->end();
  talk.expect(peer, "", "def");
  EXPECT_TRUE(talk.handler.records[0]->sent.whole);
  talk.expect(peer, get("/b"), ok("/b"));
}

TEST_P(H1SessionTest, SendsChunksOfABodyWithoutALength) {
  Talk talk(options());
  TestSource* source = nullptr;
  talk.handler.scripts["/s"] = [&](TestExchange& exchange) {
    source = &exchange.make_source("abc");
    exchange.answer_by(*source);
  };
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  io::Peer peer = talk.connect();
  talk.expect(peer, get("/s"), head + chunk("abc"));
  source->add(std::string(20, 'x'));
  source->end("A: b\r\nContent-Length: 7\r\n");
  talk.expect(peer, "", chunk(std::string(20, 'x')) + "0\r\nA: b\r\n\r\n");
  talk.expect(peer, get("/b"), ok("/b"));
}

TEST_P(H1SessionTest, EndsABodyWithoutALengthByClosingForHttp10) {
  Talk talk(options());
  talk.handler.scripts["/s"] = [](TestExchange& exchange) {
    exchange.answer_by(exchange.make_source("abc", true));
  };
  io::Peer peer = talk.connect();
  talk.expect_close(peer, "GET /s HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc");
}

TEST_P(H1SessionTest, KeepsHttp10AliveOnlyWhereItIsAsked) {
  Talk talk(options());
  io::Peer peer = talk.connect();
  talk.expect(peer, "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n/a");
  talk.expect_close(peer, "GET /a HTTP/1.0\r\n\r\n" + get("/b"),
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/a");
}

TEST_P(H1SessionTest, ClosesWhereTheClientAsksForIt) {
  Talk talk(options());
  io::Peer peer = talk.connect();
  talk.expect_close(peer, get("/a", "Connection: close\r\n") + get("/b"),
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/a");
}

TEST_P(H1SessionTest, SaysNoBodyToHead) {
  Talk talk(options());
  talk.handler.scripts["/s"] = [](TestExchange& exchange) {
    exchange.answer_by(exchange.make_source("abc", true), 3);
  };
  io::Peer peer = talk.connect();
  talk.expect(peer, "HEAD /s HTTP/1.1\r\nHost: h\r\n\r\n" + get("/b"),
              "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + ok("/b"));
  talk.expect(peer, "HEAD /abc HTTP/1.1\r\nHost: h\r\n\r\n",
              "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
}

TEST_P(H1SessionTest, SaysNoLengthOf204And304) {
  Talk talk(options());
  talk.handler.scripts["/204"] = [](TestExchange& exchange) { exchange.answer(204, ""); };
  talk.handler.scripts["/304"] = [](TestExchange& exchange) {
    exchange.answer(304, "", "A: b\r\n");
  };
  io::Peer peer = talk.connect();
  talk.expect(peer, get("/204") + get("/304") + get("/b"),
              "HTTP/1.1 204 No Content\r\n\r\n"
              "HTTP/1.1 304 Not Modified\r\nA: b\r\n\r\n" +
                  ok("/b"));
}

TEST_P(H1SessionTest, WritesWhatFramesAMessageItself) {
  Talk talk(options());
  talk.handler.scripts["/s"] = [](TestExchange& exchange) {
    exchange.answer(200, "abc",
                    "content-length: 1\r\nA: b\r\nTransfer-Encoding: chunked\r\nConnection: x\r\n"
                    "Cookie: c\r\nKeep-Alive: 5\r\nUpgrade: y\r\n");
  };
  io::Peer peer = talk.connect();
  talk.expect(peer, get("/s"), ok("abc", "A: b\r\nCookie: c\r\n"));
}

// ---- bodies that are not what was said

TEST_P(H1SessionTest, CutsWhereTheBodyFails) {
  Talk talk(options());
  TestSource* source = nullptr;
  talk.handler.scripts["/s"] = [&](TestExchange& exchange) {
    source = &exchange.make_source("abc");
    exchange.answer_by(*source);
  };
  io::Peer peer = talk.connect();
  const std::string begin = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("abc");
  talk.expect(peer, get("/s") + get("/b"), begin);
  source->fail();
  talk.expect_close(peer, "", "");
  EXPECT_FALSE(talk.handler.records[0]->sent.whole);
  EXPECT_EQ(talk.handler.records.size(), 1U);
}

TEST_P(H1SessionTest, CutsABodyThatIsShorterThanWasSaid) {
  Talk talk(options());
  talk.handler.scripts["/s"] = [](TestExchange& exchange) {
    exchange.answer_by(exchange.make_source("abc", true), 4);
  };
  io::Peer peer = talk.connect();
  talk.expect_close(peer, get("/s") + get("/b"), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc");
  EXPECT_FALSE(talk.handler.records[0]->sent.whole);
}

TEST_P(H1SessionTest, CutsABodyThatIsLongerThanWasSaid) {
  Talk talk(options());
  talk.handler.scripts["/s"] = [](TestExchange& exchange) {
    exchange.answer_by(exchange.make_source("abcdef", true), 4);
  };
  io::Peer peer = talk.connect();
  talk.expect_close(peer, get("/s") + get("/b"),
                    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd");
  EXPECT_FALSE(talk.handler.records[0]->sent.whole);
}

TEST_P(H1SessionTest, ResetsWhereTheEndWouldLookLikeOne) {
  Talk talk(options());
  TestSource* source = nullptr;
  talk.handler.scripts["/s"] = [&](TestExchange& exchange) {
    source = &exchange.make_source("abc");
    exchange.answer_by(*source);
  };
  io::Peer peer = talk.connect(io::Transport::kTcp);
  talk.expect(peer, "GET /s HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc");
  source->fail();
  EXPECT_TRUE(talk.loop.turn_until_all_left());
  char byte = 0;
  EXPECT_EQ(::recv(peer.fd(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST_P(H1SessionTest, AbortsWithoutAWord) {
  Talk talk(options());
  talk.handler.scripts["/s"] = [](TestExchange& exchange) { exchange.stream.abort(); };
  io::Peer peer = talk.connect();
  talk.expect_close(peer, get("/s") + get("/b"), "");
  EXPECT_EQ(talk.handler.records[0]->sent.status, 0U);
}

// ---- clients that leave

TEST_P(H1SessionTest, ForgetsWhoLeaves) {
  Talk talk(options());
  talk.handler.scripts["/s"] = TestHandler::say_nothing;
  io::Peer peer = talk.connect();
  talk.expect(peer, get("/s"), "");
  peer.close();
  EXPECT_TRUE(talk.loop.turn_until_all_left());
  EXPECT_TRUE(talk.handler.records[0]->is_destroyed);
  EXPECT_TRUE(talk.handler.records[0]->is_over);
  EXPECT_FALSE(talk.handler.records[0]->sent.whole);
}

TEST_P(H1SessionTest, ForgetsWhoLeavesInTheMidstOfABody) {
  Talk talk(options());
  talk.handler.scripts["/s"] = [&](TestExchange& exchange) {
    exchange.answer_by(exchange.make_source(std::string(8 << 20, 'x')));
  };
  io::Peer peer = talk.connect(io::Transport::kTcp);
  peer.send(get("/s"));
  talk.loop.receive(peer, 100'000);
  peer.reset();
  EXPECT_TRUE(talk.loop.turn_until_all_left());
  EXPECT_FALSE(talk.handler.records[0]->sent.whole);
  EXPECT_GE(talk.handler.records[0]->sent.body_bytes, 90'000U);
  EXPECT_TRUE(talk.handler.records[0]->is_destroyed);
}

TEST_P(H1SessionTest, FailsABodyWhoseClientLeaves) {
  Talk talk(options());
  talk.handler.scripts["/echo"] = TestHandler::say_body;
  io::Peer peer = talk.connect();
  talk.expect(peer, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n123", "");
  peer.close();
  EXPECT_TRUE(talk.loop.turn_until_all_left());
  EXPECT_FALSE(talk.handler.records[0]->body_ended);
  EXPECT_TRUE(talk.handler.records[0]->is_over);
}

TEST_P(H1SessionTest, AnswersAllThatCameBeforeTheEnd) {
  Talk talk(options());
  io::Peer peer = talk.connect();
  peer.send(get("/a") + get("/b"));
  peer.half_close();
  EXPECT_EQ(talk.loop.receive_to_end(peer), ok("/a") + ok("/b"));
}

// ---- much of it

TEST_P(H1SessionTest, PullsNoFasterThanTheClientReads) {
  Talk talk(options());
  TestSource* source = nullptr;
  const std::string body = io::text_of(8 << 20);
  talk.handler.scripts["/s"] = [&](TestExchange& exchange) {
    source = &exchange.make_source(body, true);
    exchange.answer_by(*source, body.size());
  };
  io::Peer peer = talk.connect(io::Transport::kTcp);
  peer.send(get("/s"));
  talk.loop.settle();
  EXPECT_GT(source->left(), std::size_t{1} << 20);
  const std::string expected = "HTTP/1.1 200 OK\r\nContent-Length: 8388608\r\n\r\n" + body;
  EXPECT_TRUE(io::same(talk.loop.receive(peer, expected.size()), expected));
  talk.expect(peer, get("/b"), ok("/b"));
  EXPECT_TRUE(talk.handler.records[0]->sent.whole);
}

TEST_P(H1SessionTest, SendsWholeBodiesFromWhereTheyLie) {
  Talk talk(options());
  const std::string body = io::text_of(1 << 20);
  static int dropped = 0;
  dropped = 0;
  talk.handler.scripts["/s"] = [&](TestExchange& exchange) {
    exchange.stream.respond(
        {.status = 200,
         .body_bytes = {},
         .whole = body,
         .pin = base::Pin(&dropped, [](void* count) noexcept { ++*static_cast<int*>(count); })});
  };
  io::Peer peer = talk.connect();
  peer.send(get("/s"));
  talk.loop.settle();
  EXPECT_EQ(dropped, 0);
  const std::string expected = ok(body);
  EXPECT_TRUE(io::same(talk.loop.receive(peer, expected.size()), expected));
  talk.loop.settle();
  EXPECT_EQ(dropped, 1);
  talk.expect(peer, get("/b"), ok("/b"));
}

TEST_P(H1SessionTest, ReadsNoFasterThanTheHandlerPulls) {
  Talk talk(options());
  talk.handler.scripts["/echo"] = TestHandler::say_nothing;
  io::Peer peer = talk.connect(io::Transport::kTcp);
  const std::string body = io::text_of(8 << 20);
  peer.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 8388608\r\n\r\n");
  std::size_t sent = 0;
  for (int turn = 0; turn < 300; ++turn) {
    sent += peer.send_now(std::string_view(body).substr(sent));
    talk.loop->turn(0);
  }
  EXPECT_LT(sent, body.size());
  TestHandler::say_body(talk.handler.last());
  talk.handler.last().room = 1000;
  EXPECT_TRUE(talk.loop.turn_until([&] {
    sent += peer.send_now(std::string_view(body).substr(sent));
    return sent == body.size();
  }));
  const std::string expected = ok(body, "Trailer-Was: \r\n");
  EXPECT_TRUE(io::same(talk.loop.receive(peer, expected.size()), expected));
}

TEST_P(H1SessionTest, SkipsAShortBodyThatNobodyReads) {
  Talk talk(options());
  io::Peer peer = talk.connect();
  talk.expect(peer, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n1234", ok("/a"));
  talk.expect(peer, "5678" + get("/b"), ok("/b"));
  talk.expect(peer, "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", ok("/a"));
  talk.expect(peer, "4\r\nabcd\r\n0\r\n\r\n" + get("/b"), ok("/b"));
}

TEST_P(H1SessionTest, ClosesOverALongBodyThatNobodyReads) {
  Talk talk(options());
  io::Peer peer = talk.connect();
  peer.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n");
  talk.expect(peer, "", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/a");
  peer.send_now(std::string(66'000, 'x'));
  EXPECT_TRUE(talk.loop.turn_until_all_left());
}

TEST_P(H1SessionTest, ClosesOverChunksThatNobodyReads) {
  Talk talk(options());
  io::Peer peer = talk.connect();
  peer.send("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  talk.expect(peer, "", ok("/a"));
  peer.send_now("10000\r\n" + std::string(65'536, 'x') + "\r\n1\r\ny\r\n");
  EXPECT_TRUE(talk.loop.turn_until_all_left());
}

// ---- expectations, interim responses

TEST_P(H1SessionTest, TellsAClientToGoOnWhenItsBodyIsWanted) {
  Talk talk(options());
  talk.handler.scripts["/echo"] = TestHandler::say_nothing;
  io::Peer peer = talk.connect();
  talk.expect(peer,
              "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n",
              "");
  TestHandler::say_body(talk.handler.last());
  talk.expect(peer, "", "HTTP/1.1 100 Continue\r\n\r\n");
  talk.expect(peer, "abc" + get("/b"), ok("abc", "Trailer-Was: \r\n") + ok("/b"));
}

TEST_P(H1SessionTest, TellsToGoOnOnceHoweverOftenThatIsExpected) {
  Talk talk(options());
  talk.handler.scripts["/echo"] = TestHandler::say_body;
  io::Peer peer = talk.connect();
  const std::string post = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n";
  const std::string answer = ok("x", "Trailer-Was: \r\n");
  for (const std::string lines : {"Expect: 100-continue\r\nexpect: 100-Continue\r\n",
                                  "Expect: 100-continue, 100-continue,\r\n"}) {
    talk.expect(peer, post + lines + "\r\n", "HTTP/1.1 100 Continue\r\n\r\n");
    talk.expect(peer, "x", answer);
  }
  talk.expect(peer, post + "Expect:\r\n\r\nx", answer);
}

TEST_P(H1SessionTest, TellsNobodyToGoOnWithoutABody) {
  Talk talk(options());
  talk.handler.scripts["/echo"] = TestHandler::say_body;
  io::Peer peer = talk.connect();
  talk.expect(peer,
              "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n",
              ok("", "Trailer-Was: \r\n"));
}

TEST_P(H1SessionTest, ClosesWhereNobodyWantedTheExpectedBody) {
  Talk talk(options());
  io::Peer peer = talk.connect();
  talk.expect_close(
      peer, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n/a");
}

constexpr std::string_view kRefused =
    "Refused: yes\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n";

TEST_P(H1SessionTest, RefusesOtherExpectations) {
  for (const std::string expected : {"more", "100-continue, more", "100-continue 100-continue"}) {
    Talk talk(options());
    io::Peer peer = talk.connect();
    talk.expect_close(peer, get("/a", "Expect: " + expected + "\r\n") + get("/b"),
                      "HTTP/1.1 417 Expectation Failed\r\n" + std::string(kRefused));
  }
}

TEST_P(H1SessionTest, InformsBeforeItAnswers) {
  Talk talk(options());
  talk.handler.scripts["/s"] = [](TestExchange& exchange) {
    exchange.stream.inform(103, "Link: x\r\nContent-Length: 5\r\n");
  };
  io::Peer peer = talk.connect();
  const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
  talk.expect(peer, get("/s"), hints);
  talk.handler.last().stream.inform(102, "");
  talk.expect(peer, "", "HTTP/1.1 102 Processing\r\n\r\n");
  talk.handler.last().answer(200, "x");
  talk.expect(peer, "", ok("x"));
  talk.expect(peer, "GET /s HTTP/1.0\r\n\r\n", "");
}

// ---- tunnels

TEST_P(H1SessionTest, BecomesATunnelByUpgrade) {
  Talk talk(options());
  TestSource* source = nullptr;
  talk.handler.scripts["/ws"] = [&](TestExchange& exchange) {
    EXPECT_TRUE(exchange.stream.request().wants_upgrade);
    EXPECT_FALSE(exchange.stream.request().has_body);
    source = &exchange.make_source();
    exchange.read_all(TestHandler::say_nothing);
  };
  io::Peer peer = talk.connect();
  talk.expect(peer, get("/ws", "Connection: x, Upgrade\r\nUpgrade: websocket\r\n") + "early", "");
  talk.handler.last().answer_by(*source, {}, 101, "Upgrade: websocket\r\nConnection: Upgrade\r\n");
  talk.expect(peer, "",
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
              "Connection: upgrade\r\n\r\n");
  talk.handler.last().body_ready();
  EXPECT_EQ(talk.handler.records[0]->body, "early");
  talk.expect(peer, "GET / HTTP/1.1\r\n", "");
  EXPECT_EQ(talk.handler.records[0]->body, "earlyGET / HTTP/1.1\r\n");
  source->add("raw");
  talk.expect(peer, "", "raw");
  peer.half_close();
  talk.loop.settle();
  EXPECT_TRUE(talk.handler.records[0]->body_ended);
  source->add("more");
  talk.expect(peer, "", "more");
  source->end();
  talk.expect_close(peer, "", "");
  EXPECT_TRUE(talk.handler.records[0]->sent.whole);
}

TEST_P(H1SessionTest, HalfClosesATunnel) {
  Talk talk(options());
  TestSource* source = nullptr;
  talk.handler.scripts[""] = [&](TestExchange& exchange) {
    source = &exchange.make_source("hi");
    exchange.answer_by(*source);
    exchange.read_all(TestHandler::say_nothing);
  };
  io::Peer peer = talk.connect(io::Transport::kTcp);
  talk.expect(peer, "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nhi");
  source->end();
  EXPECT_EQ(talk.loop.receive_to_end(peer), "");
  EXPECT_EQ(talk.loop->socket_count(), 1U);
  peer.send("late");
  EXPECT_TRUE(talk.loop.turn_until([&] { return talk.handler.records[0]->body == "late"; }));
  peer.close();
  EXPECT_TRUE(talk.loop.turn_until_all_left());
}

TEST_P(H1SessionTest, KnowsNoTunnelOfHttp2) {
  Talk talk(options());
  talk.handler.scripts["/a"] = [](TestExchange& exchange) {
    EXPECT_FALSE(exchange.stream.request().wants_upgrade);
    exchange.answer(200, "x");
  };
  io::Peer peer = talk.connect();
  for (const std::string upgrade : {"h2c", "H2C", "websocket, h2c", "h2c/1"}) {
    talk.expect(peer, get("/a", "Connection: upgrade\r\nUpgrade: " + upgrade + "\r\n"), ok("x"));
  }
}

TEST_P(H1SessionTest, OverlooksHostWhereTheTargetSaysIt) {
  Talk talk(options());
  talk.handler.scripts["/a"] = [](TestExchange& exchange) {
    EXPECT_EQ(exchange.stream.request().authority, "b:80");
    EXPECT_EQ(exchange.stream.request().fields->value(wire::http::Name::kHost), "b:80");
    exchange.answer(200, "x");
  };
  io::Peer peer = talk.connect();
  talk.expect(peer, "GET http://b:80/a HTTP/1.1\r\nHost: h\r\n\r\n", ok("x"));
}

TEST_P(H1SessionTest, HasTheSchemeOfItsConnection) {
  Talk talk(options());
  io::Peer peer = talk.connect();
  talk.expect(peer, "GET https://b/a HTTP/1.1\r\nHost: h\r\n\r\n", ok("/a"));
  EXPECT_EQ(talk.handler.records[0]->asked, "GET http://b/a");
}

TEST_P(H1SessionTest, TakesATargetThatLeavesOutTheRootOfItsQuery) {
  Talk talk(options());
  talk.handler.scripts["/?a"] = TestHandler::say_body;
  io::Peer peer = talk.connect();
  talk.expect(peer, "GET http://b?c/d HTTP/1.1\r\nHost: h\r\n\r\n", ok("/?c/d"));
  EXPECT_EQ(talk.handler.records[0]->asked, "GET http://b/?c/d");
  talk.expect(peer, "POST http://b?a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx",
              ok("x", "Trailer-Was: \r\n"));
}

TEST_P(H1SessionTest, IsNoTunnelWhereTheUpgradeIsNotGranted) {
  Talk talk(options());
  io::Peer peer = talk.connect();
  talk.expect(peer, get("/a", "Connection: upgrade\r\nUpgrade: x\r\n") + get("/b"),
              ok("/a") + ok("/b"));
}

// ---- faults

TEST_P(H1SessionTest, RefusesWhatIsNoRequest) {
  struct Case {
    std::string request;
    std::string status;
  };
  const std::vector<Case> cases{
      {"GET /\r\n\r\n", "400 Bad Request"},
      {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request"},
      {"GET / HTTP/1.1\nHost: h\n\n", "400 Bad Request"},
      {get("/", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), "400 Bad Request"},
      {get("/", "Content-Length: 1\r\nContent-Length: 2\r\n"), "400 Bad Request"},
      {get("/", "Transfer-Encoding: gzip\r\n"), "501 Not Implemented"},
      {"GET / HTTP/3.0\r\nHost: h\r\n\r\n", "505 HTTP Version Not Supported"},
      {get("/" + std::string(limits::kMaxTargetBytes, 'x')), "414 URI Too Long"},
      {get("/", "A: " + std::string(limits::kMaxHeadBytes, 'x')),
       "431 Request Header Fields Too Large"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.request.substr(0, 100));
    Talk talk(options());
    io::Peer peer = talk.connect(io::Transport::kTcp);
    talk.expect_close(peer, one.request + get("/b"),
                      "HTTP/1.1 " + one.status + "\r\n" + std::string(kRefused));
    EXPECT_TRUE(talk.handler.records.empty());
    EXPECT_EQ(talk.server.counts.refused_heads, 1U);
  }
}

TEST_P(H1SessionTest, RefusesHeadsThatAreLongerThanItsTerms) {
  ServerTerms terms;
  terms.head_bytes = 100;
  Talk talk(options(), terms);
  io::Peer peer = talk.connect();
  const std::string refused =
      "HTTP/1.1 431 Request Header Fields Too Large\r\n" + std::string(kRefused);
  talk.expect_close(peer, get("/", "A: " + std::string(100, 'x') + "\r\n"), refused);
  io::Peer other = talk.connect();
  talk.expect_close(other, get("/" + std::string(100, 'x')).substr(0, 100), refused);
}

TEST_P(H1SessionTest, FailsABodyOfBadChunks) {
  Talk talk(options());
  talk.handler.scripts["/echo"] = TestHandler::say_body;
  io::Peer peer = talk.connect();
  talk.expect_close(
      peer,
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" + get("/b"),
      "HTTP/1.1 400 Bad Request\r\n"
      "Content-Length: 6\r\nConnection: close\r\n\r\nfailed");
  EXPECT_EQ(talk.handler.records.size(), 1U);
}

}  // namespace
}  // namespace larder::http
