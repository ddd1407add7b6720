// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "http/proxy_preface.h"
#include "http/test_origin.h"

namespace larder::http {
namespace {

constexpr std::string_view kNothing = "HTTP/1.1 204 No Content\r\n\r\n";

class ClientRequestTest : public OriginTest {
 protected:
  // Of a request that ends with `end`.
  std::string receive_until(io::Peer& origin, std::string_view end) {
    std::string all;
    EXPECT_TRUE(loop_->turn_until([&] {
      all += origin.receive_now();
      return all.ends_with(end);
    })) << all;
    return all;
  }
};
LARDER_TEST_BACKENDS(ClientRequestTest);

TEST_P(ClientRequestTest, IsWritten) {
  TestCall call;
  begin(get(), call);
  io::Peer origin = listener_.accept();
  EXPECT_EQ(receive_head(origin), "GET /a?b HTTP/1.1\r\nHost: origin\r\n\r\n");
  EXPECT_TRUE(connection_->has_sent());
  EXPECT_FALSE(connection_->has_response());
  origin.send(kNothing);
  EXPECT_TRUE(is_kept());
}

TEST_P(ClientRequestTest, SaysThatItHasNoBodyWhereOneIsExpected) {
  TestCall call;
  begin(with_method("PUT"), call);
  io::Peer origin = listener_.accept();
  EXPECT_EQ(receive_head(origin), "PUT /a?b HTTP/1.1\r\nHost: origin\r\nContent-Length: 0\r\n\r\n");
}

TEST_P(ClientRequestTest, CarriesABodyOfKnownLength) {
  TestCall call;
  GivenBody body("hello");
  begin(post(body, 5), call);
  io::Peer origin = listener_.accept();
  EXPECT_EQ(receive_until(origin, "hello"),
            "POST /a?b HTTP/1.1\r\nHost: origin\r\nContent-Length: 5\r\n\r\nhello");
  origin.send(kNothing);
  EXPECT_TRUE(is_kept());
}

TEST_P(ClientRequestTest, CarriesABodyOfUnknownLength) {
  TestCall call;
  GivenBody body("hello, world");
  body.fields = "Sum: 1\r\n";
  body.piece = 10;
  begin(post(body, {}), call);
  io::Peer origin = listener_.accept();
  EXPECT_EQ(receive_until(origin, "\r\nSum: 1\r\n\r\n"),
            "POST /a?b HTTP/1.1\r\nHost: origin\r\nTransfer-Encoding: chunked\r\n\r\n"
            "a\r\nhello, wor\r\n2\r\nld\r\n0\r\nSum: 1\r\n\r\n");
  origin.send(kNothing);
  EXPECT_TRUE(is_kept());
}

TEST_P(ClientRequestTest, CarriesABodyAsItComes) {
  TestCall call;
  GivenBody body("hello");
  body.hold_back(1);
  begin(post(body, 5), call);
  io::Peer origin = listener_.accept();
  EXPECT_TRUE(receive_until(origin, "\r\n\r\nh").ends_with("h"));
  pass_time(1'000'000);  // the client's, not the origin's
  EXPECT_FALSE(call.is_over());
  body.come(4);
  EXPECT_EQ(receive_until(origin, "o"), "ello");
  origin.send(kNothing);
  EXPECT_TRUE(is_kept());
}

TEST_P(ClientRequestTest, TakesNoMoreOfABodyThanTheOrigin) {
  constexpr std::size_t kBytes = 32 * limits::MiB;
  TestCall call;
  GivenBody body(std::string(kBytes, 'b'));
  io::Peer origin = begin_at_origin(post(body, kBytes), call);
  loop_->settle();
  EXPECT_LT(body.pulled, 16 * limits::MiB);
  std::size_t most = 0;
  ASSERT_TRUE(loop_->turn_until([&] {
    origin.receive_some(MSG_DONTWAIT);
    most = std::max(most, (*loop_)->usage().outbox_bytes);
    return body.pulled == kBytes;
  }));
  EXPECT_LE(most, 2 * limits::kFullOutboxBytes);
  origin.send(kNothing);
  ASSERT_TRUE(is_over(call));
}

TEST_P(ClientRequestTest, FailsWithItsBody) {
  TestCall call;
  GivenBody body("hello");
  body.hold_back(2);
  body.last = Pulled::State::kFailed;
  io::Peer origin = begin_at_origin(post(body, {}), call);
  body.come(3);
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.failure, CallFailure::kRequestBody);
  EXPECT_FALSE(is_kept());
}

TEST_P(ClientRequestTest, FailsWithABodyThatIsShorterThanItSays) {
  TestCall call;
  GivenBody body("hello");
  begin(post(body, 6), call);
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.failure, CallFailure::kRequestBody);
}

TEST_P(ClientRequestTest, FailsWithABodyThatIsLongerThanItSays) {
  TestCall call;
  GivenBody body("hello");
  begin(post(body, 4), call);
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.failure, CallFailure::kRequestBody);
}

