// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/client.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "base/clock.h"
#include "cli/load/server_address.h"

namespace larder::cli::load {
namespace {

constexpr std::size_t kReceiveBytes = 256 * limits::KiB;
constexpr std::size_t kSendBytes = 256 * limits::KiB;
constexpr std::int64_t kNsPerS = 1'000'000'000;
constexpr std::int64_t kLookUpNs = 50'000'000;  // at least so often, to see that it is over

base::Failure connection_failure(const char* what) { return base::system_failure(what, errno); }

}  // namespace

Client::Client(const Shape& shape, const ClientOptions& options, Workload& workload,
               const std::atomic<Stage>& stage)
    : shape_(shape),
      options_(options),
      requests_(shape),
      workload_(workload),
      stage_(stage),
      in_(limits::kMaxHeadBytes + kReceiveBytes),
      max_request_bytes_(std::max(requests_.get_bytes(), requests_.max_set_bytes())) {
  out_.resize(std::max(kSendBytes, max_request_bytes_));
}

Client::~Client() {
  for (const auto& connection : connections_) {
    ::close(connection->fd);
  }
  if (epoll_ >= 0) ::close(epoll_);
}

base::Status Client::connect() {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) return connection_failure("creating an epoll instance");
  for (std::size_t i = 0; i < options_.connections; ++i) {
    auto fd = open_connection(options_.address);
    if (!fd) return fd.failure();
    connections_.push_back(std::make_unique<Connection>(shape_, options_, tally_));
    Connection& connection = *connections_.back();
    connection.fd = *fd;
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event) != 0) {
      return connection_failure("watching a connection");
    }
  }
  return base::Done{};
}

std::string Client::first_error() const {
  for (const auto& connection : connections_) {
    const std::string& error = connection->replies->first_error();
    if (!error.empty()) return error;
  }
  return {};
}

// ---- the loop

base::Status Client::run() {
  // An open loop sleeps until the next request is due; the usual slack is 50 µs.
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  last_reply_ns_ = base::steady_now_ns();
  if (options_.rate > 0) {
    schedule_.emplace(last_reply_ns_ + options_.schedule_delay_ns, options_.rate);
  }
  for (const auto& connection : connections_) {
    if (schedule_) {
      set_free(*connection);
    } else if (auto sent = send_batch(*connection); !sent) {
      return sent;
    }
  }
  while (!finished()) {
    if (auto turned = turn(); !turned) return turned;
  }
  if (schedule_) behind_ = schedule_->behind(base::steady_now_ns());
  return base::Done{};
}

base::Status Client::turn() {
  const std::int64_t now_ns = schedule_ ? base::steady_now_ns() : 0;
  if (schedule_ && !stopping()) {
    if (auto sent = send_due(now_ns); !sent) return sent;
  }
  const std::int64_t timeout_ns = wait_ns(now_ns);
  const timespec timeout{.tv_sec = timeout_ns / kNsPerS, .tv_nsec = timeout_ns % kNsPerS};
  const int count =
      ::epoll_pwait2(epoll_, events_.data(), static_cast<int>(events_.size()), &timeout, nullptr);
  if (count < 0 && errno != EINTR) return connection_failure("waiting for replies");
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    auto handled = handle(*static_cast<Connection*>(event.data.ptr), event.events);
    if (!handled) return handled;
  }
  if (count > 0 || in_flight_ == 0) return base::Done{};
  if (base::steady_now_ns() - last_reply_ns_ < limits::kNoReplyMs * 1'000'000) return base::Done{};
  return base::Failure{"the server has answered nothing for " +
                       std::to_string(limits::kNoReplyMs / 1000) + " s"};
}

std::int64_t Client::wait_ns(std::int64_t now_ns) const {
  if (!schedule_ || stopping() || free_.empty()) return kLookUpNs;
  return std::clamp<std::int64_t>(schedule_->next_ns() - now_ns, 0, kLookUpNs);
}

base::Status Client::handle(Connection& connection, std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) {
    if (auto flushed = flush_unsent(connection); !flushed) return flushed;
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    if (auto received = receive(connection); !received) return received;
  }
  if (schedule_) {
    set_free(connection);
  } else if (connection.pipeline.empty() && !stopping()) {
    return send_batch(connection);
  }
  return base::Done{};
}

// ---- receiving

base::Status Client::receive(Connection& connection) {
  char* const begin = in_.data() + limits::kMaxHeadBytes;
  const ssize_t bytes = ::recv(connection.fd, begin, kReceiveBytes, MSG_DONTWAIT);
  if (bytes == 0) return base::Failure{"the server has closed a connection"};
  if (bytes < 0 && errno != EAGAIN && errno != EINTR) return connection_failure("receiving");
  if (bytes < 0) return base::Done{};
  // What was left over goes right before what has come.
  char* const carried = begin - connection.carry.size();
  std::copy(connection.carry.begin(), connection.carry.end(), carried);
  return take_replies(connection, carried, begin + bytes);
}

