// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "wire/http/head.h"
#include "wire/http/test_chunks.h"
#include "wire/test_seed.h"

namespace larder::wire::http {
namespace {

using State = ChunkDecoder::Step::State;
using namespace std::string_literals;

Decoded decode(std::string_view bytes) {
  ChunkDecoder decoder;
  return decode_whole(decoder, bytes);
}

TEST(chunks, are_a_body) {
  ChunkDecoder decoder;
  const std::string text =
      "5\r\nhello\r\n00a;x=y;z;q=\"a \\\"b\"\r\n, all the \r\n1\r\n!\r\n0\r\n\r\nrest";
  const Decoded decoded = decode_whole(decoder, text);
  EXPECT_EQ(decoded.state, State::kEnd);
  EXPECT_EQ(decoded.body, "hello, all the !");
  EXPECT_EQ(decoded.consumed, text.size() - 4);
  EXPECT_TRUE(decoder.at_end());
  EXPECT_TRUE(decoder.trailer().empty());
}

TEST(chunks, lie_where_they_came) {
  ChunkDecoder decoder;
  const std::string text = "5\r\nhello\r\n0\r\n\r\n";
  const ChunkDecoder::Step step = decoder.decode(text);
  EXPECT_EQ(step.body.data(), text.data() + 3);
  EXPECT_EQ(step.consumed, 8U);
  EXPECT_EQ(decoder.decode(std::string_view(text).substr(8)).state, State::kEnd);
  EXPECT_EQ(decoder.decode("more").consumed, 0U);
  EXPECT_EQ(decoder.decode("more").state, State::kEnd);
}

TEST(chunks, have_a_trailer_of_their_own) {
  ChunkDecoder decoder;
  {
    const std::string text = "0\r\nChecksum: abc\r\nX:\r\n\r\n";
    EXPECT_EQ(decode_whole(decoder, text).state, State::kEnd);
  }
  EXPECT_EQ(decoder.trailer().size(), 2U);
  EXPECT_EQ(decoder.trailer().value("checksum"), "abc");
}

TEST(chunks, have_a_trailer_that_frames_nothing) {
  for (const std::string_view name : {"Content-Length", "Transfer-Encoding", "Host"}) {
    const std::string text = "0\r\nA: b\r\n" + std::string(name) + ": 5\r\n\r\n";
    EXPECT_EQ(decode(text).state, State::kFault) << name;
    ChunkDecoder decoder(LateFields::kTaken);
    EXPECT_EQ(decode_whole(decoder, text).state, State::kEnd) << name;
    EXPECT_EQ(decoder.trailer().size(), 2U) << name;
  }
}

TEST(chunks, have_strict_sizes) {
  EXPECT_EQ(decode("0000000000000005\r\nhello\r\n0\r\n\r\n").body, "hello");
  EXPECT_EQ(decode("A\r\n0123456789\r\n0\r\n\r\n").body, "0123456789");
  EXPECT_EQ(decode("ffffffffffffffff\r\nhello").body, "hello");
  for (const std::string& size : {""s,
                                  " 5"s,
                                  "5 "s,
                                  "\t5"s,
                                  "5\t"s,
                                  "+5"s,
                                  "-5"s,
                                  "0x5"s,
                                  "5h"s,
                                  "h"s,
                                  "5,"s,
                                  "5.0"s,
                                  "00000000000000005"s,
                                  "10000000000000000"s,
                                  "5;"s,
                                  "5; "s,
                                  "5 ;"s,
                                  "5;a "s,
                                  "5;a\t"s,
                                  "5;a="s,
                                  "5;a= "s,
                                  "5;a=b "s,
                                  "5;a b"s,
                                  "5 a"s,
                                  "5 =a"s,
                                  " 5;a"s,
                                  "5;a=\"b"s,
                                  "5;a=\"b\\"s,
                                  "5;a=\"b\"c"s,
                                  "5;=b"s,
                                  "5\0"s,
                                  "5;a\0b"s,
                                  "5;\r"s,
                                  "5\r"s,
                                  "5;a\rb"s,
                                  "5;a=\"\n\""s,
                                  "5\n"s,
                                  ";a"s,
                                  "5;a;"s}) {
    const Decoded decoded = decode(size + "\r\nhello\r\n0\r\n\r\n");
    EXPECT_EQ(decoded.state, State::kFault) << size;
    EXPECT_EQ(decoded.body, "") << size;
  }
}

// RFC 9112, 7.1.1
TEST(chunks, have_extensions_with_blanks) {
  for (const std::string_view line : {"5 ;a", "5; a", "5\t;\ta", "5;a =b", "5;a= b", "5;a = b ;c",
                                      "5  ;  a  =  \"b \\\" c\"  ;  d  =  e"}) {
    const Decoded decoded = decode(std::string(line) + "\r\nhello\r\n0 ;z\r\n\r\n");
    EXPECT_EQ(decoded.state, State::kEnd) << line;
    EXPECT_EQ(decoded.body, "hello") << line;
  }
}

TEST(chunks, end_by_cr_lf_alone) {
  for (const std::string_view text :
       {"5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello!\r\n", "5\r\nhello\r!",
        "5\r\nhello0\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "0\r\n\n", "0\r\nA : b\r\n\r\n",
        "0\r\n A: b\r\n\r\n", "0\r\nA: b\n\r\n", "5\r\nhello\r\n\r\n0\r\n\r\n"}) {
    EXPECT_EQ(decode(text).state, State::kFault) << text;
  }
}

TEST(chunks, stay_refused) {
  ChunkDecoder decoder;
  EXPECT_EQ(decoder.decode("x\r\n").state, State::kFault);
  EXPECT_EQ(decoder.decode("5\r\nhello").state, State::kFault);
  EXPECT_EQ(decoder.decode("5\r\nhello").consumed, 0U);
}

TEST(chunks, have_limits) {
  const auto fault_at = [](const std::string& start, std::size_t limit) {
    const std::string part = start + std::string(limit - start.size(), 'a');
    EXPECT_EQ(decode(std::string_view(part).substr(1)).state, State::kMore) << start;
    EXPECT_EQ(decode(part).state, State::kFault) << start;
  };
  fault_at("05;", limits::kMaxChunkLineBytes);
  ChunkDecoder decoder;
  EXPECT_EQ(decoder.decode("0\r\n").consumed, 3U);
  const std::string trailer = "A: " + std::string(limits::kMaxTrailerBytes - 3, 'x');
  EXPECT_EQ(decoder.decode(std::string_view(trailer).substr(1)).state, State::kMore);
  EXPECT_EQ(decoder.decode(trailer).state, State::kFault);
}

// ---- whatever the cuts

std::string random_chunks(std::mt19937_64& random) {
  std::string text;
  for (std::size_t chunks = random() % 6; chunks > 0; --chunks) text += random_chunk(random);
  text += random() % 2 == 0 ? "0\r\n" : "000;last\r\n";
  if (random() % 3 == 0) text += "Trailer: x\r\nOther:\r\n";
  return text + "\r\nGET / HTTP/1.1";
}

// Now and then one octet is another one.
void damage(std::string& text, std::mt19937_64& random) {
  if (random() % 2 == 0) return;
  constexpr std::string_view kOctets("\r\n;0fx \0=\"", 10);
  text[random() % text.size()] = kOctets[random() % kOctets.size()];
}

TEST(chunks, are_the_same_however_they_are_cut) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  std::mt19937_64 random(seed);
  for (int run = 0; run < 20000; ++run) {
    std::string text = random_chunks(random);
    damage(text, random);
    const Decoded wanted = decode_simply(text);
    ChunkDecoder decoder;
    const Decoded decoded = decode_in_pieces(decoder, text, random);
    ASSERT_EQ(decoded.state, wanted.state) << text;
    ASSERT_EQ(decoded.body, wanted.body) << text;
    if (wanted.state == State::kEnd) {
      ASSERT_EQ(decoded.consumed, wanted.consumed) << text;
    }
  }
}

}  // namespace
}  // namespace larder::wire::http
