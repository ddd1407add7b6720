// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/log_writer.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace larder::serve::edge {
namespace {

constexpr int kForEver = -1;

std::uint64_t lines_in(std::string_view bytes) {
  return static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

void clear(int wake) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(wake, &count, sizeof count);
}

// SIGPIPE is an error of write, and other signals are for others.
void block_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

base::Result<std::unique_ptr<LogWriter>> LogWriter::open(const LogWriterOptions& options) {
  auto file = LogFile::open(options.path, options.standard);
  if (!file) return file.failure();
  const int wake = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake < 0) return base::system_failure("making an eventfd", errno);
  std::unique_ptr<LogWriter> writer(new LogWriter(options, *std::move(file), wake));
  writer->start();
  return writer;
}

LogWriter::LogWriter(LogWriterOptions options, LogFile file, int wake)
    : options_(std::move(options)), file_(std::move(file)), wake_(wake) {
  for (std::size_t i = 0; i < options_.producers; ++i) producers_.emplace_back(options_.ring_bytes);
}

void LogWriter::start() {
  thread_ = std::thread([this] { run(); });
}

LogWriter::~LogWriter() {
  stopping_ = true;
  wake();
  thread_.join();
  ::close(wake_);
}

// ---- producers

void LogWriter::push(std::size_t producer, std::string_view line) {
  Producer& to = producers_[producer];
  if (!to.ring.push(line)) to.dropped.add();
  const State state = state_.load();
  if (state == State::kAwake || (state == State::kPausing && !to.ring.is_half_full())) return;
  if (state_.exchange(State::kAwake) != State::kAwake) wake();
}

void LogWriter::reopen() {
  reopening_ = true;
  wake();
}

void LogWriter::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto put = ::write(wake_, &one, sizeof one);
}

std::uint64_t LogWriter::dropped() const {
  std::uint64_t lines = lost_.count();
  for (const Producer& producer : producers_) lines += producer.dropped.count();
  return lines;
}

// ---- its thread

void LogWriter::run() {
  block_signals();
  write_header();
  while (!stopping_) {
    reopen_if_asked();
    rest(write_rings());
  }
  set_deadline();
  reopen_if_asked();
  write_rings();
}

// Who pushes after the state was set sees it; what was pushed before is seen here.
void LogWriter::rest(bool wrote) {
  state_ = wrote ? State::kPausing : State::kAsleep;
  if (wrote || !has_lines()) {
    pollfd woken{.fd = wake_, .events = POLLIN, .revents = 0};
    ::poll(&woken, 1, wrote ? static_cast<int>(limits::kLogPauseMs) : kForEver);
    clear(wake_);
  }
  state_ = State::kAwake;
}

bool LogWriter::has_lines() const {
  return std::any_of(producers_.begin(), producers_.end(),
                     [](const Producer& each) { return !each.ring.front().empty(); });
}

// A ring up to what was there when it was looked at, so that its last line is whole before the
// next ring's first.
bool LogWriter::write_rings() {
  bool wrote = false;
  for (Producer& producer : producers_) {
    for (std::string_view bytes = producer.ring.front(); !bytes.empty();
         bytes = producer.ring.front()) {
      write(bytes);
      producer.ring.pop(bytes.size());
      wrote = true;
    }
  }
  return wrote;
}

void LogWriter::write(std::string_view bytes) {
  if (skips_line_) bytes = behind_skipped_line(bytes);
  if (is_torn_ && !bytes.empty()) is_torn_ = write_some("\n") == 0;
  while (!bytes.empty()) {
    const std::size_t count = write_some(bytes);
    if (count == 0) return lose(bytes);
    written_.add(lines_in(bytes.substr(0, count)));
    at_line_begin_ = bytes[count - 1] == '\n';
    bytes.remove_prefix(count);
  }
}

// A line that was begun before is ended, one that has lost its begin is lost.
void LogWriter::lose(std::string_view bytes) {
  lost_.add(lines_in(bytes));
  is_torn_ = !at_line_begin_;
  skips_line_ = bytes.back() != '\n';
}

std::string_view LogWriter::behind_skipped_line(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  if (end == std::string_view::npos) return {};
  skips_line_ = false;
  lost_.add();
  return bytes.substr(end + 1);
}

// 0: they cannot be written.
std::size_t LogWriter::write_some(std::string_view bytes) {
  for (;;) {
    std::size_t count = 0;
    switch (file_.write(bytes, count)) {
      case LogFile::Wrote::kSome: return count;
      case LogFile::Wrote::kFailed: return 0;
      case LogFile::Wrote::kNotNow: break;
    }
    if (!wait_for_room()) return 0;
  }
}

// False: there was none until the end.
bool LogWriter::wait_for_room() {
  std::array<pollfd, 2> events = {{{.fd = file_.descriptor(), .events = POLLOUT, .revents = 0},
                                   {.fd = wake_, .events = POLLIN, .revents = 0}}};
  if (stopping_) set_deadline();
  if (deadline_ == 0) {
    ::poll(events.data(), events.size(), kForEver);
    clear(wake_);
    reopen_if_asked();
    return true;
  }
  const base::SteadyMs left = deadline_ - base::steady_now_ms();
  return left > 0 && ::poll(events.data(), 1, static_cast<int>(left)) == 1;
}

void LogWriter::set_deadline() {
  if (deadline_ == 0) deadline_ = base::steady_now_ms() + limits::kLogFlushMs;
}

void LogWriter::reopen_if_asked() {
  if (!reopening_.exchange(false)) return;
  auto file = LogFile::open(options_.path, options_.standard);
  if (!file) return;
  file_ = *std::move(file);
  is_torn_ = false;
  write_header();
}

void LogWriter::write_header() {
  std::size_t count = 0;
  if (!options_.header.empty() && file_.is_empty()) file_.write(options_.header, count);
}

}  // namespace larder::serve::edge
