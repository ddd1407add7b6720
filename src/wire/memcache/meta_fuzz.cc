// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// The input is eight bytes of facts and then one line: `mg Zm9v b k v`. What parses is answered in
// every way there is.
#include "wire/memcache/meta.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "wire/memcache/base64.h"

namespace larder::wire::memcache {
namespace {

constexpr std::size_t kFactBytes = 8;

void check_base64(std::string_view text) {
  std::vector<char> encoded(base64_bytes(text.size()));
  LARDER_CHECK(encode_base64(encoded.data(), text) == encoded.data() + encoded.size());
  std::vector<char> decoded(encoded.size() / 4 * 3);
  const auto bytes = decode_base64(decoded.data(), {encoded.data(), encoded.size()});
  LARDER_CHECK(bytes && std::string_view(decoded.data(), *bytes) == text);

  std::vector<char> raw(text.size() / 4 * 3);
  const auto raw_bytes = decode_base64(raw.data(), text);
  if (!raw_bytes) return;
  std::vector<char> again(base64_bytes(*raw_bytes));
  const char* end = encode_base64(again.data(), {raw.data(), *raw_bytes});
  LARDER_CHECK(end == again.data() + again.size());
  LARDER_CHECK(std::string_view(again.data(), again.size()) == text);
}

void check_flags(const Command& command, const MetaFlags& flags) {
  LARDER_CHECK(flags.fault < Fault::kCount);
  LARDER_CHECK(flags.tokens().size() <= limits::kMaxMetaTokens);
  LARDER_CHECK(flags.sent_key().data() == command.key.data());
  for (const std::string_view token : flags.tokens()) {
    LARDER_CHECK(!token.empty() && token.find(' ') == std::string_view::npos);
    LARDER_CHECK(token.data() >= command.rest.data());
  }
  if (flags.fault != Fault::kNone) return;
  LARDER_CHECK(!flags.key().empty() && flags.key().size() <= limits::kMaxKeyBytes);
  LARDER_CHECK(flags.binary_key || flags.key() == flags.sent_key());
}

MetaFacts facts_of(std::uint64_t seed, std::string_view key) {
  const auto bit = [seed](unsigned i) { return (seed >> i & 1) != 0; };
  return {.key = key,
          .binary_key = bit(0),
          .fetched = bit(1),
          .won = bit(2),
          .stale = bit(3),
          .token_sent = bit(4),
          .created = bit(5),
          .flags = static_cast<std::uint32_t>(seed),
          .cas = seed,
          .size = seed,
          .idle_s = static_cast<std::int64_t>(seed),
          .expires_ms = static_cast<std::int64_t>(seed >> 2),
          .now_ms = static_cast<std::int64_t>(seed >> 20)};
}

void check_reply(MetaCode code, const MetaFlags& flags, const MetaFacts& facts) {
  std::vector<char> out(kMaxMetaReplyBytes);
  const char* end = write_meta_reply(out.data(), code, flags, facts);
  const std::string_view line(out.data(), static_cast<std::size_t>(end - out.data()));
  LARDER_CHECK(line.size() >= 4 && line.size() <= out.size() && line.ends_with("\r\n"));
}

void check(std::uint64_t seed, std::string_view line) {
  const Command command = parse_command(line);
  if (command.fault != Fault::kNone) return;
  if (command.verb < Verb::kMetaGet || command.verb > Verb::kMetaArithmetic) return;
  check_base64(command.key);
  const MetaFlags flags = parse_meta(command);
  check_flags(command, flags);
  if (flags.fault != Fault::kNone) return;
  const MetaFacts facts = facts_of(seed, flags.key());
  for (const MetaCode code :
       {MetaCode::kHd, MetaCode::kVa, MetaCode::kEn, MetaCode::kNs, MetaCode::kEx, MetaCode::kNf}) {
    check_reply(code, flags, facts);
  }
}

}  // namespace
}  // namespace larder::wire::memcache

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::wire::memcache;
  if (size < kFactBytes) return 0;
  std::uint64_t seed = 0;
  std::memcpy(&seed, data, kFactBytes);
  const std::vector<char> line(data + kFactBytes, data + size);
  check(seed, {line.data(), line.size()});
  check_base64({line.data(), line.size()});
  return 0;
}
