// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/client_connection.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "http/test_origin.h"

// Responses, in all framings and cut everywhere. What else may happen to a connection is in
// client_life_test.cc, and what happens to requests in client_request_test.cc.
namespace larder::http {
namespace {

class ClientConnectionTest : public OriginTest {};
LARDER_TEST_BACKENDS(ClientConnectionTest);

struct Framed {
  std::string_view method;
  std::string_view response;
  bool closes;  // the origin, behind it
  unsigned status;
  std::string_view body;
  bool kept;  // the connection may carry another call
  std::string_view trailer = "";
};

const std::vector<Framed>& framed_responses() {
  static const std::vector<Framed> kAll = {
      {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, 200, "hello", true},
      {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, 200, "", true},
      {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi", false, 200,
       "hi", false},
      {"GET", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", false, 200, "hi", false},
      {"GET", "HTTP/1.1 200 OK\r\n\r\nuntil the end", true, 200, "until the end", false},
      {"GET", "HTTP/1.1 200 OK\r\n\r\n", true, 200, "", false},
      {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false, 200, "", true},
      {"GET", "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n", false, 204, "", true},
      {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false, 304, "", true},
      {"GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", false,
       200, "x", true},
      {"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false, 200, "",
       true},
      {"GET",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nb;x=y\r\n0123456789a\r\n"
       "0\r\nOne: 1\r\nTwo: 2\r\n\r\n",
       false, 200, "abc0123456789a", true, "One: 1\r\nTwo: 2\r\n"},
      {"GET",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nContent-Length: 5\r\n"
       "Host: h\r\nTransfer-Encoding: chunked\r\nOne: 1\r\n\r\n",
       false, 200, "x", true, "One: 1\r\n"},
  };
  return kAll;
}

TEST_P(ClientConnectionTest, ReadsEveryFraming) {
  for (const Framed& framed : framed_responses()) {
    TestCall call;
    io::Peer origin = begin_at_origin(with_method(std::string(framed.method)), call);
    origin.send(framed.response);
    if (framed.closes) origin.close();
    ASSERT_TRUE(is_over(call)) << framed.response;
    EXPECT_TRUE(call.is_whole()) << framed.response;
    EXPECT_EQ(call.status, framed.status);
    EXPECT_EQ(call.body, framed.body);
    EXPECT_EQ(call.trailer, framed.trailer);
    EXPECT_EQ(is_kept(), framed.kept) << framed.response;
    renew();
  }
}

TEST_P(ClientConnectionTest, ReadsBodiesThatComeInAnyPieces) {
  for (const Framed& framed : framed_responses()) {
    for (std::size_t cut = 1; cut < framed.response.size(); ++cut) {
      TestCall call;
      call.room = cut % 3 + 1;
      io::Peer origin = begin_at_origin(with_method(std::string(framed.method)), call);
      origin.send(framed.response.substr(0, cut));
      (*loop_)->turn(0);
      (*loop_)->turn(0);
      origin.send(framed.response.substr(cut));
      if (framed.closes) origin.close();
      ASSERT_TRUE(is_over(call)) << framed.response << cut;
      EXPECT_TRUE(call.is_whole());
      EXPECT_EQ(call.body, framed.body);
      EXPECT_EQ(is_kept(), framed.kept) << framed.response << cut;
      renew();
    }
  }
}

TEST_P(ClientConnectionTest, NeverTakesAPartForTheWhole) {
  for (const Framed& framed : framed_responses()) {
    if (framed.closes) continue;  // their end is an end
    for (std::size_t cut = 0; cut < framed.response.size(); ++cut) {
      TestCall call;
      io::Peer origin = begin_at_origin(with_method(std::string(framed.method)), call);
      origin.send(framed.response.substr(0, cut));
      origin.close();
      ASSERT_TRUE(is_over(call)) << framed.response << cut;
      EXPECT_FALSE(call.is_whole()) << framed.response << cut;
      EXPECT_EQ(call.failure == CallFailure::kClosed, cut == 0);
      EXPECT_FALSE(is_kept());
      renew();
    }
  }
}

TEST_P(ClientConnectionTest, RefusesWhatIsNoResponse) {
  const std::vector<std::string> all = {
      "garbage\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
      "HTTP/1.1 200 OK\r\nA: " + std::string(limits::kMaxHeadBytes, 'a') + "\r\n\r\n",
      std::string(200'000, 'x'),
  };
  for (const std::string& response : all) {
    TestCall call;
    io::Peer origin = begin_at_origin(get(), call);
    origin.send_now(response);
    ASSERT_TRUE(is_over(call)) << response.substr(0, 100);
    EXPECT_EQ(call.failure, CallFailure::kMalformed) << response.substr(0, 100);
    EXPECT_FALSE(is_kept());
    EXPECT_TRUE(connection_->has_response());
    renew();
  }
}

TEST_P(ClientConnectionTest, FailsABodyWhoseChunksAreNone) {
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  origin.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n");
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.end, Pulled::State::kFailed);
  EXPECT_EQ(call.body, "abc");
  EXPECT_FALSE(is_kept());
}

TEST_P(ClientConnectionTest, FailsABodyThatAResetEnds) {
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  origin.send("HTTP/1.1 200 OK\r\n\r\nhalf");
  ASSERT_TRUE(loop_->turn_until([&] { return call.body == "half"; }));
  origin.reset();
  ASSERT_TRUE(is_over(call));
  EXPECT_FALSE(call.is_whole());
}

TEST_P(ClientConnectionTest, PassesInterimResponsesOn) {
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  origin.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n");
  origin.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.informed_of, "102 103 ");
  EXPECT_EQ(call.status, 204U);
  EXPECT_TRUE(is_kept());
}

TEST_P(ClientConnectionTest, EndsWithManyInterimResponses) {
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  for (unsigned i = 0; i <= limits::kMaxInterimResponses; ++i) {
    origin.send("HTTP/1.1 102 Processing\r\n\r\n");
  }
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.failure, CallFailure::kMalformed);
}

TEST_P(ClientConnectionTest, DoesNotGoOnWhereMoreCameThanTheBody) {
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!");
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.body, "hi");
  EXPECT_FALSE(is_kept());
}

