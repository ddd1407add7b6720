// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/watchers.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "io/loop.h"

namespace larder::serve::memcache {

struct Watchers::Watcher {
  Watcher(io::Socket& of, Streams what) : loop(of.loop()), streams(what), socket(&of) {}

  io::Loop& loop;
  const Streams streams;
  io::Socket* socket;  // of the loop's thread; null: it has left

  // Under the lock of all.
  std::string unsent;
  std::uint64_t skipped = 0;  // since the last line
  bool is_posted = false;
};

Watchers::~Watchers() { LARDER_CHECK(watchers_.empty()); }

void Watchers::tell(Stream stream, std::string_view line, base::UnixMs now) {
  constexpr base::UnixMs kMsPerS = 1000;
  constexpr base::UnixMs kUsPerMs = 1000;
  const std::scoped_lock lock(mutex_);
  ++lines_;
  for (const auto& watcher : watchers_) {
    if ((watcher->streams & static_cast<Streams>(stream)) == 0) continue;
    std::string& unsent = watcher->unsent;
    if (unsent.size() + line.size() > limits::kWatcherBytes) {
      ++watcher->skipped;
      ++skipped_;
      continue;
    }
    const auto out = std::back_inserter(unsent);
    if (watcher->skipped != 0) fmt::format_to(out, "skipped={}\n", watcher->skipped);
    watcher->skipped = 0;
    fmt::format_to(out, "ts={}.{} gid={} {}\n", now / kMsPerS, now % kMsPerS * kUsPerMs, lines_,
                   line);
    ++sent_;
    if (watcher->is_posted) continue;
    watcher->is_posted = watcher->loop.post([this, watcher] { deliver(watcher); });
  }
}

// On its loop. What does not fit into the outbox is tried again, for nobody says when it drains.
void Watchers::deliver(const std::shared_ptr<Watcher>& watcher) {
  if (watcher->socket == nullptr) return;
  io::Outbox& outbox = watcher->socket->outbox();
  if (outbox.full()) {
    watcher->loop.after(limits::kWatchRetryMs, [this, watcher] { deliver(watcher); });
    return;
  }
  std::string lines;
  {
    const std::scoped_lock lock(mutex_);
    lines.swap(watcher->unsent);
    watcher->is_posted = false;
  }
  outbox.append(lines);
  watcher->socket->send();
}

WatchCounts Watchers::counts() const {
  const std::scoped_lock lock(mutex_);
  return {.watchers = watchers_.size(), .sent = sent_, .skipped = skipped_};
}

std::unique_ptr<Watchers::Watch> Watchers::watch(io::Socket& socket, Streams streams) {
  const std::scoped_lock lock(mutex_);
  if (watchers_.size() >= limits::kMaxWatchers) return nullptr;
  watchers_.push_back(std::make_shared<Watcher>(socket, streams));
  fit_streams();
  return std::make_unique<Watch>(*this, watchers_.back());
}

void Watchers::leave(Watcher& watcher) {
  const std::scoped_lock lock(mutex_);
  watcher.socket = nullptr;
  std::erase_if(watchers_, [&](const auto& each) { return each.get() == &watcher; });
  fit_streams();
}

void Watchers::fit_streams() {
  Streams all = 0;
  for (const auto& watcher : watchers_) all |= watcher->streams;
  all_streams_.store(all, std::memory_order_relaxed);
}

Watchers::Watch::Watch(Watchers& all, std::shared_ptr<Watcher> watcher)
    : all_(all), watcher_(std::move(watcher)) {}

Watchers::Watch::~Watch() { all_.leave(*watcher_); }

}  // namespace larder::serve::memcache