TEST_P(ClientRequestTest, DoesNotFailInsideTheCallOfAConnectionThatWaits) {
  TestCall first;
  io::Peer origin = begin_at_origin(get(), first);
  origin.send(kNothing);
  ASSERT_TRUE(is_kept());
  TestCall second;
  GivenBody body("");
  body.last = Pulled::State::kFailed;
  begin(post(body, {}), second);
  ASSERT_TRUE(is_over(second));
  EXPECT_EQ(second.failure, CallFailure::kRequestBody);
  EXPECT_TRUE(has_ended());
}

TEST_P(ClientRequestTest, StopsWhenItsResponseIsEarly) {
  constexpr std::size_t kBytes = 64 * limits::MiB;
  TestCall call;
  GivenBody body(std::string(kBytes, 'b'));
  io::Peer origin = begin_at_origin(post(body, kBytes), call);
  origin.send("HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nmuch");
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.status, 413U);
  EXPECT_EQ(call.body, "much");
  EXPECT_TRUE(call.is_whole());
  EXPECT_LT(body.pulled, kBytes);
  EXPECT_FALSE(is_kept());
  body.come(0);  // tells nobody
}

TEST_P(ClientRequestTest, HearsWhyTheOriginReadsNoMore) {
  TestCall call;
  GivenBody body(std::string(1000, 'b'));
  body.hold_back(10);
  io::Peer origin = begin_at_origin(post(body, 1000), call);
  origin.receive_now();
  origin.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
  origin.close();
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.status, 403U);
  EXPECT_TRUE(call.is_whole());
}

TEST_P(ClientRequestTest, BecomesATunnel) {
  TestCall call;
  GivenBody up("from the client");
  up.hold_back(4);
  Outgoing request = get();
  request.upgrade = "chat";
  request.body = &up;
  begin(request, call);
  io::Peer origin = listener_.accept();
  EXPECT_EQ(receive_head(origin),
            "GET /a?b HTTP/1.1\r\nHost: origin\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
  EXPECT_EQ(up.pulled, 0U);
  origin.send("HTTP/1.1 101 Switching\r\nUpgrade: chat\r\nConnection: upgrade\r\n\r\nhi");
  EXPECT_EQ(receive_until(origin, "m"), "from");
  EXPECT_EQ(call.status, 101U);
  EXPECT_EQ(call.body, "hi");
  up.come(11);
  EXPECT_EQ(receive_until(origin, "t"), " the client");
  ASSERT_TRUE(loop_->turn_until([&] { return origin.has_ended(); }));
  origin.send(" there");
  origin.close();
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.body, "hi there");
  EXPECT_TRUE(call.is_whole());
  EXPECT_FALSE(is_kept());
}

TEST_P(ClientRequestTest, NeedNotBecomeATunnel) {
  TestCall call;
  GivenBody up("from the client");
  Outgoing request = get();
  request.upgrade = "chat";
  request.body = &up;
  io::Peer origin = begin_at_origin(request, call);
  origin.send(kNothing);
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(up.pulled, 0U);
  EXPECT_TRUE(is_kept());
}

TEST_P(ClientRequestTest, ComesBehindAPreface) {
  terms_.proxy_protocol = 1;
  terms_.proxied_from = io::Address::resolve("192.0.2.1", 1234)->front();
  terms_.proxied_to = io::Address::resolve("192.0.2.2", 80)->front();
  TestCall call;
  begin(get(), call);
  io::Peer origin = listener_.accept();
  EXPECT_TRUE(receive_head(origin).starts_with(
      "PROXY TCP4 192.0.2.1 192.0.2.2 1234 80\r\nGET /a?b HTTP/1.1\r\n"));
}

TEST(ProxyPreface, IsOfVersion2) {
  using namespace std::string_literals;
  const auto from = io::Address::resolve("192.0.2.1", 258)->front();
  const auto to = io::Address::resolve("192.0.2.2", 80)->front();
  const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;
  EXPECT_EQ(format_proxy_preface(2, from, to),
            signature + "\x21\x11\0\x0c\xc0\0\x02\x01\xc0\0\x02\x02\x01\x02\0\x50"s);
  EXPECT_EQ(format_proxy_preface(2, {}, to), signature + "\x20\0\0\0"s);
  EXPECT_EQ(format_proxy_preface(1, from, {}), "PROXY UNKNOWN\r\n");
  const auto six = io::Address::resolve("2001:db8::1", 1)->front();
  EXPECT_EQ(format_proxy_preface(1, six, six), "PROXY TCP6 2001:db8::1 2001:db8::1 1 1\r\n");
  EXPECT_EQ(format_proxy_preface(2, six, six).size(), 16U + 36U);
  EXPECT_EQ(format_proxy_preface(1, six, to), "PROXY UNKNOWN\r\n");
}

}  // namespace
}  // namespace larder::http
