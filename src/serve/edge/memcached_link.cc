// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/memcached_link.h"

#include "base/check.h"

namespace larder::serve::edge {

using wire::memcache::GetReply;

namespace {

// Nothing may come behind it.
bool is_whole(MemcachedLink::End end) {
  return end == MemcachedLink::End::kHit || end == MemcachedLink::End::kMiss;
}

}  // namespace

void MemcachedLink::ask(const std::string& key, std::int64_t timeout_ms) {
  LARDER_CHECK(state_ == State::kNew || state_ == State::kIdle);
  key_ = key;
  reply_.begin(key_);
  has_reply_ = false;
  ++asked_;
  if (state_ == State::kNew) return connect(timeout_ms);
  state_ = State::kBusy;
  send();
}

// ---- the connection

void MemcachedLink::connect(std::int64_t timeout_ms) {
  state_ = State::kConnecting;
  connecting_.emplace(loop_, to_, std::nullopt, timeout_ms,
                      [this](base::Result<int> descriptor) { connected(std::move(descriptor)); });
}

void MemcachedLink::connected(base::Result<int> descriptor) {
  const auto self = shared_from_this();
  connecting_.reset();
  if (!descriptor) return over(End::kFailed);
  loop_.begin(*descriptor, [&self](io::Socket& socket) { return run(self, socket); });
  if (socket_ == nullptr) over(End::kFailed);
}

io::Task MemcachedLink::run(std::shared_ptr<MemcachedLink> link, io::Socket& socket) {
  link->attached(socket);
  while (link->state_ != State::kClosed) {
    auto listen = socket.listen();
    const io::Socket::Event event = co_await listen;
    link->heard(event);
  }
  link->socket_ = nullptr;
}

void MemcachedLink::attached(io::Socket& socket) {
  socket_ = &socket;
  state_ = State::kBusy;
  send();
}

void MemcachedLink::send() {
  io::Outbox& outbox = socket_->outbox();
  outbox.append("get ");
  outbox.append(key_);
  outbox.append("\r\n");
  socket_->send();
}

// What an idle one hears nobody has asked for: its end, or the reply to what nobody knows.
void MemcachedLink::heard(io::Socket::Event event) {
  if (state_ == State::kClosed) return;
  const bool is_woken = event == io::Socket::Event::kWoken;
  if (is_woken && !loop_.stopping()) return;
  if (state_ == State::kIdle) return leave();
  if (event == io::Socket::Event::kBytes) return hear_reply();
  if (!is_woken) over(has_reply_ ? End::kFailed : End::kClosed);
}

// ---- the reply

void MemcachedLink::hear_reply() {
  has_reply_ = true;
  if (const auto end = read()) over(*end);
}

// → nothing: more has to come.
std::optional<MemcachedLink::End> MemcachedLink::read() {
  io::Inbox& inbox = socket_->inbox();
  for (;;) {
    const GetReply::Taken taken = reply_.take(inbox.unread());
    if (taken.step == GetReply::Step::kMore) return std::nullopt;
    const auto end = take(taken);
    inbox.consume(taken.bytes);
    if (!end) continue;
    return is_whole(*end) && !inbox.empty() ? End::kFailed : *end;
  }
}

// → what the reply has come to, if that was all.
std::optional<MemcachedLink::End> MemcachedLink::take(GetReply::Taken taken) {
  switch (taken.step) {
    case GetReply::Step::kMore: return std::nullopt;
    case GetReply::Step::kHead: value_ = MemcachedValue::make(used_, reply_.size()); break;
    case GetReply::Step::kBytes:
      value_->append(socket_->inbox().unread().substr(0, taken.bytes));
      return std::nullopt;
    case GetReply::Step::kHit: return End::kHit;
    case GetReply::Step::kMiss: return End::kMiss;
    case GetReply::Step::kRefused: return End::kRefused;
    case GetReply::Step::kBroken: return End::kFailed;
  }
  return value_ == nullptr ? std::optional(End::kRefused) : std::nullopt;
}

// ---- the end

void MemcachedLink::over(End end) {
  const auto self = shared_from_this();
  if (is_whole(end) && !loop_.stopping()) {
    state_ = State::kIdle;
    idle_since_ = loop_.steady_now();
  } else {
    shut();
  }
  owner_->is_over(*this, end);
}

void MemcachedLink::leave() {
  const auto self = shared_from_this();
  shut();
  owner_->has_ended(*this);
}

void MemcachedLink::close() {
  owner_ = nullptr;
  shut();
}

// The session returns when it is woken; of a connection that is cut nothing is sent any more.
void MemcachedLink::shut() {
  if (state_ == State::kClosed) return;
  const auto self = shared_from_this();
  const bool was_busy = state_ == State::kBusy;
  state_ = State::kClosed;
  connecting_.reset();
  if (socket_ == nullptr) return;
  io::Socket& socket = *socket_;
  socket.wake();
  if (was_busy) socket.cut();
}

}  // namespace larder::serve::edge