TEST_P(ClientConnectionTest, TakesNoMoreThanItsReader) {
  const std::string body(8 * limits::MiB, 'b');
  const std::string response = "HTTP/1.1 200 OK\r\nContent-Length: 8388608\r\n\r\n" + body;
  std::size_t sent = 0;
  TestCall call;
  call.reads = false;
  io::Peer origin = begin_at_origin(get(), call);
  const auto send_some = [&] { sent += origin.send_now(std::string_view(response).substr(sent)); };
  for (int turn = 0; turn < 100; ++turn) {
    send_some();
    (*loop_)->turn(0);
  }
  EXPECT_EQ(call.status, 200U);
  constexpr std::size_t kOnTheWay = limits::kReceiveBuffers * limits::kReceiveBufferBytes;
  EXPECT_LT((*loop_)->usage().inbox_bytes, 2 * kOnTheWay);
  EXPECT_LT(sent, response.size());
  // Reads now and then, from outside of the connection's own turn.
  ASSERT_TRUE(loop_->turn_until([&] {
    send_some();
    call.read();
    return call.is_over();
  }));
  EXPECT_TRUE(io::same(call.body, body));
  EXPECT_TRUE(is_kept());
}

TEST_P(ClientConnectionTest, ReadsWhatIsLeftBehindTheEnd) {
  TestCall call;
  call.reads = false;
  io::Peer origin = begin_at_origin(get(), call);
  origin.send("HTTP/1.1 200 OK\r\n\r\n" + std::string(200'000, 'x'));
  origin.close();
  ASSERT_TRUE(loop_->turn_until([&] { return call.status == 200; }));
  loop_->settle();
  EXPECT_EQ(owner_.ended, 0);
  ASSERT_TRUE(loop_->turn_until([&] {
    call.read();
    return call.is_over();
  }));
  EXPECT_TRUE(call.is_whole());
  EXPECT_EQ(call.body.size(), 200'000U);
  EXPECT_FALSE(is_kept());
}

}  // namespace
}  // namespace larder::http
