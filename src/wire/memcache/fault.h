// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace larder::wire::memcache {

// Everything that can be wrong with a command, each with the one line that says so (fault.cc).
enum class Fault : std::uint8_t {
  kNone,
  kUnknownCommand,          // ERROR
  kBadFormat,               // CLIENT_ERROR bad command line format
  kBadDataChunk,            // CLIENT_ERROR bad data chunk
  kDeleteUsage,             // CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]
  kInvalidDelta,            // CLIENT_ERROR invalid numeric delta argument
  kInvalidExptime,          // CLIENT_ERROR invalid exptime argument
  kNotNumeric,              // CLIENT_ERROR cannot increment or decrement non-numeric value
  kFlushDisabled,           // CLIENT_ERROR flush_all not allowed
  kFlushPrefixDisabled,     // CLIENT_ERROR flush_prefix not allowed
  kPrefixTooLong,           // CLIENT_ERROR too long prefix name
  kShutdownMode,            // CLIENT_ERROR invalid shutdown mode
  kBadToken,                // CLIENT_ERROR bad token in command line format
  kDuplicateFlag,           // CLIENT_ERROR duplicate flag
  kInvalidFlag,             // CLIENT_ERROR invalid flag
  kInvalidOrDuplicateFlag,  // CLIENT_ERROR invalid or duplicate flag (ma says it for both)
  kOptionsTooLong,          // CLIENT_ERROR options flags are too long
  kOpaqueTooLong,           // CLIENT_ERROR opaque token too long
  kKeyDecoding,             // CLIENT_ERROR error decoding key
  kSetMode,                 // CLIENT_ERROR invalid mode for ms M token
  kArithmeticMode,          // CLIENT_ERROR invalid mode for ma M token
  kNoTls,                   // CLIENT_ERROR TLS not enabled
  kTooLarge,                // SERVER_ERROR object too large for cache
  kNoMemory,                // SERVER_ERROR out of memory storing object
  kTooManyPrefixes,         // SERVER_ERROR out of memory flushing prefix
  kUnauthenticated,         // CLIENT_ERROR unauthenticated
  kLoginEnd,                // CLIENT_ERROR bad command line termination
  kLoginFormat,             // CLIENT_ERROR bad authentication token format
  kLoginRefused,            // CLIENT_ERROR authentication failure
  kLoginTooLong,            // CLIENT_ERROR auth token too long
  kShutdownDisabled,        // SERVER_ERROR: shutdown not enabled
  kMemlimitTooSmall,        // MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m
  kMemlimitNotBytes,        // MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes
  kMemlimitFixed,           // MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust
  kCommandLine,             // CLIENT_ERROR bad command line
  kIllegalClass,            // CLIENT_ERROR Illegal slab id
  kDetailUsage,             // CLIENT_ERROR usage: stats detail on|off|dump
  kCachedumpDisabled,       // CLIENT_ERROR stats cachedump not allowed
  kMetadumpDisabled,        // ERROR metadump not allowed
  kMgdumpDisabled,          // ERROR key dump not allowed
  kSameClass,               // SAME src and dst class are identical
  kBadClasses,              // BADCLASS invalid src or dst class id
  kBadClass,                // BADCLASS invalid class id
  kNoSparePages,            // NOSPARE source class has no spare pages
  kPercentsTooHigh,         // ERROR hot and warm pcts must not exceed 80
  kFactorsTooLow,           // ERROR hot/warm age factors must be greater than 0
  kSleepTooLong,            // CLIENT_ERROR sleep must be one second or less
  kWindowOutOfRange,        // CLIENT_ERROR automove window too low or too high
  kWatchDisabled,           // CLIENT_ERROR watch commands not allowed
  kTooManyWatchers,         // WATCHER_TOO_MANY log watcher limit reached
  // ---- of Arcus alone
  kUnknownVerb,        // ERROR unknown command
  kNoMatchingCommand,  // ERROR no matching command
  kTooManyArguments,   // ERROR too many arguments
  kNoArguments,        // ERROR no arguments
  kBadValue,           // CLIENT_ERROR bad value
  kTooLargeValue,      // CLIENT_ERROR too large value
  kTooLongField,       // CLIENT_ERROR too long field name
  kTooManyCount,       // CLIENT_ERROR invalid: too many count
  kTooLargeCount,      // CLIENT_ERROR too large count value
  kObjectTooLarge,     // CLIENT_ERROR object too large for cache
  kInvalidPrefix,      // CLIENT_ERROR invalid prefix name
  kInvalidArguments,   // CLIENT_ERROR invalid arguments
  kOutOfMemory,        // SERVER_ERROR out of memory
  kNoMemoryForGet,     // SERVER_ERROR out of memory writing get response
  kNotSupported,       // NOT_SUPPORTED
  kAttributeNotFound,  // ATTR_ERROR not found
  kAttributeBadValue,  // ATTR_ERROR bad value
  kNoMatchingStat,     // ERROR no matching stat
  kPrefixesUsage,      // CLIENT_ERROR usage: stats prefixes
  kPrefixlistUsage,    // CLIENT_ERROR subcommand(item|operation) is required
  kTooManyPrefixRows,  // CLIENT_ERROR invalid: too many prefixes
  kDetailDisabled,     // CLIENT_ERROR detailed stats disabled
  kVerbosityTooHigh,   // SERVER_ERROR cannot change the verbosity over the limit
  kOutOfRange,         // CLIENT_ERROR the value is out of range
  kMaxconnsTooHigh,    // SERVER_ERROR cannot change to the maxconns over the soft limit
  kBadCursor,          // CLIENT_ERROR bad cursor value
  kInvalidCursor,      // CLIENT_ERROR invalid cursor.
  kBadCount,           // CLIENT_ERROR bad count value
  kBadPattern,         // CLIENT_ERROR bad pattern string
  kBadItemType,        // CLIENT_ERROR bad item type
  kDumpFailed,         // SERVER_ERROR failed. refer to the reason in server log.
  kCount,
};

// The whole reply line with its CR LF. Empty for kNone.
std::string_view reply_of(Fault fault) noexcept;

}  // namespace larder::wire::memcache
