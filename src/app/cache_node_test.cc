// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/cache_node.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "app/listen_address.h"
#include "app/port_holder.h"
#include "io/test_loop.h"
#include "io/test_peer.h"
#include "serve/memcache/test_password_file.h"

namespace larder::app {
namespace {

io::Peer connect_to(const io::Address& address) {
  io::Peer peer(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(peer.fd(), address.get(), address.size()), 0) << address.text();
  return peer;
}

void expect_answer(io::Peer& peer, const std::string& request, const std::string& reply) {
  peer.send(request);
  EXPECT_EQ(peer.receive(reply.size()), reply);
}

class CacheNodeTest : public io::BackendTest {
 protected:
  CacheNodeTest() {
    config_.io = GetParam();
    config_.port = -1;
    config_.listen = {"127.0.0.1"};
    config_.threads = 2;
  }
  // Where the node listens.
  std::vector<io::Address> start() {
    auto entrances = open_entrances(config_, nullptr);
    EXPECT_TRUE(entrances) << entrances.failure().what;
    std::vector<io::Address> addresses;
    for (const Entrance& one : *entrances) addresses.push_back(one.listener.address());
    auto authentication = open_authentication(config_);
    EXPECT_TRUE(authentication) << authentication.failure().what;
    auto node = CacheNode::start(config_, {.entrances = *std::move(entrances),
                                           .authentication = *std::move(authentication)});
    EXPECT_TRUE(node) << node.failure().what;
    node_ = *std::move(node);
    return addresses;
  }
  CacheConfig config_;
  std::unique_ptr<CacheNode> node_;
};
LARDER_TEST_BACKENDS(CacheNodeTest);

TEST_P(CacheNodeTest, ServesWhatItIsToldToAndStops) {
  const std::vector<io::Address> addresses = start();
  ASSERT_EQ(addresses.size(), 1U);
  EXPECT_EQ(node_->backend_name(), is_uring() ? "io_uring" : "epoll");
  io::Peer one = connect_to(addresses.front());
  io::Peer two = connect_to(addresses.front());
  expect_answer(one, "set k 0 0 1\r\nv\r\n", "STORED\r\n");
  expect_answer(two, "get k\r\n", "VALUE k 0 1\r\nv\r\nEND\r\n");
  node_->stop();
  EXPECT_EQ(one.receive_to_end(), "");
  EXPECT_EQ(two.receive_to_end(), "");
}

TEST_P(CacheNodeTest, AsksForThePasswordsOfAFileThatItReadsAgain) {
  serve::memcache::PasswordFile file("alice:secret\n");
  config_.auth_file = file.path();
  config_.sessions.protocol = serve::memcache::Protocol::kAscii;
  const std::vector<io::Address> addresses = start();
  const std::string login = "set x 0 0 12\r\nalice secret\r\n";
  const std::string refused = "CLIENT_ERROR authentication failure\r\n";
  io::Peer before = connect_to(addresses.front());
  expect_answer(before, "mn\r\n", "CLIENT_ERROR unauthenticated\r\n");
  expect_answer(before, login, "STORED\r\n");
  file.write("alice:changed\n");
  EXPECT_TRUE(node_->reloads().run().empty());
  io::Peer after = connect_to(addresses.front());
  expect_answer(after, login, refused);
  expect_answer(before, "mn\r\n", "MN\r\n");
  file.write("nonsense\n");
  EXPECT_EQ(node_->reloads().run().size(), 1U);
  expect_answer(after, login + "set x 0 0 13\r\nalice changed\r\n", refused + "STORED\r\n");
  node_->stop();
}

TEST_P(CacheNodeTest, KeepsToTheLimitsOfItsConfiguration) {
  config_.item_bytes = 2 * limits::KiB;
  config_.connections = 1;
  config_.refuse_connections = false;
  const std::vector<io::Address> addresses = start();
  io::Peer peer = connect_to(addresses.front());
  const std::string value(3000, 'v');
  expect_answer(peer, "set k 0 0 3000\r\n" + value + "\r\n",
                "SERVER_ERROR object too large for cache\r\n");
  io::Peer waiting = connect_to(addresses.front());
  waiting.send("mn\r\n");
  expect_answer(peer, "mn\r\n", "MN\r\n");
  EXPECT_EQ(waiting.receive_now(), "");
  peer.close();
  EXPECT_EQ(waiting.receive(4), "MN\r\n");
}

TEST_P(CacheNodeTest, RefusesWhoeverIsTooManyInMemcachedsWords) {
  config_.connections = 1;
  const std::vector<io::Address> addresses = start();
  io::Peer peer = connect_to(addresses.front());
  expect_answer(peer, "mn\r\n", "MN\r\n");
  io::Peer second = connect_to(addresses.front());
  EXPECT_EQ(second.receive_to_end(), "ERROR Too many open connections\r\n");
}

TEST_P(CacheNodeTest, SpeaksWhatItsEntranceSays) {
  config_.listen = {"proto[ascii]:127.0.0.1", "proto[binary]:127.0.0.1", "127.0.0.1"};
  const std::vector<io::Address> addresses = start();
  const std::string quit = std::string("\x80\x07", 2) + std::string(22, '\0');
  const std::string done = std::string("\x81\x07", 2) + std::string(22, '\0');
  io::Peer ascii = connect_to(addresses[0]);
  expect_answer(ascii, quit + "\r\n", "ERROR\r\n");
  io::Peer binary = connect_to(addresses[1]);
  expect_answer(binary, quit, done);
  io::Peer text = connect_to(addresses[1]);
  text.send("mn\r\n" + std::string(20, ' '));
  EXPECT_EQ(text.receive_to_end(), "");
  io::Peer either = connect_to(addresses[2]);
  expect_answer(either, quit, done);
}

TEST_P(CacheNodeTest, ClosesWhoIsIdle) {
  config_.idle_s = 3;  // until it has asked, which may take a while
  const std::vector<io::Address> addresses = start();
  io::Peer peer = connect_to(addresses.front());
  expect_answer(peer, "mn\r\n", "MN\r\n");
  EXPECT_EQ(peer.receive_to_end(), "");
}

TEST_P(CacheNodeTest, ServesDatagrams) {
  config_.udp_port = -1;
  auto entrances = open_entrances(config_, nullptr);
  auto datagrams = open_udp(config_);
  ASSERT_TRUE(entrances && datagrams);
  ASSERT_EQ(datagrams->size(), 1U);
  const io::Address where = datagrams->front().address();
  auto node = CacheNode::start(
      config_, {.entrances = *std::move(entrances), .datagrams = *std::move(datagrams)});
  ASSERT_TRUE(node);
  io::Peer peer(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(peer.fd(), where.get(), where.size()), 0);
  const std::string head("\0\x07\0\0\0\x01\0\0", 8);
  expect_answer(peer, head + "mn\r\n", head + "MN\r\n");
  (*node)->stop();
}

// ---- entrances: of no backend

CacheConfig listening_on(std::vector<std::string> listen, int port = -1) {
  CacheConfig config;
  config.port = port;
  config.listen = std::move(listen);
  return config;
}

TEST(OpenEntrances, OpensEveryAddressOfTheList) {
  const auto entrances =
      open_entrances(listening_on({"127.0.0.1", "[::1]:0", "127.0.0.1:0"}), nullptr);
  ASSERT_TRUE(entrances) << entrances.failure().what;
  ASSERT_EQ(entrances->size(), 3U);
  EXPECT_EQ((*entrances)[0].listener.address().host(), "127.0.0.1");
  EXPECT_EQ((*entrances)[1].listener.address().host(), "::1");
  EXPECT_NE((*entrances)[0].listener.address().port(), (*entrances)[2].listener.address().port());
}

TEST(OpenEntrances, IsEverywhereUnlessToldWhere) {
  const auto entrances = open_entrances(listening_on({}), nullptr);
  ASSERT_TRUE(entrances) << entrances.failure().what;
  EXPECT_EQ(entrances->front().listener.address().host(), "0.0.0.0");
}

TEST(OpenEntrances, SpeaksWhatTheAddressSaysAndElseWhatTheConfigurationSays) {
  using serve::memcache::Protocol;
  CacheConfig config = listening_on({"127.0.0.1", "proto[auto]:127.0.0.1"});
  config.sessions.protocol = Protocol::kBinary;
  const auto entrances = open_entrances(config, nullptr);
  ASSERT_TRUE(entrances) << entrances.failure().what;
  EXPECT_EQ((*entrances)[0].protocol, Protocol::kBinary);
  EXPECT_EQ((*entrances)[1].protocol, Protocol::kAuto);
  EXPECT_FALSE(open_entrances(listening_on({"mtls:127.0.0.1"}), nullptr));
}

// Whoever came by such an address would not be asked.
TEST(OpenEntrances, RefusesAnAddressWithoutThePasswordOfTheOthers) {
  for (const std::string good : {"ascii", "binary"}) {
    CacheConfig config = listening_on({"127.0.0.1", "proto[" + good + "]:127.0.0.1"});
    config.sasl = good == "binary";
    config.auth_file = config.sasl ? "" : "/y";
    config.sessions.protocol = *protocol_of(good);
    EXPECT_TRUE(open_entrances(config, nullptr)) << good;
    for (const std::string other : {"auto", config.sasl ? "ascii" : "binary"}) {
      config.listen.back() = "proto[" + other + "]:127.0.0.1";
      EXPECT_FALSE(open_entrances(config, nullptr)) << good << " " << other;
    }
  }
}

TEST(OpenEntrances, PrefersTheUnixSocket) {
  std::string folder = std::filesystem::temp_directory_path() / "larder_test_XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  CacheConfig config = listening_on({"127.0.0.1"});
  config.unix_path = folder + "/socket";
  config.unix_mask = 0770;
  {
    const auto entrances = open_entrances(config, nullptr);
    ASSERT_TRUE(entrances) << entrances.failure().what;
    ASSERT_EQ(entrances->size(), 1U);
    EXPECT_TRUE(entrances->front().listener.address().is_unix());
    struct stat found{};
    ASSERT_EQ(::stat(config.unix_path.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0770U);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove(folder);
}

TEST(OpenEntrances, NamesTheAddressThatItCannotHave) {
  const auto first = open_entrances(listening_on({"127.0.0.1"}), nullptr);
  ASSERT_TRUE(first);
  const io::Address taken = first->front().listener.address();
  const auto second = open_entrances(listening_on({"127.0.0.1"}, taken.port()), nullptr);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.failure().what, "listening on " + taken.text() + ": Address already in use");
  // A list is opened whole or not at all.
  EXPECT_FALSE(open_entrances(listening_on({"127.0.0.1:0", taken.text()}), nullptr));
}

TEST(OpenEntrances, AreNotNeededWhereThereIsUdp) {
  CacheConfig config = listening_on({"127.0.0.1"}, 0);
  config.udp_port = -1;
  const auto entrances = open_entrances(config, nullptr);
  ASSERT_TRUE(entrances) << entrances.failure().what;
  EXPECT_TRUE(entrances->empty());
}

TEST(OpenUdp, OpensEveryAddressOfTheList) {
  CacheConfig config = listening_on({"tag[a]:127.0.0.1", "::1"});
  config.udp_port = -1;
  const auto sockets = open_udp(config);
  ASSERT_TRUE(sockets) << sockets.failure().what;
  ASSERT_EQ(sockets->size(), 2U);
  EXPECT_EQ((*sockets)[0].address().host(), "127.0.0.1");
  EXPECT_EQ((*sockets)[1].address().host(), "::1");
  config.listen = {(*sockets)[0].address().text()};
  const auto second = open_udp(config);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.failure().what,
            "receiving datagrams at " + config.listen.front() + ": Address already in use");
}

TEST(OpenUdp, OpensNothingUnlessItIsAskedTo) {
  CacheConfig config = listening_on({"127.0.0.1:0"});
  EXPECT_TRUE(open_udp(config)->empty());
  config.udp_port = -1;
  config.unix_path = "/socket";
  EXPECT_TRUE(open_udp(config)->empty());
}

TEST(OpenEntrances, RefusesToServeNowhere) {
  EXPECT_FALSE(open_entrances(listening_on({}, 0), nullptr));
  EXPECT_FALSE(open_entrances(listening_on({"127.0.0.1"}, 0), nullptr));
  EXPECT_FALSE(open_entrances(listening_on({"no host has blanks"}), nullptr));
  EXPECT_FALSE(open_entrances(listening_on({":11211"}), nullptr));
}

TEST(HolderOfPort, IsWhoeverListensThere) {
  std::uint16_t port = 0;
  {
    const auto entrances = open_entrances(listening_on({"127.0.0.1"}), nullptr);
    ASSERT_TRUE(entrances);
    port = entrances->front().listener.address().port();
    EXPECT_EQ(holder_of_port(port), "app_test (process " + std::to_string(::getpid()) + ")");
  }
  EXPECT_EQ(holder_of_port(port), "");
}

}  // namespace
}  // namespace larder::app
