// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/loops.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <future>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/limits.h"
#include "io/tls_memory.h"

namespace larder::io {
namespace {

void set_option(int fd, int level, int name) {
  const int on = 1;
  ::setsockopt(fd, level, name, &on, sizeof on);
}

// Where the machine's congestion control is BBR, the kernel sets a timer for each segment, at more
// cost than its bytes. This one keeps no pace, and every kernel has it.
void leave_unpaced(int fd) {
  constexpr std::string_view kUnpaced = "reno";
  ::setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, kUnpaced.data(), kUnpaced.size());
}

// Also when its backlog is full (EAGAIN), or it is not for us (EACCES).
bool somebody_serves(const Address& address) {
  const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const bool refused = fd >= 0 && ::connect(fd, address.get(), address.size()) != 0 &&
                       (errno == ECONNREFUSED || errno == ENOENT);
  if (fd >= 0) ::close(fd);
  return !refused;
}

base::Status remove_stale_path(const Address& address) {
  struct stat found{};
  if (::lstat(address.path().c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) {
    return base::Done{};
  }
  if (somebody_serves(address)) {
    return base::system_failure("listening on " + address.text(), EADDRINUSE);
  }
  ::unlink(address.path().c_str());
  return base::Done{};
}

int bind_with_mask(int fd, const Address& address, unsigned unix_mask) {
  if (!address.is_unix()) return ::bind(fd, address.get(), address.size());
  const mode_t before = ::umask(~unix_mask & 0777U);
  const int bound = ::bind(fd, address.get(), address.size());
  const int error = errno;
  ::umask(before);
  errno = error;
  return bound;
}

}  // namespace

// ---- Listener

base::Result<Listener> Listener::open(const Address& address, int backlog, unsigned unix_mask) {
  if (address.is_unix()) {
    if (auto removed = remove_stale_path(address); !removed) return removed.failure();
  }
  const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return base::system_failure("listening on " + address.text(), errno);
  // No SO_REUSEPORT: a second process on the same port must fail, and the load must not be skewed
  // by the kernel's hash.
  set_option(fd, SOL_SOCKET, SO_REUSEADDR);
  if (address.is_loopback()) leave_unpaced(fd);
  // Linux gives a connection its listener's options: so none costs a system call of its own.
  if (!address.is_unix()) set_option(fd, IPPROTO_TCP, TCP_NODELAY);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE);
  if (address.family() == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY);
  if (bind_with_mask(fd, address, unix_mask) != 0) {
    const int error = errno;
    ::close(fd);
    return base::system_failure("listening on " + address.text(), error);
  }
  std::error_code ignored;
  // A daemon changes its folder: what is relative now would name another file then.
  Listener listener(fd, address, std::filesystem::absolute(address.path(), ignored).string());
  if (::listen(fd, backlog) != 0) {
    return base::system_failure("listening on " + address.text(), errno);
  }
  auto bound = Address::bound_to(fd);
  if (!bound) return bound.failure();
  listener.address_ = *bound;
  return listener;
}

Listener::Listener(Listener&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      address_(other.address_),
      unix_path_(std::move(other.unix_path_)) {}

void Listener::close() {
  if (fd_ < 0) return;
  ::close(std::exchange(fd_, -1));
  if (address_.is_unix()) ::unlink(unix_path_.c_str());
}

// ---- Loops: threads

base::Result<std::unique_ptr<Loops>> Loops::start(std::size_t threads, const LoopOptions& options,
                                                  std::size_t max_connections,
                                                  std::string_view refusal) {
  std::unique_ptr<Loops> loops(new Loops(max_connections, refusal));
  for (std::size_t i = 0; i < threads; ++i) {
    if (auto started = loops->run_thread(options); !started) {
      loops->stop(0);
      return started.failure();
    }
  }
  return loops;
}

base::Status Loops::run_thread(LoopOptions options) {
  options.number = loops_.size();
  std::promise<base::Result<std::unique_ptr<Loop>>> opened;
  // io_uring wants to be set up by the one thread that will use it.
  threads_.emplace_back([&opened, options] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    auto loop = Loop::open(options);
    Loop* running = loop ? loop->get() : nullptr;
    opened.set_value(std::move(loop));
    if (running != nullptr) running->run();
  });
  auto loop = opened.get_future().get();
  if (!loop) return loop.failure();
  const std::size_t index = loops_.size();
  loops_.push_back(*std::move(loop));
  loads_.push_back(std::make_unique<std::atomic<std::size_t>>(0));
  // The vector may still grow under the loops that already run: none of them may look into it yet.
  Loop* const opened_loop = loops_.back().get();
  opened_loop->post([this, index, opened_loop] {
    opened_loop->on_socket_freed = [this, index] { connection_left(index); };
  });
  return base::Done{};
}

