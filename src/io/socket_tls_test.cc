// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
// Sockets that speak TLS, and clients that do so well, badly, or not at all. What every fault of the
// kernel does to them is in faults_test.cc.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "io/test_loop.h"
#include "io/test_session.h"
#include "io/test_tls.h"
#include "io/tls_memory.h"

namespace larder::io {
namespace {

base::SteadyMs test_clock_ms = 0;
base::SteadyMs test_clock() noexcept { return test_clock_ms; }

class SocketTlsTest : public BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    auto opened = Tls::open({.chain_file = server_.certificate_path(),
                             .key_file = server_.key_path(),
                             .ca_file = authority_.certificate_path()});
    ASSERT_TRUE(opened) << opened.failure().what;
    tls_ = *std::move(opened);
  }

  LoopOptions with_clock() const {
    LoopOptions own = options();
    own.steady_now = test_clock;
    return own;
  }
  Loop::Serve lines() {
    return [this](Socket& socket) { return serve_lines(socket, seen_); };
  }
  Loop::Serve other_lines() {
    return [this](Socket& socket) { return serve_lines(socket, other_); };
  }
  TlsTerms terms(TlsClients clients = TlsClients::kNotAsked) const {
    return {.tls = tls_.get(), .clients = clients};
  }
  TlsPeer connect(SteppedLoop& loop, const TlsPeerOptions& wanted = {},
                  TlsClients clients = TlsClients::kNotAsked) {
    return {loop.connect(lines(), Transport::kTcp, terms(clients)), wanted};
  }
  static bool shake_hands(SteppedLoop& loop, TlsPeer& peer) {
    return loop.turn_until([&] { return peer.shake_hands() || peer.has_failed(); }) &&
           !peer.has_failed();
  }
  static std::string receive(SteppedLoop& loop, TlsPeer& peer, std::size_t bytes) {
    return peer.converse("", bytes, [&] { loop->turn(1); });
  }
  // → whether it could talk.
  static bool answers(SteppedLoop& loop, TlsPeer& peer) {
    return peer.converse("ping\n", 6, [&] { loop->turn(1); }) == "[ping]";
  }
  static std::string client_hello() {
    Connection connection = io::connect(Transport::kUnix);
    Peer server(connection.ours);
    TlsPeer client(std::move(connection.peer), {});
    client.shake_hands();
    return server.receive_now();
  }
  static bool ends(SteppedLoop& loop, Peer& peer) {
    return loop.turn_until([&] {
      peer.receive_now();
      return peer.has_ended();
    });
  }

  TestIdentity authority_{"authority"};
  TestIdentity server_{"server", &authority_};
  std::unique_ptr<Tls> tls_;
  Seen seen_;
  Seen other_;
};
LARDER_TEST_BACKENDS(SocketTlsTest);

// ---- conversations

TEST_P(SocketTlsTest, AnswersByEachVersion) {
  SteppedLoop loop(options());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsPeer peer = connect(loop, {.version = version});
    EXPECT_TRUE(answers(loop, peer));
    EXPECT_TRUE(answers(loop, peer));
  }
}

TEST_P(SocketTlsTest, KeepsALineAcrossRecords) {
  SteppedLoop loop(options());
  TlsPeer peer = connect(loop);
  ASSERT_TRUE(shake_hands(loop, peer));
  for (const std::string_view piece : {"he", "l", "lo"}) {
    const std::size_t reads = seen_.reads;
    peer.send(piece);
    ASSERT_TRUE(loop.turn_until([&] { return seen_.reads > reads; }));
  }
  peer.send("\n");
  EXPECT_EQ(receive(loop, peer, 7), "[hello]");
}

