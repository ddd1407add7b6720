// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/session.h"

#include <array>

#include "base/decimal.h"

namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;
using cache::Answer;
using cache::Verdict;

namespace {

// Its block is an item's value.
bool puts_value(Verb verb) { return verb >= Verb::kSet && verb <= Verb::kCas; }

bool may_be_piped(Verb verb) {
  switch (verb) {
    case Verb::kLopInsert:
    case Verb::kLopDelete:
    case Verb::kSopInsert:
    case Verb::kSopDelete:
    case Verb::kSopExist:
    case Verb::kMopInsert:
    case Verb::kMopUpsert:
    case Verb::kMopUpdate:
    case Verb::kMopDelete:
    case Verb::kBopInsert:
    case Verb::kBopUpsert:
    case Verb::kBopUpdate:
    case Verb::kBopDelete:
    case Verb::kBopIncr:
    case Verb::kBopDecr: return true;
    default: return false;
  }
}

// What the original says of a line that it has offered to its extensions.
bool asks_extensions(Fault fault) {
  return fault == Fault::kNoMatchingCommand || fault == Fault::kNoArguments ||
         fault == Fault::kTooManyArguments;
}

std::string_view line_of(Verdict verdict, std::string_view done) {
  switch (verdict) {
    case Verdict::kDone: return done;
    case Verdict::kReplaced: return "REPLACED\r\n";
    case Verdict::kElementExists: return "ELEMENT_EXISTS\r\n";
    case Verdict::kElementMissing: return "NOT_FOUND_ELEMENT\r\n";
    case Verdict::kOverflowed: return "OVERFLOWED\r\n";
    case Verdict::kOutOfRange: return "OUT_OF_RANGE\r\n";
    case Verdict::kBkeyMismatch: return "BKEY_MISMATCH\r\n";
    case Verdict::kEflagMismatch: return "EFLAG_MISMATCH\r\n";
    case Verdict::kNotNumeric: return wire::reply_of(Fault::kNotNumeric);
    case Verdict::kNothingToUpdate: return "NOTHING_TO_UPDATE\r\n";
    case Verdict::kUnreadable: return "UNREADABLE\r\n";
    case Verdict::kBadValue: return wire::reply_of(Fault::kAttributeBadValue);
    case Verdict::kNoMemory: return wire::reply_of(Fault::kOutOfMemory);
  }
  return {};
}

}  // namespace

// ---- for the pipeline

std::size_t ArcusSession::parse_head(std::string_view unread, bool is_first, Request& request) {
  const wire::Line line = wire::arcus::take_line(unread, is_first ? searched_ : 0);
  const bool grows = is_first && line.state == wire::Line::State::kPartial;
  searched_ = grows ? static_cast<std::uint32_t>(unread.size()) : 0;
  if (line.state != wire::Line::State::kComplete) return 0;
  Command& command = request.command;
  wire::arcus::parse_command(line.text, tunables().command_limits(), command);
  request.head = line.text;
  request.block_bytes = command.has_block ? command.block_bytes + kBlockEndBytes : 0;
  request.key = cache().key(command.key);
  return line.consumed;
}

bool ArcusSession::is_hopeless(std::string_view unread) const {
  return wire::arcus::take_line(unread, searched_).state == wire::Line::State::kTooLong;
}

// An element is whole before it is looked at.
std::size_t ArcusSession::most_waited_bytes(const Request& request) {
  const bool is_value = puts_value(request.command.verb);
  return (is_value ? limits::kWaitBlockBytes : limits::kMaxElementBytes) + kBlockEndBytes;
}

bool ArcusSession::answers_without_block(const Request& request) {
  return request.command.fault != Fault::kNone;
}

bool ArcusSession::may_take_long(const Request& request) {
  const Verb verb = request.command.verb;
  return verb != Verb::kGet && verb != Verb::kGets;
}

// What is not well formed is no part of a batch.
Next ArcusSession::answer_request(const Request& request) {
  const Command& command = request.command;
  const bool is_formed = command.fault == Fault::kNone || command.has_block;
  if (!is_formed || !may_be_piped(command.verb)) {
    batch_.go_on();
  } else if (batch_.skips(command.pipe)) {
    swallow_later(request.missing);
    return Next::kGoOn;
  }
  return command.has_block ? answer_block(request) : answer_now(request);
}

void ArcusSession::answered(const Request& request) {
  if (node_.command_log.is_on()) [[unlikely]]
    node_.command_log.add(client(), request.head);
}

// ---- replies of one line

Next ArcusSession::tell(const Command& command, std::string_view line) {
  batch_.tell({.line = line, .pipe = command.pipe, .noreply = command.noreply}, outbox());
  return Next::kGoOn;
}

// What matches no command is said as by a server that has an extension, or has none.
Next ArcusSession::refuse(const Command& command, Fault fault) {
  const bool is_unknown = asks_extensions(fault) && !settings().has_scrubber;
  return tell(command, wire::reply_of(is_unknown ? Fault::kUnknownVerb : fault));
}

Next ArcusSession::tell_number(const Command& command, std::string_view before,
                               std::uint64_t number) {
  constexpr std::size_t kMostBefore = 16;
  std::array<char, kMostBefore + base::kMaxDecimalBytes + wire::kLineEnd.size()> text;
  char* end = base::write_decimal(wire::append(text.data(), before), number);
  end = wire::append(end, wire::kLineEnd);
  return tell(command, {text.data(), end});
}

