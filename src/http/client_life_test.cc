// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/limits.h"
#include "http/test_origin.h"

namespace larder::http {
namespace {

constexpr std::string_view kNothing = "HTTP/1.1 204 No Content\r\n\r\n";

class ClientLifeTest : public OriginTest {
 protected:
  io::Peer become_idle() {
    TestCall call;
    io::Peer origin = begin_at_origin(get(), call);
    origin.send(kNothing);
    EXPECT_TRUE(is_kept());
    owner_ = {};
    return origin;
  }
};
LARDER_TEST_BACKENDS(ClientLifeTest);

TEST_P(ClientLifeTest, CarriesOneCallAfterAnother) {
  io::Peer origin = become_idle();
  EXPECT_FALSE(connection_->was_used());
  EXPECT_TRUE(connection_->is_idle());
  EXPECT_EQ(connection_->idle_since(), now_ms());
  for (int i = 0; i < 3; ++i) {
    TestCall call;
    begin(get(), call);
    EXPECT_FALSE(connection_->is_idle());
    EXPECT_TRUE(connection_->was_used());
    receive_head(origin);
    origin.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    ASSERT_TRUE(is_over(call));
    EXPECT_EQ(call.body, "hi");
    EXPECT_TRUE(is_kept());
  }
  EXPECT_EQ(owner_.idle, 3);
}

TEST_P(ClientLifeTest, SaysWhenThingsHappened) {
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  const base::SteadyMs began = now_ms();
  pass_time(10);
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  ASSERT_TRUE(loop_->turn_until([&] { return call.status == 200; }));
  pass_time(10);
  origin.send("hi");
  EXPECT_TRUE(is_kept());
  EXPECT_EQ(connection_->times().began, began);
  EXPECT_EQ(connection_->times().connected, began);
  EXPECT_EQ(connection_->times().head, began + 10);
  EXPECT_EQ(connection_->times().end, began + 20);
}

TEST_P(ClientLifeTest, EndsWithItsOriginWhileItIsIdle) {
  become_idle().close();
  EXPECT_TRUE(has_ended());
  EXPECT_EQ(owner_.ended, 1);
  EXPECT_FALSE(connection_->is_idle());
}

TEST_P(ClientLifeTest, EndsWithWhatNobodyAskedFor) {
  io::Peer origin = become_idle();
  origin.send(kNothing);
  EXPECT_TRUE(has_ended());
}

TEST_P(ClientLifeTest, FindsOutThatItWasClosedByACall) {
  io::Peer origin = become_idle();
  origin.close();
  TestCall call;
  begin(get(), call);
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.failure, CallFailure::kClosed);
  EXPECT_TRUE(connection_->was_used());
  EXPECT_FALSE(connection_->has_response());
  EXPECT_TRUE(has_ended());
}

TEST_P(ClientLifeTest, EndsWithALoopThatStops) {
  io::Peer origin = become_idle();
  (*loop_)->begin_stop(1'000'000);
  EXPECT_TRUE(has_ended());
  EXPECT_TRUE(loop_->turn_until_all_left());
}

TEST_P(ClientLifeTest, BringsAResponseToItsEndWhileTheLoopStops) {
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  (*loop_)->begin_stop(1'000'000);
  loop_->settle();
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.body, "hi");
  EXPECT_TRUE(has_ended());
}

TEST_P(ClientLifeTest, FailsWhereNobodyListens) {
  terms_.to = io::TestListener().address();
  TestCall call;
  begin(get(), call);
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.failure, CallFailure::kConnect);
  EXPECT_FALSE(connection_->has_sent());
  EXPECT_TRUE(has_ended());
}

// ---- timeouts

TEST_P(ClientLifeTest, IsNotConnectedInTime) {
  const io::FullListener full;
  terms_.to = full.address();
  TestCall call;
  begin(get(), call);
  pass_time(terms_.connect_timeout_ms - 1);
  EXPECT_FALSE(call.is_over());
  pass_time(1);
  EXPECT_EQ(call.failure, CallFailure::kConnectTimeout);
  EXPECT_TRUE(has_ended());
}

TEST_P(ClientLifeTest, GetsNoHeadInTime) {
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  pass_time(terms_.response_timeout_ms - 1);
  origin.send("HTTP/1.1 200");  // a byte now and then does not help
  loop_->settle();
  EXPECT_FALSE(call.is_over());
  pass_time(1);
  EXPECT_EQ(call.failure, CallFailure::kTimeout);
  EXPECT_TRUE(has_ended());
}

TEST_P(ClientLifeTest, IsGivenTimeByInterimResponses) {
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  for (int i = 0; i < 5; ++i) {
    pass_time(terms_.response_timeout_ms - 1);
    origin.send("HTTP/1.1 102 Processing\r\n\r\n");
    loop_->settle();
  }
  EXPECT_FALSE(call.is_over());
  pass_time(terms_.response_timeout_ms);
  EXPECT_EQ(call.failure, CallFailure::kTimeout);
}

TEST_P(ClientLifeTest, GetsNoMoreOfABodyInTime) {
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
  for (int i = 0; i < 5; ++i) {
    origin.send("x");
    loop_->settle();
    pass_time(terms_.response_timeout_ms - 1);
  }
  EXPECT_FALSE(call.is_over());
  pass_time(1);
  EXPECT_EQ(call.end, Pulled::State::kFailed);
  EXPECT_EQ(call.body, "xxxxx");
  EXPECT_TRUE(has_ended());
}

TEST_P(ClientLifeTest, LeavesItsReaderAllTheTime) {
  TestCall call;
  call.reads = false;
  io::Peer origin = begin_at_origin(get(), call);
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  ASSERT_TRUE(loop_->turn_until([&] { return call.status == 200; }));
  pass_time(10 * terms_.response_timeout_ms);
  call.read();
  EXPECT_TRUE(call.is_whole());
  EXPECT_TRUE(is_kept());
}

