// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/player.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <ctime>
#include <utility>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/hash.h"
#include "base/limits.h"
#include "cli/load/random.h"

namespace larder::cli::replay {
namespace {

constexpr std::size_t kReceiveBytes = 256 * limits::KiB;
constexpr std::size_t kFillerBytes = 64 * limits::KiB;
constexpr std::uint64_t kFillerSeed = 0x66696C6C;
constexpr std::int64_t kShowNs = 100'000'000;
constexpr std::int64_t kNsPerS = 1'000'000'000;
constexpr std::int64_t kNsPerMs = 1'000'000;

// What no server can compress, for all replays the same.
std::string make_filler() {
  load::Random random(kFillerSeed);
  std::string filler(kFillerBytes, '\0');
  for (char& c : filler) c = static_cast<char>(random.next());
  return filler;
}

void append_number(std::string& out, std::uint32_t number) {
  char digits[base::kMaxDecimalBytes];
  out.append(digits, base::write_decimal(digits, number));
}

}  // namespace

Player::Player(const Options& options, Trace& trace, load::ValueSizes ttls, int fd)
    : options_(options),
      trace_(trace),
      ttls_(std::move(ttls)),
      fd_(fd),
      filler_(make_filler()),
      in_(kReceiveBytes + limits::kMaxReplyLineBytes) {}

base::Result<Outcome> Player::play() {
  // A paced replay sleeps until the next request is due; the usual slack is 50 µs.
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  begin_ns_ = base::steady_now_ns();
  // Turn by turn a batch is made, asked, and what its misses lead to is done.
  std::array<Round, 3> rounds = {Round(options_.depth), Round(options_.depth),
                                 Round(options_.depth)};
  for (std::size_t turn = 2;; ++turn) {
    Round& answered = rounds[(turn - 1) % rounds.size()];
    Round& asked = rounds[turn % rounds.size()];
    Round& next = rounds[(turn + 1) % rounds.size()];
    if (auto gathered = gather(asked, Wait::kUntilDue); !gathered) return gathered.failure();
    answers_.clear();
    out_.clear();
    write_misses(answered);
    write_requests(asked);
    next.batch.clear();
    sent_ = 0;
    if (auto sent = send_some(); !sent) return sent.failure();
    if (auto gathered = gather(next, Wait::kNo); !gathered) return gathered.failure();
    if (auto exchanged = exchange(); !exchanged) return exchanged.failure();
    account(answered);
    if (asked.batch.empty()) break;
  }
  Outcome outcome;
  outcome.counts = counted_;
  outcome.seconds = static_cast<double>(base::steady_now_ns() - begin_ns_) / 1e9;
  outcome.batches = batches_;
  outcome.behind_s = static_cast<double>(behind_ns_) / 1e9;
  outcome.first_refusal = answers_.first_refusal();
  return outcome;
}

// ---- making a batch

base::Status Player::gather(Round& round, Wait wait) {
  for (;;) {
    auto more = read_request();
    if (!more) return more.failure();
    if (!*more) return base::Done{};
    Counts& counts = counts_of_next();
    if (!round.batch.empty() && round.counts != &counts) return base::Done{};
    const bool may_wait = wait == Wait::kUntilDue && round.batch.empty();
    if (!await_due(request_, may_wait)) return base::Done{};
    if (request_.ttl_s == 0) request_.ttl_s = usual_ttl_s(request_.key);
    if (!round.batch.add(request_)) return base::Done{};
    round.counts = &counts;
    has_request_ = false;
    ++taken_;
  }
}

// Not drawn by the object's number, which its size is drawn by.
std::uint32_t Player::usual_ttl_s(std::string_view key) const {
  if (ttls_.fixed()) return ttls_.of(0);
  return ttls_.of(static_cast<std::uint32_t>(base::keyed_hash(key, 0)));
}

// Makes request_ be the next one; false: there is none.
base::Result<bool> Player::read_request() {
  if (has_request_) return true;
  const bool enough = options_.requests != 0 && taken_ == options_.warmup + options_.requests;
  if (ended_ || enough) return false;
  auto more = trace_.next(request_);
  if (!more) return more.failure();
  ended_ = !*more;
  has_request_ = *more;
  return has_request_;
}

std::int64_t Player::due_ns(const Request& request) {
  if (pace_begin_ns_ == 0) {
    pace_begin_ns_ = base::steady_now_ns();
    trace_begin_ms_ = request.time_ms;
  }
  const auto passed_ms = static_cast<double>(request.time_ms - trace_begin_ms_);
  return pace_begin_ns_ + static_cast<std::int64_t>(passed_ms / options_.speed * kNsPerMs);
}

// False: it is too early.
bool Player::await_due(const Request& request, bool may_wait) {
  if (options_.speed == 0) return true;
  const std::int64_t due = due_ns(request);
  const std::int64_t late_ns = base::steady_now_ns() - due;
  if (late_ns >= 0) {
    behind_ns_ = std::max(behind_ns_, late_ns);
    return true;
  }
  if (!may_wait) return false;
  const timespec until{.tv_sec = due / kNsPerS, .tv_nsec = due % kNsPerS};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) continue;
  return true;
}

// ---- writing it

void Player::write_misses(Round& round) {
  if (options_.on_miss != "set") return;
  for (const Batch::Entry& entry : round.batch.entries()) {
    if (entry.operation != Operation::kGet || entry.hit || entry.repeats) continue;
    write_set(round, entry);
  }
  write_second_gets(round);
}

void Player::write_second_gets(Round& round) {
  const std::size_t begin = out_.size();
  for (Batch::Entry& entry : round.batch.entries()) {
    if (!entry.repeats || entry.hit) continue;
    if (entry.value_bytes > options_.largest) {
      ++round.counts->too_large;
      continue;
    }
    entry.asked_twice = true;
    out_.append(out_.size() == begin ? "get " : " ").append(round.batch.key(entry));
  }
  if (out_.size() == begin) return;
  out_.append("\r\n");
  answers_.expect_second_get(round.batch);
}

