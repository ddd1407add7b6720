// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/loop.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include "base/heap_bytes.h"

namespace larder::io {
namespace {

constexpr std::int64_t kStallCheckMs = 1000;
constexpr std::size_t kPolledAtOnce = 256;
constexpr std::int64_t kForEver = std::numeric_limits<std::int64_t>::max();

thread_local const Loop* running = nullptr;  // the loop that this thread runs

base::Result<std::unique_ptr<Backend>> open_backend(const LoopOptions& options) {
  const BackendOptions wanted{.receive_buffer_bytes = options.receive_buffer_bytes,
                              .receive_buffers = options.receive_buffers,
                              .faults = options.faults};
  if (options.backend == BackendKind::kEpoll) return open_epoll_backend(wanted);
  auto uring = open_uring_backend(wanted);
  if (uring || options.backend == BackendKind::kUring) return uring;
  return open_epoll_backend(wanted);
}

}  // namespace

base::Result<std::unique_ptr<Loop>> Loop::open(const LoopOptions& options) {
  std::unique_ptr<Loop> loop(new Loop(options));
  auto backend = open_backend(options);
  if (!backend) return backend.failure();
  loop->backend_ = *std::move(backend);
  loop->wake_.fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (loop->wake_.fd < 0) return base::system_failure("creating an eventfd", errno);
  loop->wake_.readable = [self = loop.get()] {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t drained = ::read(self->wake_.fd, &count, sizeof count);
    self->backend_->watch(self->wake_);
  };
  loop->backend_->watch(loop->wake_);
  loop->update_clocks();
  if (options.idle_ms != 0)
    loop->after(limits::kIdleCheckMs, [self = loop.get()] { self->cut_idle(); });
  return loop;
}

Loop::~Loop() {
  LARDER_CHECK(sockets_.empty());
  if (wake_.fd >= 0) ::close(wake_.fd);
}

void Loop::run() {
  running = this;
  while (!finished()) turn(wait_ms());
  end();
  running = nullptr;
}

void Loop::turn(std::int64_t timeout_ms) {
  ++turns_;
  backend_->wait(timeout_ms);
  update_clocks();
  backend_->dispatch();
  run_posted();
  run_timers();
  run_handshakes();
  free_closed();
  publish_usage();
}

void Loop::publish_usage() {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  const std::size_t sockets = socket_count() * base::heap_bytes(sizeof(Socket));
  published_connection_bytes_.store(sockets + Task::frame_bytes(), kRelaxed);
  published_inbox_bytes_.store(inbox_bytes_, kRelaxed);
  published_outbox_bytes_.store(pool_.bytes(), kRelaxed);
  const std::size_t rooms = tls_rooms_ ? sizeof(TlsRooms) : 0;
  published_backend_bytes_.store(backend_->own_bytes() + rooms, kRelaxed);
}

Usage Loop::usage() const {
  return {.connections = socket_count(),
          .connection_bytes = published_connection_bytes_.load(std::memory_order_relaxed),
          .inbox_bytes = published_inbox_bytes_.load(std::memory_order_relaxed),
          .outbox_bytes = published_outbox_bytes_.load(std::memory_order_relaxed),
          .backend_bytes = published_backend_bytes_.load(std::memory_order_relaxed)};
}

void Loop::update_clocks() {
  now_ = options_.unix_now();
  steady_now_ = options_.steady_now();
}

std::int64_t Loop::wait_ms() const {
  if (has_own_posted_) return 0;
  if (!handshakes_.ready.empty()) return 0;
  if (!closing_.empty()) return 1;  // a descriptor that is still in flight is asked for again
  std::int64_t wait =
      sending_.empty() ? kForEver : std::min(kStallCheckMs, options_.no_progress_ms);
  if (!handshakes_.open.empty()) wait = std::min(wait, kStallCheckMs);
  if (backend_->may_lose_ends() && !sockets_.empty()) {
    wait = std::min(wait, last_end_check_ + limits::kLostEndCheckMs - steady_now_);
  }
  if (pool_.has_idle()) wait = std::min(wait, trimmed_ + limits::kIdleChunkMs - steady_now_);
  if (!timers_.empty()) wait = std::min(wait, timers_.begin()->first - steady_now_);
  return wait == kForEver ? -1 : std::max<std::int64_t>(wait, 0);
}

// ---- other threads

// Who posts to the loop that runs it wakes nobody.
bool Loop::post(std::function<void()> what) {
  bool first = false;
  {
    const std::scoped_lock lock(posted_mutex_);
    if (has_ended_) return false;
    first = posted_.empty();
    posted_.push_back(std::move(what));
  }
  if (running == this) has_own_posted_ = true;
  if (!first || running == this) return true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t woken = ::write(wake_.fd, &one, sizeof one);
  return true;
}

// Whoever posted before waits for it.
void Loop::end() {
  {
    const std::scoped_lock lock(posted_mutex_);
    has_ended_ = true;
  }
  run_posted();
}

void Loop::run_posted() {
  std::vector<std::function<void()>> posted;
  has_own_posted_ = false;
  {
    const std::scoped_lock lock(posted_mutex_);
    posted.swap(posted_);
  }
  for (const auto& what : posted) what();
}

// ---- timers

Loop::Timers::iterator Loop::after(std::int64_t delay_ms, std::function<void()> what) {
  // Never in this turn: a timer that renews itself at once must not hold the loop.
  return timers_.emplace(steady_now_ + std::max<std::int64_t>(delay_ms, 1), std::move(what));
}

void Loop::run_timers() {
  while (!timers_.empty() && timers_.begin()->first <= steady_now_) {
    const auto what = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    what();
  }
  if (!sending_.empty()) cut_stalled();
  cut_late_handshakes();
  if (steady_now_ - last_end_check_ >= limits::kLostEndCheckMs) find_lost_ends();
  if (steady_now_ - trimmed_ >= limits::kIdleChunkMs) trim();
}

void Loop::trim() {
  pool_.trim();
  trimmed_ = steady_now_;
}

void Loop::cut_stalled() {
  // In the order in which their sends began; progress moves none of them, so look at all.
  sending_.for_each([this](Socket* socket) {
    if (steady_now_ - socket->last_progress_ >= options_.no_progress_ms) socket->cut();
  });
}

void Loop::cut_idle() {
  sockets_.for_each([this](Socket* socket) {
    const auto since = socket->idle_since();
    if (!since || steady_now_ - *since < options_.idle_ms) return;
    idle_cuts_.fetch_add(1, std::memory_order_relaxed);
    socket->cut();
  });
  after(limits::kIdleCheckMs, [this] { cut_idle(); });
}

// Asks the kernel by poll, which has no memory that could be wrong. What is readable for a good
// reason (its completion is on its way) is begun anew in vain, which does no harm.
void Loop::find_lost_ends() {
  last_end_check_ = steady_now_;
  if (!backend_->may_lose_ends()) return;
  std::array<pollfd, kPolledAtOnce> polled;
  std::array<Socket*, kPolledAtOnce> sockets;
  std::size_t count = 0;
  const auto look = [&] {
    if (::poll(polled.data(), count, 0) <= 0) count = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (polled[i].revents != 0) sockets[i]->renew_receive();
    }
    count = 0;
  };
  sockets_.for_each([&](Socket* socket) {
    if (!socket->waits_for_stream()) return;
    sockets[count] = socket;
    polled[count++] = {.fd = socket->fd(), .events = POLLIN | POLLRDHUP, .revents = 0};
    if (count == kPolledAtOnce) look();
  });
  look();
}

