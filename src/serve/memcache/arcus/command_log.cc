// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/command_log.h"

#include <fmt/format.h>

#include <cstdio>
#include <iterator>
#include <utility>

#include "base/clock.h"
#include "base/limits.h"
#include "serve/memcache/arcus/local_time.h"

namespace larder::serve::memcache::arcus {
namespace {

void complain(const base::Failure& failure) {
  std::fputs(fmt::format("larder: command log: {}\n", failure.what).c_str(), stderr);
}

std::string now_text() { return date_and_time(base::unix_now_ms(), "_"); }

}  // namespace

CommandLog::~CommandLog() {
  stop();
  worker_.finish();
}

// ---- any thread

void CommandLog::add(std::string_view client, std::string_view command) {
  const std::string line = fmt::format("{} {} {}\n", time_of_day(base::unix_now_us()), client,
                                       command.substr(0, limits::kMaxLoggedBytes));
  const std::scoped_lock lock(mutex_);
  if (!is_on()) return;
  ++run_.entered;
  if (unsent_.size() + line.size() > bounds_.unsent_bytes) {
    ++run_.skipped;
    return;
  }
  unsent_ += line;
  if (!std::exchange(is_posted_, true)) worker_.post([this] { write_unsent(); });
}

void CommandLog::start(std::string folder, std::uint16_t port,
                       std::function<void(Started)> started) {
  worker_.post([this, folder = std::move(folder), port, started = std::move(started)] {
    started(is_on() ? Started::kBefore : open(folder, port));
  });
}

bool CommandLog::stop() {
  const std::scoped_lock lock(mutex_);
  if (!is_on()) return false;
  end(End::kStopped);
  worker_.post([this] {
    write_unsent();
    file_.reset();
  });
  return true;
}

// Under the lock.
void CommandLog::end(End how) {
  on_.store(false, std::memory_order_relaxed);
  run_.end = now_text();
  run_.how = how;
}

std::string CommandLog::report() const {
  const auto state_of = [](const Run& run) -> std::string_view {
    switch (run.how) {
      case End::kNone: return run.begin.empty() ? "not started" : "running";
      case End::kStopped: return "stopped by explicit request";
      case End::kFull: return "stopped by command log overflow";
      case End::kFailed: return "stopped by disk flush error";
    }
    return "";
  };
  const std::scoped_lock lock(mutex_);
  std::string report = fmt::format("\tCommand logging stats : {}\n", state_of(run_));
  if (run_.begin.empty()) return report;
  const auto out = std::back_inserter(report);
  fmt::format_to(out, "\tThe last running time : {} ~ {}\n", run_.begin, run_.end);
  fmt::format_to(out, "\tThe number of entered commands : {}\n", run_.entered);
  fmt::format_to(out, "\tThe number of skipped commands : {}\n", run_.skipped);
  fmt::format_to(out, "\tThe number of log files : {}\n", run_.files);
  fmt::format_to(out, "\tThe log file name: {}{{n}}.log\n", run_.path);
  return report;
}

// ---- on the worker's thread

CommandLog::Started CommandLog::open(const std::string& folder, std::uint16_t port) {
  const std::string now = now_text();
  const std::string path = fmt::format("{}/command_{}_{}_", folder, port, now);
  if (!open_file(path, 0)) return Started::kFailed;
  const std::scoped_lock lock(mutex_);
  run_ = {.path = path, .begin = now, .files = 1};
  on_.store(true, std::memory_order_relaxed);
  return Started::kNow;
}

bool CommandLog::open_file(const std::string& path, std::size_t number) {
  auto file = base::OutputFile::open(fmt::format("{}{}.log", path, number));
  if (!file) {
    complain(file.failure());
    return false;
  }
  file_ = *std::move(file);
  file_bytes_ = 0;
  return true;
}

void CommandLog::write_unsent() {
  std::string lines;
  {
    const std::scoped_lock lock(mutex_);
    lines.swap(unsent_);
    is_posted_ = false;
  }
  const End how = file_ ? write(lines) : End::kNone;
  if (how == End::kNone) return;
  file_.reset();
  const std::scoped_lock lock(mutex_);
  if (is_on()) end(how);
  unsent_.clear();
}

// Whole lines into each file.
CommandLog::End CommandLog::write(std::string_view lines) {
  while (!lines.empty()) {
    std::string_view part = lines;
    const std::size_t room = bounds_.file_bytes - file_bytes_;
    if (part.size() > room) part = part.substr(0, part.substr(0, room).rfind('\n') + 1);
    if (const auto written = file_->write(part); !written) {
      complain(written.failure());
      return End::kFailed;
    }
    file_bytes_ += part.size();
    lines.remove_prefix(part.size());
    if (lines.empty()) break;
    if (const End how = begin_next_file(); how != End::kNone) return how;
  }
  return End::kNone;
}

CommandLog::End CommandLog::begin_next_file() {
  if (run_.files == bounds_.files) return End::kFull;
  if (!open_file(run_.path, run_.files)) return End::kFailed;
  const std::scoped_lock lock(mutex_);
  ++run_.files;
  return End::kNone;
}

}  // namespace larder::serve::memcache::arcus