base::Status Client::take_replies(Connection& connection, const char* begin, const char* end) {
  const std::size_t first = connection.pipeline.first();
  auto consumed = connection.replies->scan({begin, static_cast<std::size_t>(end - begin)});
  if (!consumed) return consumed.failure();
  connection.carry.assign(begin + *consumed, end);
  last_reply_ns_ = base::steady_now_ns();
  in_flight_ -= connection.pipeline.first() - first;
  if (stage_.load(std::memory_order_relaxed) == Stage::kMeasure) {
    record(connection.pipeline, first, last_reply_ns_);
  }
  return base::Done{};
}

// A batch's requests share their time, and most often their reply: one record for all.
void Client::record(Pipeline& pipeline, std::size_t from, std::int64_t now_ns) {
  while (from != pipeline.first()) {
    const std::int64_t sent_ns = pipeline.at(from).sent_ns;
    const std::size_t begin = from;
    while (from != pipeline.first() && pipeline.at(from).sent_ns == sent_ns) ++from;
    latencies_.record(static_cast<std::uint64_t>(now_ns - sent_ns), from - begin);
  }
}

// ---- sending

base::Status Client::send_batch(Connection& connection) {
  Pipeline& pipeline = connection.pipeline;
  const std::size_t first = pipeline.end();
  while (!pipeline.full() && write_request(connection)) {
    if (out_.size() - out_used_ >= max_request_bytes_) continue;
    if (auto flushed = flush(connection); !flushed) return flushed;
  }
  const std::int64_t now_ns = base::steady_now_ns();
  for (std::size_t i = first; i != pipeline.end(); ++i) pipeline.at(i).sent_ns = now_ns;
  return flush(connection);
}

base::Status Client::send_due(std::int64_t now_ns) {
  while (!free_.empty() && schedule_->is_due(now_ns)) {
    Connection& connection = *free_.front();
    free_.pop_front();
    connection.is_free = false;
    const std::size_t number = connection.pipeline.end();
    if (!write_request(connection)) return base::Done{};
    connection.pipeline.at(number).sent_ns = schedule_->take();
    if (auto flushed = flush(connection); !flushed) return flushed;
    set_free(connection);
  }
  return base::Done{};
}

bool Client::write_request(Connection& connection) {
  Pipeline& pipeline = connection.pipeline;
  const auto keys = pipeline.keys(pipeline.end());
  const auto draw = workload_.draw(keys);
  if (draw == Workload::Draw::kNothing) {
    exhausted_ = true;
    return false;
  }
  const bool is_set = draw == Workload::Draw::kSet;
  char* const begin = out_.data() + out_used_;
  const char* const end = is_set ? requests_.write_set(begin, keys[0], workload_.draw_version())
                                 : requests_.write_get(begin, keys);
  out_used_ += static_cast<std::size_t>(end - begin);
  pipeline.at(pipeline.push()).is_set = is_set;
  ++in_flight_;
  return true;
}

base::Status Client::flush(Connection& connection) {
  const std::size_t bytes = std::exchange(out_used_, 0);
  std::size_t taken = 0;
  if (connection.unsent.empty() && bytes != 0) {
    const ssize_t sent = ::send(connection.fd, out_.data(), bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return connection_failure("sending");
    taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  if (taken == bytes) return base::Done{};
  connection.unsent.append(out_.data() + taken, bytes - taken);
  watch(connection, true);
  return base::Done{};
}

base::Status Client::flush_unsent(Connection& connection) {
  const std::string_view unsent =
      std::string_view(connection.unsent).substr(connection.unsent_begin);
  const ssize_t sent =
      ::send(connection.fd, unsent.data(), unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return connection_failure("sending");
  if (sent < 0) return base::Done{};
  // A server that takes a large request is at work, even if it answers nothing yet.
  last_reply_ns_ = base::steady_now_ns();
  connection.unsent_begin += static_cast<std::size_t>(sent);
  if (connection.unsent_begin != connection.unsent.size()) return base::Done{};
  connection.unsent.clear();
  connection.unsent_begin = 0;
  watch(connection, false);
  return base::Done{};
}

void Client::set_free(Connection& connection) {
  if (connection.is_free || connection.pipeline.full() || !connection.unsent.empty()) return;
  connection.is_free = true;
  free_.push_back(&connection);
}

void Client::watch(Connection& connection, bool room) {
  if (connection.waits_for_room == room) return;
  connection.waits_for_room = room;
  epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
  if (room) event.events |= EPOLLOUT;
  LARDER_CHECK(::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.fd, &event) == 0);
}

}  // namespace larder::cli::load
