// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bkey.h"
#include "base/eflag.h"
#include "wire/memcache/command.h"
#include "wire/memcache/fault.h"

// The text protocol of Arcus: bytes to views. Pure functions; the views point into the bytes that
// were given.
namespace larder::wire::memcache::arcus {

// The front of the unread bytes, as wire::memcache::take_line tells it, by Arcus' limits: a line
// may have kMaxArcusLineBytes before its end, one that starts with `get ` or `gets ` any number (of
// kMaxGetLineBytes); more than kMaxLeadingSpaces blanks at the front of more than 1024 bytes are
// too long as well.
Line take_line(std::string_view unread, std::size_t searched = 0) noexcept;

enum class Verb : std::uint8_t {
  kUnknown,
  // ---- key and value
  kGet,
  kGets,
  kGat,  // not of the original, where it is compiled out
  kGats,
  kMget,
  kMgets,
  kSet,
  kAdd,
  kReplace,
  kAppend,
  kPrepend,
  kCas,
  kIncr,
  kDecr,
  kDelete,
  kTouch,
  // ---- attributes
  kGetattr,
  kSetattr,
  // ---- collections
  kLopCreate,
  kLopInsert,
  kLopDelete,
  kLopGet,
  kSopCreate,
  kSopInsert,
  kSopDelete,
  kSopExist,
  kSopGet,
  kMopCreate,
  kMopInsert,
  kMopUpsert,
  kMopUpdate,
  kMopDelete,
  kMopGet,
  kBopCreate,
  kBopInsert,
  kBopUpsert,
  kBopUpdate,
  kBopDelete,
  kBopGet,
  kBopCount,
  kBopIncr,
  kBopDecr,
  kBopPosition,
  kBopGbp,
  kBopPwg,
  kBopMget,
  kBopSmget,
  // ---- operations: their arguments are the session's to read, in `rest`
  kFlushAll,
  kFlushPrefix,
  kScanKey,
  kScanPrefix,
  kDumpStart,
  kDumpStop,
  kScrub,
  kConfig,
  kStats,
  kCmdlog,
  kLqdetect,
  kZkensemble,
  kReady,
  kHelp,
  kVersion,
  kShutdown,
  kQuit,
};

enum class Overflow : std::uint8_t {
  kDefault,  // of the collection's type
  kError,
  kHeadTrim,
  kTailTrim,
  kSmallestTrim,
  kLargestTrim,
  kSmallestSilentTrim,
  kLargestSilentTrim,
};
// Nothing: no such action.
std::optional<Overflow> overflow_of(std::string_view name) noexcept;
std::string_view name_of(Overflow overflow) noexcept;  // not of kDefault

// How a collection is to be created: the end of `create` and, behind the word `create`, of inserts.
//
//   flags [exptime [maxcount]] [overflow action] [unreadable]
struct Creation {
  std::uint32_t flags = 0;
  std::int64_t exptime = 0;
  std::int32_t maxcount = 0;  // as sent
  Overflow overflow = Overflow::kDefault;
  bool unreadable = false;
};

enum class Removal : std::uint8_t { kNone, kDelete, kDrop };
enum class SmgetMode : std::uint8_t { kOld, kDuplicate, kUnique };

// An eflag filter as it was sent; what it says has been found right.
//
//   offset [bitwise mask] compare values
struct FilterText {
  std::string_view text;  // empty: there is none
  explicit operator bool() const { return !text.empty(); }
};
base::EflagFilter filter_of(const FilterText& text);  // text: not empty

// The part of a command that key-value commands use. They leave the rest of a Command as it was:
// half a kilobyte for b+trees is not to be cleared for every get.
struct KeyValueCommand {
  Verb verb = Verb::kUnknown;
  Fault fault = Fault::kNone;
  bool noreply = false;  // also hides the fault
  bool pipe = false;     // the reply waits for the end of the batch
  // block_bytes and a line end follow, also when there is a fault (they are swallowed then). The
  // block is the value of an element or item, or the list of keys or fields.
  bool has_block = false;
  std::uint32_t block_bytes = 0;

  std::string_view key;     // of get, gets, gat and gats: the first; of flush_prefix: the prefix
  std::string_view rest;    // behind key; of operations: all arguments
  std::uint32_t flags = 0;  // set…, incr/decr with an initial value
  std::uint32_t list_count = 0;  // mget, mop get and delete, bop mget and smget: keys or fields
  std::int64_t exptime = 0;  // set…, touch, gat, incr/decr with an initial value, flush_…: delay
  std::uint64_t number = 0;  // cas: the unique; incr, decr, bop incr/decr: the delta
  std::optional<std::uint64_t> initial = {};  // incr, decr, bop incr/decr
};

// One command line. With a fault nothing but `verb`, `noreply`, `pipe` and the block is to be used.
//
// A field is meant for the verbs that it names.
struct Command : KeyValueCommand {
  std::optional<Creation> create = {};  // … create, and inserts
  std::int64_t from = 0;                // lop: index; bop gbp: position
  std::int64_t to = 0;                  // both included; the same as `from` where one was sent
  std::string_view field;               // mop insert, upsert, update
  std::uint32_t count = 0;              // sop get, bop delete, get, pwg, mget, smget
  std::uint32_t offset = 0;             // bop get, mget, smget
  Removal removal = Removal::kNone;     // … get, … delete (kNone or kDrop)

  base::BkeyRange range = {};                          // bop: `from` is the bkey where there is one
  base::Eflag eflag = {};                              // bop insert, upsert, incr, decr
  std::optional<base::EflagUpdate> eflag_update = {};  // bop update
  bool keeps_value = false;      // bop update with -1 bytes: there is no block
  FilterText filter = {};        // bop delete, get, count, mget, smget
  bool returns_trimmed = false;  // bop insert, upsert: getrim
  bool descending = false;       // bop position, gbp, pwg
  SmgetMode mode = SmgetMode::kOld;
};

// What operators may change while the server runs.
struct CommandLimits {
  std::uint32_t element_bytes = 16 * 1024;  // of an element, its line end included
  std::uint32_t map_elements = 50'000;      // of a map: no longer list of fields is taken
};

// `line` is Line::text. Whatever `command` was before is gone, but for what it has no use for.
void parse_command(std::string_view line, const CommandLimits& limits, Command& command) noexcept;

// `exptime` by Arcus' rules as milliseconds since 1970: 0 never, -1 sticky (kSticky), less than
// that expired at once (-1), up to 30 days relative to `now_ms`, above that a date.
constexpr std::int64_t kSticky = -2;
std::int64_t expiry_of(std::int64_t exptime, std::int64_t now_ms) noexcept;

}  // namespace larder::wire::memcache::arcus
