// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "base/debug_clock.h"
#include "base/decimal.h"
#include "base/version.h"
#include "serve/memcache/text_session.h"
#include "wire/memcache/reply.h"

namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;
using cache::Answer;
using wire::Fault;
using wire::Verb;

Next TextSession::reply(const wire::Command& command, std::string_view text) {
  if (!command.noreply) outbox().append(text);
  return Next::kGoOn;
}

// ---- get, gets, gat, gats

Next TextSession::answer_get(const Request& request) {
  static constexpr cache::Lookup kGet{.want_details = false};
  if (!request.command.has_exptime) return answer_keys(request, kGet);
  const cache::UnixMs expires = wire::expiry_of(request.command.exptime, now());
  return answer_keys(request, {.want_details = false, .expires = expires});
}

// Without memory for a new expiry an error stands in place of the end: the item is there, so that
// leaving it out would be a lie.
Next TextSession::answer_keys(const Request& request, const cache::Lookup& how) {
  const wire::Command& command = request.command;
  const bool with_cas = command.verb == Verb::kGets || command.verb == Verb::kGats;
  const auto next = give_values(request.head, request.key, command.rest, how, with_cas);
  if (!next) refuse(command, Fault::kNoMemory);
  return next.value_or(Next::kGoOn);
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

Next TextSession::answer_put(const Request& request) {
  const wire::Command& command = request.command;
  cache::Put how;
  how.mode = mode_of(command.verb);
  how.flags = command.flags;
  how.expires = wire::expiry_of(command.exptime, now());
  if (command.verb == Verb::kCas) how.expected = expected(command.number);

  const cache::Stored stored = put(request, request.key, how);
  switch (stored.answer) {
    case Answer::kOk: return reply(command, wire::kStored);
    case Answer::kMiss: return reply(command, wire::kNotFound);
    case Answer::kExists: return reply(command, wire::kExists);
    case Answer::kNotStored: return reply(command, wire::kNotStored);
    case Answer::kPending: return wait_for(request.key);
    case Answer::kTooLarge:
    case Answer::kNoMemory:
    case Answer::kNotNumeric:
    case Answer::kWrongType:
    case Answer::kBadPrefix:
    case Answer::kBadExpiry: break;
  }
  refuse_value(request, request.key, stored.answer);
  return Next::kGoOn;
}

// ---- delete, incr, decr, touch

Next TextSession::answer_delete(const Request& request) {
  const Answer answer = remove(request.key, {});
  if (answer == Answer::kPending) return wait_for(request.key);
  return reply(request.command, answer == Answer::kOk ? wire::kDeleted : wire::kNotFound);
}

Next TextSession::answer_count(const Request& request) {
  const wire::Command& command = request.command;
  cache::Count how;
  how.down = command.verb == Verb::kDecr;
  how.delta = command.number;
  const cache::Counted counted = count(request.key, how);
  if (counted.answer == Answer::kPending) return wait_for(request.key);
  if (counted.answer == Answer::kMiss) return reply(command, wire::kNotFound);
  if (counted.answer != Answer::kOk) {
    refuse(command, counted.answer == Answer::kNotNumeric ? Fault::kNotNumeric : Fault::kNoMemory);
    return Next::kGoOn;
  }
  std::array<char, base::kMaxDecimalBytes + wire::kLineEnd.size()> text;
  char* end = base::write_decimal(text.data(), counted.number);
  end = wire::append(end, wire::kLineEnd);
  return reply(command, {text.data(), end});
}

Next TextSession::answer_touch(const Request& request) {
  cache::Lookup how;
  how.want_value = false;
  how.expires = wire::expiry_of(request.command.exptime, now());
  const Answer answer = find(request.key, how).answer;
  if (answer == Answer::kPending) return wait_for(request.key);
  if (answer == Answer::kNoMemory) {
    refuse(request.command, Fault::kNoMemory);
    return Next::kGoOn;
  }
  return reply(request.command, answer == Answer::kOk ? wire::kTouched : wire::kNotFound);
}

// ---- the whole cache

Next TextSession::answer_flush(const wire::Command& command) {
  if (!settings().allow_flush) {
    refuse(command, fault_of(command));
    return Next::kGoOn;
  }
  flush(command.exptime);
  return reply(command, wire::kOk);
}

// The keys that begin with `user:` are meant by `user` and by `user:`.
Next TextSession::answer_flush_prefix(const wire::Command& command) {
  if (!settings().allow_flush) {
    refuse(command, fault_of(command));
    return Next::kGoOn;
  }
  std::string_view prefix = command.key;
  if (prefix.ends_with(settings().prefix_delimiter)) prefix.remove_suffix(1);
  if (flush_prefix(prefix, command.exptime) == Answer::kOk) return reply(command, wire::kOk);
  refuse(command, Fault::kTooManyPrefixes);
  return Next::kGoOn;
}

Next TextSession::answer_memory_limit(const wire::Command& command) {
  if (cache().set_memory_limit(command.number * limits::MiB, now())) {
    return reply(command, wire::kOk);
  }
  refuse(command, Fault::kMemlimitFixed);
  return Next::kGoOn;
}

// memcached's tests move its clock with it. What follows in the same packet sees the new time.
Next TextSession::answer_debugtime(const wire::Command& command) {
  constexpr cache::UnixMs kMsPerS = 1000;
  const auto seconds = base::parse_decimal<std::int32_t>(command.key);
  const bool is_known = command.key == "p" || command.key == "r" || seconds.has_value();
  if (!base::kIsTestBuild || !is_known) {
    refuse(command, Fault::kUnknownCommand);
    return Next::kGoOn;
  }
  if (command.key == "p") base::DebugClock::pause();
  if (command.key == "r") base::DebugClock::resume();
  if (seconds) base::DebugClock::pass(*seconds * kMsPerS);
  socket_.loop().update_clocks();
  return reply(command, wire::kOk);
}

// Ended as by a signal: what other clients have sent is answered first, with `graceful` or without.
Next TextSession::answer_shutdown(const wire::Command& command) {
  if (!settings().allow_shutdown) {
    refuse(command, Fault::kShutdownDisabled);
    return Next::kGoOn;
  }
  if (!command.key.empty() && command.key != "graceful") {
    refuse(command, Fault::kShutdownMode);
    return Next::kGoOn;
  }
  node_.shut_down();
  return Next::kClose;
}

Next TextSession::answer_version() {
  outbox().append("VERSION ");
  outbox().append(base::kMemcachedVersion);
  outbox().append(wire::kLineEnd);
  return Next::kGoOn;
}

Next TextSession::answer_verbosity(const wire::Command& command) {
  node_.verbosity = command.number;
  return reply(command, wire::kOk);
}

Next TextSession::answer_refresh_certs(const wire::Command& command) {
  if (node_.tls == nullptr) {
    refuse(command, Fault::kNoTls);
    return Next::kGoOn;
  }
  const auto reloaded = node_.tls->reload();
  if (reloaded) return reply(command, wire::kOk);
  return reply(command, "SERVER_ERROR " + reloaded.failure().what + "\r\n");
}

}  // namespace larder::serve::memcache
