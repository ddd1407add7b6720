// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/session.h"

#include <algorithm>
#include <cstring>

#include "serve/memcache/key_wait.h"
#include "wire/memcache/reply.h"

namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;
using wire::Fault;
using wire::Verb;

// ---- the coroutine

io::Task serve(Node& node, io::Socket& socket) {
  Session session(node, socket);
  for (bool open = true; open;) {
    const Next next = session.answer();
    auto flush = socket.flush();
    const bool sent = co_await flush;
    if (!sent || next == Next::kClose) break;
    if (next == Next::kRead) {
      auto read = socket.read();
      open = co_await read;
    } else if (next == Next::kReceive) {
      auto receive = session.receive();
      const std::size_t bytes = co_await receive;
      session.received(bytes);
      open = bytes != 0;
    } else if (next == Next::kWait) {
      KeyWait wait(node.cache, session.pending_key(), socket);
      co_await wait;
    } else if (next == Next::kYield) {
      auto yield = socket.yield();
      open = co_await yield;
    }
  }
  auto flush = socket.flush_everything();
  co_await flush;
}

// ---- what was received, answered in order

Next Session::answer() {
  for (bool first = true;; first = false) {
    if (outbox().full()) return Next::kDrain;
    if (incoming_ != nullptr) {
      const Next next = go_on_with_incoming();
      if (incoming_ != nullptr) return next;
    }
    if (!swallow()) return Next::kRead;
    if (!first && socket_.loop().turn_is_long()) return Next::kYield;
    const std::string_view unread = socket_.inbox().unread();
    // Not on the stack, where it would have to be cleared for every request.
    static thread_local std::array<Request, limits::kBatchCommands> batch;
    const std::size_t count = parse_ahead(unread, batch);
    if (count == 0) {
      const bool too_long = wire::take_line(unread, searched_).state == wire::Line::State::kTooLong;
      return too_long ? Next::kClose : Next::kRead;
    }
    const Next next = answer_batch(std::span(batch).first(count));
    if (next != Next::kGoOn) return next;
  }
}

std::size_t Session::parse_ahead(std::string_view unread, std::span<Request> batch) {
  std::size_t begin = 0;
  for (std::size_t count = 0; count < batch.size(); ++count) {
    const wire::Line line = wire::take_line(unread.substr(begin), begin == 0 ? searched_ : 0);
    const bool grows = begin == 0 && line.state == wire::Line::State::kPartial;
    searched_ = grows ? unread.size() : 0;
    if (line.state != wire::Line::State::kComplete) return count;
    Request& request = batch[count];
    wire::parse_command(line.text, request.command);
    request.line = line.text;
    request.end = begin + line.consumed;
    request.missing = 0;
    if (request.command.has_block) {
      const std::size_t wanted = request.command.block_bytes + wire::kLineEnd.size();
      request.block = unread.substr(request.end, wanted);
      request.missing = wanted - request.block.size();
      request.end += request.block.size();
    }
    request.key = cache().key(request.command.key);
    cache().prefetch_line(request.key);
    if (request.missing != 0) {
      // What is refused is refused at once, what is large is stored as it arrives; a small block
      // is waited for where it is.
      const bool can_begin = request.command.fault != Fault::kNone ||
                             request.command.block_bytes > limits::kWaitBlockBytes;
      return can_begin ? count + 1 : count;
    }
    begin = request.end;
  }
  return batch.size();
}

namespace {

// One such command may take as long as thousands of gets: it may copy a long value, or look for
// room in a store that is full. A get looks at the time itself.
bool may_take_long(Verb verb) {
  return verb != Verb::kGet && verb != Verb::kGets && verb != Verb::kMetaGet;
}

}  // namespace

Next Session::answer_batch(std::span<const Request> batch) {
  if (batch.size() > 1) {
    for (const Request& request : batch) cache().prefetch_item(request.key);
  }
  std::size_t done = 0;
  Next next = Next::kGoOn;
  for (const Request& request : batch) {
    next = answer_request(request);
    if (next == Next::kDrain || next == Next::kWait || next == Next::kYield) break;
    // What came of a value that is stored as it arrives is still to be taken from the inbox.
    done = incoming_ != nullptr ? request.end - request.block.size() : request.end;
    if (next != Next::kClose && outbox().full()) next = Next::kDrain;
    if (next == Next::kGoOn && may_take_long(request.command.verb) &&
        socket_.loop().turn_is_long()) {
      next = Next::kYield;
    }
    if (next != Next::kGoOn) break;
  }
  socket_.inbox().consume(done);
  return next;
}

