// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/h2_session.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/h2_memory.h"
#include "http/test_h2_client.h"

namespace larder::http {
namespace {

using Fields = H2Client::Fields;

class H2SessionTest : public io::BackendTest {
 protected:
  static ServerTerms quick() {
    ServerTerms terms;
    terms.keep_alive_timeout_ms = 7000;
    terms.body_timeout_ms = 6000;
    terms.send_timeout_ms = 4000;
    return terms;
  }
};
LARDER_TEST_BACKENDS(H2SessionTest);

TEST_P(H2SessionTest, AnswersAtOnceAndGoesOn) {
  Talk talk(options());
  H2Client client(talk);
  for (int i = 0; i < 3; ++i) {
    const auto id = client.ask(H2Client::get("/a?b"));
    EXPECT_EQ(client.get_reply(id).head, ":status=200;content-length=4;");
    EXPECT_EQ(client.get_reply(id).body, "/a?b");
    EXPECT_TRUE(client.get_reply(id).ended);
  }
  EXPECT_EQ(talk.handler.records[2]->asked, "GET http://h/a?b");
  EXPECT_TRUE(talk.handler.records[2]->is_destroyed);
  EXPECT_TRUE(talk.handler.records[2]->sent.whole);
  EXPECT_EQ(talk.handler.records[2]->sent.body_bytes, 4U);
  EXPECT_EQ(talk.server.counts.requests, 3U);
  EXPECT_EQ(talk.server.counts.http2_connections, 1U);
  EXPECT_GT(h2_memory_bytes(), 0U);
}

TEST_P(H2SessionTest, AnswersWhoeverIsReadyFirst) {
  Talk talk(options());
  talk.handler.scripts["/slow"] = TestHandler::say_nothing;
  H2Client client(talk);
  const auto slow = client.ask(H2Client::get("/slow", {{"x", "1"}}));
  const auto quick = client.ask(H2Client::get("/b"));
  EXPECT_EQ(client.get_reply(quick).body, "/b");
  EXPECT_EQ(talk.handler.last().stream.request().fields->value("x"), "1");
  talk.handler.last().answer(200, "slow", "A: B\r\nConnection: close\r\nKeep-Alive: 5\r\n");
  EXPECT_EQ(client.get_reply(slow).body, "slow");
  EXPECT_EQ(client.get_reply(slow).head, ":status=200;a=B;content-length=4;");
}

TEST_P(H2SessionTest, SendsABodyAsItComesWithItsTrailer) {
  Talk talk(options());
  TestSource* source = nullptr;
  talk.handler.scripts["/s"] = [&](TestExchange& exchange) {
    source = &exchange.make_source("abc");
    exchange.answer_by(*source);
  };
  H2Client client(talk);
  const auto id = client.ask(H2Client::get("/s"));
  client.settle();
  EXPECT_EQ(client.replies[id].body, "abc");
  EXPECT_EQ(client.replies[id].head, ":status=200;");
  source->add("def");
  client.settle();
  EXPECT_EQ(client.replies[id].body, "abcdef");
  source->end("T: z\r\n");
  EXPECT_EQ(client.get_reply(id).trailer, "t=z;");
  EXPECT_TRUE(talk.handler.records[0]->sent.whole);
}

TEST_P(H2SessionTest, TakesABodyWithItsTrailer) {
  Talk talk(options());
  talk.handler.scripts["/echo"] = TestHandler::say_body;
  H2Client client(talk);
  const auto id = client.begin(H2Client::post("/echo"));
  client.add(id, "hello");
  client.settle();
  EXPECT_EQ(talk.handler.records[0]->body, "hello");
  client.add(id, "!");
  client.end(id, {{"t", "z"}});
  EXPECT_EQ(client.get_reply(id).body, "hello!");
  EXPECT_EQ(client.get_reply(id).head, ":status=200;trailer-was=t: z;content-length=6;");
  EXPECT_EQ(talk.handler.records[0]->sent.received_bytes, 6U);
}

TEST_P(H2SessionTest, SaysNoBodyToHead) {
  Talk talk(options());
  H2Client client(talk);
  Fields head = H2Client::get("/abc");
  head[0].second = "HEAD";
  const auto id = client.ask(head);
  EXPECT_EQ(client.get_reply(id).head, ":status=200;content-length=4;");
  EXPECT_EQ(client.get_reply(id).body, "");
}

TEST_P(H2SessionTest, InformsAndTellsToGoOn) {
  Talk talk(options());
  talk.handler.scripts["/echo"] = [](TestExchange& exchange) {
    exchange.stream.inform(103, "Link: x\r\n");
    TestHandler::say_body(exchange);
  };
  H2Client client(talk);
  const auto id = client.begin(H2Client::post("/echo", {{"expect", "100-continue"}}));
  client.settle();
  EXPECT_EQ(client.replies[id].informed,
            (std::vector<std::string>{":status=103;link=x;", ":status=100;"}));
  client.add(id, "x");
  client.end(id);
  EXPECT_EQ(client.get_reply(id).body, "x");
}

TEST_P(H2SessionTest, TellsNobodyToGoOnWithoutABody) {
  Talk talk(options());
  talk.handler.scripts["/echo"] = TestHandler::say_body;
  H2Client client(talk);
  const auto id =
      client.begin(H2Client::post("/echo", {{"expect", "100-continue"}, {"content-length", "0"}}));
  client.settle();
  client.end(id);
  EXPECT_EQ(client.get_reply(id).head, ":status=200;trailer-was=;content-length=0;");
  EXPECT_TRUE(client.get_reply(id).informed.empty());
  const auto other = client.ask(H2Client::get("/", {{"expect", "100-continue, x"}}));
  EXPECT_EQ(client.get_reply(other).head, ":status=417;refused=yes;content-length=3;");
}

TEST_P(H2SessionTest, ResetsWhatFailsOrIsNotAsLongAsWasSaid) {
  Talk talk(options());
  talk.handler.scripts["/short"] = [](TestExchange& exchange) {
    exchange.answer_by(exchange.make_source("abc", true), 4);
  };
  talk.handler.scripts["/long"] = [](TestExchange& exchange) {
    exchange.answer_by(exchange.make_source("abcdef", true), 4);
  };
  talk.handler.scripts["/abort"] = [](TestExchange& exchange) { exchange.stream.abort(); };
  H2Client client(talk);
  for (const char* path : {"/short", "/long", "/abort"}) {
    SCOPED_TRACE(path);
    const auto id = client.ask(H2Client::get(path));
    EXPECT_EQ(client.get_reply(id).error, NGHTTP2_INTERNAL_ERROR);
    EXPECT_FALSE(client.get_reply(id).ended);
    EXPECT_FALSE(talk.handler.records.back()->sent.whole);
    EXPECT_TRUE(talk.handler.records.back()->is_destroyed);
  }
  EXPECT_EQ(client.get_reply(client.ask(H2Client::get("/b"))).body, "/b");
}

TEST_P(H2SessionTest, ForgetsWhatIsResetAndWhoLeaves) {
  Talk talk(options());
  talk.handler.scripts["/s"] = TestHandler::say_nothing;
  {
    H2Client client(talk);
    const auto id = client.ask(H2Client::get("/s"));
    client.ask(H2Client::get("/s"));
    client.settle();
    client.reset(id);
    client.settle();
    EXPECT_TRUE(talk.handler.records[0]->is_destroyed);
    EXPECT_FALSE(talk.handler.records[0]->sent.whole);
    EXPECT_FALSE(talk.handler.records[1]->is_destroyed);
    EXPECT_EQ(talk.server.counts.http2_resets, 1U);
  }
  EXPECT_TRUE(talk.loop.turn_until_all_left());
  EXPECT_TRUE(talk.handler.records[1]->is_over);
  EXPECT_TRUE(talk.handler.records[1]->is_destroyed);
}

// ---- flow control

TEST_P(H2SessionTest, PullsNoMoreThanTheClientHasAWindowFor) {
  Talk talk(options());
  const std::string body = io::text_of(1 << 20);
  talk.handler.scripts["/s"] = [&](TestExchange& exchange) {
    exchange.answer_by(exchange.make_source(body, true), body.size());
  };
  H2Client client(talk, io::Transport::kTcp, false);
  const auto id = client.ask(H2Client::get("/s"));
  client.settle();
  EXPECT_EQ(client.replies[id].body.size(), 65'535U);
  EXPECT_EQ(nghttp2_session_consume(client.wire(), id, client.held), 0);
  EXPECT_TRUE(client.turn_until([&] { return client.replies[id].body.size() > 65'535U; }));
  EXPECT_FALSE(client.replies[id].closed);
}

TEST_P(H2SessionTest, SendsMuchFromWhereItLies) {
  Talk talk(options());
  const std::string body = io::text_of(1 << 20);
  static int dropped = 0;
  dropped = 0;
  const auto say = [&](TestExchange& exchange) {
    exchange.stream.respond(
        {.status = 200,
         .body_bytes = {},
         .whole = body,
         .pin = base::Pin(&dropped, [](void* count) noexcept { ++*static_cast<int*>(count); })});
  };
  talk.handler.scripts["/s"] = say;
  H2Client client(talk, io::Transport::kTcp);
  const auto one = client.ask(H2Client::get("/s"));
  const auto two = client.ask(H2Client::get("/s"));
  EXPECT_TRUE(io::same(client.get_reply(one).body, body));
  EXPECT_TRUE(io::same(client.get_reply(two).body, body));
  client.settle();
  EXPECT_EQ(dropped, 2);
  const auto three = client.ask(H2Client::get("/s"));
  EXPECT_TRUE(client.turn_until([&] { return client.replies[three].body.size() > 100'000; }));
  client.reset(three);
  client.settle();
  EXPECT_EQ(dropped, 3);
}

TEST_P(H2SessionTest, KeepsNoMoreOfABodyThanItsWindow) {
  Talk talk(options());
  talk.handler.scripts["/echo"] = TestHandler::say_nothing;
  H2Client client(talk, io::Transport::kTcp);
  const std::string body = io::text_of(1 << 20);
  const auto id = client.begin(H2Client::post("/echo", {{"content-length", "1048576"}}));
  client.add(id, body);
  client.end(id);
  client.settle();
  const auto other = client.ask(H2Client::get("/b"));
  EXPECT_EQ(client.get_reply(other).body, "/b");
  EXPECT_EQ(talk.handler.last().stream.request().body_bytes, body.size());
  TestHandler::say_body(talk.handler.last());
  EXPECT_TRUE(io::same(client.get_reply(id).body, body));
}

TEST_P(H2SessionTest, GivesTheWindowBackOfBodiesThatNobodyReads) {
  Talk talk(options());
  H2Client client(talk, io::Transport::kTcp);
  for (int i = 0; i < 40; ++i) {
    const auto id = client.begin(H2Client::post("/a"));
    client.add(id, std::string(100'000, 'x'));
    EXPECT_EQ(client.get_reply(id).body, "/a");
  }
}

// ---- what is refused

TEST_P(H2SessionTest, RefusesHeadsThatAreTooLarge) {
  Talk talk(options());
  H2Client client(talk, io::Transport::kTcp);
  Fields many = H2Client::get("/");
  for (int i = 0; i < 3; ++i) many.emplace_back("x", std::string(12'000, 'x'));
  const auto id = client.ask(many);
  EXPECT_EQ(client.get_reply(id).head, ":status=431;refused=yes;content-length=3;");
  Fields fields = H2Client::get("/");
  for (int i = 0; i < 300; ++i) fields.emplace_back("x", "");
  EXPECT_EQ(client.get_reply(client.ask(fields)).head.substr(0, 12), ":status=431;");
  const auto target = client.ask(H2Client::get("/" + std::string(17'000, 'x')));
  EXPECT_EQ(client.get_reply(target).head.substr(0, 12), ":status=414;");
  EXPECT_TRUE(talk.handler.records.empty());
  EXPECT_EQ(talk.server.counts.refused_heads, 3U);
}

TEST_P(H2SessionTest, RefusesWhatIsNoRequest) {
  const std::vector<Fields> cases{
      {{":method", "GET"}, {":scheme", "http"}, {":path", "/"}},
      H2Client::get("/", {{"host", "other"}}),
      H2Client::get("/", {{"host", "h:443"}}),
      H2Client::get("/a b"),
      H2Client::get("/", {{"connection", "close"}}),
      H2Client::get("/", {{"transfer-encoding", "chunked"}}),
      H2Client::get("/", {{"a", "b\r\nc: d"}}),
      H2Client::get("/", {{"content-length", "1"}}),
      H2Client::get("no-slash"),
      {{":method", "G T"}, {":scheme", "http"}, {":authority", "h"}, {":path", "/"}},
      {{":method", "GET"}, {":scheme", "ftp"}, {":authority", "h"}, {":path", "/"}},
  };
  for (const Fields& one : cases) {
    SCOPED_TRACE(one.back().first + "=" + one.back().second);
    Talk talk(options());
    H2Client client(talk);
    const auto id = client.ask(one);
    const auto& reply = client.get_reply(id);
    EXPECT_TRUE(reply.head.starts_with(":status=400;") || reply.error == NGHTTP2_PROTOCOL_ERROR ||
                reply.error == NGHTTP2_INTERNAL_ERROR)
        << reply.head << reply.error;
    EXPECT_TRUE(talk.handler.records.empty());
  }
}

TEST_P(H2SessionTest, HasTheSchemeOfItsConnection) {
  Talk talk(options());
  H2Client client(talk);
  Fields fields = H2Client::get("/");
  fields[1].second = "https";
  EXPECT_EQ(client.get_reply(client.ask(fields)).body, "/");
  EXPECT_EQ(talk.handler.records[0]->asked, "GET http://h/");
}

TEST_P(H2SessionTest, JoinsCookiesAndTakesHostForAnAuthority) {
  Talk talk(options());
  H2Client client(talk);
  Fields fields = H2Client::get("/", {{"cookie", "a=b"}, {"x", "y"}, {"cookie", "c=d"}});
  fields[2] = {"host", "example.com"};
  std::swap(fields[2], fields[3]);
  EXPECT_EQ(client.get_reply(client.ask(fields)).body, "/");
  EXPECT_EQ(talk.handler.records[0]->asked, "GET http://example.com/");
  EXPECT_EQ(talk.handler.records[0]->fields, "host=example.com;x=y;cookie=a=b; c=d;");
}

TEST_P(H2SessionTest, TakesAHostThatSaysTheSameInOtherWords) {
  Talk talk(options());
  H2Client client(talk);
  for (const char* host : {"H", "h:80", "h:"}) {
    EXPECT_EQ(client.get_reply(client.ask(H2Client::get("/", {{"host", host}}))).body, "/") << host;
    EXPECT_EQ(talk.handler.records.back()->asked, "GET http://h/");
    EXPECT_EQ(talk.handler.records.back()->fields, "host=h;");
  }
}

TEST_P(H2SessionTest, CalmsWhoResetsAgainAndAgain) {
  Talk talk(options());
  talk.handler.scripts["/s"] = TestHandler::say_nothing;
  H2Client client(talk, io::Transport::kTcp);
  for (int i = 0; i < 1000 && client.goaway < 0; ++i) {
    const auto id = client.ask(H2Client::get("/s"));
    client.exchange();
    client.reset(id);
    client.exchange();
    talk.loop->turn(0);
  }
  client.settle();
  // What a client has not read when it sends to a closed connection is lost.
  EXPECT_TRUE(client.goaway == NGHTTP2_ENHANCE_YOUR_CALM || client.goaway < 0);
  EXPECT_LE(talk.handler.records.size(), limits::kHttp2Resets + 1);
  EXPECT_TRUE(talk.loop.turn_until_all_left());
  EXPECT_TRUE(talk.handler.open_now.empty());
}

TEST_P(H2SessionTest, CalmsWhoPingsAgainAndAgain) {
  Talk talk(options());
  H2Client client(talk, io::Transport::kTcp);
  for (int i = 0; i < 10'000 && client.goaway < 0; ++i) {
    nghttp2_submit_ping(client.wire(), NGHTTP2_FLAG_NONE, nullptr);
    client.exchange();
    talk.loop->turn(0);
  }
  client.settle();
  EXPECT_EQ(client.goaway, NGHTTP2_ENHANCE_YOUR_CALM);
}

TEST_P(H2SessionTest, ClosesOnAFloodOfContinuations) {
  Talk talk(options());
  io::Peer peer = talk.connect(io::Transport::kTcp);
  using std::string_literals::operator""s;
  std::string flood = NGHTTP2_CLIENT_MAGIC "\0\0\0\4\0\0\0\0\0"s + "\0\0\1\1\0\0\0\0\1\x82"s;
  for (int i = 0; i < 1000; ++i) flood += "\0\0\1\x9\0\0\0\0\1\x84"s;
  peer.send(flood);
  EXPECT_TRUE(talk.loop.turn_until_all_left());
  EXPECT_TRUE(talk.handler.records.empty());
}

// RFC 9113, 5.1.1: a head on a stream that is over, or lower than one that has begun.
TEST_P(H2SessionTest, ClosesOnAHeadOfAStreamThatIsOver) {
  using std::string_literals::operator""s;
  const std::string begin = NGHTTP2_CLIENT_MAGIC "\0\0\0\4\0\0\0\0\0"s;
  const std::string head = "\x82\x86\x84\x41\1h"s;
  const std::string third = "\0\0\6\1\5\0\0\0\3"s + head;
  for (const std::string& again : {third, "\0\0\6\1\5\0\0\0\1"s + head}) {
    Talk talk(options());
    io::Peer peer = talk.connect(io::Transport::kTcp);
    peer.send(begin + third);
    talk.loop.settle();
    peer.send(again);
    EXPECT_NE(talk.loop.receive_to_end(peer).find("\0\0\0\3\0\0\0\1"s), std::string::npos);
    EXPECT_EQ(talk.handler.records.size(), 1U);
  }
}

TEST_P(H2SessionTest, OverlooksWhatIsOnItsWayToAStreamThatItHasReset) {
  Talk talk(options());
  talk.handler.scripts["/s"] = TestHandler::say_nothing;
  H2Client client(talk);
  for (int i = 0; i < 40; ++i) {
    const auto id = client.begin(H2Client::post("/s"));
    client.settle();
    client.end(id, {{"t", "z"}});
    talk.handler.last().stream.abort();
    client.settle();
    EXPECT_TRUE(client.replies[id].closed);
  }
  EXPECT_EQ(client.get_reply(client.ask(H2Client::get("/b"))).body, "/b");
}

TEST(H2ResetStreams, MayBeAnyUpToTheHighestThatWasForgotten) {
  H2ResetStreams streams;
  EXPECT_FALSE(streams.may_have(1));
  streams.add(5);
  for (std::int32_t id = 7; id < 7 + 15 * 4; id += 4) streams.add(id);
  EXPECT_TRUE(streams.may_have(5));
  EXPECT_TRUE(streams.may_have(63));
  EXPECT_FALSE(streams.may_have(3));
  EXPECT_FALSE(streams.may_have(9));
  streams.add(101);
  EXPECT_TRUE(streams.may_have(3));
  EXPECT_TRUE(streams.may_have(5));
  EXPECT_FALSE(streams.may_have(9));
  EXPECT_TRUE(streams.may_have(101));
}

// ---- time, and the end

// The notice, and behind a PING there and back the last stream: no clock has to go on for that.
TEST_P(H2SessionTest, SaysFarewellWhenItsLoopStops) {
  Talk talk(options());
  talk.handler.scripts["/s"] = TestHandler::say_nothing;
  H2Client client(talk);
  const auto id = client.ask(H2Client::get("/s"));
  client.settle();
  talk.loop->begin_stop(kGraceMs);
  client.settle();
  EXPECT_EQ(client.goaway, NGHTTP2_NO_ERROR);
  EXPECT_EQ(client.last_streams, (std::vector<std::int32_t>{0x7FFFFFFF, id}));
  talk.handler.last().answer(200, "x");
  client.settle();
  EXPECT_EQ(client.replies[id].body, "x");
  EXPECT_TRUE(talk.loop.turn_until_all_left());
}

TEST_P(H2SessionTest, NamesTheLastStreamInTimeToAClientThatAnswersNoPing) {
  Talk talk(options());
  io::Peer peer = talk.connect(io::Transport::kTcp);
  using std::string_literals::operator""s;
  peer.send(NGHTTP2_CLIENT_MAGIC "\0\0\0\4\0\0\0\0\0"s);
  talk.loop.settle();
  talk.loop->begin_stop(kGraceMs);
  talk.pass_ms(5000);
  talk.loop.settle();
  EXPECT_TRUE(talk.loop.receive_to_end(peer).ends_with("\0\0\x8\7\0\0\0\0\0\0\0\0\0\0\0\0\0"s));
}

TEST_P(H2SessionTest, ClosesWhatIsIdleForTooLong) {
  Talk talk(options(), quick());
  H2Client client(talk);
  client.settle();
  talk.pass_ms(8000);
  client.settle();
  EXPECT_EQ(client.goaway, NGHTTP2_NO_ERROR);
  EXPECT_TRUE(talk.loop.turn_until_all_left());
}

TEST_P(H2SessionTest, FailsABodyThatComesTooSlowly) {
  Talk talk(options(), quick());
  talk.handler.scripts["/echo"] = TestHandler::say_body;
  H2Client client(talk);
  const auto id = client.begin(H2Client::post("/echo"));
  client.add(id, "x");
  client.settle();
  talk.pass_ms(12'000);
  client.settle();
  EXPECT_EQ(client.replies[id].body, "failed");
  EXPECT_TRUE(client.replies[id].closed);
  EXPECT_EQ(talk.server.counts.timeouts, 1U);
}

TEST_P(H2SessionTest, ResetsAStreamWhoseClientTakesNothing) {
  Talk talk(options(), quick());
  const std::string body = io::text_of(1 << 20);
  talk.handler.scripts["/s"] = [&](TestExchange& exchange) {
    exchange.answer_by(exchange.make_source(body, true), body.size());
  };
  H2Client client(talk, io::Transport::kTcp, false);
  const auto id = client.ask(H2Client::get("/s"));
  client.settle();
  talk.pass_ms(10'000);
  client.settle();
  EXPECT_TRUE(client.replies[id].closed);
  EXPECT_EQ(client.replies[id].error, NGHTTP2_CANCEL);
  EXPECT_TRUE(talk.handler.records[0]->is_destroyed);
}

}  // namespace
}  // namespace larder::http