void Player::write_requests(Round& round) {
  if (round.batch.empty()) return;
  if (round.counts == &counted_ && batches_++ == 0) begin_ns_ = base::steady_now_ns();
  write_gets(round);
  for (const Batch::Entry& entry : round.batch.entries()) {
    if (entry.operation == Operation::kSet) write_set(round, entry);
    if (entry.operation != Operation::kDelete) continue;
    out_.append("delete ").append(round.batch.key(entry)).append("\r\n");
    answers_.expect_delete(*round.counts);
  }
}

void Player::write_gets(Round& round) {
  const std::size_t begin = out_.size();
  for (const Batch::Entry& entry : round.batch.entries()) {
    if (entry.operation != Operation::kGet) continue;
    out_.append(out_.size() == begin ? "get " : " ").append(round.batch.key(entry));
  }
  if (out_.size() == begin) return;
  out_.append("\r\n");
  answers_.expect_get(round.batch);
}

void Player::write_set(const Round& round, const Batch::Entry& entry) {
  if (entry.value_bytes > options_.largest) {
    ++round.counts->too_large;
    return;
  }
  out_.append("set ").append(round.batch.key(entry)).append(" 0 ");
  append_number(out_, exptime(entry));
  out_ += ' ';
  append_number(out_, entry.value_bytes);
  out_.append("\r\n");
  append_value(entry.value_bytes);
  out_.append("\r\n");
  answers_.expect_set(*round.counts);
}

void Player::append_value(std::uint32_t bytes) {
  while (bytes != 0) {
    const std::size_t piece = std::min<std::size_t>(bytes, filler_.size());
    out_.append(filler_, 0, piece);
    bytes -= static_cast<std::uint32_t>(piece);
  }
}

// No replay lasts for 30 days, beyond which memcached's times are dates.
std::uint32_t Player::exptime(const Batch::Entry& entry) const {
  const std::uint32_t ttl_s = entry.ttl_s;
  if (ttl_s == 0) return 0;
  const double real_s = options_.speed == 0 ? ttl_s : std::ceil(ttl_s / options_.speed);
  return static_cast<std::uint32_t>(
      std::min(real_s, static_cast<double>(limits::kMaxRelativeExptimeS)));
}

// ---- sending it, and what comes back

base::Status Player::exchange() {
  while (!all_sent() || !answers_.all_come()) {
    if (!all_sent()) {
      if (auto waited = await_socket(); !waited) return waited;
      if (auto sent = send_some(); !sent) return sent;
    }
    if (auto received = receive_some(); !received) return received;
  }
  return base::Done{};
}

base::Status Player::send_some() {
  const ssize_t sent =
      ::send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) {
    return base::system_failure("sending", errno);
  }
  if (sent > 0) sent_ += static_cast<std::size_t>(sent);
  return base::Done{};
}

// Waits unless there is something left to send: then the server may wait for that.
base::Status Player::receive_some() {
  const ssize_t bytes = ::recv(fd_, in_.data() + in_end_, in_.size() - in_end_, MSG_DONTWAIT);
  if (bytes == 0) return base::Failure{"the server has closed the connection"};
  if (bytes < 0) {
    if (errno != EAGAIN && errno != EINTR) return base::system_failure("receiving", errno);
    return all_sent() ? await_socket() : base::Status(base::Done{});
  }
  in_end_ += static_cast<std::size_t>(bytes);
  auto consumed = answers_.scan({in_.data(), in_end_});
  if (!consumed) return consumed.failure();
  std::memmove(in_.data(), in_.data() + *consumed, in_end_ - *consumed);
  in_end_ -= *consumed;
  return base::Done{};
}

base::Status Player::await_socket() {
  pollfd socket{.fd = fd_, .events = POLLIN, .revents = 0};
  if (!all_sent()) socket.events |= POLLOUT;
  const int ready = ::poll(&socket, 1, static_cast<int>(limits::kNoReplyMs));
  if (ready > 0 || (ready < 0 && errno == EINTR)) return base::Done{};
  if (ready < 0) return base::system_failure("waiting for replies", errno);
  return base::Failure{"the server has answered nothing for " +
                       std::to_string(limits::kNoReplyMs / 1000) + " s"};
}

void Player::account(const Round& round) {
  for (const Batch::Entry& entry : round.batch.entries()) {
    ++round.counts->requests;
    if (entry.operation != Operation::kGet) continue;
    const std::uint64_t bytes = round.batch.key(entry).size() + entry.value_bytes;
    ++round.counts->gets;
    round.counts->bytes += bytes;
    if (!entry.hit) continue;
    ++round.counts->hits;
    round.counts->hit_bytes += bytes;
  }
  show();
}

void Player::show() {
  const std::int64_t now_ns = base::steady_now_ns();
  if (now_ns - shown_ns_ < kShowNs) return;
  shown_ns_ = now_ns;
  const auto wanted = static_cast<double>(options_.warmup + options_.requests);
  const double share =
      options_.requests != 0 ? static_cast<double>(taken_) / wanted : trace_.share();
  const double hits = counted_.gets == 0 ? 0
                                         : 100 * static_cast<double>(counted_.hits) /
                                               static_cast<double>(counted_.gets);
  char text[100];
  std::snprintf(text, sizeof text, "%s%llu requests, %.2f %% hits",
                taken_ < options_.warmup ? "warm-up: " : "",
                static_cast<unsigned long long>(taken_), hits);
  progress_.show(share, text);
}

}  // namespace larder::cli::replay
