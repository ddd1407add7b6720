// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/tls_origins.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "io/test_loop.h"
#include "io/test_session.h"
#include "io/test_tls.h"

namespace larder::io {
namespace {

// What a client that asks once came to.
struct Asked {
  std::string answer;
  std::string trouble;
  TlsFacts facts;
  bool done = false;
};

Task ask(Socket& socket, Asked& asked) {
  socket.outbox().append("ping\n");
  auto flush = socket.flush();
  co_await flush;
  auto read = socket.read();
  if (co_await read) asked.answer = socket.inbox().unread();
  asked.facts = socket.tls_facts();
  if (!socket.has_shaken_hands()) asked.trouble = "no handshake";
  asked.done = true;
}

class TlsOriginsTest : public BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    trusting_.ca_file = authority_.certificate_path();
    serve(host_);
  }
  void serve(const TestIdentity& identity) {
    tls_ = *Tls::open({.chain_file = identity.certificate_path(),
                       .key_file = identity.key_path(),
                       .ca_file = authority_.certificate_path(),
                       .alpn = {"h2", "http/1.1"}});
  }
  // A server and a client, on the same loop.
  Asked ask_for(SteppedLoop& loop, const TlsOrigins& origins, const std::string& name,
                TlsClients clients = TlsClients::kNotAsked) {
    EXPECT_TRUE(loop.turn_until_all_left());
    seen_ = {};
    const auto lines = [this](Socket& socket) { return serve_lines(socket, seen_); };
    const Peer peer = loop.connect(lines, Transport::kTcp, {.tls = tls_.get(), .clients = clients});
    const int fd = ::dup(peer.fd());
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    Asked asked;
    loop->begin(fd, [&](Socket& socket) { return ask(socket, asked); }, origins.connect(name));
    EXPECT_TRUE(loop.turn_until([&] { return asked.done; }));
    shown_ = seen_.done ? TlsFacts() : seen_.socket->tls_facts();
    return asked;
  }
  Asked ask_for(SteppedLoop& loop, const std::string& name) {
    return ask_for(loop, **TlsOrigins::open(trusting_), name);
  }

  TestIdentity authority_{"authority"};
  TestIdentity host_{"host", &authority_, "DNS:origin.test,DNS:*.wild.test,IP:127.0.0.1"};
  TlsOriginOptions trusting_;
  std::unique_ptr<Tls> tls_;
  Seen seen_;
  TlsFacts shown_;
};
LARDER_TEST_BACKENDS(TlsOriginsTest);

TEST_P(TlsOriginsTest, SpeaksWithWhomItWants) {
  SteppedLoop loop(options());
  for (const std::string name : {"origin.test", "a.wild.test", "127.0.0.1"}) {
    EXPECT_EQ(ask_for(loop, name).answer, "[ping]") << name;
  }
  const Asked asked = ask_for(loop, "origin.test");
  EXPECT_EQ(asked.facts.protocol, "http/1.1");
  EXPECT_EQ(asked.facts.version, "TLSv1.3");
  EXPECT_EQ(shown_.server_name, "origin.test");
}

TEST_P(TlsOriginsTest, SpeaksWithNobodyElse) {
  SteppedLoop loop(options());
  for (const std::string name : {"other.test", "a.b.wild.test", "wild.test", "127.0.0.2", ""}) {
    const Asked asked = ask_for(loop, name);
    EXPECT_EQ(asked.answer, "") << name;
    EXPECT_EQ(asked.trouble, "no handshake") << name;
  }
}

TEST_P(TlsOriginsTest, TrustsNobodyWhomItsAuthorityDoesNot) {
  SteppedLoop loop(options());
  const TestIdentity stranger("stranger", nullptr, "DNS:origin.test");
  serve(stranger);
  EXPECT_EQ(ask_for(loop, "origin.test").trouble, "no handshake");
  trusting_.verify = false;
  EXPECT_EQ(ask_for(loop, "origin.test").answer, "[ping]");
  EXPECT_EQ(ask_for(loop, "other.test").answer, "[ping]");
}

TEST_P(TlsOriginsTest, ShowsACertificateWhereItIsAsked) {
  SteppedLoop loop(options());
  const TestIdentity client("client", &authority_);
  trusting_.chain_file = client.certificate_path();
  trusting_.key_file = client.key_path();
  const auto origins = TlsOrigins::open(trusting_);
  ASSERT_TRUE(origins);
  EXPECT_EQ(ask_for(loop, **origins, "origin.test", TlsClients::kRequired).answer, "[ping]");
  EXPECT_EQ(shown_.peer_subject, "CN=client");
}

TEST_P(TlsOriginsTest, ResumesASessionWithTheSameName) {
  SteppedLoop loop(options());
  const auto origins = TlsOrigins::open(trusting_);
  ASSERT_TRUE(origins);
  for (const std::string name : {"origin.test", "a.wild.test"}) {
    EXPECT_EQ(SSL_get_session((*origins)->connect(name).get()), nullptr);
    EXPECT_EQ(ask_for(loop, **origins, name).answer, "[ping]");
    EXPECT_NE(SSL_get_session((*origins)->connect(name).get()), nullptr);
    EXPECT_EQ(ask_for(loop, **origins, name).answer, "[ping]");
  }
}

TEST_P(TlsOriginsTest, SaysWhichFileIsBad) {
  trusting_.ca_file = "/no/such";
  const auto origins = TlsOrigins::open(trusting_);
  ASSERT_FALSE(origins);
  EXPECT_NE(origins.failure().what.find("Error loading the CA certificate: /no/such"),
            std::string::npos);
}

}  // namespace
}  // namespace larder::io