// ---- handshakes

TlsStream& Loop::begin_handshake(Socket& socket, Ssl ssl, TlsCounts* counts) {
  if (!tls_rooms_) tls_rooms_ = std::make_unique_for_overwrite<TlsRooms>();
  auto tls = std::make_unique<TlsStream>(socket, std::move(ssl), counts, pool_);
  TlsStream& begun = *tls;
  handshakes_.begin(begun, steady_now_);
  socket.speak(std::move(tls));
  return begun;
}

void Loop::run_handshakes() {
  for (std::size_t i = 0; i < limits::kHandshakesPerTurn; ++i) {
    TlsStream* const ready = handshakes_.take_ready(steady_now_);
    if (ready == nullptr) return;
    ready->socket().go_on_with_handshake();
  }
}

void Loop::cut_late_handshakes() {
  if (steady_now_ - last_handshake_check_ < kStallCheckMs) return;
  last_handshake_check_ = steady_now_;
  handshakes_.open.for_each([this](TlsStream* stream) {
    if (steady_now_ - stream->began >= limits::kHandshakeMs) stream->socket().cut();
  });
}

// ---- sockets

Socket* Loop::attach(int fd, bool is_ours) {
  auto* socket = new Socket(*this, *backend_, pool_, fd, is_ours);
  if (const auto attached = backend_->attach(*socket); !attached) {
    ::close(fd);
    delete socket;
    return nullptr;
  }
  sockets_.push_back(socket);
  socket_count_.fetch_add(1, std::memory_order_relaxed);
  return socket;
}

void Loop::adopt(int fd, const Serve& serve, const TlsTerms& terms) {
  Socket* const socket = attach(fd, false);
  if (socket == nullptr) {
    if (on_socket_freed) on_socket_freed();
    return;
  }
  if (terms.tls != nullptr) {
    begin_handshake(*socket, terms.tls->accept(terms.clients), &terms.tls->counts());
  }
  if (stopping_) socket->stop_reading();
  socket->start(serve(*socket));
}

void Loop::begin(int fd, const Serve& serve, Ssl ssl) {
  Socket* const socket = attach(fd, true);
  if (socket == nullptr) return;
  if (ssl) begin_handshake(*socket, std::move(ssl), nullptr).greet();
  socket->start(serve(*socket));
  socket->send();
}

Socket& Loop::admit(Carrier& carrier, const Serve& serve) {
  auto* socket = new Socket(*this, carrier, pool_, Socket::kNoDescriptor);
  sockets_.push_back(socket);
  socket->start(serve(*socket));
  return *socket;
}

void Loop::free_closed() {
  std::size_t kept = 0;
  for (Socket* socket : closing_) {
    if (!socket->may_close() || !socket->carrier_.release(*socket)) {
      closing_[kept++] = socket;
      continue;
    }
    socket->base::ListNode<SendingSockets>::unlink();
    socket->base::ListNode<AllSockets>::unlink();
    inbox_changed(socket->accounted_inbox_, 0);
    const bool is_connection = socket->is_connection();
    const bool is_ours = socket->is_ours();
    delete socket;
    if (!is_connection) continue;
    socket_count_.fetch_sub(1, std::memory_order_relaxed);
    if (on_socket_freed && !is_ours) on_socket_freed();
  }
  closing_.resize(kept);
}

std::vector<ConnectionFacts> Loop::connections() {
  std::vector<ConnectionFacts> all;
  all.reserve(socket_count());
  sockets_.for_each([&](const Socket* socket) {
    if (socket->is_connection()) all.push_back(socket->facts());
  });
  return all;
}

void Loop::begin_stop(std::int64_t grace_ms) {
  stopping_ = true;
  sockets_.for_each([](Socket* socket) { socket->loop_stops(); });
  after(grace_ms, [this] { sockets_.for_each([](Socket* socket) { socket->cut(); }); });
}

}  // namespace larder::io
