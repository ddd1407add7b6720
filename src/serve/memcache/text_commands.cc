// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "base/decimal.h"
#include "base/version.h"
#include "serve/memcache/session.h"
#include "wire/memcache/reply.h"

namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;
using cache::Answer;
using wire::Fault;
using wire::Verb;

Next Session::reply(const wire::Command& command, std::string_view text) {
  if (!command.noreply) outbox().append(text);
  return Next::kGoOn;
}

// ---- get, gets, gat, gats

Next Session::answer_get(const Request& request) {
  const wire::Command& command = request.command;
  const bool with_cas = command.verb == Verb::kGets || command.verb == Verb::kGats;
  cache::Lookup how;
  if (command.has_exptime) how.expires = wire::expiry_of(command.exptime, now());

  const bool begins = get_offset_ == 0;
  std::string_view unread = begins ? command.rest : request.line.substr(get_offset_);
  std::span<const cache::Key> keys = begins ? std::span(&request.key, 1) : hash_ahead(unread);
  for (; !keys.empty(); keys = hash_ahead(unread)) {
    for (const cache::Key& key : keys) {
      const bool full = outbox().full();
      cache::Found found;
      if (!full) found = cache().find(key, how, now());
      if (full || found.answer == Answer::kPending) {
        get_offset_ = static_cast<std::size_t>(key.bytes.data() - request.line.data());
        return full ? Next::kDrain : wait_for(key);
      }
      if (found.answer == Answer::kOk) append_found(key.bytes, found, with_cas);
    }
    if (!unread.empty() && socket_.loop().turn_is_long()) {
      get_offset_ = static_cast<std::size_t>(unread.data() - request.line.data());
      return Next::kYield;
    }
  }
  get_offset_ = 0;
  outbox().append(wire::kEnd);
  return Next::kGoOn;
}

std::span<const cache::Key> Session::hash_ahead(std::string_view& unread) {
  // Not on the stack, where it would have to be cleared for every get of one key.
  static thread_local std::array<cache::Key, limits::kBatchKeys> keys;
  std::size_t count = 0;
  for (; count < keys.size() && !unread.empty(); ++count) {
    keys[count] = cache().key(wire::next_key(unread));
    cache().prefetch_line(keys[count]);
  }
  const auto batch = std::span(keys).first(count);
  for (const cache::Key& key : batch) cache().prefetch_item(key);
  return batch;
}

void Session::append_found(std::string_view key, cache::Found& found, bool with_cas) {
  char* out = outbox().room(wire::kMaxValueLineBytes);
  const char* end = wire::write_value_line(out, key, found.flags, found.value.size(),
                                           with_cas ? &found.cas : nullptr);
  outbox().appended(static_cast<std::size_t>(end - out));
  append_value(found.value);
}

void Session::append_value(cache::Value& value) {
  constexpr std::size_t kEndBytes = wire::kLineEnd.size();
  if (value.size() < limits::kPinReplyBytes) {
    char* const out = outbox().room(value.size() + kEndBytes);
    char* end = out;
    for (const std::string_view span : value.spans()) {
      std::memcpy(end, span.data(), span.size());
      end += span.size();
    }
    std::memcpy(end, wire::kLineEnd.data(), kEndBytes);
    outbox().appended(value.size() + kEndBytes);
    return;
  }
  const auto spans = value.spans();
  for (std::size_t i = 0; i + 1 < spans.size(); ++i) outbox().append_pinned(spans[i], {});
  // Sent in order: the last span's pin holds for those before it.
  const std::string_view last = spans.back();
  outbox().append_pinned(last, value.take_pin());
  outbox().append(wire::kLineEnd);
}

// ---- set, add, replace, append, prepend, cas

namespace {

cache::PutMode mode_of(Verb verb) {
  switch (verb) {
    case Verb::kAdd: return cache::PutMode::kAdd;
    case Verb::kReplace: return cache::PutMode::kReplace;
    case Verb::kAppend: return cache::PutMode::kAppend;
    case Verb::kPrepend: return cache::PutMode::kPrepend;
    default: return cache::PutMode::kSet;
  }
}

}  // namespace

Next Session::answer_put(const Request& request) {
  const wire::Command& command = request.command;
  cache::Put how;
  how.mode = mode_of(command.verb);
  how.flags = command.flags;
  how.expires = wire::expiry_of(command.exptime, now());
  if (command.verb == Verb::kCas) how.expected = command.number;

  const cache::Stored stored = put(request, request.key, how);
  switch (stored.answer) {
    case Answer::kOk: return reply(command, wire::kStored);
    case Answer::kMiss: return reply(command, wire::kNotFound);
    case Answer::kExists: return reply(command, wire::kExists);
    case Answer::kNotStored: return reply(command, wire::kNotStored);
    case Answer::kPending: return wait_for(request.key);
    case Answer::kTooLarge:
    case Answer::kNoMemory:
    case Answer::kNotNumeric: break;
  }
  refuse_value(request, request.key, stored.answer);
  return Next::kGoOn;
}

// ---- delete, incr, decr, touch

Next Session::answer_delete(const Request& request) {
  const Answer answer = cache().remove(request.key, {}, now());
  if (answer == Answer::kPending) return wait_for(request.key);
  return reply(request.command, answer == Answer::kOk ? wire::kDeleted : wire::kNotFound);
}

Next Session::answer_count(const Request& request) {
  const wire::Command& command = request.command;
  cache::Count how;
  how.down = command.verb == Verb::kDecr;
  how.delta = command.number;
  const cache::Counted counted = cache().count(request.key, how, now());
  if (counted.answer == Answer::kPending) return wait_for(request.key);
  if (counted.answer == Answer::kMiss) return reply(command, wire::kNotFound);
  if (counted.answer != Answer::kOk) {
    refuse(command, counted.answer == Answer::kNotNumeric ? Fault::kNotNumeric : Fault::kNoMemory);
    return Next::kGoOn;
  }
  std::array<char, base::kMaxDecimalBytes + wire::kLineEnd.size()> text;
  char* end = base::write_decimal(text.data(), counted.number);
  end = std::copy(wire::kLineEnd.begin(), wire::kLineEnd.end(), end);
  return reply(command, {text.data(), end});
}

Next Session::answer_touch(const Request& request) {
  cache::Lookup how;
  how.want_value = false;
  how.expires = wire::expiry_of(request.command.exptime, now());
  const Answer answer = cache().find(request.key, how, now()).answer;
  if (answer == Answer::kPending) return wait_for(request.key);
  return reply(request.command, answer == Answer::kOk ? wire::kTouched : wire::kNotFound);
}

// ---- the whole cache

Next Session::answer_flush(const wire::Command& command) {
  const bool later = command.has_exptime && command.exptime > 0;
  cache().flush(later ? wire::expiry_of(command.exptime, now()) : now(), now());
  return reply(command, wire::kOk);
}

Next Session::answer_memory_limit(const wire::Command& command) {
  cache().set_memory_limit(command.number * limits::MiB, now());
  return reply(command, wire::kOk);
}

Next Session::answer_version() {
  outbox().append("VERSION ");
  outbox().append(base::kMemcachedVersion);
  outbox().append(wire::kLineEnd);
  return Next::kGoOn;
}

Next Session::answer_verbosity(const wire::Command& command) {
  node_.verbosity = command.number;
  return reply(command, wire::kOk);
}

}  // namespace larder::serve::memcache
