// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/binary.h"

#include <array>

#include "base/limits.h"
#include "wire/memcache/big_endian.h"

namespace larder::wire::memcache::binary {
namespace {

// ---- the opcodes, and what each may carry

enum class Carries : std::uint8_t { kNo, kMay, kMust };

struct Operation {
  std::uint8_t opcode = 0;
  Verb verb = Verb::kUnknown;
  bool quiet = false;
  bool with_key = false;
  std::uint8_t extras = 0;
  Carries key = Carries::kNo;
  Carries value = Carries::kNo;
  bool extras_may_lack = false;
};

constexpr std::uint8_t kStoreExtras = 8;   // flags, exptime
constexpr std::uint8_t kCountExtras = 20;  // delta, initial, exptime
constexpr std::uint8_t kTimeExtras = 4;    // exptime
constexpr auto kMust = Carries::kMust;
constexpr auto kMay = Carries::kMay;
constexpr auto kNo = Carries::kNo;

constexpr auto kKnown = std::to_array<Operation>({
    // clang-format off
    // opcode verb            quiet  key?   extras        key    value  lack
    {0x00, Verb::kGet,       false, false, 0,            kMust, kNo,   false},
    {0x01, Verb::kSet,       false, false, kStoreExtras, kMust, kMay,  false},
    {0x02, Verb::kAdd,       false, false, kStoreExtras, kMust, kMay,  false},
    {0x03, Verb::kReplace,   false, false, kStoreExtras, kMust, kMay,  false},
    {0x04, Verb::kDelete,    false, false, 0,            kMust, kNo,   false},
    {0x05, Verb::kIncr,      false, false, kCountExtras, kMust, kNo,   false},
    {0x06, Verb::kDecr,      false, false, kCountExtras, kMust, kNo,   false},
    {0x07, Verb::kQuit,      false, false, 0,            kNo,   kNo,   false},
    {0x08, Verb::kFlush,     false, false, kTimeExtras,  kNo,   kNo,   true},
    {0x09, Verb::kGet,       true,  false, 0,            kMust, kNo,   false},
    {0x0a, Verb::kNoop,      false, false, 0,            kNo,   kNo,   false},
    {0x0b, Verb::kVersion,   false, false, 0,            kNo,   kNo,   false},
    {0x0c, Verb::kGet,       false, true,  0,            kMust, kNo,   false},
    {0x0d, Verb::kGet,       true,  true,  0,            kMust, kNo,   false},
    {0x0e, Verb::kAppend,    false, false, 0,            kMust, kMay,  false},
    {0x0f, Verb::kPrepend,   false, false, 0,            kMust, kMay,  false},
    {0x10, Verb::kStat,      false, false, 0,            kMay,  kMay,  false},
    {0x11, Verb::kSet,       true,  false, kStoreExtras, kMust, kMay,  false},
    {0x12, Verb::kAdd,       true,  false, kStoreExtras, kMust, kMay,  false},
    {0x13, Verb::kReplace,   true,  false, kStoreExtras, kMust, kMay,  false},
    {0x14, Verb::kDelete,    true,  false, 0,            kMust, kNo,   false},
    {0x15, Verb::kIncr,      true,  false, kCountExtras, kMust, kNo,   false},
    {0x16, Verb::kDecr,      true,  false, kCountExtras, kMust, kNo,   false},
    {0x17, Verb::kQuit,      true,  false, 0,            kNo,   kNo,   false},
    {0x18, Verb::kFlush,     true,  false, kTimeExtras,  kNo,   kNo,   true},
    {0x19, Verb::kAppend,    true,  false, 0,            kMust, kMay,  false},
    {0x1a, Verb::kPrepend,   true,  false, 0,            kMust, kMay,  false},
    {0x1c, Verb::kTouch,     false, false, kTimeExtras,  kMust, kNo,   false},
    {0x1d, Verb::kGat,       false, false, kTimeExtras,  kMust, kNo,   false},
    {0x1e, Verb::kGat,       true,  false, kTimeExtras,  kMust, kNo,   false},
    {0x20, Verb::kSaslList,  false, false, 0,            kNo,   kNo,   false},
    {0x21, Verb::kSaslAuth,  false, false, 0,            kMust, kMay,  false},
    {0x22, Verb::kSaslStep,  false, false, 0,            kMust, kMay,  false},
    {0x23, Verb::kGat,       false, true,  kTimeExtras,  kMust, kNo,   false},
    {0x24, Verb::kGat,       true,  true,  kTimeExtras,  kMust, kNo,   false},
    // clang-format on
});

constexpr auto kOperations = [] {
  std::array<Operation, 256> by_opcode{};
  for (const Operation& operation : kKnown) by_opcode[operation.opcode] = operation;
  return by_opcode;
}();

// ---- a request

struct Lengths {
  std::size_t extras = 0;
  std::size_t key = 0;
  std::size_t body = 0;
};

bool fits(Carries what, std::size_t bytes) noexcept {
  return what == kMay || (bytes != 0) == (what == kMust);
}

bool fits(const Operation& operation, const Lengths& lengths) noexcept {
  const bool lacks = operation.extras_may_lack && lengths.extras == 0;
  return (lacks || lengths.extras == operation.extras) && fits(operation.key, lengths.key) &&
         fits(operation.value, lengths.body - lengths.extras - lengths.key);
}

void refuse(Request& request, Status why) noexcept {
  request.fault = why;
  request.closes = true;
}

// What a head alone is refused for, in memcached's order.
void judge(Request& request, const Operation& operation, const Lengths& lengths) noexcept {
  if (lengths.extras + lengths.key > lengths.body) return refuse(request, Status::kUnknownCommand);
  const bool too_long = lengths.key > limits::kMaxKeyBytes || lengths.body > limits::GiB;
  if (too_long) return refuse(request, Status::kInvalid);
  if (operation.verb == Verb::kUnknown) {
    request.fault = Status::kUnknownCommand;
    request.value_bytes = static_cast<std::uint32_t>(lengths.body);
  } else if (!fits(operation, lengths)) {
    refuse(request, Status::kInvalid);
  }
}

void read_extras(Request& request, const char* extras, std::size_t bytes) noexcept {
  if (bytes == kCountExtras) {
    request.delta = read_number<std::uint64_t>(extras);
    request.initial = read_number<std::uint64_t>(extras + 8);
  } else if (bytes == kStoreExtras) {
    request.flags = read_number<std::uint32_t>(extras);
  }
  request.has_exptime = bytes != 0;
  if (bytes == 0) return;
  request.exptime = read_number<std::uint32_t>(extras + bytes - sizeof request.exptime);
}

}  // namespace

Verb verb_of(std::uint8_t opcode) noexcept { return kOperations[opcode].verb; }

Taken take_request(std::string_view unread, Request& request) noexcept {
  request = {};
  if (unread.empty()) return {};
  const char* const head = unread.data();
  if (static_cast<std::uint8_t>(head[0]) != kRequestMagic) return {Taken::State::kBadMagic, 0};
  if (unread.size() < kHeadBytes) return {};
  const Lengths lengths{.extras = static_cast<std::uint8_t>(head[4]),
                        .key = read_number<std::uint16_t>(head + 2),
                        .body = read_number<std::uint32_t>(head + 8)};
  request.opcode = static_cast<std::uint8_t>(head[1]);
  const Operation& operation = kOperations[request.opcode];
  request.opaque = read_number<std::uint32_t>(head + 12);
  judge(request, operation, lengths);
  if (request.fault != Status::kOk) return {Taken::State::kComplete, kHeadBytes};

  const std::size_t consumed = kHeadBytes + lengths.extras + lengths.key;
  if (unread.size() < consumed) return {};
  request.verb = operation.verb;
  request.quiet = operation.quiet;
  request.with_key = operation.with_key;
  request.cas = read_number<std::uint64_t>(head + 16);
  request.key = unread.substr(kHeadBytes + lengths.extras, lengths.key);
  request.value_bytes = static_cast<std::uint32_t>(lengths.body - lengths.extras - lengths.key);
  read_extras(request, head + kHeadBytes, lengths.extras);
  return {Taken::State::kComplete, consumed};
}

// ---- replies

std::string_view text_of(Status status) noexcept {
  switch (status) {
    case Status::kNotFound: return "Not found";
    case Status::kExists: return "Data exists for key.";
    case Status::kTooLarge: return "Too large.";
    case Status::kInvalid: return "Invalid arguments";
    case Status::kNotStored: return "Not stored.";
    case Status::kNotNumeric: return "Non-numeric server-side value for incr or decr";
    case Status::kNotAuthenticated: return "Auth failure.";
    case Status::kUnknownCommand: return "Unknown command";
    case Status::kNoMemory: return "Out of memory";
    case Status::kOk:
    case Status::kAuthenticationGoesOn: break;
  }
  return {};
}

char* write_number(char* out, std::uint32_t number) noexcept { return put_number(out, number); }
char* write_number(char* out, std::uint64_t number) noexcept { return put_number(out, number); }

char* write_head(char* out, const ReplyHead& head) noexcept {
  *out++ = static_cast<char>(kReplyMagic);
  *out++ = static_cast<char>(head.opcode);
  out = put_number(out, head.key_bytes);
  *out++ = static_cast<char>(head.extras_bytes);
  *out++ = 0;
  out = put_number(out, static_cast<std::uint16_t>(head.status));
  const std::size_t body = head.extras_bytes + std::size_t{head.key_bytes} + head.value_bytes;
  out = put_number(out, static_cast<std::uint32_t>(body));
  out = put_number(out, head.opaque);
  return put_number(out, head.cas);
}

}  // namespace larder::wire::memcache::binary
