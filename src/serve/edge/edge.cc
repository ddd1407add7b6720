// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/edge.h"

#include <utility>

#include "base/clock.h"
#include "serve/edge/error_page.h"
#include "serve/edge/stored_fields.h"
#include "serve/edge/visit.h"

namespace larder::serve::edge {
namespace {

// Of the cache's memory, what bodies may have that are on their way into it.
constexpr std::size_t kFillFraction = 4;

}  // namespace

Edge::Edge(cache::Cache& cache, std::size_t loops)
    : store_(cache), fills_(cache.memory_limit() / kFillFraction) {
  for (std::size_t number = 0; number < loops; ++number) {
    loops_.push_back(std::make_unique<EdgeLoop>());
    loops_.back()->number = number;
  }
}

void Edge::use(std::size_t loop, std::shared_ptr<const Snapshot> snapshot) {
  if (snapshot == nullptr) loops_[loop]->nodes = nullptr;
  loops_[loop]->snapshot = std::move(snapshot);
}

std::unique_ptr<http::Exchange> Edge::open(http::Stream& stream, std::string_view default_site) {
  return std::make_unique<Visit>(*this, *loops_[stream.loop().number()], stream, default_site);
}

http::Handler::Refusal Door::refuse(const http::Client&, unsigned status, std::string_view why) {
  wire::http::FieldLines lines;
  lines.add(wire::http::Name::kContentType, kHtml);
  return {.status = status,
          .field_lines = std::string(lines.text()) + date_line(base::coarse_unix_now_ms()),
          .body = error_page(status, why)};
}

std::uint64_t Edge::count(Verdict verdict) const {
  std::uint64_t sum = 0;
  for (const auto& loop : loops_) sum += loop->verdicts[static_cast<std::size_t>(verdict)].count();
  return sum;
}

}  // namespace larder::serve::edge
