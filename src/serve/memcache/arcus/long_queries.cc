// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/long_queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/limits.h"
#include "serve/memcache/arcus/local_time.h"
#include "wire/memcache/words.h"

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

// A long key's middle is left out.
std::string shown_key(std::string_view key) {
  constexpr std::size_t kMostShown = 250;
  constexpr std::size_t kBegin = 124;
  constexpr std::size_t kEnd = 123;
  if (key.size() <= kMostShown) return std::string(key);
  return fmt::format("{}...{}", key.substr(0, kBegin), key.substr(key.size() - kEnd));
}

// What makes queries different: neither the length of a list of fields, nor how a reply is wanted.
std::string_view told_arguments(const LongQueries::Query& query) {
  wire::memcache::Words words(query.arguments);
  const bool has_length =
      query.operation == Operation::kMopGet || query.operation == Operation::kMopDelete;
  if (has_length) words.next();
  std::string_view arguments = words.rest().substr(0, limits::kMaxLoggedBytes);
  for (const std::string_view word : {" noreply", " pipe"}) {
    if (arguments.ends_with(word)) arguments.remove_suffix(word.size());
  }
  return arguments;
}

// Of a set or a map: 0 stands for the number of elements.
bool is_of_all(const LongQueries::Query& query) {
  const bool has_number = query.operation == Operation::kSopGet ||
                          query.operation == Operation::kMopGet ||
                          query.operation == Operation::kMopDelete;
  return has_number && wire::memcache::Words(told_arguments(query)).next() == "0";
}

std::string now_text() { return date_and_time(base::unix_now_ms(), "_"); }

}  // namespace

bool LongQueries::Sample::is_same(const Query& query) const {
  return is_of_all(query) ? key == shown_key(query.key) : arguments == told_arguments(query);
}

void LongQueries::add(std::string_view client, const Query& query) {
  const auto* const row = std::ranges::find(kRows, query.operation, &Row::operation);
  if (row == kRows.end()) return;
  const std::scoped_lock lock(mutex_);
  if (!is_long(query.elements)) return;  // it was turned off meanwhile
  Seen& seen = seen_[static_cast<std::size_t>(query.operation)];
  ++seen.count;
  const auto is_same = [&query](const Sample& sample) { return sample.is_same(query); };
  if (seen.samples.size() == limits::kLongQuerySamples ||
      std::ranges::any_of(seen.samples, is_same)) {
    return;
  }
  Sample& sample = seen.samples.emplace_back();
  sample.key = shown_key(query.key);
  sample.arguments = told_arguments(query);
  sample.line = fmt::format("{} {} <{}> {} {} {}", time_of_day(base::unix_now_us()), client,
                            query.elements, row->name, sample.key, sample.arguments);
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
    for (const Sample& sample : seen.samples) fmt::format_to(out, "\t{}\n", sample.line);
  }
  return text;
}

}  // namespace larder::serve::memcache::arcus
