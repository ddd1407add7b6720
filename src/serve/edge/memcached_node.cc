// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/memcached_node.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "base/limits.h"

namespace larder::serve::edge {
namespace {

using End = MemcachedLink::End;

constexpr base::SteadyMs kAll = std::numeric_limits<base::SteadyMs>::max();

MemcachedAnswer answer_of(MemcachedLink& link, End end) {
  switch (end) {
    case End::kHit:
      return {
          .kind = MemcachedAnswer::Kind::kHit, .flags = link.flags(), .value = link.take_value()};
    case End::kMiss: return {.kind = MemcachedAnswer::Kind::kMiss};
    case End::kRefused:
    case End::kClosed:
    case End::kFailed: break;
  }
  return {};
}

}  // namespace

MemcachedNode::MemcachedNode(io::Loop& loop, const std::string& address, MemcachedValue::Used used)
    : loop_(loop), address_(loop, address, [this] { close_idle(kAll); }), used_(std::move(used)) {}

MemcachedNode::~MemcachedNode() {
  LARDER_CHECK(busy() == 0 && waiting_.empty());
  if (timer_) loop_.cancel(*timer_);
  close_idle(kAll);
}

// ---- look-ups

std::unique_ptr<MemcachedLookup> MemcachedNode::look_up(std::string key, std::int64_t timeout_ms,
                                                        MemcachedLookup::Done done) {
  if (!may_be_asked()) return nullptr;
  auto lookup =
      std::make_unique<MemcachedLookup>(*this, loop_, std::move(key), timeout_ms, std::move(done));
  if (is_out_) retries_ = lookup.get();
  waiting_.push_back(lookup.get());
  serve_waiting();
  return lookup;
}

bool MemcachedNode::may_be_asked() {
  if (address_.find() == nullptr || waiting_.size() >= limits::kMemcachedWaiting) return false;
  return !is_out_ || (retries_ == nullptr && loop_.steady_now() >= retry_at_);
}

void MemcachedNode::serve_waiting() {
  while (!waiting_.empty() && busy() < limits::kMemcachedLinks) {
    MemcachedLookup* const next = waiting_.front();
    waiting_.pop_front();
    begin(*next);
  }
}

void MemcachedNode::begin(MemcachedLookup& lookup) {
  Held& held = take_link();
  held.lookup = &lookup;
  held.link->ask(lookup.key(), lookup.left_ms());
}

MemcachedNode::Held& MemcachedNode::take_link() {
  if (!idle_.empty()) {
    Held& held = links_.at(idle_.back());
    idle_.pop_back();
    return held;
  }
  MemcachedLink::Owner& self = *this;
  auto link = std::make_shared<MemcachedLink>(loop_, *address_.find(), used_, self);
  const MemcachedLink* const key = link.get();
  return links_.emplace(key, Held{.link = std::move(link)}).first->second;
}

// → whether the node was being asked for it.
bool MemcachedNode::leave(const MemcachedLookup& lookup) {
  if (retries_ == &lookup) retries_ = nullptr;
  std::erase(waiting_, &lookup);
  const auto held =
      std::ranges::find_if(links_, [&](const auto& one) { return one.second.lookup == &lookup; });
  if (held == links_.end()) return false;
  held->second.link->close();
  links_.erase(held);
  return true;
}

void MemcachedNode::give_up(MemcachedLookup& lookup) {
  leave(lookup);
  serve_waiting();
}

// A node that had no connection for it may be busy, and well.
void MemcachedNode::is_late(MemcachedLookup& lookup) {
  if (leave(lookup)) return failed(lookup);
  lookup.tell({});
}

// ---- what links tell

void MemcachedNode::is_over(MemcachedLink& link, End end) {
  const auto held = links_.find(&link);
  MemcachedLookup& lookup = *std::exchange(held->second.lookup, nullptr);
  MemcachedAnswer answer = answer_of(link, end);
  if (link.is_idle()) {
    keep(link);
  } else {
    links_.erase(held);
  }
  switch (end) {
    case End::kHit:
    case End::kMiss:
    case End::kRefused: return answered(lookup, std::move(answer));
    case End::kClosed:
      if (!link.was_used()) break;
      close_idle(kAll);  // the node has closed one, and may have closed them all
      return begin(lookup);
    case End::kFailed: break;
  }
  failed(lookup);
}

void MemcachedNode::has_ended(MemcachedLink& link) {
  std::erase(idle_, &link);
  links_.erase(&link);
}

void MemcachedNode::answered(MemcachedLookup& lookup, MemcachedAnswer answer) {
  is_out_ = false;
  retries_ = nullptr;
  serve_waiting();
  lookup.tell(std::move(answer));
}

// Whoever is told may do anything, but not ask this node.
void MemcachedNode::failed(MemcachedLookup& lookup) {
  is_out_ = true;
  retries_ = nullptr;
  retry_at_ = loop_.steady_now() + limits::kMemcachedRetryMs;
  close_idle(kAll);
  waiting_.push_front(&lookup);
  while (!waiting_.empty()) {
    MemcachedLookup* const next = waiting_.front();
    waiting_.pop_front();
    next->tell({});
  }
}

// ---- idle links

void MemcachedNode::keep(MemcachedLink& link) {
  idle_.push_back(&link);
  if (!timer_) timer_ = loop_.after(limits::kIdleConnectionCheckMs, [this] { tend(); });
}

// Those that have been so since then, or for longer.
void MemcachedNode::close_idle(base::SteadyMs since) {
  std::erase_if(idle_, [&](MemcachedLink* link) {
    if (link->idle_since() > since) return false;
    link->close();
    links_.erase(link);
    return true;
  });
}

void MemcachedNode::tend() {
  timer_.reset();
  close_idle(loop_.steady_now() - limits::kMemcachedIdleMs);
  if (idle_.empty()) return;
  timer_ = loop_.after(limits::kIdleConnectionCheckMs, [this] { tend(); });
}

}  // namespace larder::serve::edge
