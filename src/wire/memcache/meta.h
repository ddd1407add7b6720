// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/limits.h"
#include "wire/memcache/command.h"
#include "wire/memcache/fault.h"

namespace larder::wire::memcache {

enum class MetaCode : std::uint8_t { kHd, kVa, kEn, kNs, kEx, kNf };
struct MetaFacts;

// The flags of mg, ms, md and ma. One set for all four: a command ignores what is meant for
// another, and refuses what none of them knows.
//
//   letter  field             letter  field                letter  field
//   b       binary_key        u       leave_no_trace       C n     expected_cas
//   c f h k l O s t v         I       invalidate           E n     own_cas
//           echoed in order   x       drop_value           D n     delta
//   q       quiet             M m     mode                 J n     initial
//   v       want_value        F n     client_flags         T N R n exptime, create_exptime,
//   P L     ignored                                                recache_below_s
struct MetaFlags {
  Fault fault = Fault::kNone;
  bool binary_key = false;
  bool quiet = false;
  bool want_value = false;
  bool leave_no_trace = false;
  bool invalidate = false;
  bool drop_value = false;
  char mode = '\0';  // upper case as sent; \0 when there is no M
  std::uint32_t client_flags = 0;
  std::uint64_t delta = 1;
  std::uint64_t initial = 0;
  std::optional<std::uint64_t> expected_cas;
  std::optional<std::uint64_t> own_cas;
  std::optional<std::int32_t> exptime;
  std::optional<std::int32_t> create_exptime;
  std::optional<std::int32_t> recache_below_s;

  // As sent, letter first, in order.
  std::span<const std::string_view> tokens() const { return {tokens_.data(), token_count_}; }
  // The key to look up: the sent one, or with b what it decodes to.
  std::string_view key() const {
    return binary_key ? std::string_view(decoded_.data(), decoded_bytes_) : sent_key_;
  }
  std::string_view sent_key() const { return sent_key_; }

 private:
  friend MetaFlags parse_meta(const Command& command) noexcept;
  friend char* write_meta_reply(char* out, MetaCode code, const MetaFlags& request,
                                const MetaFacts& facts) noexcept;
  Verb verb_ = Verb::kUnknown;  // decides what is echoed
  std::uint8_t token_count_ = 0;
  std::uint8_t decoded_bytes_ = 0;
  std::string_view sent_key_;
  std::array<std::string_view, limits::kMaxMetaTokens> tokens_;
  std::array<char, limits::kMaxKeyBytes> decoded_;
};

// `command` is one of kMetaGet, kMetaSet, kMetaDelete, kMetaArithmetic, without a fault. All of
// ms' and ma's modes and all opaques are judged here, so that a refused command changes nothing.
MetaFlags parse_meta(const Command& command) noexcept;

// ---- replies

// What the echoed flags of a reply are filled from.
struct MetaFacts {
  std::string_view key = {};    // raw
  bool binary_key = false;      // print it in base64, followed by ` b`
  bool fetched = false;         // h
  bool won = false;             // W  \.
  bool stale = false;           // X   } behind the echoed flags, as ` Z X W`
  bool token_sent = false;      // Z  /
  bool created = false;         // N counts for t only then
  std::uint32_t flags = 0;      // f
  std::uint64_t cas = 0;        // c
  std::uint64_t size = 0;       // s
  std::int64_t idle_s = 0;      // l
  std::int64_t expires_ms = 0;  // t: in force before the first T or N of the command; 0 never
  std::int64_t now_ms = 0;
};

// Room that a meta reply line can need at most, its value not included.
constexpr std::size_t kMaxMetaReplyBytes = 1024;

// Writes `CODE[ <size>][ flags…]\r\n` at `out` and returns the end. kVa prints facts.size. Each
// command echoes its own flags:
//
//            HD, VA             EN, NS, EX, NF
//   mg       O k c f h l s t    O k               k is followed by ` b` when the key is binary,
//   ms       O k c s            O k c (c0)        so b is never echoed alone
//   md       O k                O k
//   ma       O k c t            O k
//
// `t` is read from left to right: a T (or the N of a created item) before it shows itself. What
// is left is rounded up, so that only an expired item shows 0.
char* write_meta_reply(char* out, MetaCode code, const MetaFlags& request,
                       const MetaFacts& facts) noexcept;

constexpr std::string_view kMetaMiss = "EN\r\n";

// Writes me's `ME <key> exp=… la=… cas=… fetch=yes|no cls=1 size=…\r\n` at `out` and returns the
// end. facts.size is what the item costs in memory; there are no size classes, so all is class 1.
char* write_meta_debug(char* out, const MetaFacts& facts) noexcept;

}  // namespace larder::wire::memcache
