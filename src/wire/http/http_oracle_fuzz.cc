// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// What we take of its input, as a request and as a response, llhttp takes as well and reads in the
// same way.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "base/check.h"
#include "wire/http/llhttp_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::wire::http;
  const std::string bytes(data, data + size);
  for (const llhttp_type_t type : {HTTP_REQUEST, HTTP_RESPONSE}) {
    const std::string wrong = disagreement(type, bytes);
    if (!wrong.empty()) std::fprintf(stderr, "%s\n", wrong.c_str());
    LARDER_CHECK(wrong.empty());
  }
  return 0;
}
