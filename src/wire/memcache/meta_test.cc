// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/meta.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace larder::wire::memcache {
namespace {

MetaFlags flags_of(std::string_view line) {
  const Command command = parse_command(line);
  EXPECT_EQ(command.fault, Fault::kNone) << line;
  return parse_meta(command);
}

struct Verdict {
  std::string line;
  Fault fault = Fault::kNone;
};

void expect(const std::vector<Verdict>& verdicts) {
  for (const Verdict& verdict : verdicts) {
    EXPECT_EQ(reply_of(flags_of(verdict.line).fault), reply_of(verdict.fault)) << verdict.line;
  }
}

const std::string kOpaque32(32, 'O');
const std::string kOpaque33(33, 'O');

TEST(parse_meta, refuses_letters) {
  expect({
      {"mg k Y", Fault::kInvalidFlag},
      {"mg k W", Fault::kInvalidFlag},
      {"mg k X", Fault::kInvalidFlag},
      {"mg k Z", Fault::kInvalidFlag},
      {"mg k 5", Fault::kInvalidFlag},
      {"ms k 1 Y", Fault::kInvalidFlag},
      {"ms k 1 S1", Fault::kInvalidFlag},
      {"ms k 1 q Y", Fault::kInvalidFlag},
      {"md k Y", Fault::kInvalidFlag},
      {"ma n Y", Fault::kInvalidOrDuplicateFlag},
      {"mg k !", Fault::kBadFormat},
      {"mg k \"", Fault::kInvalidFlag},
      {"mg k ~", Fault::kInvalidFlag},
      {"mg k \x7f", Fault::kBadFormat},
      {"mg k \xff", Fault::kBadFormat},
      {"ma k \xff", Fault::kInvalidOrDuplicateFlag},
  });
}

TEST(parse_meta, refuses_repeated_flags) {
  expect({
      {"mg k v v", Fault::kDuplicateFlag},
      {"mg k O1 O2", Fault::kDuplicateFlag},
      {"ms k 1 q q", Fault::kDuplicateFlag},
      {"md k q q", Fault::kDuplicateFlag},
      {"ma n v v", Fault::kInvalidOrDuplicateFlag},
      {"mg k P1 P2", Fault::kDuplicateFlag},
  });
}

TEST(parse_meta, refuses_numbers) {
  expect({
      {"mg k Tx", Fault::kBadToken},
      {"mg k T", Fault::kBadToken},
      {"mg k T99999999999", Fault::kBadToken},
      {"mg k Nx", Fault::kBadToken},
      {"mg k Rx", Fault::kBadToken},
      {"mg k Cx", Fault::kBadToken},
      {"mg k Ex N30", Fault::kBadToken},
      {"ms k 1 Tx", Fault::kBadToken},
      {"ms k 1 C-1", Fault::kBadToken},
      {"md k Cx", Fault::kBadToken},
      {"md k I Tx", Fault::kBadToken},
      {"mg k Dx", Fault::kBadToken},
      {"ms k 1 Fx", Fault::kBadFormat},
      {"ms k 1 F", Fault::kBadFormat},
      {"ms k 1 F4294967296", Fault::kBadFormat},
      {"ma n Dx", Fault::kInvalidOrDuplicateFlag},
      {"ma n D-1", Fault::kInvalidOrDuplicateFlag},
      {"ma n D18446744073709551616", Fault::kInvalidOrDuplicateFlag},
      {"ma n Jx N0", Fault::kInvalidOrDuplicateFlag},
      {"ma n Tx", Fault::kInvalidOrDuplicateFlag},
      {"ma n Fx", Fault::kInvalidOrDuplicateFlag},
  });
}

TEST(parse_meta, refuses_keys_that_are_no_base64) {
  expect({
      {"mg k b c f h k l O9 s t v", Fault::kKeyDecoding},
      {"mg Zm9vYg b v", Fault::kKeyDecoding},
      {"mg Zm*v b v", Fault::kKeyDecoding},
      {"mg Zm9 b v", Fault::kKeyDecoding},
      {"mg ab_- b v", Fault::kKeyDecoding},
      {"ms Zm*v 1 b", Fault::kKeyDecoding},
      {"md Zm*v b", Fault::kKeyDecoding},
      {"ma Zm*v b", Fault::kInvalidOrDuplicateFlag},
      {"mg Zm*v v"},
  });
}

TEST(parse_meta, limits_opaques_and_tokens) {
  expect({
      {"mg k " + kOpaque32},
      {"mg k " + kOpaque33, Fault::kOpaqueTooLong},
      {"ms k 1 " + kOpaque33, Fault::kOpaqueTooLong},
      {"md k " + kOpaque33, Fault::kOpaqueTooLong},
      {"ma k " + kOpaque33, Fault::kOpaqueTooLong},
      {"mg k c f h k l O1 q s t u v P L N5 R1 T100 C1"},
      {"mg k c f h k l O1 q s t u v P L N5 R1 T100 C1 E2 I x"},
      {"mg k c f h k l O1 q s t u v P L N5 R1 T100 C1 E2 I x M", Fault::kOptionsTooLong},
      {"mg k s s s s s s s s s s s s s s s s s s s s s", Fault::kOptionsTooLong},
      {"ma k s s s s s s s s s s s s s s s s s s s s s", Fault::kInvalidOrDuplicateFlag},
  });
}

TEST(parse_meta, judges_modes_of_ms_and_ma_only) {
  expect({
      {"ms k 1 ME"},
      {"ms k 1 MA"},
      {"ms k 1 MP"},
      {"ms k 1 MR"},
      {"ms k 1 MS"},
      {"ms k 1 MSet"},
      {"ms k 1 Me", Fault::kSetMode},
      {"ms k2 1 Madd", Fault::kSetMode},
      {"ms k 1 MX", Fault::kSetMode},
      {"ms k 1 MI", Fault::kSetMode},
      {"ms k 1 M", Fault::kSetMode},
      {"ma n MI"},
      {"ma n M+"},
      {"ma n MD"},
      {"ma n M-"},
      {"ma n MIncr"},
      {"ma n Mi", Fault::kArithmeticMode},
      {"ma n Md", Fault::kArithmeticMode},
      {"ma n Mincr", Fault::kArithmeticMode},
      {"ma n Mx", Fault::kArithmeticMode},
      {"ma n ME", Fault::kArithmeticMode},
      {"ma n M", Fault::kArithmeticMode},
      {"mg k Mx"},
      {"mg k M"},
      {"md k ME"},
  });
}

TEST(parse_meta, ignores_what_is_meant_for_another_command) {
  expect({
      {"mg k F5"},
      {"mg k I v"},
      {"mg k x D5 J6"},
      {"ms k 1 v"},
      {"md k T10 v f"},
      {"ma n I x F1"},
  });
}

TEST(parse_meta, reads_what_is_asked) {
  const MetaFlags none = flags_of("mg k");
  EXPECT_EQ(none.key(), "k");
  EXPECT_TRUE(none.tokens().empty());
  EXPECT_FALSE(none.quiet || none.want_value || none.leave_no_trace || none.invalidate ||
               none.drop_value || none.binary_key);
  EXPECT_EQ(none.mode, '\0');
  EXPECT_EQ(none.delta, 1U);
  EXPECT_FALSE(none.expected_cas || none.own_cas || none.exptime || none.create_exptime ||
               none.recache_below_s);

  const MetaFlags all =
      flags_of("mg k q v u I x C5 E18446744073709551615 T-1 N30 R-60 F4294967295");
  EXPECT_TRUE(all.quiet && all.want_value && all.leave_no_trace && all.invalidate &&
              all.drop_value);
  EXPECT_EQ(all.expected_cas, 5U);
  EXPECT_EQ(all.own_cas, 18446744073709551615U);
  EXPECT_EQ(all.exptime, -1);
  EXPECT_EQ(all.create_exptime, 30);
  EXPECT_EQ(all.recache_below_s, -60);
  EXPECT_EQ(all.client_flags, 4294967295U);

  const MetaFlags ma = flags_of("ma n D10 J13 MIncr");
  EXPECT_EQ(ma.delta, 10U);
  EXPECT_EQ(ma.initial, 13U);
  EXPECT_EQ(ma.mode, 'I');
}

TEST(parse_meta, keeps_the_tokens_in_order) {
  const MetaFlags flags = flags_of("mg k  s v  O1 Pproxy ");
  const std::vector<std::string_view> tokens(flags.tokens().begin(), flags.tokens().end());
  EXPECT_EQ(tokens, std::vector<std::string_view>({"s", "v", "O1", "Pproxy"}));
}

TEST(parse_meta, decodes_the_key) {
  const MetaFlags flags = flags_of("ms YSBiDQoA/w== 2 k b");
  EXPECT_TRUE(flags.binary_key);
  EXPECT_EQ(flags.key(), std::string_view("a b\r\n\0\xff", 7));
  EXPECT_EQ(flags.sent_key(), "YSBiDQoA/w==");
  EXPECT_EQ(flags_of("mg Zm9v v").key(), "Zm9v");

  const MetaFlags copy = flags;  // its key must be its own
  EXPECT_EQ(copy.key(), flags.key());
  EXPECT_NE(copy.key().data(), flags.key().data());
}

}  // namespace
}  // namespace larder::wire::memcache
