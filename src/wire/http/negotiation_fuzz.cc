// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// The input is the value of a field that a response varies by, or of Vary itself. What is brought
// into one order stays in it.
#include "wire/http/negotiation.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace larder::wire::http {
namespace {

std::string selecting(const std::string& name, std::string_view value) {
  Fields request;
  request.add({name, value, name_of(name)});
  return selecting_text(request, std::array{name});
}

std::string reversed(std::string_view list) {
  std::string all;
  for (Items items(list); items.next();) all = std::string(items.item()) + "," + all;
  return all;
}

// A quote that is opened and not closed takes everything behind it along.
bool has_quotes(std::string_view text) { return text.find('"') != std::string_view::npos; }

void check_selecting(std::string_view value) {
  for (const char* name : {"accept", "accept-language", "accept-encoding", "foo"}) {
    const std::string line = selecting(name, value);
    const std::string_view inside =
        std::string_view(line).substr(std::string_view(name).size() + 1);
    LARDER_CHECK(line.starts_with(std::string(name) + ":") && line.ends_with('\n'));
    if (has_quotes(value)) continue;
    LARDER_CHECK(selecting(name, inside.substr(0, inside.size() - 1)) == line);
    const bool in_any_order = std::string_view(name) != "foo";
    LARDER_CHECK(!in_any_order || selecting(name, reversed(value)) == line);
  }
}

void check_vary(std::string_view value) {
  Fields response;
  response.add({"Vary", value, Name::kVary});
  const VaryNames vary = vary_names(response);
  LARDER_CHECK(!vary.by_all || vary.names.empty());
  LARDER_CHECK(std::ranges::is_sorted(vary.names));
  LARDER_CHECK(std::ranges::all_of(vary.names, [](const auto& name) { return is_token(name); }));
  response.add({"Vary", "*", Name::kVary});
  LARDER_CHECK(has_quotes(value) || vary_names(response).by_all);
}

void check_coding(std::string_view value) {
  Fields request;
  request.add({"Accept-Encoding", value, Name::kAcceptEncoding});
  constexpr std::array kOffered = {Coding::kZstd, Coding::kGzip};
  const Coding chosen = choose_coding(request, kOffered);
  LARDER_CHECK(chosen != Coding::kBrotli);
  LARDER_CHECK(choose_coding(request, {}) == Coding::kIdentity);
  Fields refuses;
  refuses.add({"Accept-Encoding", "zstd;q=0, gzip;q=0", Name::kAcceptEncoding});
  refuses.add({"Accept-Encoding", value, Name::kAcceptEncoding});
  LARDER_CHECK(choose_coding(refuses, kOffered) == Coding::kIdentity);
}

}  // namespace
}  // namespace larder::wire::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::wire::http;
  const std::vector<char> bytes(data, data + size);
  const std::string_view text(bytes.data(), bytes.size());
  check_selecting(text);
  check_vary(text);
  check_coding(text);
  return 0;
}