TEST_P(ClientLifeTest, CannotSendInTime) {
  constexpr std::size_t kBytes = 32 * limits::MiB;
  terms_.send_timeout_ms = 5000;
  TestCall call;
  GivenBody body(std::string(kBytes, 'b'));
  io::Peer origin = begin_at_origin(post(body, kBytes), call);
  for (int i = 0; i < 3; ++i) {
    pass_time(4999);
    for (int some = 0; some < 8; ++some) origin.receive_some(MSG_DONTWAIT);
    loop_->settle();
    EXPECT_FALSE(call.is_over()) << i;
  }
  pass_time(5000);
  EXPECT_EQ(call.failure, CallFailure::kTimeout);
  EXPECT_TRUE(has_ended());
}

// ---- nobody wants the rest

TEST_P(ClientLifeTest, IsGivenUpWhileItConnects) {
  const io::FullListener full;
  terms_.to = full.address();
  TestCall call;
  begin(get(), call);
  connection_->give_up();
  EXPECT_TRUE(has_ended());
  EXPECT_FALSE(call.is_over());
}

TEST_P(ClientLifeTest, IsGivenUpBeforeAResponse) {
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  connection_->give_up();
  EXPECT_EQ(owner_.ended, 0) << "told inside the call";
  EXPECT_TRUE(has_ended());
  EXPECT_TRUE(loop_->turn_until([&] { return origin.has_ended(); }));
  EXPECT_FALSE(call.is_over());
}

TEST_P(ClientLifeTest, IsDrainedWhereLittleIsLeft) {
  const std::string half(limits::kDrainBodyBytes / 2, 'x');
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n" + half);
  ASSERT_TRUE(loop_->turn_until([&] { return call.body.size() == half.size(); }));
  connection_->give_up();
  loop_->settle();
  EXPECT_EQ(owner_.idle, 0);
  origin.send(half);
  EXPECT_TRUE(is_kept());
  EXPECT_EQ(call.body.size(), half.size());
  TestCall next;
  begin(get(), next);
  receive_head(origin);
  origin.send(kNothing);
  EXPECT_TRUE(is_over(next));
}

TEST_P(ClientLifeTest, IsDrainedOfWhatIsHere) {
  TestCall call;
  call.reads = false;
  io::Peer origin = begin_at_origin(get(), call);
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
  ASSERT_TRUE(loop_->turn_until([&] { return call.status == 200; }));
  connection_->give_up();
  EXPECT_TRUE(is_kept());
}

TEST_P(ClientLifeTest, IsDrainedInTime) {
  TestCall call;
  io::Peer origin = begin_at_origin(get(), call);
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh");
  ASSERT_TRUE(loop_->turn_until([&] { return call.body == "h"; }));
  connection_->give_up();
  loop_->settle();
  pass_time(terms_.response_timeout_ms);
  EXPECT_TRUE(has_ended());
}

TEST_P(ClientLifeTest, IsClosedWhereMuchOrNobodyKnowsWhatIsLeft) {
  for (const std::string_view fields :
       {"Content-Length: 65537", "Transfer-Encoding: chunked", "Connection: close"}) {
    TestCall call;
    io::Peer origin = begin_at_origin(get(), call);
    origin.send("HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n\r\n");
    ASSERT_TRUE(loop_->turn_until([&] { return call.status == 200; }));
    connection_->give_up();
    EXPECT_TRUE(has_ended());
    EXPECT_FALSE(call.is_over());
    renew();
  }
}

TEST_P(ClientLifeTest, IsGivenUpInsideOfWhatItTells) {
  for (const std::string_view body : {"hi", ""}) {
    TestCall call;
    call.reads = false;
    call.on_responded = [&] { connection_->give_up(); };
    io::Peer origin = begin_at_origin(get(), call);
    origin.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    origin.send(body);
    EXPECT_TRUE(is_kept());
    renew();
  }
  TestCall call;
  call.on_informed = [&] { connection_->give_up(); };
  io::Peer origin = begin_at_origin(get(), call);
  origin.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_TRUE(has_ended());
  EXPECT_EQ(call.status, 0U);
}

TEST_P(ClientLifeTest, MayBeDestroyedInAnyState) {
  connection_.emplace(**loop_, terms_, owner_);
  renew();  // new
  TestCall connecting;
  begin(get(), connecting);
  renew();
  listener_.accept();
  TestCall head;
  io::Peer origin = begin_at_origin(get(), head);
  renew();
  TestCall body;
  origin = begin_at_origin(get(), body);
  origin.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
  ASSERT_TRUE(loop_->turn_until([&] { return body.body == "x"; }));
  renew();
  origin = become_idle();
  renew();
  TestCall inside;
  inside.on_responded = [&] { renew(); };
  origin = begin_at_origin(get(), inside);
  origin.send(kNothing);
  ASSERT_TRUE(loop_->turn_until([&] { return inside.status != 0; }));
  TestCall failing;
  failing.on_failed = [&] { renew(); };
  origin = begin_at_origin(get(), failing);
  origin.send("garbage\r\n\r\n");
  ASSERT_TRUE(is_over(failing));
  EXPECT_TRUE(loop_->turn_until_all_left());
  EXPECT_EQ(owner_.ended, 0);
}

TEST_P(ClientLifeTest, IsClosedByItsOwner) {
  io::Peer origin = become_idle();
  connection_->close();
  EXPECT_EQ(owner_.ended, 0) << "told inside the call";
  EXPECT_TRUE(has_ended());
  EXPECT_TRUE(loop_->turn_until([&] { return origin.has_ended(); }));
}

}  // namespace
}  // namespace larder::http