// Many records of a few bytes are one read of the session.
TEST_P(SocketTlsTest, ReadsAPipelineAtOnce) {
  SteppedLoop loop(options());
  TlsPeer peer(loop.connect(lines(), Transport::kUnix, terms()), {});
  ASSERT_TRUE(answers(loop, peer));
  const std::size_t reads = seen_.reads;
  std::string expected;
  for (int i = 0; i < 50; ++i) {
    peer.send(std::to_string(i) + "\n");
    expected += "[" + std::to_string(i) + "]";
  }
  EXPECT_EQ(receive(loop, peer, expected.size()), expected);
  EXPECT_EQ(seen_.reads, reads + 1);
}

TEST_P(SocketTlsTest, AnswersWhatComesWithTheEndOfTheHandshake) {
  SteppedLoop loop(options());
  TlsPeer peer = connect(loop);
  ASSERT_TRUE(loop.turn_until([&] {
    loop->turn(0);
    return peer.shake_hands();
  }));
  peer.send("at once\n");
  peer.say_end();
  EXPECT_EQ(receive(loop, peer, 100), "[at once]");
  EXPECT_TRUE(peer.was_told_end());
  EXPECT_TRUE(loop.turn_until_all_left());
}

TEST_P(SocketTlsTest, OwnsNoBufferWhenItIsIdle) {
  SteppedLoop loop(options());
  const std::size_t before = tls_memory_bytes();
  TlsPeer peer = connect(loop);
  ASSERT_TRUE(answers(loop, peer));
  loop.settle();
  EXPECT_EQ(loop->usage().inbox_bytes, 0U);
  EXPECT_GT(tls_memory_bytes(), before);
  seen_.socket->cut();
  EXPECT_TRUE(loop.turn_until_all_left());
}

// ---- ends

TEST_P(SocketTlsTest, TellsAnEndAndUnderstandsOne) {
  SteppedLoop loop(options());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsPeer peer = connect(loop, {.version = version});
    ASSERT_TRUE(answers(loop, peer));
    peer.send("last\n");
    peer.say_end();
    EXPECT_EQ(receive(loop, peer, 100), "[last]");
    EXPECT_TRUE(peer.was_told_end());
    EXPECT_TRUE(loop.turn_until_all_left());
  }
}

TEST_P(SocketTlsTest, TakesTruncationForAnEnd) {
  SteppedLoop loop(options());
  TlsPeer peer = connect(loop);
  ASSERT_TRUE(answers(loop, peer));
  peer.send("no line end");
  peer.peer().half_close();
  EXPECT_EQ(receive(loop, peer, 100), "");
  EXPECT_TRUE(loop.turn_until_all_left());
}

TEST_P(SocketTlsTest, EndsASessionWhoseRecordsAreForged) {
  SteppedLoop loop(options());
  TlsPeer peer = connect(loop);
  ASSERT_TRUE(answers(loop, peer));
  peer.peer().send(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x'));
  EXPECT_TRUE(loop.turn_until_all_left());
  EXPECT_TRUE(seen_.done);
}

TEST_P(SocketTlsTest, ClosesOnPlaintext) {
  SteppedLoop loop(options());
  for (const std::string_view words : {"get a\r\n", "GET / HTTP/1.1\r\n\r\n", "\x80\x01", "\r\n"}) {
    Peer peer = loop.connect(lines(), Transport::kTcp, terms());
    peer.send(words);
    if (words.size() < 5) peer.half_close();  // not even the head of a record
    EXPECT_TRUE(ends(loop, peer)) << words;
    EXPECT_TRUE(loop.turn_until_all_left());
  }
  EXPECT_EQ(seen_.reads, 0U);
}

TEST_P(SocketTlsTest, SurvivesHandshakesThatAreCutOffAndBytesThatMeanNothing) {
  SteppedLoop loop(options());
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::string hello = client_hello();
  ASSERT_GT(hello.size(), 100U);
  for (int i = 0; i < 300; ++i) {
    std::string bytes = hello.substr(0, random() % (hello.size() + 1));
    for (std::uint64_t change = random() % 4; change != 0 && !bytes.empty(); --change) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    Peer peer = loop.connect(other_lines(), Transport::kTcp, terms());
    peer.send(bytes);
    for (std::uint64_t turns = random() % 3; turns != 0; --turns) loop->turn(0);
    random() % 2 == 0 ? peer.half_close() : peer.close();
  }
  EXPECT_TRUE(loop.turn_until_all_left());
  EXPECT_EQ(other_.reads, 0U);
}

// ---- clients that are asked who they are

TEST_P(SocketTlsTest, AsksClientsForCertificates) {
  const TestIdentity good("client", &authority_);
  const TestIdentity stranger("stranger");
  struct Case {
    TlsClients wanted;
    const TestIdentity* shown;
    bool talks;
  };
  SteppedLoop loop(options());
  for (const Case& one : {Case{TlsClients::kNotAsked, nullptr, true},
                          {TlsClients::kNotAsked, &stranger, true},
                          {TlsClients::kAsked, nullptr, true},
                          {TlsClients::kAsked, &good, true},
                          {TlsClients::kAsked, &stranger, false},
                          {TlsClients::kRequired, nullptr, false},
                          {TlsClients::kRequired, &good, true},
                          {TlsClients::kRequired, &stranger, false}}) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      seen_ = {};
      TlsPeer peer = connect(loop, {.version = version, .identity = one.shown}, one.wanted);
      EXPECT_EQ(answers(loop, peer), one.talks);
      EXPECT_EQ(seen_.reads != 0, one.talks);
    }
  }
}

