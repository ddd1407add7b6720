// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/media_type.h"

#include <gtest/gtest.h>

namespace larder::serve::edge {
namespace {

TEST(MediaType, IsByTheExtension) {
  EXPECT_EQ(media_type_of("/a/b.html"), "text/html");
  EXPECT_EQ(media_type_of("/a.b/c.JPG"), "image/jpeg");
  EXPECT_EQ(media_type_of("/x.tar.gz"), "application/gzip");
  EXPECT_EQ(media_type_of("7z.7z"), "application/x-7z-compressed");
  EXPECT_EQ(media_type_of("x.zst"), "application/zstd");
  EXPECT_EQ(media_type_of("/a.html/file"), "application/octet-stream");
  EXPECT_EQ(media_type_of("/a.unknown"), "application/octet-stream");
  EXPECT_EQ(media_type_of(""), "application/octet-stream");
}

}  // namespace
}  // namespace larder::serve::edge
