// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// The binary protocol: a request's bytes to views, a reply's head to bytes. Pure functions; the
// views point into the bytes that were given.
//
//   request  80 │ opcode │ key 2 │ extras 1 │ type 1 │ vbucket 2 │ body 4 │ opaque 4 │ cas 8 │ body
//   reply    81 │ opcode │ key 2 │ extras 1 │ type 1 │ status 2  │ body 4 │ opaque 4 │ cas 8 │ body
//   body     extras, key, value                                        key, extras, body: lengths
//
// Numbers are big-endian. Data type and vbucket mean nothing; the opaque comes back as it went.
namespace larder::wire::memcache::binary {

constexpr std::uint8_t kRequestMagic = 0x80;  // no text command begins with it
constexpr std::uint8_t kReplyMagic = 0x81;
constexpr std::size_t kHeadBytes = 24;

enum class Status : std::uint16_t {
  kOk = 0x00,
  kNotFound = 0x01,
  kExists = 0x02,
  kTooLarge = 0x03,
  kInvalid = 0x04,
  kNotStored = 0x05,
  kNotNumeric = 0x06,
  kNotAuthenticated = 0x20,
  kAuthenticationGoesOn = 0x21,
  kUnknownCommand = 0x81,
  kNoMemory = 0x82,
};
// The body of an error reply; empty where there is none.
std::string_view text_of(Status status) noexcept;

enum class Verb : std::uint8_t {
  kUnknown,
  kGet,
  kSet,
  kAdd,
  kReplace,
  kDelete,
  kIncr,
  kDecr,
  kQuit,
  kFlush,
  kNoop,
  kVersion,
  kAppend,
  kPrepend,
  kStat,
  kTouch,
  kGat,
  kSaslList,
  kSaslAuth,
  kSaslStep,
};

// What an opcode asks for, whatever comes with it.
Verb verb_of(std::uint8_t opcode) noexcept;

struct Request {
  Verb verb = Verb::kUnknown;
  std::uint8_t opcode = 0;
  bool quiet = false;     // get, gat: a miss is silent; all others: success is
  bool with_key = false;  // getk, gatk: the reply tells the key, also of a miss
  // kUnknownCommand: the body is to be skipped; with `closes` the connection ends behind the reply,
  // whatever follows. With a fault only opcode, opaque and value_bytes are to be used.
  Status fault = Status::kOk;
  bool closes = false;
  std::uint32_t opaque = 0;
  std::uint64_t cas = 0;  // 0: any
  std::string_view key;
  std::uint32_t value_bytes = 0;  // that follow `consumed`; of no use to verbs without a value
  std::uint32_t flags = 0;
  bool has_exptime = false;
  std::uint32_t exptime = 0;  // as sent; memcache::expiry_of gives it a meaning
  std::uint64_t delta = 0;
  std::uint64_t initial = 0;
};
// An exptime of incr and decr: what is missing is not to be created.
constexpr std::uint32_t kDoNotCreate = 0xffffffff;

// What the front of the unread bytes holds.
//
//   [head][extras][key][value …]
//                       ▲ consumed
struct Taken {
  enum class State : std::uint8_t {
    kComplete,  // up to the value
    kPartial,   // come back with more
    kBadMagic,  // no request: the connection is to be closed in silence
  };
  State state = State::kPartial;
  std::size_t consumed = 0;
};

// A fault is found as soon as the head is there. Whatever `request` was before is gone.
Taken take_request(std::string_view unread, Request& request) noexcept;

// The head of a reply, whose body (extras, key and value) comes behind it.
struct ReplyHead {
  std::uint8_t opcode = 0;
  Status status = Status::kOk;
  std::uint32_t opaque = 0;
  std::uint64_t cas = 0;
  std::uint8_t extras_bytes = 0;
  std::uint16_t key_bytes = 0;
  std::uint32_t value_bytes = 0;
};
// Writes kHeadBytes at `out`; returns the end.
char* write_head(char* out, const ReplyHead& head) noexcept;

// Big-endian numbers of extras and bodies; return the end.
char* write_number(char* out, std::uint32_t number) noexcept;
char* write_number(char* out, std::uint64_t number) noexcept;

}  // namespace larder::wire::memcache::binary
