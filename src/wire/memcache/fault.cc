// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/fault.h"

#include <array>
#include <cstddef>

namespace larder::wire::memcache {
namespace {

struct Row {
  Fault fault;
  std::string_view reply;
};

constexpr auto kFaults = std::to_array<Row>({
    {Fault::kNone, ""},
    {Fault::kUnknownCommand, "ERROR\r\n"},
    {Fault::kBadFormat, "CLIENT_ERROR bad command line format\r\n"},
    {Fault::kBadDataChunk, "CLIENT_ERROR bad data chunk\r\n"},
    {Fault::kDeleteUsage,
     "CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]\r\n"},
    {Fault::kInvalidDelta, "CLIENT_ERROR invalid numeric delta argument\r\n"},
    {Fault::kInvalidExptime, "CLIENT_ERROR invalid exptime argument\r\n"},
    {Fault::kNotNumeric, "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n"},
    {Fault::kFlushDisabled, "CLIENT_ERROR flush_all not allowed\r\n"},
    {Fault::kFlushPrefixDisabled, "CLIENT_ERROR flush_prefix not allowed\r\n"},
    {Fault::kPrefixTooLong, "CLIENT_ERROR too long prefix name\r\n"},
    {Fault::kShutdownMode, "CLIENT_ERROR invalid shutdown mode\r\n"},
    {Fault::kBadToken, "CLIENT_ERROR bad token in command line format\r\n"},
    {Fault::kDuplicateFlag, "CLIENT_ERROR duplicate flag\r\n"},
    {Fault::kInvalidFlag, "CLIENT_ERROR invalid flag\r\n"},
    {Fault::kInvalidOrDuplicateFlag, "CLIENT_ERROR invalid or duplicate flag\r\n"},
    {Fault::kOptionsTooLong, "CLIENT_ERROR options flags are too long\r\n"},
    {Fault::kOpaqueTooLong, "CLIENT_ERROR opaque token too long\r\n"},
    {Fault::kKeyDecoding, "CLIENT_ERROR error decoding key\r\n"},
    {Fault::kSetMode, "CLIENT_ERROR invalid mode for ms M token\r\n"},
    {Fault::kArithmeticMode, "CLIENT_ERROR invalid mode for ma M token\r\n"},
    {Fault::kNoTls, "CLIENT_ERROR TLS not enabled\r\n"},
    {Fault::kTooLarge, "SERVER_ERROR object too large for cache\r\n"},
    {Fault::kNoMemory, "SERVER_ERROR out of memory storing object\r\n"},
    {Fault::kTooManyPrefixes, "SERVER_ERROR out of memory flushing prefix\r\n"},
    {Fault::kUnauthenticated, "CLIENT_ERROR unauthenticated\r\n"},
    {Fault::kLoginEnd, "CLIENT_ERROR bad command line termination\r\n"},
    {Fault::kLoginFormat, "CLIENT_ERROR bad authentication token format\r\n"},
    {Fault::kLoginRefused, "CLIENT_ERROR authentication failure\r\n"},
    {Fault::kLoginTooLong, "CLIENT_ERROR auth token too long\r\n"},
    {Fault::kShutdownDisabled, "SERVER_ERROR: shutdown not enabled\r\n"},
    {Fault::kMemlimitTooSmall, "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m\r\n"},
    {Fault::kMemlimitNotBytes, "MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes\r\n"},
    {Fault::kMemlimitFixed, "MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust\r\n"},
    {Fault::kCommandLine, "CLIENT_ERROR bad command line\r\n"},
    {Fault::kIllegalClass, "CLIENT_ERROR Illegal slab id\r\n"},
    {Fault::kDetailUsage, "CLIENT_ERROR usage: stats detail on|off|dump\r\n"},
    {Fault::kCachedumpDisabled, "CLIENT_ERROR stats cachedump not allowed\r\n"},
    {Fault::kMetadumpDisabled, "ERROR metadump not allowed\r\n"},
    {Fault::kMgdumpDisabled, "ERROR key dump not allowed\r\n"},
    {Fault::kSameClass, "SAME src and dst class are identical\r\n"},
    {Fault::kBadClasses, "BADCLASS invalid src or dst class id\r\n"},
    {Fault::kBadClass, "BADCLASS invalid class id\r\n"},
    {Fault::kNoSparePages, "NOSPARE source class has no spare pages\r\n"},
    {Fault::kPercentsTooHigh, "ERROR hot and warm pcts must not exceed 80\r\n"},
    {Fault::kFactorsTooLow, "ERROR hot/warm age factors must be greater than 0\r\n"},
    {Fault::kSleepTooLong, "CLIENT_ERROR sleep must be one second or less\r\n"},
    {Fault::kWindowOutOfRange, "CLIENT_ERROR automove window too low or too high\r\n"},
    {Fault::kWatchDisabled, "CLIENT_ERROR watch commands not allowed\r\n"},
    {Fault::kTooManyWatchers, "WATCHER_TOO_MANY log watcher limit reached\r\n"},
    {Fault::kUnknownVerb, "ERROR unknown command\r\n"},
    {Fault::kNoMatchingCommand, "ERROR no matching command\r\n"},
    {Fault::kTooManyArguments, "ERROR too many arguments\r\n"},
    {Fault::kNoArguments, "ERROR no arguments\r\n"},
    {Fault::kBadValue, "CLIENT_ERROR bad value\r\n"},
    {Fault::kTooLargeValue, "CLIENT_ERROR too large value\r\n"},
    {Fault::kTooLongField, "CLIENT_ERROR too long field name\r\n"},
    {Fault::kTooManyCount, "CLIENT_ERROR invalid: too many count\r\n"},
    {Fault::kTooLargeCount, "CLIENT_ERROR too large count value\r\n"},
    {Fault::kObjectTooLarge, "CLIENT_ERROR object too large for cache\r\n"},
    {Fault::kInvalidPrefix, "CLIENT_ERROR invalid prefix name\r\n"},
    {Fault::kInvalidArguments, "CLIENT_ERROR invalid arguments\r\n"},
    {Fault::kOutOfMemory, "SERVER_ERROR out of memory\r\n"},
    {Fault::kNoMemoryForGet, "SERVER_ERROR out of memory writing get response\r\n"},
    {Fault::kNotSupported, "NOT_SUPPORTED\r\n"},
    {Fault::kAttributeNotFound, "ATTR_ERROR not found\r\n"},
    {Fault::kAttributeBadValue, "ATTR_ERROR bad value\r\n"},
    {Fault::kNoMatchingStat, "ERROR no matching stat\r\n"},
    {Fault::kPrefixesUsage, "CLIENT_ERROR usage: stats prefixes\r\n"},
    {Fault::kPrefixlistUsage, "CLIENT_ERROR subcommand(item|operation) is required\r\n"},
    {Fault::kTooManyPrefixRows, "CLIENT_ERROR invalid: too many prefixes\r\n"},
    {Fault::kDetailDisabled, "CLIENT_ERROR detailed stats disabled\r\n"},
    {Fault::kVerbosityTooHigh, "SERVER_ERROR cannot change the verbosity over the limit\r\n"},
    {Fault::kOutOfRange, "CLIENT_ERROR the value is out of range\r\n"},
    {Fault::kMaxconnsTooHigh, "SERVER_ERROR cannot change to the maxconns over the soft limit\r\n"},
    {Fault::kBadCursor, "CLIENT_ERROR bad cursor value\r\n"},
    {Fault::kInvalidCursor, "CLIENT_ERROR invalid cursor.\r\n"},
    {Fault::kBadCount, "CLIENT_ERROR bad count value\r\n"},
    {Fault::kBadPattern, "CLIENT_ERROR bad pattern string\r\n"},
    {Fault::kBadItemType, "CLIENT_ERROR bad item type\r\n"},
    {Fault::kDumpFailed, "SERVER_ERROR failed. refer to the reason in server log.\r\n"},
});

constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < kFaults.size(); ++i) {
    if (kFaults[i].fault != static_cast<Fault>(i)) return false;
  }
  return kFaults.size() == static_cast<std::size_t>(Fault::kCount);
}
static_assert(rows_are_in_order(), "one row for each fault, in the order of the enum");

}  // namespace

std::string_view reply_of(Fault fault) noexcept {
  return kFaults[static_cast<std::size_t>(fault)].reply;
}

}  // namespace larder::wire::memcache
