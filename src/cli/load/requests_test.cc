// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/requests.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "cli/load/values.h"

namespace larder::cli::load {
namespace {

Shape make_shape(Protocol protocol, std::uint32_t multiget, std::string_view sizes) {
  return {protocol, multiget, *Keys::make(16, 3), *ValueSizes::parse(sizes)};
}

std::string get(const Shape& shape, std::initializer_list<std::uint32_t> keys) {
  const Requests requests(shape);
  std::string out(requests.get_bytes(), '#');
  EXPECT_EQ(requests.write_get(out.data(), {keys.begin(), keys.size()}), out.data() + out.size());
  return out;
}

std::string set(const Shape& shape, std::uint32_t key) {
  const Requests requests(shape);
  std::string out(requests.max_set_bytes(), '#');
  out.resize(static_cast<std::size_t>(requests.write_set(out.data(), key, 1) - out.data()));
  EXPECT_EQ(out.size(), requests.set_bytes(key));
  return out;
}

std::string value(std::uint32_t key, std::uint32_t bytes) {
  std::string text(bytes, '#');
  write_value(text.data(), key, bytes, 1);
  return text;
}

TEST(Requests, OfTheTextProtocol) {
  EXPECT_EQ(get(make_shape(Protocol::kText, 1, "5"), {7}), "get la7\r\n");
  EXPECT_EQ(get(make_shape(Protocol::kText, 3, "5"), {1, 15, 2}), "get la1 laf la2\r\n");
  EXPECT_EQ(set(make_shape(Protocol::kText, 1, "120"), 9),
            "set la9 0 0 120\r\n" + value(9, 120) + "\r\n");
}

TEST(Requests, OfTheMetaProtocol) {
  EXPECT_EQ(get(make_shape(Protocol::kMeta, 1, "5"), {7}), "mg la7 v\r\n");
  EXPECT_EQ(get(make_shape(Protocol::kMeta, 2, "5"), {1, 15}),
            "mg la1 k v q\r\nmg laf k v q\r\nmn\r\n");
  EXPECT_EQ(set(make_shape(Protocol::kMeta, 2, "0"), 9), "ms la9 0\r\n\r\n");
}

TEST(Requests, MayHaveATimeToLive) {
  Shape text = make_shape(Protocol::kText, 1, "20");
  text.ttl_s = 3600;
  EXPECT_EQ(set(text, 9), "set la9 0 3600 20\r\n" + value(9, 20) + "\r\n");
  Shape meta = make_shape(Protocol::kMeta, 1, "20");
  meta.ttl_s = 3600;
  EXPECT_EQ(set(meta, 9), "ms la9 20 T3600\r\n" + value(9, 20) + "\r\n");
}

TEST(Requests, MayOnlyAskWhetherAKeyIsThere) {
  Shape shape = make_shape(Protocol::kMeta, 1, "20");
  shape.values = false;
  EXPECT_EQ(get(shape, {7}), "mg la7\r\n");
}

TEST(Requests, ByHttp) {
  Shape shape = make_shape(Protocol::kHttp, 1, "5");
  shape.fields = "Host: a\r\nX: y\r\n";
  EXPECT_EQ(get(shape, {7}), "GET /la7 HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n");
  EXPECT_EQ(shape.hit_reply(5), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nxxxxx");
}

TEST(Requests, KnowTheRepliesLengths) {
  struct Row {
    Protocol protocol;
    std::uint32_t multiget;
    const char* reply;
  };
  const Row rows[] = {
      {Protocol::kText, 1, "VALUE la0 0 12\r\nxxxxxxxxxxxx\r\nEND\r\n"},
      {Protocol::kText, 2,
       "VALUE la0 0 12\r\nxxxxxxxxxxxx\r\nVALUE la0 0 12\r\nxxxxxxxxxxxx\r\nEND\r\n"},
      {Protocol::kMeta, 1, "VA 12\r\nxxxxxxxxxxxx\r\n"},
      {Protocol::kMeta, 2, "VA 12 kla0\r\nxxxxxxxxxxxx\r\nVA 12 kla0\r\nxxxxxxxxxxxx\r\nMN\r\n"},
  };
  for (const Row& row : rows) {
    const Shape shape = make_shape(row.protocol, row.multiget, "12");
    EXPECT_EQ(shape.hit_reply(12), row.reply);
    EXPECT_EQ(shape.value_head_bytes(12), std::string_view(row.reply).find('\n') + 1);
  }
}

}  // namespace
}  // namespace larder::cli::load
