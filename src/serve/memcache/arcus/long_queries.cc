// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/long_queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/limits.h"
#include "serve/memcache/arcus/local_time.h"

namespace larder::serve::memcache::arcus {
namespace {

struct Row {
  Operation operation;
  std::string_view name;
};

// In the order in which they are shown.
constexpr auto kRows = std::to_array<Row>({
    {Operation::kSopGet, "sop get"},
    {Operation::kMopDelete, "mop delete"},
    {Operation::kMopGet, "mop get"},
    {Operation::kLopInsert, "lop insert"},
    {Operation::kLopDelete, "lop delete"},
    {Operation::kLopGet, "lop get"},
    {Operation::kBopDelete, "bop delete"},
    {Operation::kBopGet, "bop get"},
    {Operation::kBopCount, "bop count"},
    {Operation::kBopGbp, "bop gbp"},
});

std::string now_text() { return date_and_time(base::unix_now_ms(), "_"); }

}  // namespace

void LongQueries::add(Operation operation, std::string_view client, std::uint64_t elements,
                      std::string_view command) {
  if (std::ranges::find(kRows, operation, &Row::operation) == kRows.end()) return;
  const std::scoped_lock lock(mutex_);
  if (!is_long(elements)) return;  // it was turned off meanwhile
  Seen& seen = seen_[static_cast<std::size_t>(operation)];
  ++seen.count;
  if (seen.samples.size() == limits::kLongQuerySamples) return;
  seen.samples.push_back(fmt::format("{} {} <{}> {}", time_of_day(base::unix_now_us()), client,
                                     elements, command.substr(0, limits::kMaxLoggedBytes)));
}

bool LongQueries::start(std::uint32_t threshold) {
  const std::scoped_lock lock(mutex_);
  if (threshold_ != kOff) return false;
  seen_ = {};
  begin_ = now_text();
  end_.clear();
  last_threshold_ = threshold;
  threshold_ = threshold;
  return true;
}

bool LongQueries::stop() {
  const std::scoped_lock lock(mutex_);
  if (threshold_ == kOff) return false;
  threshold_ = kOff;
  end_ = now_text();
  return true;
}

std::string LongQueries::report() const {
  const std::scoped_lock lock(mutex_);
  if (begin_.empty()) return "\tLong query detection stats : not started\n";
  std::uint64_t count = 0;
  for (const Seen& seen : seen_) count += seen.count;
  return fmt::format(
      "\tLong query detection stats : {}\n"
      "\tThe last running time : {} ~ {}\n"
      "\tThe number of total long query commands : {}\n"
      "\tThe detection standard : {}\n",
      end_.empty() ? "running" : "stopped by explicit request", begin_, end_, count,
      last_threshold_);
}

std::string LongQueries::samples() const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  const auto out = std::back_inserter(text);
  for (const Row& row : kRows) {
    const Seen& seen = seen_[static_cast<std::size_t>(row.operation)];
    fmt::format_to(out, "\t{} command entered count : {}\n", row.name, seen.count);
    for (const std::string& sample : seen.samples) fmt::format_to(out, "\t{}\n", sample);
  }
  return text;
}

}  // namespace larder::serve::memcache::arcus
