// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/key_dump.h"

#include <fmt/format.h>

#include <cstdio>
#include <iterator>
#include <utility>

#include "base/limits.h"
#include "serve/memcache/arcus/told_item.h"

namespace larder::serve::memcache::arcus {
namespace {

constexpr base::UnixMs kMsPerS = 1000;

std::string_view name_of(const std::optional<std::string>& prefix) {
  return prefix ? shown_prefix(*prefix) : "<all>";
}

void complain(const std::string& path, std::string_view what) {
  std::fputs(fmt::format("larder: dump of keys to {}: {}\n", path, what).c_str(), stderr);
}

}  // namespace

KeyDump::~KeyDump() {
  stop();
  worker_.finish();
}

void KeyDump::start(Wanted wanted, std::function<void(const base::Status&)> started) {
  bool was_busy = true;
  {
    const std::scoped_lock lock(mutex_);
    was_busy = std::exchange(is_busy_, true);
    if (!was_busy) stopping_.store(false, std::memory_order_relaxed);
  }
  if (was_busy) return started(base::Failure{"another one is running"});
  worker_.post([this, wanted = std::move(wanted), started = std::move(started)]() mutable {
    open_and_run(std::move(wanted), started);
  });
}

// Whoever is told that it has failed or ended may start the next one.
void KeyDump::open_and_run(Wanted wanted, const std::function<void(const base::Status&)>& started) {
  auto file = base::OutputFile::open(wanted.path);
  if (!file) {
    complain(wanted.path, file.failure().what);
    {
      const std::scoped_lock lock(mutex_);
      is_busy_ = false;
    }
    return started(file.failure());
  }
  const Run run{.wanted = std::move(wanted), .started = base::unix_now_ms()};
  dumped_.store(0, std::memory_order_relaxed);
  {
    const std::scoped_lock lock(mutex_);
    run_ = run;
  }
  started(base::Done{});
  const base::Status written = write_all(*file, run);
  if (!written) complain(run.wanted.path, written.failure().what);
  const std::scoped_lock lock(mutex_);
  run_.ended = base::unix_now_ms();
  run_.success = static_cast<bool>(written);
  is_busy_ = false;
}

base::Status KeyDump::write_all(base::OutputFile& file, const Run& run) {
  std::string lines;
  std::uint64_t count = 0;
  cache::Cursor cursor;
  for (bool is_more = true; is_more;) {
    if (stopping_.load(std::memory_order_relaxed)) return base::Failure{"stopped"};
    const base::UnixMs now = base::unix_now_ms();
    const cache::Show show = [&](std::string_view key, const cache::Found& found) {
      if (!is_wanted(run.wanted, key)) return;
      fmt::format_to(std::back_inserter(lines), "{} {} {}\n", letter_of(found.type), key,
                     expire_time(found.expires, now));
      ++count;
    };
    is_more = cache_.show(cursor, show, now);
    if (is_more && lines.size() < limits::kDumpWriteBytes) continue;
    if (auto written = file.write(lines); !written) return written;
    lines.clear();
    dumped_.store(count, std::memory_order_relaxed);
  }
  return file.write(fmt::format("DUMP SUMMARY: {{ prefix={}, count={}, elapsed={} }}\n",
                                name_of(run.wanted.prefix), count,
                                (base::unix_now_ms() - run.started) / kMsPerS));
}

bool KeyDump::is_wanted(const Wanted& wanted, std::string_view key) const {
  if (is_internal(key, delimiter_)) return false;
  return !wanted.prefix || cache::prefix_of(key, delimiter_) == *wanted.prefix;
}

bool KeyDump::is_busy() const {
  const std::scoped_lock lock(mutex_);
  return is_busy_;
}

void KeyDump::tell(const TellStat& tell) const {
  const std::scoped_lock lock(mutex_);
  const bool is_running = run_.started != 0 && run_.ended == 0;
  tell("dumper:status", is_running ? "running" : "stopped");
  if (!is_running) tell("dumper:success", run_.success ? "true" : "false");
  if (run_.started == 0) return;
  tell("dumper:mode", "key");
  if (!is_running) {
    tell("dumper:last_run", fmt::format("{}", (run_.ended - run_.started) / kMsPerS));
  }
  tell("dumper:dumped", fmt::format("{}", dumped_.load(std::memory_order_relaxed)));
  tell("dumper:prefix", name_of(run_.wanted.prefix));
  tell("dumper:filepath", run_.wanted.path);
}

}  // namespace larder::serve::memcache::arcus
