// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/text_session.h"

namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;
using wire::Fault;
using wire::Verb;

// ---- for the pipeline

std::size_t TextSession::parse_head(std::string_view unread, bool is_first, Request& request) {
  const wire::Line line = wire::take_line(unread, is_first ? searched_ : 0);
  const bool grows = is_first && line.state == wire::Line::State::kPartial;
  searched_ = grows ? static_cast<std::uint32_t>(unread.size()) : 0;
  if (line.state != wire::Line::State::kComplete) return 0;
  wire::Command& command = request.command;
  wire::parse_command(line.text, command);
  request.head = line.text;
  request.block_bytes = command.has_block ? command.block_bytes + kBlockEndBytes : 0;
  request.key = cache().key(command.key);
  return line.consumed;
}

bool TextSession::is_hopeless(std::string_view unread) const {
  return wire::take_line(unread, searched_).state == wire::Line::State::kTooLong;
}

bool TextSession::answers_without_block(const Request& request) {
  return request.command.fault != Fault::kNone;
}

// It may copy a long value, or look for room in a store that is full. A get looks at the time
// itself.
bool TextSession::may_take_long(const Request& request) {
  const Verb verb = request.command.verb;
  return verb != Verb::kGet && verb != Verb::kGets && verb != Verb::kMetaGet;
}

Next TextSession::answer_request(const Request& request) {
  const wire::Command& command = request.command;
  if (command.has_block) return answer_block(request);
  if (command.fault != Fault::kNone) {
    refuse(command, fault_of(command));
    return Next::kGoOn;
  }
  switch (command.verb) {
    case Verb::kGet:
    case Verb::kGets:
    case Verb::kGat:
    case Verb::kGats: return answer_get(request);
    case Verb::kDelete: return answer_delete(request);
    case Verb::kTouch: return answer_touch(request);
    case Verb::kIncr:
    case Verb::kDecr: return answer_count(request);
    case Verb::kMetaGet:
    case Verb::kMetaDelete:
    case Verb::kMetaArithmetic: return answer_meta(request);
    case Verb::kMetaDebug: return answer_meta_debug(request);
    case Verb::kMetaNoop: return reply(command, wire::kMetaNoop);
    case Verb::kFlushAll: return answer_flush(command);
    case Verb::kFlushPrefix: return answer_flush_prefix(command);
    case Verb::kCacheMemlimit: return answer_memory_limit(command);
    case Verb::kVerbosity: return answer_verbosity(command);
    case Verb::kRefreshCerts: return answer_refresh_certs(command);
    case Verb::kVersion: return answer_version();
    case Verb::kStats: return answer_stats(command);
    case Verb::kWatch: return answer_watch(command);
    case Verb::kSlabs:
    case Verb::kLru:
    case Verb::kLruCrawler: return answer_tuning(command);
    case Verb::kDebugTime: return answer_debugtime(command);
    case Verb::kShutdown: return answer_shutdown(command);
    case Verb::kQuit: return Next::kClose;
    case Verb::kHttp: return Next::kGiveUp;
    case Verb::kSet:
    case Verb::kAdd:
    case Verb::kReplace:
    case Verb::kAppend:
    case Verb::kPrepend:
    case Verb::kCas:
    case Verb::kMetaSet:
    case Verb::kUnknown: break;  // they have a block or a fault
  }
  LARDER_CHECK(!"a command that nobody answers");
  return Next::kClose;
}

// What is not allowed is not looked at.
Fault TextSession::fault_of(const wire::Command& command) const {
  if (settings().allow_flush) return command.fault;
  if (command.verb == Verb::kFlushAll) return Fault::kFlushDisabled;
  return command.verb == Verb::kFlushPrefix ? Fault::kFlushPrefixDisabled : command.fault;
}

void TextSession::refuse(const wire::Command& command, Fault fault) {
  if (!command.noreply) outbox().append(wire::reply_of(fault));
}

// ---- blocks

Next TextSession::answer_block(const Request& request) {
  const wire::Command& command = request.command;
  if (command.fault != Fault::kNone) {
    refuse(command, command.fault);
    swallow_later(request.missing);
    return Next::kGoOn;
  }
  if (request.missing != 0) return begin_incoming(request);
  if (!request.block.ends_with(wire::kLineEnd)) return refuse_chunk(request);
  return store(request);
}

// What would be refused on sight is refused for that, also when it has arrived whole: the reply
// must not depend on packets.
Next TextSession::refuse_chunk(const Request& request) {
  const Next next = begin_incoming(request);
  if (incoming_ == nullptr) return next;
  incoming_.reset();
  refuse(request.command, Fault::kBadDataChunk);
  return Next::kGoOn;
}

Next TextSession::store(const Request& request) {
  return request.command.verb == Verb::kMetaSet ? answer_meta(request) : answer_put(request);
}

// Of what came in by itself, the reservation has all.
cache::Stored TextSession::put(const Request& request, const cache::Key& key,
                               const cache::Put& how) {
  std::string_view value = request.block;
  if (incoming_ == nullptr) value.remove_suffix(kBlockEndBytes);
  return Session::put(value, key, how);
}

void TextSession::refuse_value(const Request& request, const cache::Key& key, cache::Answer why) {
  refuse(request.command, why == cache::Answer::kTooLarge ? Fault::kTooLarge : Fault::kNoMemory);
  const Verb verb = request.command.verb;
  const std::string_view name = request.head.substr(0, request.head.find(' '));
  give_up(key, why, verb == Verb::kSet || verb == Verb::kMetaSet,
          verb == Verb::kMetaSet ? "set" : name);
}

// ---- large values, stored as they arrive

Next TextSession::begin_incoming(const Request& request) {
  const wire::Command& command = request.command;
  const Call call(*this, request);
  if (call.flags.fault != Fault::kNone) {
    refuse(command, call.flags.fault);
    swallow_later(request.missing);
    return Next::kGoOn;
  }
  const std::uint32_t flags =
      command.verb == Verb::kMetaSet ? call.flags.client_flags : command.flags;
  const cache::Answer answer = reserve(request.head, call.key, command.block_bytes, flags);
  if (answer == cache::Answer::kPending) return wait_for(call.key);
  if (answer != cache::Answer::kOk) {
    refuse_value(request, call.key, answer);
    swallow_later(request.missing);
  }
  return Next::kGoOn;
}

Next TextSession::finish_incoming() {
  Request request;
  request.head = incoming_->head;
  wire::parse_command(request.head, request.command);
  request.key = cache().key(request.command.key);
  const std::size_t missing = incoming_->reservation.missing();
  if (missing != 0) {
    const Call call(*this, request);
    refuse_value(request, call.key, incoming_->reservation.answer());
    swallow_later(missing + wire::kLineEnd.size());
  } else if (!socket_.inbox().unread().starts_with(wire::kLineEnd)) {
    refuse(request.command, Fault::kBadDataChunk);
    socket_.inbox().consume(wire::kLineEnd.size());
  } else {
    if (store(request) == Next::kWait) return Next::kWait;
    socket_.inbox().consume(wire::kLineEnd.size());
  }
  incoming_.reset();
  return Next::kRead;
}

}  // namespace larder::serve::memcache