// ---- renewals

TEST_P(SocketTlsTest, ShowsARenewedCertificateAndKeepsWhoIsThere) {
  SteppedLoop loop(options());
  TlsPeer before = connect(loop);
  ASSERT_TRUE(answers(loop, before));
  EXPECT_EQ(before.server_name(), "server");
  server_.become(TestIdentity("renewed", &authority_));
  ASSERT_TRUE(tls_->reload());
  TlsPeer after = connect(loop);
  EXPECT_TRUE(answers(loop, after));
  EXPECT_EQ(after.server_name(), "renewed");
  EXPECT_TRUE(answers(loop, before));
}

TEST_P(SocketTlsTest, ResumesSessionsOnEveryLoopAndAcrossRenewals) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SslSession session;
    {
      SteppedLoop loop(options());
      TlsPeer peer = connect(loop, {.version = version});
      ASSERT_TRUE(answers(loop, peer));
      EXPECT_FALSE(peer.was_resumed());
      session = peer.session();
      peer.say_end();  // or OpenSSL takes the session for broken
    }
    ASSERT_TRUE(tls_->reload());
    SteppedLoop other(options());
    TlsPeer peer = connect(other, {.version = version, .resumed = session.get()});
    ASSERT_TRUE(answers(other, peer));
    EXPECT_TRUE(peer.was_resumed());
  }
}

TEST_P(SocketTlsTest, RenegotiatesWithNobody) {
  SteppedLoop loop(options());
  TlsPeer peer = connect(loop, {.version = TLS1_2_VERSION});
  ASSERT_TRUE(answers(loop, peer));
  SSL_renegotiate(peer.ssl());
  EXPECT_FALSE(answers(loop, peer));
  EXPECT_TRUE(peer.has_failed());
}

// ---- crowds

