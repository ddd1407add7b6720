// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "wire/memcache/fault.h"

// The classic text protocol, and the frame of the meta protocol: bytes to views. Pure functions;
// the views point into the bytes that were given.
namespace larder::wire::memcache {

// ---- a line

// What the front of the unread bytes holds.
//
//   get a b\r\n get c ...        set k 0 0 5 (no line end yet)
//   └text─┘    ▲ consumed        kPartial: come back with more
struct Line {
  enum class State : std::uint8_t {
    kComplete,
    kPartial,
    kTooLong,  // above its limit: the connection is to be closed in silence
  };
  State state = State::kPartial;
  std::string_view text;     // without its line end (LF, or CR LF)
  std::size_t consumed = 0;  // bytes of the line with its end
};

// A line may have kMaxLineBytes before its end; one that starts with `get `, `gets `, `gat ` or
// `gats ` (behind at most kMaxLeadingSpaces) kMaxGetLineBytes. The verdict does not depend on how
// the bytes were cut into packets. The first `searched` bytes are known to hold no LF, so that a
// long line that comes in many packets is read once.
Line take_line(std::string_view unread, std::size_t searched = 0) noexcept;

// ---- a command

enum class Verb : std::uint8_t {
  kUnknown,
  kGet,
  kGets,
  kGat,
  kGats,
  kSet,
  kAdd,
  kReplace,
  kAppend,
  kPrepend,
  kCas,
  kDelete,
  kTouch,
  kIncr,
  kDecr,
  kFlushAll,
  kFlushPrefix,
  kCacheMemlimit,
  kVerbosity,
  kRefreshCerts,
  kVersion,
  kStats,
  kSlabs,
  kLru,
  kLruCrawler,
  kWatch,
  kDebugTime,
  kShutdown,
  kQuit,
  kMetaGet,
  kMetaSet,
  kMetaDelete,
  kMetaArithmetic,
  kMetaDebug,
  kMetaNoop,
  kHttp,  // no command, and its last word starts with HTTP/: to be closed in silence
};

// The block and its CR LF must be countable in 31 bits, as memcached has it.
constexpr std::uint32_t kMaxBlockBytes = std::numeric_limits<std::int32_t>::max() - 2;

// One command line. With a fault nothing but `verb`, `noreply` and the block is to be used.
//
//   set    key flags exptime bytes [noreply]          block follows
//   cas    key flags exptime bytes unique [noreply]   block follows
//   get    key rest…          gat exptime key rest…
//   mg     key rest…          ms  key bytes rest…     (rest: the flags, see meta.h)
//   shutdown [key]            (key: all of the arguments)
//   debugtime key             (key: p, r, or seconds)
//   flush_prefix key [exptime] [noreply]              (key: the prefix)
struct Command {
  Verb verb = Verb::kUnknown;
  Fault fault = Fault::kNone;
  bool noreply = false;    // also hides the fault; never set by a meta command
  bool has_block = false;  // block_bytes and CR LF follow the line, also when there is a fault
  bool has_exptime = false;
  std::uint32_t block_bytes = 0;
  std::uint32_t flags = 0;
  std::int32_t exptime = 0;  // as sent; expiry_of gives it a meaning
  std::uint64_t number = 0;  // unique of cas, delta of incr and decr, level, megabytes
  std::string_view key;      // of the get family: the first
  std::string_view rest;
};

// `line` is Line::text. Whatever `command` was before is gone.
void parse_command(std::string_view line, Command& command) noexcept;
inline Command parse_command(std::string_view line) noexcept {
  Command command;
  parse_command(line, command);
  return command;
}

// The next key of a get family's `rest`, which is advanced past it; empty at the end. Keys above
// kMaxKeyBytes are found by parse_command, which refuses the whole line.
std::string_view next_key(std::string_view& rest) noexcept;

// `exptime` by memcached's rules as milliseconds since 1970: 0 never, negative expired at once
// (-1), up to 30 days relative to `now_ms`, above that a date.
std::int64_t expiry_of(std::int64_t exptime, std::int64_t now_ms) noexcept;

}  // namespace larder::wire::memcache