Loops::~Loops() { stop(0); }

Usage Loops::usage() const {
  Usage usage;
  for (const auto& loop : loops_) usage += loop->usage();
  usage.tls_bytes = tls_memory_bytes();
  return usage;
}

std::uint64_t Loops::idle_cuts() const {
  std::uint64_t cuts = 0;
  for (const auto& loop : loops_) cuts += loop->idle_cuts();
  return cuts;
}

Traffic Loops::traffic() const {
  Traffic traffic;
  for (const auto& loop : loops_) traffic += loop->traffic();
  return traffic;
}

Arrivals Loops::arrivals() const {
  const base::SteadyMs since = paused_since_.load(std::memory_order_relaxed);
  Arrivals arrivals{.connections = taken_.count(),
                    .pauses = pauses_.count(),
                    .paused_ms = static_cast<std::int64_t>(paused_ms_.count()),
                    .accepting = since == 0};
  if (since != 0) arrivals.paused_ms += base::coarse_steady_now_ms() - since;
  return arrivals;
}

namespace {

// What all loops are asked for, and whether all have answered.
class Listing {
 public:
  Listing(std::size_t loops, Loops::TellConnections told) : left_(loops), told_(std::move(told)) {}
  void add(const std::vector<ConnectionFacts>& some) {
    {
      const std::scoped_lock lock(mutex_);
      all_.insert(all_.end(), some.begin(), some.end());
      if (--left_ != 0) return;
    }
    told_(std::move(all_));
  }

 private:
  std::mutex mutex_;
  std::size_t left_;
  std::vector<ConnectionFacts> all_;
  Loops::TellConnections told_;
};

}  // namespace

void Loops::list_connections(TellConnections told) const {
  const auto listing = std::make_shared<Listing>(loops_.size() + 1, std::move(told));
  const auto ask = [&](Loop& loop, const std::function<std::vector<ConnectionFacts>()>& list) {
    if (!loop.post([listing, list] { listing->add(list()); })) listing->add({});
  };
  ask(*loops_.front(), [this] { return listeners(); });
  for (const auto& loop : loops_) {
    ask(*loop, [from = loop.get()] { return from->connections(); });
  }
}

std::vector<ConnectionFacts> Loops::listeners() const {
  std::vector<ConnectionFacts> all;
  for (const auto& intake : intakes_) {
    const Address& own = intake->listener.address();
    all.push_back({.fd = intake->listener.fd(),
                   .peer = own,
                   .local = own,
                   .silent_ms = loops_.front()->steady_now() - intake->last_accept});
  }
  return all;
}

void Loops::set_max_connections(std::size_t most) {
  max_connections_.store(most);
  if (intake_waiting_.load()) loops_.front()->post([this] { resume_intakes(); });
}

void Loops::on_first(std::function<void(Loop&)> what) {
  Loop* const first = loops_.front().get();
  first->post([what = std::move(what), first] { what(*first); });
}

void Loops::on_each(const std::function<void(Loop&)>& what) {
  for (const auto& loop : loops_) {
    loop->post([what, on = loop.get()] { what(*on); });
  }
}

void Loops::stop(std::int64_t grace_ms) {
  if (threads_.empty()) return;
  if (!loops_.empty()) {
    std::promise<void> closed;
    loops_.front()->post([this, &closed] {
      for (const auto& intake : intakes_) {
        intake->waiting = false;  // whoever would resume it finds nothing to do
        loops_.front()->unwatch(intake->watch);
        intake->listener.close();
      }
      intake_waiting_.store(false);
      closed.set_value();
    });
    closed.get_future().wait();
  }
  on_each([grace_ms](Loop& loop) { loop.begin_stop(grace_ms); });
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  intakes_.clear();
}

