// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Reads its input as a configuration: it is taken, or there are complaints, each of a line that
// the input has. What is taken answers requests.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "serve/edge/config.h"

namespace larder::serve::edge {
namespace {

void ask(Config&& config) {
  const Sites sites(std::move(config.sites), config.default_site);
  http::Request request;
  wire::http::Fields fields;
  request.method = "GET";
  request.path = "/a/../%62?c=d";
  request.fields = &fields;
  const http::Client client;
  for (const char* host : {"a", "b.example.com", ""}) {
    const Site* site = sites.find(host);
    if (site != nullptr) site->policy_for(request, client);
  }
}

}  // namespace
}  // namespace larder::serve::edge

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::serve::edge;
  const std::vector<char> bytes(data, data + size);
  Config config;
  const auto complaints = read_config({bytes.data(), bytes.size()}, "f", config);
  const auto lines = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  for (const Complaint& one : complaints) {
    LARDER_CHECK(one.line >= 1 && one.line <= lines + 1 && !one.what.empty());
  }
  if (complaints.empty()) ask(std::move(config));
  return 0;
}
