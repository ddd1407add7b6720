// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/loops.h"

#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "io/test_loop.h"
#include "io/test_session.h"

namespace larder::io {
namespace {

constexpr int kBacklog = 64;

// A folder of its own for each test's sockets.
class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "larder_test_XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

Address any_port(const std::string& host) { return Address::resolve(host, 0)->front(); }

Listener listen_on(const Address& address, unsigned mask = 0700, int backlog = kBacklog) {
  auto listener = Listener::open(address, backlog, mask);
  EXPECT_TRUE(listener) << listener.failure().what;
  return *std::move(listener);
}

// A connection to a listening address, or errno.
struct Attempt {
  explicit Attempt(const Address& address)
      : peer(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (::connect(peer.fd(), address.get(), address.size()) != 0) error = errno;
  }
  Peer peer;
  int error = 0;
};

Peer connect_to(const Address& address) {
  Attempt attempt(address);
  EXPECT_EQ(attempt.error, 0) << address.text() << ": " << std::strerror(attempt.error);
  return std::move(attempt.peer);
}

bool is_refused(const Address& address) { return Attempt(address).error == ECONNREFUSED; }

// ---- Listener

TEST(Listener, HasTheFreePortThatItGot) {
  const Listener listener = listen_on(any_port("127.0.0.1"));
  EXPECT_NE(listener.address().port(), 0);
  EXPECT_EQ(connect_to(listener.address()).fd() >= 0, true);
}

TEST(Listener, RefusesAPortThatIsTaken) {
  const Listener first = listen_on(any_port("127.0.0.1"));
  const auto second = Listener::open(first.address(), kBacklog, 0);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.failure().what,
            "listening on " + first.address().text() + ": " + std::strerror(EADDRINUSE));
}

TEST(Listener, FreesItsPortWhenItDies) {
  Address address = any_port("127.0.0.1");
  {
    const Listener first = listen_on(address);
    address = first.address();
  }
  EXPECT_TRUE(is_refused(address));
  listen_on(address);
}

TEST(Listener, KeepsVersion4ApartFromVersion6) {
  const Listener six = listen_on(any_port("::"));
  ASSERT_EQ(six.address().family(), AF_INET6);
  const auto four = Address::resolve("127.0.0.1", six.address().port());
  EXPECT_TRUE(is_refused(four->front()));
  const Listener both = listen_on(four->front());
  EXPECT_EQ(both.address().port(), six.address().port());
}

TEST(Listener, KeepsNoPaceWithinTheMachine) {
  for (const char* host : {"127.0.0.1", "::1", "127.0.0.9"}) {
    const Listener listener = listen_on(any_port(host));
    const Peer client = connect_to(listener.address());
    const int accepted = ::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC);
    std::array<char, 16> control{};
    socklen_t size = control.size();
    EXPECT_EQ(::getsockopt(accepted, IPPROTO_TCP, TCP_CONGESTION, control.data(), &size), 0);
    EXPECT_STREQ(control.data(), "reno") << host;
    ::close(accepted);
  }
}

TEST(Listener, GivesItsConnectionsTheirOptions) {
  for (const char* host : {"127.0.0.1", "::1"}) {
    const Listener listener = listen_on(any_port(host));
    const Peer client = connect_to(listener.address());
    const int accepted = ::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC);
    const auto has = [&](int level, int name) {
      int value = 0;
      socklen_t size = sizeof value;
      return ::getsockopt(accepted, level, name, &value, &size) == 0 && value != 0;
    };
    EXPECT_TRUE(has(IPPROTO_TCP, TCP_NODELAY)) << host;
    EXPECT_TRUE(has(SOL_SOCKET, SO_KEEPALIVE)) << host;
    ::close(accepted);
  }
}

TEST(Listener, GivesAUnixSocketItsMask) {
  const Folder folder;
  const mode_t before = ::umask(0);
  for (const unsigned mask : {0700U, 0777U, 0660U}) {
    const Listener listener = listen_on(*Address::unix_path(folder.file("socket")), mask);
    struct stat found{};
    ASSERT_EQ(::stat(folder.file("socket").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, mask);
  }
  EXPECT_EQ(::umask(before), 0U) << "the process's own mask has changed";
}

TEST(Listener, RemovesItsUnixSocketWhenItDies) {
  const Folder folder;
  listen_on(*Address::unix_path(folder.file("socket")));
  EXPECT_FALSE(std::filesystem::exists(folder.file("socket")));
}

// What a killed server leaves behind.
void leave_stale(const Address& address) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  EXPECT_EQ(::bind(fd, address.get(), address.size()), 0);
  ::close(fd);
}

