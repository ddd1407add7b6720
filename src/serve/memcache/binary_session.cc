// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/binary_session.h"

#include <array>
#include <optional>

#include "base/version.h"
#include "serve/memcache/stats.h"
#include "wire/memcache/command.h"
#include "wire/memcache/reply.h"

namespace larder::serve::memcache {

namespace binary = ::larder::wire::memcache::binary;
using binary::Verb;
using cache::Answer;

namespace {

// Kept on the stack until it is in the outbox.
template <class Number>
class Bytes {
 public:
  explicit Bytes(Number number) { binary::write_number(bytes_.data(), number); }
  std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

 private:
  std::array<char, sizeof(Number)> bytes_;
};

bool stores_its_block(Verb verb) {
  switch (verb) {
    case Verb::kSet:
    case Verb::kAdd:
    case Verb::kReplace:
    case Verb::kAppend:
    case Verb::kPrepend: return true;
    default: return false;
  }
}

// An exptime has no sign here: what text takes for the past is a date far away.
cache::UnixMs expires_of(const binary::Request& request, cache::UnixMs now) {
  return wire::memcache::expiry_of(std::int64_t{request.exptime}, now);
}

}  // namespace

// ---- for the pipeline

std::size_t BinarySession::parse_head(std::string_view unread, bool, Request& request) {
  const binary::Taken taken = binary::take_request(unread, request.binary);
  if (taken.state != binary::Taken::State::kComplete) return 0;
  request.head = unread.substr(0, taken.consumed);
  request.block_bytes = request.binary.value_bytes;
  request.key = cache().key(request.binary.key);
  return taken.consumed;
}

bool BinarySession::answers_without_block(const Request& request) {
  return request.binary.fault != Status::kOk || !stores_its_block(request.binary.verb);
}

bool BinarySession::may_take_long(const Request& request) {
  return request.binary.verb != Verb::kGet;
}

Next BinarySession::answer_request(const Request& request) {
  if (answers_without_block(request)) swallow_later(request.missing);
  if (request.binary.fault != Status::kOk) {
    const Next next = refuse(request, request.binary.fault);
    return request.binary.closes ? Next::kGiveUp : next;
  }
  switch (request.binary.verb) {
    case Verb::kGet:
    case Verb::kGat: return answer_get(request);
    case Verb::kSet:
    case Verb::kAdd:
    case Verb::kReplace:
    case Verb::kAppend:
    case Verb::kPrepend: return answer_put(request);
    case Verb::kDelete: return answer_delete(request);
    case Verb::kIncr:
    case Verb::kDecr: return answer_count(request);
    case Verb::kTouch: return answer_touch(request);
    case Verb::kFlush: return answer_flush(request);
    case Verb::kNoop: return reply(request, {});
    case Verb::kVersion: return reply(request, {.value = version_of(settings().dialect)});
    case Verb::kStat: return answer_stat(request);
    case Verb::kQuit: reply_unless_quiet(request, {}); return Next::kClose;
    case Verb::kSaslList:
    case Verb::kSaslAuth:
    case Verb::kSaslStep:
      // Who asks for it anew is nobody until it has succeeded. A server without SASL has never
      // heard of it.
      if (node_.authentication != nullptr) return Next::kLogin;
      break;
    case Verb::kUnknown: break;
  }
  return refuse(request, Status::kUnknownCommand);
}

std::optional<cache::Cas> BinarySession::expected_of(const Request& request) const {
  return request.binary.cas != 0 ? expected(request.binary.cas) : std::nullopt;
}

// ---- get, gat, touch

Next BinarySession::answer_get(const Request& request) {
  cache::Lookup how{.want_details = false};
  if (request.binary.has_exptime) how.expires = expires_of(request.binary, now());
  cache::Found found = find(request.key, how);
  if (found.answer == Answer::kOk) {
    append_found(request, found);
    return Next::kGoOn;
  }
  if (found.answer != Answer::kMiss) return refuse(request, found.answer);
  if (request.binary.quiet) return Next::kGoOn;
  if (!request.binary.with_key) return refuse(request, Status::kNotFound);
  append(request, Status::kNotFound, {.key = request.key.bytes});
  return Next::kGoOn;
}

void BinarySession::append_found(const Request& request, cache::Found& found) {
  const std::string_view key = request.binary.with_key ? request.key.bytes : std::string_view();
  const std::size_t size = found.value.size();
  const bool is_copied = size < limits::kPinReplyBytes;
  char* const out =
      outbox().room(binary::kHeadBytes + sizeof found.flags + key.size() + (is_copied ? size : 0));
  char* end = binary::write_head(out, {.opcode = request.binary.opcode,
                                       .opaque = request.binary.opaque,
                                       .cas = shown(found.cas),
                                       .extras_bytes = sizeof found.flags,
                                       .key_bytes = static_cast<std::uint16_t>(key.size()),
                                       .value_bytes = static_cast<std::uint32_t>(size)});
  end = binary::write_number(end, found.flags);
  end += key.copy(end, key.size());
  if (is_copied) end = found.value.copy_to(end);
  outbox().appended(static_cast<std::size_t>(end - out));
  if (!is_copied) append_in_place(found.value);
}

Next BinarySession::answer_touch(const Request& request) {
  cache::Lookup how{.want_value = false, .want_details = false};
  how.expires = expires_of(request.binary, now());
  const cache::Found found = find(request.key, how);
  if (found.answer != Answer::kOk) return refuse(request, found.answer);
  const Bytes flags(found.flags);
  return reply(request, {.cas = found.cas, .extras = flags.view()});
}

// ---- set, add, replace, append, prepend

namespace {

// An add that expects a number is a set that does.
cache::PutMode mode_of(const binary::Request& request) {
  switch (request.verb) {
    case Verb::kAdd: return request.cas == 0 ? cache::PutMode::kAdd : cache::PutMode::kSet;
    case Verb::kReplace: return cache::PutMode::kReplace;
    case Verb::kAppend: return cache::PutMode::kAppend;
    case Verb::kPrepend: return cache::PutMode::kPrepend;
    default: return cache::PutMode::kSet;
  }
}

binary::Status status_of_not_stored(Verb verb) {
  switch (verb) {
    case Verb::kAdd: return binary::Status::kExists;
    case Verb::kReplace: return binary::Status::kNotFound;
    default: return binary::Status::kNotStored;
  }
}

}  // namespace

Next BinarySession::answer_put(const Request& request) {
  if (request.missing != 0) return begin_incoming(request);
  cache::Put how;
  how.mode = mode_of(request.binary);
  how.flags = request.binary.flags;
  how.expires = expires_of(request.binary, now());
  how.expected = expected_of(request);
  const cache::Stored stored = put(request.block, request.key, how);
  switch (stored.answer) {
    case Answer::kOk: return reply_unless_quiet(request, {.cas = stored.cas});
    case Answer::kNotStored: return refuse(request, status_of_not_stored(request.binary.verb));
    case Answer::kTooLarge:
    case Answer::kNoMemory: return refuse_value(request, stored.answer);
    default: return refuse(request, stored.answer);
  }
}

Next BinarySession::begin_incoming(const Request& request) {
  const Answer answer =
      reserve(request.head, request.key, request.binary.value_bytes, request.binary.flags);
  if (answer == Answer::kOk) return Next::kGoOn;
  if (answer == Answer::kPending) return wait_for(request.key);
  swallow_later(request.missing);
  return refuse_value(request, answer);
}

Next BinarySession::finish_incoming() {
  Request request;
  parse_head(incoming_->head, true, request);
  const std::size_t missing = incoming_->reservation.missing();
  if (missing != 0) {
    refuse_value(request, incoming_->reservation.answer());
    swallow_later(missing);
  } else if (answer_put(request) == Next::kWait) {
    return Next::kWait;
  }
  incoming_.reset();
  return Next::kRead;
}

Next BinarySession::refuse_value(const Request& request, Answer why) {
  give_up(request.key, why, request.binary.verb == Verb::kSet, "null");  // as memcached has it
  return refuse(request, why);
}

// ---- delete, incr, decr

Next BinarySession::answer_delete(const Request& request) {
  const Answer answer = remove(request.key, {.expected = expected_of(request)});
  return answer == Answer::kOk ? reply_unless_quiet(request, {}) : refuse(request, answer);
}

Next BinarySession::answer_count(const Request& request) {
  cache::Count how;
  how.down = request.binary.verb == Verb::kDecr;
  how.delta = request.binary.delta;
  how.expected = expected_of(request);
  if (request.binary.exptime != binary::kDoNotCreate) {
    how.create_expires = expires_of(request.binary, now());
  }
  how.initial = request.binary.initial;
  const cache::Counted counted = count(request.key, how);
  if (counted.answer != Answer::kOk) return refuse(request, counted.answer);
  const Bytes number(counted.number);
  return reply_unless_quiet(request, {.cas = counted.cas, .value = number.view()});
}

// ---- the whole cache

Next BinarySession::answer_flush(const Request& request) {
  if (!settings().allow_flush) return refuse(request, Status::kNotAuthenticated);
  flush(request.binary.exptime);
  return reply_unless_quiet(request, {});
}

// A reply for each number, and an empty one behind them.
Next BinarySession::answer_stat(const Request& request) {
  // It may outlive the request: of that it keeps what replies repeat.
  Request asked;
  asked.binary.opcode = request.binary.opcode;
  asked.binary.opaque = request.binary.opaque;
  const auto tell = [this, asked](std::string_view name, std::string_view value) {
    append(asked, Status::kOk, {.key = name, .value = value});
  };
  if (long_answer_ == nullptr) {
    long_answer_ = tell_stats_at_length(node_, request.binary.key, tell);
  }
  if (long_answer_ != nullptr) {
    const Next next = give_long_answer();
    return next == Next::kGoOn ? reply(request, {}) : next;
  }
  if (!do_stat(request) && !tell_stats(node_, request.binary.key, now(), tell)) {
    return refuse(request, Status::kNotFound);
  }
  return reply(request, {});
}

// False: its key is none that asks for more than numbers.
bool BinarySession::do_stat(const Request& request) {
  const std::string_view what = request.binary.key;
  if (what.starts_with("detail") && !settings().allow_detail) return false;
  if (what == "reset") {
    reset_stats(node_, now());
  } else if (what == "detail on" || what == "detail off") {
    node_.prefixes.turn(what == "detail on");
  } else if (what == "detail dump") {
    // memcached has it under this name, with the text protocol's end.
    const std::string text = node_.prefixes.text() + std::string(wire::memcache::kEnd);
    append(request, Status::kOk, {.key = "detailed", .value = text});
  } else {
    return false;
  }
  return true;
}

// ---- replies

Next BinarySession::refuse(const Request& request, Answer why) {
  switch (why) {
    case Answer::kMiss: return refuse(request, Status::kNotFound);
    case Answer::kExists: return refuse(request, Status::kExists);
    case Answer::kNotStored: return refuse(request, Status::kNotStored);
    case Answer::kNotNumeric: return refuse(request, Status::kNotNumeric);
    case Answer::kTooLarge: return refuse(request, Status::kTooLarge);
    case Answer::kNoMemory: return refuse(request, Status::kNoMemory);
    case Answer::kPending: return wait_for(request.key);
    case Answer::kWrongType:
    case Answer::kBadPrefix:
    case Answer::kBadExpiry: return refuse(request, Status::kInvalid);
    case Answer::kOk: break;
  }
  LARDER_CHECK(!"no reason to refuse");
  return Next::kClose;
}

// Also of quiet forms: a failure is never silent.
Next BinarySession::refuse(const Request& request, Status status) {
  append(request, status, {.value = binary::text_of(status)});
  return Next::kGoOn;
}

Next BinarySession::reply(const Request& request, const BinaryBody& body) {
  append(request, Status::kOk, body);
  return Next::kGoOn;
}

Next BinarySession::reply_unless_quiet(const Request& request, const BinaryBody& body) {
  return request.binary.quiet ? Next::kGoOn : reply(request, body);
}

void BinarySession::append(const Request& request, Status status, BinaryBody body) {
  body.cas = shown(body.cas);
  append_reply(outbox(), request.binary, status, body);
}

}  // namespace larder::serve::memcache
