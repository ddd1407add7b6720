// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/pool.h"

#include <algorithm>
#include <iterator>

#include "base/limits.h"

namespace larder::origin {
Pool::~Pool() {
  if (timer_) loop_.cancel(*timer_);
  for (const auto& [connection, entry] : entries_) let_go(*entry);
  for (const auto& [server, idle] : idle_) {
    for (const Entry* entry : idle) entry->server->idle.fetch_sub(1, std::memory_order_relaxed);
  }
}

void Pool::lease(Lease& into, Slot slot, const TermsPtr& terms, Age age, const Choice& client) {
  terms_ = terms;
  const std::shared_ptr<Server> server = slot.server();
  Entry* entry = age == Age::kAny ? take_idle(*server, *terms) : nullptr;
  if (entry == nullptr) entry = &connect(server, terms, client);
  server->requests.fetch_add(1, std::memory_order_relaxed);
  entry->slot = std::move(slot);
  entry->lease = &into;
  into.pool_ = this;
  into.entry_ = entry;
}

Pool::Entry& Pool::connect(const std::shared_ptr<Server>& server, const TermsPtr& terms,
                           const Choice& client) {
  auto entry = std::make_unique<Entry>();
  entry->server = server;
  entry->terms = terms;
  entry->connection = std::make_unique<http::ClientConnection>(
      loop_, connection_terms(*server, *terms, &client), *this);
  const http::ClientConnection* const key = entry->connection.get();
  return *entries_.emplace(key, std::move(entry)).first->second;
}

// ---- idle ones

Pool::Entry* Pool::take_idle(const Server& server, const Terms& terms) {
  const auto found = idle_.find(&server);
  if (found == idle_.end()) return nullptr;
  for (std::size_t i = found->second.size(); i-- > 0;) {
    Entry* const entry = found->second[i];
    if (entry->terms->wiring != terms.wiring) continue;
    leave_idle(*entry);
    entry->was_idle = true;
    return entry;
  }
  return nullptr;
}

void Pool::leave_idle(Entry& entry) {
  const auto found = idle_.find(entry.server.get());
  if (found == idle_.end() || std::erase(found->second, &entry) == 0) return;
  entry.server->idle.fetch_sub(1, std::memory_order_relaxed);
  if (found->second.empty()) idle_.erase(found);
}

bool Pool::is_stale(const Entry& entry) const {
  return entry.server->retired || entry.terms->wiring != terms_->wiring ||
         loop_.steady_now() - entry.connection->idle_since() >= terms_->options.idle_timeout_ms;
}

void Pool::keep(Entry& entry) {
  const auto idle = idle_.find(entry.server.get());
  const std::size_t kept = idle == idle_.end() ? 0 : idle->second.size();
  const bool is_anybodys = entry.terms->options.proxy_protocol == 0;
  const bool is_wanted =
      is_anybodys && !entry.server->retired && entry.terms->wiring == terms_->wiring;
  if (!is_wanted || kept >= terms_->options.keep_alive) return bury(entry);
  idle_[entry.server.get()].push_back(&entry);
  entry.server->idle.fetch_add(1, std::memory_order_relaxed);
  tend_later(limits::kIdleConnectionCheckMs);
}

void Pool::update(const TermsPtr& terms) {
  terms_ = terms;
  sweep();
}

void Pool::sweep() {
  std::vector<Entry*> stale;
  for (const auto& [server, idle] : idle_) {
    std::ranges::copy_if(idle, std::back_inserter(stale),
                         [this](const Entry* entry) { return is_stale(*entry); });
  }
  for (Entry* entry : stale) bury(*entry);
}

// ---- what connections tell

void Pool::is_idle(http::ClientConnection& connection) {
  const auto found = entries_.find(&connection);
  if (found == entries_.end()) return;
  Entry& entry = *found->second;
  let_go(entry);
  keep(entry);
  entry.slot.release();
}

void Pool::has_ended(http::ClientConnection& connection) {
  const auto found = entries_.find(&connection);
  if (found == entries_.end()) return;
  Entry& entry = *found->second;
  if (entry.lease == nullptr) return bury(entry);
  entry.has_ended = true;
  entry.slot.release();
}

void Pool::let_go(Entry& entry) {
  if (entry.lease != nullptr) entry.lease->entry_ = nullptr;
  entry.lease = nullptr;
}

void Pool::bury(Entry& entry) {
  let_go(entry);
  leave_idle(entry);
  auto node = entries_.extract(entry.connection.get());
  buried_.push_back(std::move(node.mapped()));
  tend_later(1);
  buried_.back()->slot.release();
}

// ---- later turns

void Pool::tend_later(std::int64_t delay_ms) {
  const base::SteadyMs at = loop_.steady_now() + delay_ms;
  if (timer_ && timer_at_ <= at) return;
  if (timer_) loop_.cancel(*timer_);
  timer_at_ = at;
  timer_ = loop_.after(delay_ms, [this] { tend(); });
}

void Pool::tend() {
  timer_.reset();
  sweep();
  buried_.clear();
  if (!idle_.empty()) tend_later(limits::kIdleConnectionCheckMs);
}

// ---- Lease

void Pool::Lease::end() {
  if (entry_ == nullptr) return;
  Entry& entry = *entry_;
  pool_->let_go(entry);
  if (entry.has_ended) pool_->bury(entry);
}

void Pool::Lease::give_up() {
  if (entry_ == nullptr) return;
  Entry& entry = *entry_;
  end();
  if (!entry.has_ended) entry.connection->give_up();
}

Slot Pool::Lease::close() {
  Slot slot = std::move(entry_->slot);
  pool_->bury(*entry_);
  return slot;
}

}  // namespace larder::origin
