// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <string_view>

#include "wire/memcache/meta.h"

namespace larder::wire::memcache {
namespace {

constexpr std::int64_t kNow = 1'800'000'000'123;

std::string reply(std::string_view line, MetaCode code, MetaFacts facts = {}) {
  const MetaFlags request = parse_meta(parse_command(line));
  EXPECT_EQ(request.fault, Fault::kNone) << line;
  facts.now_ms = kNow;
  if (facts.key.empty()) facts.key = request.key();
  std::array<char, kMaxMetaReplyBytes> out;
  return {out.data(), write_meta_reply(out.data(), code, request, facts)};
}

constexpr std::int64_t in_s(std::int64_t seconds) { return kNow + 1000 * seconds; }

TEST(write_meta_reply, echoes_what_mg_asks_in_its_order) {
  const MetaFacts facts{.fetched = true, .flags = 30, .cas = 5000, .size = 5, .idle_s = 3};
  EXPECT_EQ(reply("mg k", MetaCode::kHd, facts), "HD\r\n");
  EXPECT_EQ(reply("mg k v", MetaCode::kVa, facts), "VA 5\r\n");
  EXPECT_EQ(reply("mg k f k s t v", MetaCode::kVa, facts), "VA 5 f30 kk s5 t-1\r\n");
  EXPECT_EQ(reply("mg k v t s k f", MetaCode::kVa, facts), "VA 5 t-1 s5 kk f30\r\n");
  EXPECT_EQ(reply("mg k s v O1 k f t c", MetaCode::kVa, facts), "VA 5 s5 O1 kk f30 t-1 c5000\r\n");
  EXPECT_EQ(reply("mg k h l O", MetaCode::kHd, facts), "HD h1 l3 O\r\n");
  EXPECT_EQ(reply("mg k Pproxy Lroute k q u I x F5 M", MetaCode::kHd, facts), "HD kk\r\n");
}

TEST(write_meta_reply, marks_win_stale_and_sent_tokens) {
  EXPECT_EQ(reply("mg k v c", MetaCode::kVa, {.won = true, .stale = true, .cas = 20, .size = 3}),
            "VA 3 c20 X W\r\n");
  EXPECT_EQ(reply("mg k v", MetaCode::kVa, {.stale = true, .token_sent = true, .size = 3}),
            "VA 3 Z X\r\n");
  EXPECT_EQ(reply("mg k v", MetaCode::kVa, {.token_sent = true}), "VA 0 Z\r\n");
  EXPECT_EQ(reply("mg k N30", MetaCode::kHd, {.won = true, .created = true}), "HD W\r\n");
  EXPECT_EQ(reply("mg k3 N30 k O9 v", MetaCode::kVa, {.won = true, .created = true}),
            "VA 0 kk3 O9 W\r\n");
}

TEST(write_meta_reply, echoes_key_and_opaque_of_a_miss) {
  const MetaFacts facts{.won = true, .stale = true, .token_sent = true};
  EXPECT_EQ(reply("mg k c f h k l Oabc s t v", MetaCode::kEn, facts), "EN kk Oabc\r\n");
  EXPECT_EQ(reply("md k k O4 c", MetaCode::kNf, facts), "NF kk O4\r\n");
  EXPECT_EQ(reply("ma n k O1 c t", MetaCode::kNf, facts), "NF kn O1\r\n");
  EXPECT_EQ(reply("ma n c k t", MetaCode::kEx, facts), "EX kn\r\n");
}

TEST(write_meta_reply, echoes_of_each_command_its_own) {
  const MetaFacts facts{.fetched = true, .flags = 1, .cas = 18, .size = 2, .idle_s = 4};
  EXPECT_EQ(reply("ms k 2 k O5 c s f h l t v", MetaCode::kHd, facts), "HD kk O5 c18 s2\r\n");
  EXPECT_EQ(reply("md k O8 k c s f h l t v", MetaCode::kHd, facts), "HD O8 kk\r\n");
  EXPECT_EQ(reply("ma n O2 v t k c s f h l", MetaCode::kVa, facts), "VA 2 O2 t-1 kn c18\r\n");
}

TEST(write_meta_reply, says_c0_of_a_failed_store) {
  const MetaFacts facts{.cas = 18, .size = 2};
  EXPECT_EQ(reply("ms k 1 ME c", MetaCode::kNs, facts), "NS c0\r\n");
  EXPECT_EQ(reply("ms k 1 C5 c k O1", MetaCode::kEx, facts), "EX c0 kk O1\r\n");
  EXPECT_EQ(reply("ms k 1 C5 c s", MetaCode::kNf, facts), "NF c0\r\n");
}

TEST(write_meta_reply, prints_binary_keys_in_base64) {
  const std::string_view raw("a b\r\n\0\xff", 7);
  EXPECT_EQ(reply("mg foo k v", MetaCode::kVa, {.key = "foo", .binary_key = true, .size = 2}),
            "VA 2 kZm9v b\r\n");
  EXPECT_EQ(reply("mg YmFy b k v", MetaCode::kVa, {.key = "bar", .size = 2}), "VA 2 kbar\r\n");
  EXPECT_EQ(reply("mg YSBiDQoA/w== b k", MetaCode::kEn, {.key = raw, .binary_key = true}),
            "EN kYSBiDQoA/w== b\r\n");
  EXPECT_EQ(reply("mg Zm9v b O1", MetaCode::kHd, {.binary_key = true}), "HD O1\r\n");
}

TEST(write_meta_reply, shows_the_ttl_from_left_to_right) {
  const MetaFacts old{.expires_ms = in_s(100)};
  EXPECT_EQ(reply("mg k t", MetaCode::kHd, old), "HD t100\r\n");
  EXPECT_EQ(reply("mg k t T200", MetaCode::kHd, old), "HD t100\r\n");
  EXPECT_EQ(reply("mg k T200 t", MetaCode::kHd, old), "HD t200\r\n");
  EXPECT_EQ(reply("mg k T0 t", MetaCode::kHd, old), "HD t-1\r\n");
  EXPECT_EQ(reply("mg k T-1 t", MetaCode::kHd, old), "HD t0\r\n");
  EXPECT_EQ(reply("mg k N30 t", MetaCode::kHd, old), "HD t100\r\n");

  const MetaFacts created{.created = true};
  EXPECT_EQ(reply("mg k N30 t", MetaCode::kHd, created), "HD t30\r\n");
  EXPECT_EQ(reply("mg k t N30", MetaCode::kHd, created), "HD t-1\r\n");
  EXPECT_EQ(reply("mg k N0 t", MetaCode::kHd, created), "HD t-1\r\n");
  EXPECT_EQ(reply("ma k N70 J1 t v", MetaCode::kVa, created), "VA 0 t70\r\n");
  EXPECT_EQ(reply("ma k T80 t", MetaCode::kHd, old), "HD t80\r\n");
}

TEST(write_meta_reply, rounds_the_ttl_up) {
  EXPECT_EQ(reply("mg k t", MetaCode::kHd, {.expires_ms = kNow + 1}), "HD t1\r\n");
  EXPECT_EQ(reply("mg k t", MetaCode::kHd, {.expires_ms = kNow + 1000}), "HD t1\r\n");
  EXPECT_EQ(reply("mg k t", MetaCode::kHd, {.expires_ms = kNow + 1001}), "HD t2\r\n");
  EXPECT_EQ(reply("mg k t", MetaCode::kHd, {.expires_ms = kNow}), "HD t0\r\n");
  EXPECT_EQ(reply("mg k t", MetaCode::kHd, {.expires_ms = -1}), "HD t0\r\n");
}

TEST(write_meta_reply, fits_into_its_room) {
  const std::string key(limits::kMaxKeyBytes, 'k');
  const std::string opaque = "O" + std::string(limits::kMaxOpaqueBytes - 1, 'o');
  const MetaFacts most{.key = key,
                       .binary_key = true,
                       .fetched = true,
                       .won = true,
                       .stale = true,
                       .token_sent = true,
                       .flags = std::numeric_limits<std::uint32_t>::max(),
                       .cas = std::numeric_limits<std::uint64_t>::max(),
                       .size = std::numeric_limits<std::uint64_t>::max(),
                       .idle_s = std::numeric_limits<std::int64_t>::min(),
                       .expires_ms = std::numeric_limits<std::int64_t>::max()};
  const std::string line = reply("mg k v k c f h l s t " + opaque, MetaCode::kVa, most);
  EXPECT_LE(line.size(), kMaxMetaReplyBytes);
  EXPECT_TRUE(line.ends_with(" " + opaque + " Z X W\r\n")) << line;
}

}  // namespace
}  // namespace larder::wire::memcache