Next ArcusSession::tell_answer(const Request& request, Answer answer) {
  const Command& command = request.command;
  switch (answer) {
    case Answer::kPending: return wait_for(request.key);
    case Answer::kMiss: return tell(command, wire::kNotFound);
    case Answer::kExists: return tell(command, wire::kExists);
    case Answer::kWrongType: return tell(command, "TYPE_MISMATCH\r\n");
    case Answer::kBadExpiry: return refuse(command, Fault::kBadValue);
    case Answer::kBadPrefix: return refuse(command, Fault::kInvalidPrefix);
    case Answer::kNotNumeric: return refuse(command, Fault::kNotNumeric);
    case Answer::kNotStored: return tell(command, wire::kNotStored);
    case Answer::kTooLarge: return refuse(command, Fault::kObjectTooLarge);
    case Answer::kOk:
    case Answer::kNoMemory: break;
  }
  return refuse(command, puts_value(command.verb) ? Fault::kNoMemory : Fault::kOutOfMemory);
}

Next ArcusSession::tell_verdict(const Command& command, Verdict verdict, std::string_view done) {
  return tell(command, line_of(verdict, done));
}

// ---- blocks

Next ArcusSession::answer_block(const Request& request) {
  const Command& command = request.command;
  if (command.fault != Fault::kNone) {
    swallow_later(request.missing);
    return refuse(command, command.fault);
  }
  if (request.missing != 0) return begin_incoming(request);
  if (request.block.ends_with(wire::kLineEnd)) return answer_whole(request);
  if (puts_value(command.verb)) {
    // What would be refused on sight is refused for that: the reply must not depend on packets.
    const Next next = begin_incoming(request);
    if (incoming_ == nullptr) return next;
    incoming_.reset();
  }
  return refuse(command, Fault::kBadDataChunk);
}

Next ArcusSession::begin_incoming(const Request& request) {
  if (puts_value(request.command.verb)) return reserve_value(request);
  if (request.block_bytes > limits::kMaxGatheredBytes) {
    swallow_later(request.missing);
    return refuse(request.command, Fault::kOutOfMemory);
  }
  gather(request.head, request.block_bytes - kBlockEndBytes);
  return Next::kGoOn;
}

std::string_view ArcusSession::value_of(const Request& request) const {
  if (incoming_ != nullptr) return incoming_->gathered ? incoming_->gathered->bytes() : "";
  return request.block.substr(0, request.block.size() - kBlockEndBytes);
}

Next ArcusSession::answer_whole(const Request& request) {
  return puts_value(request.command.verb) ? answer_put(request) : answer_now(request);
}

Next ArcusSession::finish_incoming() {
  Request request;
  request.head = incoming_->head;
  wire::arcus::parse_command(request.head, tunables().command_limits(), request.command);
  request.key = cache().key(request.command.key);
  const std::size_t missing = incoming_->missing();
  if (missing != 0) {
    refuse_value(request, incoming_->reservation.answer());
    swallow_later(missing + wire::kLineEnd.size());
  } else {
    const bool is_well = socket_.inbox().unread().starts_with(wire::kLineEnd);
    const Next answered =
        is_well ? answer_whole(request) : refuse(request.command, Fault::kBadDataChunk);
    if (answered != Next::kGoOn) return answered;
    socket_.inbox().consume(wire::kLineEnd.size());
  }
  incoming_.reset();
  return Next::kRead;
}

// ---- what has all of its block

Next ArcusSession::answer_now(const Request& request) {
  if (long_answer_ != nullptr) return give_long_answer();
  const Command& command = request.command;
  if (command.fault != Fault::kNone) return refuse(command, command.fault);
  switch (command.verb) {
    case Verb::kGet:
    case Verb::kGets:
    case Verb::kGat:
    case Verb::kGats: return answer_get(request);
    case Verb::kMget:
    case Verb::kMgets: return answer_mget(request);
    case Verb::kIncr:
    case Verb::kDecr: return answer_count(request);
    case Verb::kDelete: return answer_delete(request);
    case Verb::kTouch: return answer_touch(request);
    case Verb::kGetattr: return answer_getattr(request);
    case Verb::kSetattr: return answer_setattr(request);
    case Verb::kLopCreate:
    case Verb::kLopInsert:
    case Verb::kLopDelete:
    case Verb::kLopGet: return answer_lop(request);
    case Verb::kSopCreate:
    case Verb::kSopInsert:
    case Verb::kSopDelete:
    case Verb::kSopExist:
    case Verb::kSopGet: return answer_sop(request);
    case Verb::kMopCreate:
    case Verb::kMopInsert:
    case Verb::kMopUpsert:
    case Verb::kMopUpdate:
    case Verb::kMopDelete:
    case Verb::kMopGet: return answer_mop(request);
    case Verb::kBopCreate:
    case Verb::kBopInsert:
    case Verb::kBopUpsert:
    case Verb::kBopUpdate:
    case Verb::kBopDelete:
    case Verb::kBopGet:
    case Verb::kBopCount:
    case Verb::kBopIncr:
    case Verb::kBopDecr:
    case Verb::kBopPosition:
    case Verb::kBopGbp:
    case Verb::kBopPwg: return answer_bop(request);
    case Verb::kBopMget: return answer_bop_mget(request);
    case Verb::kBopSmget: return answer_bop_smget(request);
    default: return answer_operation(request);
  }
}

}  // namespace larder::serve::memcache::arcus
