// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/sasl_login.h"

#include <strings.h>

#include <string>

#include "base/limits.h"
#include "base/version.h"
#include "serve/memcache/binary_reply.h"

namespace larder::serve::memcache {

namespace wire = ::larder::wire::memcache;
namespace binary = wire::binary;
using binary::Verb;

namespace {

constexpr std::string_view kPlain = "PLAIN";

// Mechanisms have no case.
bool is_plain(std::string_view mechanism) {
  return mechanism.size() == kPlain.size() &&
         ::strncasecmp(mechanism.data(), kPlain.data(), kPlain.size()) == 0;
}

bool may_come_first(std::uint8_t opcode) {
  switch (binary::verb_of(opcode)) {
    case Verb::kVersion:
    case Verb::kSaslList:
    case Verb::kSaslAuth:
    case Verb::kSaslStep: return true;
    default: return false;
  }
}

// Lengths that contradict each other come before everything, as memcached has it.
binary::Status fault_of(const binary::Request& request) {
  const bool is_broken = request.fault == binary::Status::kUnknownCommand && request.closes;
  const bool is_too_much = request.value_bytes > limits::kMaxLoginBytes;
  if (!is_broken && (!may_come_first(request.opcode) || is_too_much)) {
    return binary::Status::kNotAuthenticated;
  }
  return request.fault;
}

}  // namespace

SaslLogin::~SaslLogin() {
  if (asked_ != nullptr) authentication_.library()->forget(std::move(asked_->exchange));
}

Next SaslLogin::answer() {
  for (bool first = true;; first = false) {
    if (socket_.outbox().full()) return Next::kDrain;
    if (!first && socket_.loop().turn_is_long()) return Next::kYield;
    const std::string_view unread = socket_.inbox().unread();
    Request request;
    const binary::Taken taken = binary::take_request(unread, request);
    if (taken.state == binary::Taken::State::kBadMagic) return Next::kGiveUp;
    if (taken.state == binary::Taken::State::kPartial) return Next::kRead;
    if (const Status fault = fault_of(request); fault != Status::kOk) {
      refuse(request, fault);
      return Next::kGiveUp;
    }
    const std::string_view message = unread.substr(taken.consumed, request.value_bytes);
    if (message.size() < request.value_bytes) return Next::kRead;
    const Next next = answer_request(request, message);
    if (next == Next::kWait) return next;
    socket_.inbox().consume(taken.consumed + message.size());
    if (next != Next::kGoOn) return next;
  }
}

Next SaslLogin::answer_request(const Request& request, std::string_view message) {
  switch (request.verb) {
    case Verb::kVersion: return reply(request, Status::kOk, base::kMemcachedVersion);
    case Verb::kSaslList: {
      const SaslLibrary* const library = authentication_.library();
      return reply(request, Status::kOk, library != nullptr ? library->mechanisms() : kPlain);
    }
    case Verb::kSaslAuth:
      if (request.key.size() > limits::kMaxMechanismBytes) return refuse(request, Status::kInvalid);
      break;
    default: break;
  }
  return answer_step(request, message);
}

// ---- auth and step

Next SaslLogin::answer_step(const Request& request, std::string_view message) {
  std::optional<SaslLibrary::Judgement> taken = take_judgement();
  if (!taken && needs_library(request)) return Next::kWait;
  const SaslLibrary::Judgement judgement = taken ? *std::move(taken) : judge(request, message);
  goes_on_ = judgement.verdict == Verdict::kGoOn;
  if (goes_on_) return reply(request, Status::kAuthenticationGoesOn, judgement.challenge);
  authentication_.count(judgement.verdict == Verdict::kAdmitted);
  if (judgement.verdict == Verdict::kRefused) return refuse(request, Status::kNotAuthenticated);
  reply(request, Status::kOk, "Authenticated");
  return Next::kAdmitted;
}

std::optional<SaslLibrary::Judgement> SaslLogin::take_judgement() {
  return asked_ != nullptr ? std::exchange(asked_->judgement, std::nullopt) : std::nullopt;
}

// What is refused without it: a step that nobody has asked for, and who comes when it is busy.
bool SaslLogin::needs_library(const Request& request) const {
  const SaslLibrary* const library = authentication_.library();
  return library != nullptr && !library->is_busy() && (goes_on_ || request.verb == Verb::kSaslAuth);
}

void SaslLogin::wait(cache::Waiter& waiter) {
  if (asked_ == nullptr) asked_ = std::make_unique<Asked>();
  Request request;
  const std::string_view unread = socket_.inbox().unread();
  const binary::Taken taken = binary::take_request(unread, request);
  authentication_.library()->ask(
      asked_->exchange,
      {.is_first = request.verb == Verb::kSaslAuth,
       .mechanism = std::string(request.key),
       .message = std::string(unread.substr(taken.consumed, request.value_bytes))},
      [this, &waiter](SaslLibrary::Judgement judgement) {
        asked_->judgement = std::move(judgement);
        waiter.ready();
      });
}

SaslLibrary::Judgement SaslLogin::judge(const Request& request, std::string_view message) {
  const bool is_first = request.verb == Verb::kSaslAuth;
  if (authentication_.library() != nullptr || (is_first ? !is_plain(request.key) : !goes_on_)) {
    return {};
  }
  if (is_first && message.empty()) return {.verdict = Verdict::kGoOn, .challenge = {}};
  return {.verdict = judge_plain(message), .challenge = {}};
}

SaslLibrary::Verdict SaslLogin::judge_plain(std::string_view message) {
  const auto credentials = wire::parse_plain(message);
  return credentials && authentication_.admit(*credentials) ? Verdict::kAdmitted
                                                            : Verdict::kRefused;
}

// ---- replies

Next SaslLogin::reply(const Request& request, Status status, std::string_view text) {
  append_reply(socket_.outbox(), request, status, {.value = text});
  return Next::kGoOn;
}

Next SaslLogin::refuse(const Request& request, Status status) {
  return reply(request, status, binary::text_of(status));
}

}  // namespace larder::serve::memcache
