// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "http/test_origin.h"
#include "io/test_tls.h"

namespace larder::http {
namespace {

// Answers every request without a body with `answer`, and ends after `answers` of them.
io::Task serve_answers(io::Socket& socket, std::string_view answer, int answers) {
  while (answers != 0) {
    const std::size_t end = socket.inbox().unread().find("\r\n\r\n");
    if (end == std::string_view::npos) {
      auto read = socket.read();
      if (!co_await read) break;
      continue;
    }
    socket.inbox().consume(end + 4);
    --answers;
    socket.outbox().append(answer);
    auto flush = socket.flush_everything();
    co_await flush;
  }
}

class ClientTlsTest : public OriginTest {
 protected:
  void SetUp() override {
    OriginTest::SetUp();
    if (IsSkipped()) return;
    tls_ = *io::Tls::open({.chain_file = host_.certificate_path(), .key_file = host_.key_path()});
    origins_ = *io::TlsOrigins::open({.ca_file = authority_.certificate_path()});
    terms_.tls = origins_.get();
    terms_.server_name = "origin.test";
  }
  int serve(std::string_view answer, int answers) {
    const int fd = ::dup(listener_.accept().fd());
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    (*loop_)->adopt(fd, [=](io::Socket& socket) { return serve_answers(socket, answer, answers); },
                    {.tls = tls_.get()});
    return fd;
  }

  io::TestIdentity authority_{"authority"};
  io::TestIdentity host_{"host", &authority_, "DNS:origin.test"};
  std::unique_ptr<io::Tls> tls_;
  std::unique_ptr<io::TlsOrigins> origins_;
};
LARDER_TEST_BACKENDS(ClientTlsTest);

TEST_P(ClientTlsTest, CarriesCalls) {
  const std::string body(200'000, 'b');
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + body;
  for (int i = 0; i < 3; ++i) {
    TestCall call;
    begin(get(), call);
    if (i == 0) serve(answer, 3);
    ASSERT_TRUE(is_over(call));
    EXPECT_TRUE(io::same(call.body, body));
    ASSERT_TRUE(loop_->turn_until([&] { return owner_.idle == i + 1; }));
  }
  EXPECT_TRUE(has_ended());
}

TEST_P(ClientTlsTest, FailsWhereTheCertificateIsNotTheOrigins) {
  terms_.server_name = "other.test";
  TestCall call;
  begin(get(), call);
  serve("", 1);
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.failure, CallFailure::kTls);
  EXPECT_FALSE(connection_->has_sent());
  EXPECT_TRUE(has_ended());
}

TEST_P(ClientTlsTest, FailsWhereTheOriginSpeaksPlainly) {
  TestCall call;
  begin(get(), call);
  io::Peer origin = listener_.accept();
  origin.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.failure, CallFailure::kTls);
}

TEST_P(ClientTlsTest, FailsWhereNobodyShakesHandsInTime) {
  TestCall call;
  begin(get(), call);
  const io::Peer origin = listener_.accept();
  loop_->settle();
  pass_time(terms_.connect_timeout_ms);
  EXPECT_EQ(call.failure, CallFailure::kConnectTimeout);
  EXPECT_TRUE(has_ended());
}

TEST_P(ClientTlsTest, BelievesAnEndThatIsSaid) {
  TestCall call;
  begin(get(), call);
  serve("HTTP/1.1 200 OK\r\n\r\nall", 1);
  ASSERT_TRUE(is_over(call));
  EXPECT_EQ(call.body, "all");
  EXPECT_TRUE(call.is_whole());
}

TEST_P(ClientTlsTest, BelievesNoEndThatIsNotSaid) {
  TestCall call;
  begin(get(), call);
  const int fd = serve("HTTP/1.1 200 OK\r\n\r\nhalf", 2);
  ASSERT_TRUE(loop_->turn_until([&] { return call.body == "half"; }));
  ::shutdown(fd, SHUT_WR);  // as anybody on the way could do
  ASSERT_TRUE(is_over(call));
  EXPECT_FALSE(call.is_whole());
}

}  // namespace
}  // namespace larder::http