TEST(Listener, ReplacesAStaleUnixSocket) {
  const Folder folder;
  const Address address = *Address::unix_path(folder.file("socket"));
  leave_stale(address);
  ASSERT_EQ(Attempt(address).error, ECONNREFUSED);
  const Listener listener = listen_on(address);
  connect_to(address);
}

TEST(Listener, LeavesALiveUnixSocketAlone) {
  const Folder folder;
  const Address address = *Address::unix_path(folder.file("socket"));
  const Listener first = listen_on(address);
  const auto second = Listener::open(address, kBacklog, 0700);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.failure().what,
            "listening on " + address.text() + ": " + std::strerror(EADDRINUSE));
  connect_to(address);
}

// Its owner is alive, but too busy to accept: asking must neither block nor conclude that it died.
TEST(Listener, LeavesAUnixSocketWithAFullBacklogAlone) {
  const Folder folder;
  const Address address = *Address::unix_path(folder.file("socket"));
  const Listener first = listen_on(address, 0700, 1);
  std::vector<Peer> waiting;
  for (int error = 0; error == 0;) {
    Peer peer(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    error = ::connect(peer.fd(), address.get(), address.size());
    waiting.push_back(std::move(peer));
  }
  EXPECT_FALSE(Listener::open(address, kBacklog, 0700));
  EXPECT_TRUE(std::filesystem::exists(folder.file("socket")));
}

TEST(Listener, LeavesAFileThatIsNoSocketAlone) {
  const Folder folder;
  std::ofstream(folder.file("socket")) << "precious";
  EXPECT_FALSE(Listener::open(*Address::unix_path(folder.file("socket")), kBacklog, 0700));
  EXPECT_EQ(std::filesystem::file_size(folder.file("socket")), 8U);
}

// ---- Loops

class LoopsTest : public BackendTest {
 protected:
  // Remembers which threads ran sessions.
  Task serve_where(Socket& socket) {
    ++sessions_;
    socket.outbox().append(std::to_string(::gettid()) + "\n");
    auto flush = socket.flush();
    co_await flush;
    auto read = socket.read();
    while (co_await read) socket.inbox().consume(socket.inbox().unread().size());
    --sessions_;
  }
  void start(std::size_t threads, std::size_t max_connections = 1000,
             std::string_view refusal = {}) {
    auto started = Loops::start(threads, options(), max_connections, refusal);
    ASSERT_TRUE(started) << started.failure().what;
    loops_ = *std::move(started);
  }
  Address serve(Listener listener) {
    const Address address = listener.address();
    loops_->serve(std::move(listener), [this](Socket& socket) { return serve_where(socket); });
    return address;
  }
  Address serve_any_port() { return serve(listen_on(any_port("127.0.0.1"))); }
  // Which thread serves it.
  static int thread_of(Peer& peer) {
    std::string line;
    while (!line.ends_with("\n")) {
      const std::string byte = peer.receive(1);
      if (byte.empty()) return 0;
      line += byte;
    }
    return std::stoi(line);
  }
  // Waits for what another thread does next, without an event of its own.
  static bool comes_true(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(kPatienceS);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  std::atomic<int> sessions_ = 0;
  std::unique_ptr<Loops> loops_;
};
LARDER_TEST_BACKENDS(LoopsTest);

TEST_P(LoopsTest, NamesItsBackend) {
  start(2);
  EXPECT_EQ(loops_->backend_name(), is_uring() ? "io_uring" : "epoll");
}

TEST_P(LoopsTest, GivesEachConnectionToTheLoopThatHasTheFewest) {
  constexpr std::size_t kThreads = 3;
  constexpr std::size_t kEach = 4;
  start(kThreads);
  const Address address = serve_any_port();
  std::map<int, std::vector<Peer>> of_thread;
  for (std::size_t i = 0; i < kThreads * kEach; ++i) {
    Peer peer = connect_to(address);
    const int thread = thread_of(peer);
    of_thread[thread].push_back(std::move(peer));
  }
  EXPECT_EQ(of_thread.size(), kThreads);
  for (const auto& [thread, peers] : of_thread) EXPECT_EQ(peers.size(), kEach) << thread;
  EXPECT_EQ(loops_->connections(), kThreads * kEach);

  // Whoever leaves makes room on its own loop: the next one goes there.
  for (auto& [thread, peers] : of_thread) {
    peers.pop_back();
    ASSERT_TRUE(comes_true([&] { return loops_->connections() == kThreads * kEach - 1; }));
    peers.push_back(connect_to(address));
    EXPECT_EQ(thread_of(peers.back()), thread);
  }
}

TEST_P(LoopsTest, ListsItsConnections) {
  using Doing = ConnectionFacts::Doing;
  start(3);
  const Address address = serve_any_port();
  std::vector<Peer> peers;
  for (int i = 0; i < 7; ++i) {
    peers.push_back(connect_to(address));
    ASSERT_NE(thread_of(peers.back()), 0);
  }
  std::promise<std::vector<ConnectionFacts>> listed;
  loops_->list_connections(
      [&](std::vector<ConnectionFacts> all) { listed.set_value(std::move(all)); });
  int listeners = 0;
  std::set<std::string> clients;
  for (const ConnectionFacts& facts : listed.get_future().get()) {
    EXPECT_EQ(facts.local.text(), address.text());
    if (facts.doing == Doing::kListening) ++listeners;
    if (facts.doing == Doing::kReading) clients.insert(facts.peer.text());
  }
  EXPECT_EQ(listeners, 1);
  EXPECT_EQ(clients.size(), peers.size());
  const Arrivals arrivals = loops_->arrivals();
  EXPECT_EQ(arrivals.connections, peers.size());
  EXPECT_TRUE(arrivals.accepting);
}

TEST_P(LoopsTest, ListsNothingWhenItHasStopped) {
  start(2);
  loops_->stop(0);
  std::size_t told = 0;
  loops_->list_connections([&](const std::vector<ConnectionFacts>& all) {
    EXPECT_TRUE(all.empty());
    ++told;
  });
  EXPECT_EQ(told, 1U);
}

TEST_P(LoopsTest, ServesSeveralListeners) {
  const Folder folder;
  start(2);
  std::vector<Address> addresses;
  addresses.push_back(serve_any_port());
  addresses.push_back(serve(listen_on(any_port("::1"))));
  addresses.push_back(serve(listen_on(*Address::unix_path(folder.file("socket")))));
  for (const Address& address : addresses) {
    Peer peer = connect_to(address);
    EXPECT_NE(thread_of(peer), 0) << address.text();
  }
}

TEST_P(LoopsTest, LetsWhoeverIsTooManyWaitForAPlace) {
  constexpr std::size_t kMost = 3;
  start(2, kMost);
  const Address address = serve_any_port();
  std::vector<Peer> served;
  for (std::size_t i = 0; i < kMost; ++i) {
    served.push_back(connect_to(address));
    EXPECT_NE(thread_of(served.back()), 0);
  }
  // In the kernel's backlog, in the order of their coming.
  Peer fourth = connect_to(address);
  Peer fifth = connect_to(address);
  EXPECT_EQ(loops_->connections(), kMost);
  EXPECT_EQ(fourth.receive_now(), "");
  served.front().close();
  EXPECT_NE(thread_of(fourth), 0);
  EXPECT_EQ(fifth.receive_now(), "");
  fourth.close();
  EXPECT_NE(thread_of(fifth), 0);
  EXPECT_EQ(sessions_, static_cast<int>(kMost));
  EXPECT_EQ(loops_->refused_connections(), 0U);
  EXPECT_GE(loops_->arrivals().pauses, 2U);
}

TEST_P(LoopsTest, TellsWhoeverIsTooManyWhereThereIsAWordForIt) {
  start(2, 2, "too many\n");
  const Address address = serve_any_port();
  Peer first = connect_to(address);
  Peer second = connect_to(address);
  ASSERT_NE(thread_of(first), 0);
  ASSERT_NE(thread_of(second), 0);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    Peer third = connect_to(address);
    EXPECT_EQ(third.receive_to_end(), "too many\n");
    EXPECT_EQ(loops_->refused_connections(), i);
  }
  first.close();
  ASSERT_TRUE(comes_true([&] { return loops_->connections() == 1; }));
  Peer next = connect_to(address);
  EXPECT_NE(thread_of(next), 0);
  EXPECT_EQ(loops_->arrivals().pauses, 0U);
}

TEST_P(LoopsTest, LetsMoreInWhenTheLimitIsRaised) {
  start(2, 1);
  const Address address = serve_any_port();
  Peer first = connect_to(address);
  ASSERT_NE(thread_of(first), 0);
  Peer second = connect_to(address);
  Peer third = connect_to(address);
  ASSERT_TRUE(comes_true([&] { return !loops_->arrivals().accepting; }));
  loops_->set_max_connections(2);
  EXPECT_NE(thread_of(second), 0);
  EXPECT_EQ(third.receive_now(), "");
  loops_->set_max_connections(3);
  EXPECT_NE(thread_of(third), 0);
  EXPECT_EQ(loops_->max_connections(), 3U);
  EXPECT_EQ(loops_->listening(), 1U);
}

TEST_P(LoopsTest, KeepsWhoIsInWhenTheLimitIsLowered) {
  start(2, 2, "too many\n");
  const Address address = serve_any_port();
  Peer first = connect_to(address);
  Peer second = connect_to(address);
  ASSERT_NE(thread_of(first), 0);
  ASSERT_NE(thread_of(second), 0);
  loops_->set_max_connections(1);
  second.close();
  ASSERT_TRUE(comes_true([&] { return loops_->connections() == 1; }));
  Peer third = connect_to(address);
  EXPECT_EQ(third.receive_to_end(), "too many\n");
  EXPECT_EQ(first.receive_now(), "");
  EXPECT_EQ(sessions_, 1);
}

TEST_P(LoopsTest, CountsWhoWasCutForBeingIdle) {
  LoopOptions own = options();
  own.idle_ms = 1;
  auto started = Loops::start(2, own, 1000);
  ASSERT_TRUE(started);
  loops_ = *std::move(started);
  const Address address = serve_any_port();
  Peer first = connect_to(address);
  Peer second = connect_to(address);
  ASSERT_NE(thread_of(first), 0);
  ASSERT_NE(thread_of(second), 0);
  EXPECT_EQ(first.receive_to_end() + second.receive_to_end(), "");
  EXPECT_TRUE(comes_true([&] { return loops_->connections() == 0; }));
  EXPECT_EQ(loops_->idle_cuts(), 2U);
}

TEST_P(LoopsTest, AcceptsAgainWhenThereAreDescriptorsAgain) {
  start(1);
  const Address address = serve_any_port();
  Peer first = connect_to(address);
  ASSERT_NE(thread_of(first), 0);
  Peer second(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));  // while there are some

  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  EXPECT_EQ(::connect(second.fd(), address.get(), address.size()), 0);
  // The loop is alive meanwhile, and has found out: a descriptor's end takes it a turn.
  first.close();
  EXPECT_TRUE(comes_true([&] { return loops_->connections() == 0; }));
  EXPECT_EQ(second.receive_now(), "");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_NE(thread_of(second), 0);
}