Next Session::answer_request(const Request& request) {
  const wire::Command& command = request.command;
  if (command.has_block) return answer_block(request);
  if (command.fault != Fault::kNone) {
    refuse(command, command.fault);
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
    case Verb::kCacheMemlimit: return answer_memory_limit(command);
    case Verb::kVerbosity: return answer_verbosity(command);
    case Verb::kVersion: return answer_version();
    case Verb::kStats: return answer_stats();
    case Verb::kShutdown: return reply(command, wire::reply_of(Fault::kShutdownDisabled));
    case Verb::kQuit:
    case Verb::kHttp: return Next::kClose;
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

void Session::refuse(const wire::Command& command, Fault fault) {
  if (!command.noreply) outbox().append(wire::reply_of(fault));
}

Next Session::wait_for(const cache::Key& key) {
  pending_ = std::make_unique<std::string>(key.bytes);
  return Next::kWait;
}

// ---- blocks

Next Session::answer_block(const Request& request) {
  const wire::Command& command = request.command;
  if (command.fault != Fault::kNone) {
    refuse(command, command.fault);
    swallow_bytes_ = request.missing;
    return Next::kGoOn;
  }
  if (request.missing != 0) return begin_incoming(request);
  if (!request.block.ends_with(wire::kLineEnd)) return refuse_chunk(request);
  return store(request);
}

// What would be refused on sight is refused for that, also when it has arrived whole: the reply
// must not depend on packets.
Next Session::refuse_chunk(const Request& request) {
  const Next next = begin_incoming(request);
  if (incoming_ == nullptr) return next;
  incoming_.reset();
  refuse(request.command, Fault::kBadDataChunk);
  return Next::kGoOn;
}

Next Session::store(const Request& request) {
  return request.command.verb == Verb::kMetaSet ? answer_meta(request) : answer_put(request);
}

bool Session::swallow() {
  io::Inbox& inbox = socket_.inbox();
  const std::size_t here = std::min(swallow_bytes_, inbox.unread().size());
  inbox.consume(here);
  swallow_bytes_ -= here;
  return swallow_bytes_ == 0 && !inbox.empty();
}

cache::Stored Session::put(const Request& request, const cache::Key& key, const cache::Put& how) {
  if (incoming_ != nullptr) return cache().commit(incoming_->reservation, key, how, now());
  std::string_view value = request.block;
  value.remove_suffix(wire::kLineEnd.size());
  return cache().put(key, value, how, now());
}

void Session::refuse_value(const Request& request, const cache::Key& key, cache::Answer why) {
  refuse(request.command, why == cache::Answer::kTooLarge ? Fault::kTooLarge : Fault::kNoMemory);
  // Better a miss than the value before the one that the client believes to have stored.
  const Verb verb = request.command.verb;
  if (verb == Verb::kSet || verb == Verb::kMetaSet) cache().remove(key, {}, now());
}

// ---- large values, stored as they arrive

Next Session::begin_incoming(const Request& request) {
  const wire::Command& command = request.command;
  const Call call(cache(), request);
  if (call.flags.fault != Fault::kNone) {
    refuse(command, call.flags.fault);
    swallow_bytes_ = request.missing;
    return Next::kGoOn;
  }
  auto reservation = cache().reserve(
      call.key, command.block_bytes,
      command.verb == Verb::kMetaSet ? call.flags.client_flags : command.flags, now());
  if (reservation.answer() == cache::Answer::kPending) return wait_for(call.key);
  if (reservation.answer() != cache::Answer::kOk) {
    refuse_value(request, call.key, reservation.answer());
    swallow_bytes_ = request.missing;
    return Next::kGoOn;
  }
  incoming_ = std::make_unique<Incoming>(std::string(request.line), std::move(reservation));
  socket_.expect_large();
  return Next::kGoOn;
}

Next Session::go_on_with_incoming() {
  cache::Reservation& reservation = incoming_->reservation;
  io::Inbox& inbox = socket_.inbox();
  while (reservation.missing() != 0) {
    const std::span<char> room = reservation.room();
    if (room.empty()) return finish_incoming();
    const std::string_view here = inbox.unread().substr(0, room.size());
    if (here.empty()) {
      const bool much = reservation.missing() >= limits::kDirectReceiveBytes;
      return much ? Next::kReceive : Next::kRead;
    }
    std::memcpy(room.data(), here.data(), here.size());
    reservation.fill(here.size());
    inbox.consume(here.size());
  }
  if (inbox.unread().size() < wire::kLineEnd.size()) return Next::kRead;
  return finish_incoming();
}

io::Socket::Receive Session::receive() {
  const std::span<char> room = incoming_->reservation.room();
  const bool is_last = room.size() == incoming_->reservation.missing();
  return socket_.receive(room, is_last ? io::Socket::Behind::kTake : io::Socket::Behind::kLeave);
}

Next Session::finish_incoming() {
  Request request;
  request.line = incoming_->line;
  wire::parse_command(request.line, request.command);
  request.key = cache().key(request.command.key);
  const std::size_t missing = incoming_->reservation.missing();
  if (missing != 0) {
    const Call call(cache(), request);
    refuse_value(request, call.key, incoming_->reservation.answer());
    swallow_bytes_ = missing + wire::kLineEnd.size();
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
