// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/replies.h"

#include "cli/load/http_replies.h"
#include "cli/load/memcached_replies.h"

namespace larder::cli::load {
namespace {

constexpr std::size_t kExcerptBytes = 80;

std::string excerpt(std::string_view bytes) {
  std::string text = "`";
  for (const char c : bytes.substr(0, kExcerptBytes)) {
    if (c == '\r') {
      text += "\\r";
    } else if (c == '\n') {
      text += "\\n";
    } else {
      text += c >= ' ' && c <= '~' ? c : '?';
    }
  }
  return text + (bytes.size() > kExcerptBytes ? "…`" : "`");
}

}  // namespace

std::unique_ptr<Replies> Replies::make(const Shape& shape, bool verify, Pipeline& pipeline,
                                       Tally& tally) {
  if (shape.protocol == Protocol::kHttp) return std::make_unique<HttpReplies>(pipeline, tally);
  return std::make_unique<MemcachedReplies>(shape, verify, pipeline, tally);
}

base::Result<std::size_t> Replies::scan(std::string_view bytes) {
  const std::size_t all = bytes.size();
  while (!bytes.empty()) {
    const std::size_t consumed =
        pipeline_.empty() ? fail("a reply that no request asked for: ", bytes) : step(bytes);
    if (consumed == 0) break;
    bytes.remove_prefix(consumed);
  }
  if (!failed_.empty()) return base::Failure{failed_};
  return all - bytes.size();
}

void Replies::answered() {
  tally_.requests.add(1);
  pipeline_.pop();
}

void Replies::count_error(std::string_view what) {
  if (first_error_.empty()) first_error_ = what;
  tally_.errors.add(1);
  answered();
}

std::size_t Replies::fail(std::string_view what, std::string_view bytes) {
  failed_ = std::string(what) + excerpt(bytes);
  return 0;
}

}  // namespace larder::cli::load
