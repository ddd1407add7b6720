// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/demo_origin.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "wire/http/date.h"

namespace larder::app {
namespace {

class Page final : public http::Exchange {
 public:
  Page(http::Stream& stream, std::uint64_t number) : stream_(stream), number_(number) {}

  void start() override {
    constexpr std::int64_t kMsPerS = 1000;
    const auto date = wire::http::format_date(stream_.loop().now() / kMsPerS);
    const std::string_view made(date.data(), date.size());
    const std::string lines = fmt::format(
        "Date: {}\r\nContent-Type: text/plain\r\nCache-Control: max-age=10\r\nETag: \"{}\"\r\n",
        made, number_);
    const std::string body = fmt::format("page {} of Larder's demo origin, made {}: {}\n", number_,
                                         made, stream_.request().path);
    const std::array<std::string_view, 1> fields = {lines};
    constexpr unsigned kOk = 200;
    const bool is_head = stream_.request().method == "HEAD";
    stream_.respond({.status = kOk,
                     .fields = fields,
                     .body_bytes = body.size(),
                     .whole = is_head ? std::string_view() : body});
  }
  void over(const http::Sent&) override {}

 private:
  http::Stream& stream_;
  std::uint64_t number_;
};

}  // namespace

std::unique_ptr<http::Exchange> DemoOrigin::open(http::Stream& stream) {
  return std::make_unique<Page>(stream, made_.fetch_add(1, std::memory_order_relaxed) + 1);
}

http::Handler::Refusal DemoOrigin::refuse(const http::Client&, unsigned status, std::string_view) {
  return {.status = status};
}

}  // namespace larder::app