// ---- Loops: connections

void Loops::serve(Listener listener, Loop::Serve serve, const TlsTerms& terms) {
  auto intake = std::make_unique<Intake>(std::move(listener), std::move(serve), terms);
  Loop* loop = loops_.front().get();
  Intake* at_work = intake.get();
  at_work->watch.fd = at_work->listener.fd();
  at_work->watch.readable = [this, at_work] { accept_from(*at_work); };
  std::promise<void> watched;
  loop->post([&] {
    intake->last_accept = loop->steady_now();
    intakes_.push_back(std::move(intake));
    listening_.store(intakes_.size(), std::memory_order_relaxed);
    loop->watch(at_work->watch);
    watched.set_value();
  });
  watched.get_future().wait();
}

// One at a time while they come one at a time: to find that nobody else is there would cost as much
// as one who is. More, from turn to turn, while they come faster than that.
void Loops::accept_from(Intake& intake) {
  const std::uint64_t turn = loops_.front()->turns();
  const bool is_crowd = turn == intake.last_turn + 1;
  intake.last_turn = turn;
  intake.at_once = is_crowd ? std::min(2 * intake.at_once, limits::kAcceptsPerTurn) : 1;
  for (std::size_t i = 0; i < intake.at_once; ++i) {
    if (is_full() && refusal_.empty()) return pause(intake);
    const int fd = ::accept4(intake.listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      intake.last_accept = loops_.front()->steady_now();
      is_full() ? refuse(fd) : hand_over(fd, intake);
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      intake.waiting = true;
      loops_.front()->after(limits::kAcceptRetryMs, [this] { resume_intakes(); });
      return;
    }
    break;  // nobody is waiting, or whoever was has left
  }
  if (is_full() && refusal_.empty()) return pause(intake);
  loops_.front()->watch(intake.watch);
}

void Loops::pause(Intake& intake) {
  intake.waiting = true;
  intake_waiting_.store(true);
  pauses_.add();
  if (paused_since_.load(std::memory_order_relaxed) == 0) {
    paused_since_.store(loops_.front()->steady_now(), std::memory_order_relaxed);
  }
  // A connection may have left between the count and the mark.
  if (!is_full()) resume_intakes();
}

// It has just been opened: the kernel has room for these bytes.
void Loops::refuse(int fd) {
  refused_.fetch_add(1, std::memory_order_relaxed);
  [[maybe_unused]] const ssize_t sent =
      ::send(fd, refusal_.data(), refusal_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::close(fd);
}

void Loops::resume_intakes() {
  intake_waiting_.store(false);
  const base::SteadyMs since = paused_since_.exchange(0, std::memory_order_relaxed);
  if (since != 0) {
    paused_ms_.add(static_cast<std::uint64_t>(loops_.front()->steady_now() - since));
  }
  for (const auto& intake : intakes_) {
    if (std::exchange(intake->waiting, false)) loops_.front()->watch(intake->watch);
  }
}

void Loops::hand_over(int fd, const Intake& intake) {
  taken_.add();
  std::size_t least = 0;
  for (std::size_t i = 1; i < loops_.size(); ++i) {
    if (loads_[i]->load(std::memory_order_relaxed) <
        loads_[least]->load(std::memory_order_relaxed)) {
      least = i;
    }
  }
  loads_[least]->fetch_add(1, std::memory_order_relaxed);
  connections_.fetch_add(1);
  Loop* loop = loops_[least].get();
  const auto adopt = [loop, fd, &intake] { loop->adopt(fd, intake.serve, intake.terms); };
  if (least == 0) return adopt();
  loop->post(adopt);
}

void Loops::connection_left(std::size_t loop) {
  loads_[loop]->fetch_sub(1, std::memory_order_relaxed);
  connections_.fetch_sub(1);
  if (intake_waiting_.load()) loops_.front()->post([this] { resume_intakes(); });
}

}  // namespace larder::io
