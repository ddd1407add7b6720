// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/session.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "serve/memcache/log_line.h"
#include "wire/memcache/command.h"

namespace larder::serve::memcache {

// ---- values that are stored as they arrive

bool Session::swallow() {
  io::Inbox& inbox = socket_.inbox();
  const std::size_t here = std::min<std::size_t>(swallow_bytes_, inbox.unread().size());
  inbox.consume(here);
  swallow_bytes_ -= static_cast<std::uint32_t>(here);
  return swallow_bytes_ == 0 && !inbox.empty();
}

cache::Answer Session::reserve(std::string_view head, const cache::Key& key, std::size_t bytes,
                               std::uint32_t flags) {
  auto reservation = cache().reserve(key, bytes, flags, now());
  const cache::Answer answer = reservation.answer();
  if (answer != cache::Answer::kOk) return answer;
  incoming_ = std::make_unique<Incoming>(std::string(head), std::move(reservation));
  socket_.expect_large();
  return answer;
}

void Session::gather(std::string_view head, std::size_t bytes) {
  incoming_ = std::make_unique<Incoming>(std::string(head));
  incoming_->gathered.emplace(bytes);
}

Next Session::fill_incoming(std::size_t behind) {
  io::Inbox& inbox = socket_.inbox();
  while (incoming_->missing() != 0) {
    const std::span<char> room = incoming_->room();
    if (room.empty()) return Next::kGoOn;
    const std::string_view here = inbox.unread().substr(0, room.size());
    if (here.empty()) {
      const bool much = incoming_->missing() >= limits::kDirectReceiveBytes;
      return much ? Next::kReceive : Next::kRead;
    }
    std::memcpy(room.data(), here.data(), here.size());
    incoming_->fill(here.size());
    inbox.consume(here.size());
  }
  return inbox.unread().size() < behind ? Next::kRead : Next::kGoOn;
}

io::Socket::Receive Session::receive() {
  const std::span<char> room = incoming_->room();
  const bool is_last = room.size() == incoming_->missing();
  return socket_.receive(room, is_last ? io::Socket::Behind::kTake : io::Socket::Behind::kLeave);
}

// ---- what both protocols ask of the cache

cache::Stored Session::put(std::string_view value, const cache::Key& key, const cache::Put& how) {
  show_lookup(key);
  const std::size_t bytes = incoming_ != nullptr ? incoming_->reservation.size() : value.size();
  const cache::Stored stored = incoming_ != nullptr
                                   ? cache().commit(incoming_->reservation, key, how, now())
                                   : cache().put(key, value, how, now());
  activity().put(how, stored.answer);
  if (is_observed(Stream::kMutations)) show_put(key, how, stored, bytes);
  return stored;
}

void Session::give_up(const cache::Key& key, cache::Answer why, bool is_set,
                      std::string_view command) {
  activity().refused(why);
  if (node_.watchers.watches(Stream::kMutations)) {
    node_.watchers.tell(Stream::kMutations, refusal_line(key.bytes, why, command, socket_.fd()),
                        now());
  }
  if (!is_set) return;
  show_lookup(key);
  cache().remove(key, {}, now());
}

cache::Answer Session::remove(const cache::Key& key, const cache::Remove& how,
                              std::string_view command) {
  show_lookup(key);
  const cache::Answer answer = is_observed(Stream::kDeletions) ? remove_shown(key, how, command)
                                                               : cache().remove(key, how, now());
  activity().removed(how, answer);
  return answer;
}

cache::Counted Session::count(const cache::Key& key, const cache::Count& how) {
  show_lookup(key);
  const cache::Counted counted = cache().count(key, how, now());
  activity().counted(how, counted);
  if (node_.prefixes.is_on() && counted.answer != cache::Answer::kPending) {
    node_.prefixes.counted(key.bytes, how.down);
  }
  return counted;
}

cache::UnixMs Session::flush_time(std::int64_t exptime) {
  return exptime > 0 ? wire::memcache::expiry_of(exptime, now()) : now();
}

void Session::flush(std::int64_t exptime) {
  activity().add(Deed::kFlush);
  cache().flush(flush_time(exptime), now());
}

cache::Answer Session::flush_prefix(std::string_view prefix, std::int64_t exptime) {
  activity().add(Deed::kFlushPrefix);
  return cache().flush_prefix(prefix, flush_time(exptime), now());
}

// ---- what others want to see

void Session::show_found(const cache::Key& key, const cache::Found& found) {
  if (found.answer == cache::Answer::kPending) return;
  if (node_.prefixes.is_on()) node_.prefixes.got(key.bytes, found.answer == cache::Answer::kOk);
  if (node_.watchers.watches(Stream::kFetchers)) tell_fetch(key, found);
}

void Session::tell_lookup(const cache::Key& key) {
  const cache::Found found =
      cache().find(key, {.leave_no_trace = true, .want_value = false}, now());
  if (found.answer != cache::Answer::kPending) tell_fetch(key, found);
}

void Session::tell_fetch(const cache::Key& key, const cache::Found& found) {
  node_.watchers.tell(Stream::kFetchers, fetch_line(key.bytes, found, socket_.fd()), now());
}

// Of a value that was not stored the size is told that it has; give_up tells what was refused.
void Session::show_put(const cache::Key& key, const cache::Put& how, cache::Stored stored,
                       std::size_t bytes) {
  if (stored.answer == cache::Answer::kPending) return;
  if (node_.prefixes.is_on()) node_.prefixes.set(key.bytes);
  const bool is_refused =
      stored.answer == cache::Answer::kTooLarge || stored.answer == cache::Answer::kNoMemory;
  if (is_refused || !node_.watchers.watches(Stream::kMutations)) return;
  if (stored.answer != cache::Answer::kOk) stored.size = bytes;
  node_.watchers.tell(Stream::kMutations, store_line(key.bytes, how, stored, now(), socket_.fd()),
                      now());
}

// What is deleted is looked at first, for its size.
cache::Answer Session::remove_shown(const cache::Key& key, const cache::Remove& how,
                                    std::string_view command) {
  const cache::Found gone = cache().find(key, {.leave_no_trace = true, .want_value = false}, now());
  const cache::Answer answer = cache().remove(key, how, now());
  if (answer == cache::Answer::kPending) return answer;
  if (node_.prefixes.is_on()) node_.prefixes.deleted(key.bytes);
  const bool is_gone = answer == cache::Answer::kOk && !how.invalidate && !how.drop_value;
  if (is_gone && node_.watchers.watches(Stream::kDeletions)) {
    node_.watchers.tell(Stream::kDeletions, deletion_line(key.bytes, gone, command), now());
  }
  return answer;
}

void Session::wait(cache::Waiter& waiter) {
  if (long_answer_ != nullptr) return long_answer_->wait(waiter);
  cache().wait(cache().key(*pending_), waiter);
}

Next Session::give_long_answer() {
  const Next next = long_answer_->go_on(socket_);
  if (next == Next::kGoOn) long_answer_.reset();
  return next;
}

Next Session::wait_for(const cache::Key& key) {
  pending_ = std::make_unique<std::string>(key.bytes);
  return Next::kWait;
}

void Session::append_in_place(cache::Value& value) {
  const auto append = [&](std::string_view span, base::Pin pin) {
    value.frozen() ? outbox().append_frozen(span, std::move(pin))
                   : outbox().append_pinned(span, std::move(pin));
  };
  const auto spans = value.spans();
  for (const std::string_view span : spans.first(spans.size() - 1)) append(span, {});
  // Sent in order: the last span's pin holds for those before it.
  append(spans.back(), value.take_pin());
}

}  // namespace larder::serve::memcache
