// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "serve/memcache/arcus/session.h"
#include "wire/memcache/arcus/split_list.h"

// Arcus' commands on keys and values.
namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;
using cache::Answer;

// ---- get, gets, gat, gats, mget, mgets

Next ArcusSession::answer_get(const Request& request) {
  const Command& command = request.command;
  const bool with_cas = command.verb == Verb::kGets || command.verb == Verb::kGats;
  const bool touches = command.verb == Verb::kGat || command.verb == Verb::kGats;
  cache::Lookup how{.want_details = false};
  if (touches) {
    how.any_type = true;
    how.want_details = true;  // its type
    how.expires = wire::arcus::expiry_of(command.exptime, now());
  }
  return answer_keys(request, request.head, request.key, command.rest, how, with_cas);
}

// The keys are checked before the first is looked up.
Next ArcusSession::answer_mget(const Request& request) {
  const Command& command = request.command;
  const std::string_view block = value_of(request);
  std::string_view first;
  const bool is_list = wire::arcus::split_list(
      block, command.list_count, false, limits::kMaxArcusKeyBytes, [&](std::string_view key) {
        if (first.empty()) first = key;
      });
  if (!is_list) return refuse(command, Fault::kBadDataChunk);
  const std::string_view rest = block.substr(std::min(block.size(), first.size() + 1));
  return answer_keys(request, block, cache().key(first), rest, {.want_details = false},
                     command.verb == Verb::kMgets);
}

Next ArcusSession::answer_keys(const Request& request, std::string_view text,
                               const cache::Key& first, std::string_view rest,
                               const cache::Lookup& how, bool with_cas) {
  const auto next = give_values(text, first, rest, how, with_cas);
  return next ? *next : refuse(request.command, Fault::kNoMemoryForGet);
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

Next ArcusSession::reserve_value(const Request& request) {
  const Command& command = request.command;
  const Answer answer = reserve(request.head, request.key, command.block_bytes, command.flags);
  if (answer == Answer::kPending) return wait_for(request.key);
  if (answer == Answer::kOk) return Next::kGoOn;
  swallow_later(request.missing);
  return refuse_value(request, answer);
}

Next ArcusSession::answer_put(const Request& request) {
  const Command& command = request.command;
  cache::Put how;
  how.mode = mode_of(command.verb);
  how.flags = command.flags;
  how.expires = wire::arcus::expiry_of(command.exptime, now());
  if (command.verb == Verb::kCas) how.expected = expected(command.number);
  const cache::Stored stored = put(value_of(request), request.key, how);
  if (stored.answer == Answer::kOk) return tell(command, wire::kStored);
  const bool is_refused = stored.answer == Answer::kTooLarge || stored.answer == Answer::kNoMemory;
  return is_refused ? refuse_value(request, stored.answer) : tell_answer(request, stored.answer);
}

Next ArcusSession::refuse_value(const Request& request, Answer why) {
  give_up(request.key, why, request.command.verb == Verb::kSet, {});  // there are no watchers
  return tell_answer(request, why);
}

// ---- incr, decr, delete, touch

Next ArcusSession::answer_count(const Request& request) {
  const Command& command = request.command;
  cache::Count how{.down = command.verb == Verb::kDecr,
                   .keeps_width = false,
                   .empty_is_zero = true,
                   .delta = command.number};
  if (command.initial) {
    how.create_expires = wire::arcus::expiry_of(command.exptime, now());
    how.create_flags = command.flags;
    how.initial = *command.initial;
  }
  const cache::Counted counted = Session::count(request.key, how);
  if (counted.answer != Answer::kOk) return tell_answer(request, counted.answer);
  return tell_number(command, "", counted.number);
}

Next ArcusSession::answer_delete(const Request& request) {
  const Answer answer = remove(request.key, {});
  if (answer != Answer::kOk) return tell_answer(request, answer);
  return tell(request.command, wire::kDeleted);
}

// What is sticky stays so, and nothing becomes it.
Next ArcusSession::answer_touch(const Request& request) {
  const Command& command = request.command;
  const cache::Lookup how{.want_value = false,
                          .any_type = true,
                          .expires = wire::arcus::expiry_of(command.exptime, now())};
  const Answer answer = find(request.key, how).answer;
  if (answer == Answer::kOk) return tell(command, wire::kTouched);
  return tell_answer(request, answer);
}

}  // namespace larder::serve::memcache::arcus