TEST_P(SocketTlsTest, TakesSomeStepsOfHandshakesInATurn) {
  SteppedLoop loop(options());
  Peer plain = loop.connect(other_lines());
  TlsPeer established = connect(loop);
  ASSERT_TRUE(answers(loop, established));
  constexpr std::size_t kCrowd = 5 * limits::kHandshakesPerTurn;
  std::vector<TlsPeer> crowd;
  for (std::size_t i = 0; i < kCrowd; ++i) crowd.push_back(connect(loop));
  loop.settle();
  for (TlsPeer& peer : crowd) peer.shake_hands();
  const auto greeted = [&crowd] {
    return static_cast<std::size_t>(std::ranges::count_if(crowd, [](TlsPeer& peer) {
      char byte = 0;
      return ::recv(peer.peer().fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
    }));
  };
  std::size_t before = 0;
  for (std::size_t now = 0; before != kCrowd; before = now) {
    plain.send("ping\n");
    EXPECT_EQ(loop.receive(plain, 6), "[ping]");
    established.send("ping\n");
    EXPECT_EQ(receive(loop, established, 6), "[ping]");
    now = greeted();
    ASSERT_GT(now, before);
    ASSERT_LE(now, before + 4 * limits::kHandshakesPerTurn) << "nobody else had a turn";
  }
  for (TlsPeer& peer : crowd) EXPECT_TRUE(answers(loop, peer));
}

TEST_P(SocketTlsTest, CutsAHandshakeThatComesToNoEnd) {
  SteppedLoop loop(with_clock());
  TlsPeer established = connect(loop);
  ASSERT_TRUE(answers(loop, established));
  Peer silent = loop.connect(other_lines(), Transport::kTcp, terms());
  Peer slow = loop.connect(other_lines(), Transport::kTcp, terms());
  const std::string hello = client_hello();
  loop.settle();
  for (int i = 0; i < 10; ++i) {
    slow.send(hello.substr(static_cast<std::size_t>(i), 1));
    test_clock_ms += limits::kHandshakeMs / 10 - 1;
    loop.settle();
    EXPECT_FALSE(slow.has_ended());
    EXPECT_FALSE(silent.has_ended());
  }
  test_clock_ms += 1010;
  EXPECT_TRUE(ends(loop, silent));
  EXPECT_TRUE(ends(loop, slow));
  EXPECT_TRUE(answers(loop, established));
}

// Every key that is asked for is an answer that the peer does not take.
TEST_P(SocketTlsTest, CutsAPeerThatAsksForKeysAndReadsNone) {
  SteppedLoop loop(options());
  TlsPeer peer(loop.connect(lines(), Transport::kUnix, terms()), {});
  ASSERT_TRUE(answers(loop, peer));
  std::size_t most = 0;
  ASSERT_TRUE(loop.turn_until([&] {
    for (int i = 0; i < 100 && peer.has_sent(); ++i) {
      SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_REQUESTED);
      SSL_do_handshake(peer.ssl());
      peer.send("");
    }
    peer.send("");
    if (!seen_.done) most = std::max(most, seen_.socket->outgoing().unsent());
    return seen_.done;
  }));
  EXPECT_GE(most, limits::kFullOutboxBytes / 2);
  EXPECT_LE(most, 2 * limits::kFullOutboxBytes);
}

// A session that offers more than anybody takes: what is encrypted ahead is bounded.
Task serve_without_end(Socket& socket, Seen& seen) {
  seen.socket = &socket;
  const std::string letters(100'000, 'e');
  while (seen.flushed) {
    socket.outbox().append(letters);
    auto flush = socket.flush();
    seen.flushed = co_await flush;
  }
  seen.done = true;
}

TEST_P(SocketTlsTest, EncryptsNoMoreThanIsTaken) {
  SteppedLoop loop(options());
  TlsPeer peer(loop.connect([this](Socket& socket) { return serve_without_end(socket, seen_); },
                            Transport::kUnix, terms()),
               {});
  ASSERT_TRUE(shake_hands(loop, peer));
  loop.settle();
  EXPECT_GE(seen_.socket->outgoing().unsent(), limits::kTlsUnsentBytes / 2);
  EXPECT_LE(seen_.socket->outgoing().unsent(),
            limits::kTlsUnsentBytes + limits::kTlsRecordBytes + limits::KiB);
  EXPECT_GE(seen_.socket->outbox().unsent(), limits::kFullOutboxBytes);
  constexpr std::size_t kMuch = 5 * limits::MiB;
  EXPECT_GE(receive(loop, peer, kMuch).size(), kMuch);
  peer.peer().close();
  EXPECT_TRUE(loop.turn_until_all_left());
}

}  // namespace
}  // namespace larder::io
