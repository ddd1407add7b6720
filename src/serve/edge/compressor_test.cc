// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/compressor.h"

#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <utility>

#include "serve/edge/test_body.h"

namespace larder::serve::edge {
namespace {

using wire::http::Coding;
using State = http::Pulled::State;

constexpr Coding kCodings[] = {Coding::kGzip, Coding::kBrotli, Coding::kZstd};

std::string text_of_bytes(std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i)
    text += "line " + std::to_string(i * 7919) + "\n";
  text.resize(bytes);
  return text;
}

// What can be read of `bytes`, which need not be whole.
std::string gunzipped(const std::string& bytes) {
  z_stream stream{};
  EXPECT_EQ(::inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int result = Z_OK;
  while (result == Z_OK) {
    char chunk[4096];
    stream.next_out = reinterpret_cast<Bytef*>(chunk);
    stream.avail_out = sizeof chunk;
    result = ::inflate(&stream, Z_SYNC_FLUSH);
    out.append(chunk, sizeof chunk - stream.avail_out);
  }
  ::inflateEnd(&stream);
  return out;
}

std::string unbrotlied(const std::string& bytes) {
  BrotliDecoderState* state = ::BrotliDecoderCreateInstance(nullptr, nullptr, nullptr);
  std::size_t left = bytes.size();
  const auto* in = reinterpret_cast<const std::uint8_t*>(bytes.data());
  std::string out;
  do {
    char chunk[4096];
    std::size_t room = sizeof chunk;
    auto* to = reinterpret_cast<std::uint8_t*>(chunk);
    ::BrotliDecoderDecompressStream(state, &left, &in, &room, &to, nullptr);
    out.append(chunk, sizeof chunk - room);
  } while (::BrotliDecoderHasMoreOutput(state) == BROTLI_TRUE);
  ::BrotliDecoderDestroyInstance(state);
  return out;
}

std::string unzstded(const std::string& bytes) {
  ZSTD_DCtx* context = ::ZSTD_createDCtx();
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::string out;
  for (bool more = true; more;) {
    char chunk[4096];
    ZSTD_outBuffer to{chunk, sizeof chunk, 0};
    const std::size_t result = ::ZSTD_decompressStream(context, &to, &in);
    EXPECT_EQ(::ZSTD_isError(result), 0U);
    out.append(chunk, to.pos);
    more = to.pos == to.size || (in.pos < in.size && ::ZSTD_isError(result) == 0);
  }
  ::ZSTD_freeDCtx(context);
  return out;
}

std::string plain(Coding coding, const std::string& bytes) {
  switch (coding) {
    case Coding::kIdentity: return bytes;
    case Coding::kGzip: return gunzipped(bytes);
    case Coding::kBrotli: return unbrotlied(bytes);
    case Coding::kZstd: return unzstded(bytes);
  }
  return {};
}

TEST(Compressor, AStreamIsWhatItWas) {
  for (const Coding coding : kCodings) {
    for (const std::size_t size : {0UL, 1UL, 1000UL, 100'000UL, 3'000'000UL}) {
      for (const std::size_t piece : {777UL, 1UL << 20U}) {
        const std::string text = text_of_bytes(size);
        GivenBody from(text, piece);
        CompressedBody body(from, coding, {});
        const PulledBody all = pull_all(body, 5000);
        EXPECT_EQ(all.end, State::kEnd);
        EXPECT_EQ(body.pull(1).state, State::kEnd);
        EXPECT_EQ(plain(coding, all.bytes), text) << text_of(coding) << ' ' << size;
        EXPECT_LT(all.bytes.size(), size / 2 + 1000);
      }
    }
  }
}

// A body of which only some has come.
class FedBody final : public http::BodySource {
 public:
  http::Pulled pull(std::size_t room) override {
    EXPECT_GE(room, come_.size());
    if (come_.empty()) return {.state = State::kLater};
    given_ = std::exchange(come_, {});
    return {.state = State::kBytes, .bytes = given_};
  }
  void feed(std::string bytes) { come_ = std::move(bytes); }

 private:
  std::string come_;
  std::string given_;
};

TEST(Compressor, WhatHasComeGoesOutBeforeTheRest) {
  for (const Coding coding : kCodings) {
    const std::string text = text_of_bytes(30'000);
    FedBody from;
    CompressedBody body(from, coding, {});
    EXPECT_EQ(body.pull(1000).state, State::kLater);
    std::string got;
    std::size_t fed = 0;
    for (const std::size_t size : {10'000UL, 10'001UL, 30'000UL}) {
      from.feed(text.substr(fed, size - fed));
      fed = size;
      http::Pulled pulled = body.pull(1000);
      for (; pulled.state == State::kBytes; pulled = body.pull(1000)) got += pulled.bytes;
      EXPECT_EQ(pulled.state, State::kLater);
      EXPECT_EQ(plain(coding, got), text.substr(0, size)) << text_of(coding);
    }
  }
}

TEST(Compressor, AFailureIsPassedOn) {
  for (const Coding coding : kCodings) {
    GivenBody from(text_of_bytes(100'000), 10'000);
    from.fail_at_the_end();
    CompressedBody body(from, coding, {});
    EXPECT_EQ(pull_all(body).end, State::kFailed);
    EXPECT_EQ(body.pull(1).state, State::kFailed);
  }
}

TEST(Compressor, TellsItsReader) {
  GivenBody from("x");
  TestReader reader;
  CompressedBody body(from, Coding::kGzip, {});
  body.read_by(&reader);
  from.tell();
  EXPECT_EQ(reader.told, 1);
}

TEST(Compressor, AllAtOnce) {
  const std::string text = text_of_bytes(50'000);
  for (const Coding coding : kCodings) {
    const auto bytes = compressed(text, coding, {});
    ASSERT_TRUE(bytes);
    EXPECT_LT(bytes->size(), text.size() / 2);
    EXPECT_EQ(plain(coding, *bytes), text);
    EXPECT_FALSE(compressed("abc", coding, {}));  // would be longer
  }
  EXPECT_FALSE(compressed(text, Coding::kIdentity, {}));
}

TEST(Compressor, ChoosesByTypeSizeAndStatus) {
  const CompressPolicy policy = {.codings = {Coding::kGzip},
                                 .types = {"text/*", "application/json"},
                                 .least_bytes = 100,
                                 .most_bytes = 1000};
  const auto is = [&policy](unsigned status, std::string_view lines,
                            std::optional<std::uint64_t> bytes) {
    return is_compressible(policy, status, lines, bytes);
  };
  EXPECT_TRUE(is(200, "Content-Type: text/css\r\n", 100));
  EXPECT_TRUE(is(200, "content-type: Text/HTML; charset=utf-8\r\n", 1000));
  EXPECT_TRUE(is(404, "Content-Type: application/json\r\n", std::nullopt));
  EXPECT_FALSE(is(200, "Content-Type: text/css\r\n", 99));
  EXPECT_FALSE(is(200, "Content-Type: text/css\r\n", 1001));
  EXPECT_FALSE(is(200, "Content-Type: image/png\r\n", 500));
  EXPECT_FALSE(is(200, "Content-Type: application/jsonx\r\n", 500));
  EXPECT_FALSE(is(200, "", 500));
  EXPECT_FALSE(is(206, "Content-Type: text/css\r\n", 500));
  EXPECT_FALSE(is(304, "Content-Type: text/css\r\n", 500));
  EXPECT_FALSE(is(200, "Content-Type: text/css\r\nContent-Encoding: br\r\n", 500));
  EXPECT_FALSE(
      is(200, "Content-Type: text/css\r\nCache-Control: max-age=1, no-transform\r\n", 500));
  EXPECT_FALSE(is_compressible({}, 200, "Content-Type: text/css\r\n", 500));
}

TEST(Compressor, FieldsTellOfTheOtherBytes) {
  const std::string_view lines =
      "Content-Type: text/css\r\nETag: \"a\"\r\nAccept-Ranges: bytes\r\nVary: Cookie\r\n";
  EXPECT_EQ(compressed_lines(lines, Coding::kBrotli),
            "Content-Type: text/css\r\nETag: W/\"a\"\r\nVary: Cookie\r\nContent-Encoding: br\r\n"
            "Vary: Accept-Encoding\r\n");
  EXPECT_EQ(compressed_lines(lines, Coding::kIdentity),
            std::string(lines) + "Vary: Accept-Encoding\r\n");
  EXPECT_EQ(compressed_lines("ETag: W/\"a\"\r\nVary: a, accept-encoding\r\n", Coding::kGzip),
            "ETag: W/\"a\"\r\nVary: a, accept-encoding\r\nContent-Encoding: gzip\r\n");
  const std::string_view digests =
      "Repr-Digest: a\r\ndigest: b\r\nContent-Digest: c\r\nContent-MD5: d\r\n";
  EXPECT_EQ(compressed_lines(digests, Coding::kGzip),
            "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n");
  EXPECT_EQ(compressed_lines(digests, Coding::kIdentity),
            std::string(digests) + "Vary: Accept-Encoding\r\n");
  EXPECT_EQ(compressed_lines("Vary: *\r\n", Coding::kIdentity), "Vary: *\r\n");
}

}  // namespace
}  // namespace larder::serve::edge
