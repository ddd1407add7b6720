// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <vector>

#include "base/limits.h"
#include "io/backend.h"
#include "io/sender.h"
#include "io/socket.h"
#include "io/watches.h"

namespace larder::io {
namespace {

// Events carry a Socket's address, or the number of a Watch above this mark in the lowest bit.
constexpr std::uint64_t kWatchMark = 1;

// Level-triggered: bytes that are left in the kernel come again, so that one read per event is
// enough and a full pipeline starves nobody. Interest that is no longer wanted is taken back when
// its event comes, not before: sessions change between stream and direct without a system call.
class EpollBackend final : public Backend {
 public:
  EpollBackend(int epoll, const BackendOptions& options)
      : epoll_(epoll),
        faults_(options.faults),
        sender_(options.faults),
        buffer_(std::max(limits::kEpollReceiveBytes, options.receive_buffer_bytes)) {}
  ~EpollBackend() override { ::close(epoll_); }

  std::string_view name() const override { return "epoll"; }

  std::size_t own_bytes() const override { return buffer_.size() + sizeof *this; }

  base::Status attach(Socket& socket) override {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &socket}};  // as its session will want
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket.fd(), &event) != 0) {
      return base::system_failure("watching a connection", errno);
    }
    socket.backend_state.interest = EPOLLIN;
    return base::Done{};
  }

  void start_receive(Socket& socket) override {
    socket.backend_state.streaming = true;
    add_interest(socket, EPOLLIN);
  }

  void stop_receive(Socket& socket) override {
    socket.backend_state.streaming = false;
    socket.receive_stopped();
  }

  bool may_lose_ends() const override { return false; }

  void receive_direct(Socket& socket, std::span<char>) override {
    socket.backend_state.streaming = false;
    socket.backend_state.direct = true;
    add_interest(socket, EPOLLIN);
  }

  void send(Socket& socket) override {
    const Sender::Outcome outcome = sender_.send(socket);
    if (outcome == Sender::Outcome::kNotNow) return add_interest(socket, EPOLLOUT);
    remove_interest(socket, EPOLLOUT);
    outcome == Sender::Outcome::kFailed ? socket.send_failed() : socket.sends_nothing_now();
  }

  bool release(Socket& socket) override {
    ::close(socket.fd());
    return true;
  }

  void watch(Watch& watch) override {
    const std::uint32_t what = watch.writable ? EPOLLOUT : EPOLLIN;
    epoll_event event{.events = what | EPOLLONESHOT,
                      .data = {.u64 = watches_.begin(watch) << 1 | kWatchMark}};
    // The kernel knows a descriptor that was watched before, unless it was closed since.
    const bool known = ::epoll_ctl(epoll_, EPOLL_CTL_MOD, watch.fd, &event) == 0;
    LARDER_CHECK(known || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, watch.fd, &event) == 0);
  }

  void unwatch(Watch& watch) override {
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, watch.fd, nullptr);
    watches_.end(watch);
  }

  void wait(std::int64_t timeout_ms) override {
    const int timeout =
        static_cast<int>(std::min<std::int64_t>(timeout_ms, std::numeric_limits<int>::max()));
    const int count =
        ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), timeout);
    event_count_ = count < 0 ? 0 : static_cast<std::size_t>(count);
  }

  void dispatch() override {
    for (std::size_t i = 0; i < event_count_; ++i) {
      const std::uint64_t tagged = events_[i].data.u64;
      if ((tagged & kWatchMark) != 0) {
        watches_.tell(tagged >> 1);
      } else {
        socket_event(*static_cast<Socket*>(events_[i].data.ptr), events_[i].events);
      }
    }
  }

 private:
  void socket_event(Socket& socket, std::uint32_t events) {
    constexpr std::uint32_t kGone = EPOLLHUP | EPOLLERR;
    if (faults_ != nullptr && faults_->try_again()) return;
    auto& state = socket.backend_state;
    const bool wants_room = (state.interest & EPOLLOUT) != 0;
    if ((events & (EPOLLOUT | kGone)) != 0 && wants_room) send(socket);
    if (socket.closing()) return forget(socket);  // what still comes would be told again and again
    if ((events & (EPOLLIN | kGone)) == 0) return;
    // Asked only now: a session that waited for room may have begun to wait for bytes.
    if (state.streaming || state.direct) {
      receive(socket);
    } else {
      remove_interest(socket, EPOLLIN);
      // The kernel reports a lost peer whatever was asked; stop listening until somebody asks.
      if ((events & kGone) != 0 && !wants_room) forget(socket);
    }
  }

  void receive(Socket& socket) {
    auto& state = socket.backend_state;
    const bool direct = state.direct;
    std::span<char> room = direct ? socket.direct_room() : std::span<char>(buffer_);
    if (!direct && socket.expects_large()) {
      room = room.first(limits::kShortReadBytes);
    }
    if (faults_ != nullptr && faults_->max_receive_bytes != 0) {
      room = room.first(std::min(room.size(), faults_->max_receive_bytes));
    }
    const bool is_whole = room.size() == socket.direct_room().size();
    const bool behind = direct && socket.takes_behind() && is_whole;
    const ssize_t bytes = behind ? receive_with_behind(socket.fd(), room)
                                 : ::recv(socket.fd(), room.data(), room.size(), 0);
    if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return;
    state.direct = false;
    if (bytes <= 0) {
      state.streaming = false;  // most are closed within this turn, and forgotten with that
      socket.ended();
    } else if (direct) {
      const std::size_t here = std::min(static_cast<std::size_t>(bytes), room.size());
      socket.received_direct(here, {buffer_.data(), static_cast<std::size_t>(bytes) - here});
    } else {
      socket.received({room.data(), static_cast<std::size_t>(bytes)});
    }
  }

  // What is behind the room is in the loop's buffer.
  ssize_t receive_with_behind(int fd, std::span<char> room) {
    std::array<iovec, 2> pieces{
        {{room.data(), room.size()}, {buffer_.data(), limits::kBehindBytes}}};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    return ::recvmsg(fd, &message, 0);
  }

  // ---- interest

  void add_interest(Socket& socket, std::uint32_t events) {
    set_interest(socket, socket.backend_state.interest | events);
  }
  void remove_interest(Socket& socket, std::uint32_t events) {
    set_interest(socket, socket.backend_state.interest & ~events);
  }
  void set_interest(Socket& socket, std::uint32_t interest) {
    auto& state = socket.backend_state;
    if (state.interest == interest) return;
    epoll_event event{.events = interest, .data = {.ptr = &socket}};
    const bool known = ::epoll_ctl(epoll_, EPOLL_CTL_MOD, socket.fd(), &event) == 0;
    LARDER_CHECK(known || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket.fd(), &event) == 0);
    state.interest = interest;
  }
  void forget(Socket& socket) { ::epoll_ctl(epoll_, EPOLL_CTL_DEL, socket.fd(), nullptr); }

  int epoll_;
  Faults* faults_;
  Sender sender_;
  Watches watches_;
  std::vector<char> buffer_;
  std::array<epoll_event, limits::kEpollEvents> events_;
  std::size_t event_count_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<Backend>> open_epoll_backend(const BackendOptions& options) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return base::system_failure("creating an epoll instance", errno);
  return std::unique_ptr<Backend>(std::make_unique<EpollBackend>(epoll, options));
}

}  // namespace larder::io
