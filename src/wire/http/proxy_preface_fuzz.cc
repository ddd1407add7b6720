// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Reads its input as a preface of the PROXY protocol, whole and cut at every byte.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "wire/http/ip_text.h"
#include "wire/http/proxy_protocol.h"

namespace larder::wire::http {
namespace {

using State = ProxyPreface::State;

bool is_ip(std::string_view text) {
  return parse_ipv4(text).has_value() || parse_ipv6(text).has_value();
}

void check_whole(const ProxyPreface& preface, std::size_t size) {
  LARDER_CHECK(preface.consumed > 0 && preface.consumed <= size);
  LARDER_CHECK(preface.consumed <= limits::kMaxProxyPrefaceBytes);
  LARDER_CHECK(preface.is_local || (is_ip(preface.source_host) && is_ip(preface.target_host)));
}

void check_cuts(const ProxyPreface& preface, std::string_view bytes) {
  for (std::size_t cut = 0; cut <= std::min<std::size_t>(bytes.size(), 600); ++cut) {
    const ProxyPreface part = parse_proxy_preface(bytes.substr(0, cut));
    const bool is_ended = preface.state == State::kWhole && cut >= preface.consumed;
    LARDER_CHECK(is_ended == (part.state == State::kWhole));
    LARDER_CHECK(part.state != State::kFault || preface.state == State::kFault);
  }
}

}  // namespace
}  // namespace larder::wire::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::wire::http;
  // A copy that ends where the input ends: a read beyond it is a fault, not the fuzzer's bytes.
  const std::vector<char> copy(data, data + size);
  const std::string_view bytes(copy.data(), copy.size());
  const ProxyPreface preface = parse_proxy_preface(bytes);
  if (preface.state == ProxyPreface::State::kWhole) check_whole(preface, size);
  check_cuts(preface, bytes);
  return 0;
}
