// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Whatever comes behind the magic of HTTP/2, the connection comes to its end, and so does every
// exchange. The input is the length of the pieces (0: all at once) and the stream.
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/fuzz_conversation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::http;
  if (size == 0) return 0;
  static const auto kLoop = open_loop(hasty_clock);
  const std::string stream =
      NGHTTP2_CLIENT_MAGIC + std::string(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = data[0] == 0 ? stream.size() : data[0];
  Conversation conversation(*kLoop, true);
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    conversation.send(std::string_view(stream).substr(at, piece));
  }
  conversation.end(0);
  return 0;
}