TEST_P(LoopsTest, RefusesConnectionsFromTheMomentItStops) {
  const Folder folder;
  start(2);
  const Address tcp = serve_any_port();
  const Address path = serve(listen_on(*Address::unix_path(folder.file("socket"))));
  Peer peer = connect_to(tcp);
  ASSERT_NE(thread_of(peer), 0);
  std::thread stopper([&] { loops_->stop(1'000'000); });
  EXPECT_EQ(peer.receive_to_end(), "");
  EXPECT_TRUE(comes_true([&] { return is_refused(tcp); }));
  stopper.join();
  EXPECT_EQ(Attempt(path).error, ENOENT);
  EXPECT_EQ(sessions_, 0);
}

// A paused listener must not be watched again by the connections that end while it stops.
TEST_P(LoopsTest, AcceptsNobodyWhileItStops) {
  start(2, 1);
  const Address address = serve_any_port();
  Peer served = connect_to(address);
  ASSERT_NE(thread_of(served), 0);
  Peer waiting = connect_to(address);
  loops_->stop(1'000'000);
  EXPECT_EQ(served.receive_to_end(), "");
  EXPECT_EQ(waiting.receive_to_end(), "");
  EXPECT_EQ(loops_->connections(), 0U);
}

TEST_P(LoopsTest, StopsTwiceAndWithoutHavingServed) {
  start(3);
  loops_->stop(0);
  loops_->stop(0);
}

TEST_P(LoopsTest, StopsUnderAStormOfConnections) {
  start(3);
  const Address address = serve_any_port();
  std::atomic<bool> over = false;
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&] {
      while (!over) {
        Attempt attempt(address);
        // Paced by our answers. Whoever the kernel lost while it closed the listener is reset when
        // it speaks, and waits for ever when it only listens.
        if (attempt.peer.send("x")) attempt.peer.receive_some();
      }
    });
  }
  EXPECT_TRUE(comes_true([&] { return sessions_ > 0 || loops_->connections() > 0; }));
  loops_->stop(0);
  over = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(sessions_, 0);
  EXPECT_EQ(loops_->connections(), 0U);
}

}  // namespace
}  // namespace larder::io
