// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/check.h"
#include "base/decimal.h"
#include "wire/memcache/base64.h"
#include "wire/memcache/meta.h"
#include "wire/memcache/reply.h"

namespace larder::wire::memcache {
namespace {

constexpr std::size_t kNumberBytes = 2 + base::kMaxDecimalBytes;  // blank, letter, number
constexpr std::size_t kKeyBytes = 2 + base64_bytes(limits::kMaxKeyBytes) + 2;
constexpr std::string_view kNumbers = "cfhlst";
constexpr std::string_view kMarks = " Z X W";
static_assert(2 + 1 + base::kMaxDecimalBytes + 1 + limits::kMaxOpaqueBytes + kKeyBytes +
                  kNumbers.size() * kNumberBytes + kMarks.size() + 2 <=
              kMaxMetaReplyBytes);

std::string_view name_of(MetaCode code) noexcept {
  switch (code) {
    case MetaCode::kHd: return "HD";
    case MetaCode::kVa: return "VA";
    case MetaCode::kEn: return "EN";
    case MetaCode::kNs: return "NS";
    case MetaCode::kEx: return "EX";
    case MetaCode::kNf: return "NF";
  }
  base::abort_on_bug(__FILE__, __LINE__, "a code out of the enum");
}

bool is_hit(MetaCode code) noexcept { return code == MetaCode::kHd || code == MetaCode::kVa; }

std::string_view echoed_by(Verb verb, MetaCode code) noexcept {
  if (verb == Verb::kMetaSet) return is_hit(code) ? "Okcs" : "Okc";
  if (is_hit(code) && verb == Verb::kMetaGet) return "Okcfhlst";
  if (is_hit(code) && verb == Verb::kMetaArithmetic) return "Okct";
  return "Ok";
}

char* write_key(char* out, const MetaFacts& facts) noexcept {
  if (!facts.binary_key) return append(out, facts.key);
  return encode_base64(out, facts.key);
}

char* write_key_flag(char* out, const MetaFacts& facts) noexcept {
  out = write_key(append(out, " k"), facts);
  return facts.binary_key ? append(out, " b") : out;
}

template <std::integral Number>
char* write_number(char* out, char letter, Number number) noexcept {
  *out++ = ' ';
  *out++ = letter;
  return base::write_decimal(out, number);
}

std::int64_t ttl_s(std::int64_t expires_ms, std::int64_t now_ms) noexcept {
  if (expires_ms == 0) return -1;
  return std::max<std::int64_t>(0, (expires_ms - now_ms + 999) / 1000);
}

char* write_echo(char* out, MetaCode code, std::string_view token, const MetaFacts& facts,
                 std::int64_t expires_ms) noexcept {
  const char letter = token.front();
  switch (letter) {
    case 'O': return append(append(out, " "), token);
    case 'k': return write_key_flag(out, facts);
    case 'c': return write_number(out, letter, is_hit(code) ? facts.cas : 0);
    case 'f': return write_number(out, letter, facts.flags);
    case 'h': return write_number(out, letter, facts.fetched ? 1 : 0);
    case 'l': return write_number(out, letter, facts.idle_s);
    case 's': return write_number(out, letter, facts.size);
    case 't': return write_number(out, letter, ttl_s(expires_ms, facts.now_ms));
    default: return out;
  }
}

char* write_marks(char* out, const MetaFacts& facts) noexcept {
  if (facts.token_sent) out = append(out, " Z");
  if (facts.stale) out = append(out, " X");
  if (facts.won) out = append(out, " W");
  return out;
}

}  // namespace

char* write_meta_reply(char* out, MetaCode code, const MetaFlags& request,
                       const MetaFacts& facts) noexcept {
  LARDER_CHECK(facts.key.size() <= limits::kMaxKeyBytes);
  out = append(out, name_of(code));
  if (code == MetaCode::kVa) {
    *out++ = ' ';
    out = base::write_decimal(out, facts.size);
  }
  const std::string_view echoed = echoed_by(request.verb_, code);
  std::int64_t expires_ms = facts.expires_ms;
  for (const std::string_view token : request.tokens()) {
    const char letter = token.front();
    if (letter == 'T') {
      expires_ms = expiry_of(*request.exptime, facts.now_ms);
    } else if (letter == 'N' && facts.created) {
      expires_ms = expiry_of(*request.create_exptime, facts.now_ms);
    } else if (echoed.find(letter) != std::string_view::npos) {
      out = write_echo(out, code, token, facts, expires_ms);
    }
  }
  if (is_hit(code)) out = write_marks(out, facts);
  return append(out, "\r\n");
}

char* write_meta_debug(char* out, const MetaFacts& facts) noexcept {
  LARDER_CHECK(facts.key.size() <= limits::kMaxKeyBytes);
  out = write_key(append(out, "ME "), facts);
  out = base::write_decimal(append(out, " exp="), ttl_s(facts.expires_ms, facts.now_ms));
  out = base::write_decimal(append(out, " la="), facts.idle_s);
  out = base::write_decimal(append(out, " cas="), facts.cas);
  out = append(out, facts.fetched ? " fetch=yes" : " fetch=no");
  out = base::write_decimal(append(out, " cls=1 size="), facts.size);
  return append(out, "\r\n");
}

}  // namespace larder::wire::memcache
