// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// The input is what a server says: it reads the same at once and byte by byte, takes no more than
// is there, and a value has the size that was told.
#include "wire/memcache/get_reply.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"

namespace larder::wire::memcache {
namespace {

using Step = GetReply::Step;

struct Read {
  Step end = Step::kMore;
  std::string value;
  std::size_t taken = 0;
};

bool goes_on(Step step) { return step == Step::kHead || step == Step::kBytes; }

// What has come, up to `bytes` more each time that all of it is taken.
Read read(std::string_view all, std::size_t bytes) {
  GetReply reply;
  reply.begin("key");
  Read read;
  std::size_t come = 0;
  while (read.end == Step::kMore && come < all.size()) {
    come += std::min(bytes, all.size() - come);
    do {
      const std::string unread(all.substr(read.taken, come - read.taken));
      const GetReply::Taken taken = reply.take(unread);
      LARDER_CHECK(taken.bytes <= unread.size());
      LARDER_CHECK(!goes_on(taken.step) || taken.bytes != 0);
      if (taken.step == Step::kBytes) read.value += unread.substr(0, taken.bytes);
      read.taken += taken.bytes;
      read.end = taken.step;
    } while (goes_on(read.end));
  }
  LARDER_CHECK(reply.size() <= limits::kMaxValueBytes && read.value.size() <= reply.size());
  LARDER_CHECK(read.end != Step::kHit || read.value.size() == reply.size());
  return read;
}

}  // namespace
}  // namespace larder::wire::memcache

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::wire::memcache;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const Read whole = read(all, all.size());
  const Read bytewise = read(all, 1);
  LARDER_CHECK(whole.end == bytewise.end);
  LARDER_CHECK(whole.value == bytewise.value && whole.taken == bytewise.taken);
  return 0;
}
