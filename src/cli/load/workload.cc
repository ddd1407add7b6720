// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/workload.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace larder::cli::load {
namespace {

constexpr double kUsualExponent = 0.99;
// Up to here a table (8 bytes a rank) is the faster sampler, beyond it costs cache and memory.
constexpr std::uint32_t kMostRanksOfTable = 1U << 22;
constexpr double kMaxExponent = 10;  // there, all but one request in a thousand are for one key

}  // namespace

Workload::Draw Fill::draw(std::span<std::uint32_t> keys) {
  if (next_ == end_) return Draw::kNothing;
  keys[0] = order_.empty() ? next_ : order_[next_];
  ++next_;
  return Draw::kSet;
}

Workload::Draw Look::draw(std::span<std::uint32_t> keys) {
  if (next_ == end_) return Draw::kNothing;
  keys[0] = next_++;
  return Draw::kGet;
}

std::vector<std::uint32_t> shuffled(std::uint32_t count, std::uint64_t seed) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  Random random(seed);
  for (std::uint32_t i = count; i > 1; --i) std::swap(numbers[i - 1], numbers[random.below(i)]);
  return numbers;
}

base::Result<Popularity> Popularity::parse(std::string_view text) {
  if (text == "uniform") return Popularity{};
  if (text == "once") return Popularity{.once = true};
  if (text == "zipf") return Popularity{.zipf_exponent = kUsualExponent};
  constexpr std::string_view kZipf = "zipf:";
  double exponent = 0;
  const char* end = text.data() + text.size();
  const char* begin = text.data() + std::min(kZipf.size(), text.size());
  const auto [stopped, error] = std::from_chars(begin, end, exponent);
  const bool readable = text.starts_with(kZipf) && error == std::errc{} && stopped == end;
  const bool sound = exponent > 0 && exponent <= kMaxExponent;  // which nan is not
  if (!readable || !sound) {
    return base::Failure{
        "a distribution is uniform, once, zipf or zipf:EXPONENT, above 0 and up to 10: " +
        std::string(text)};
  }
  return Popularity{.zipf_exponent = exponent};
}

Mix::Mix(const Keys& keys, Popularity popularity, double sets, std::uint64_t seed)
    : keys_(keys), sets_(sets), random_(seed) {
  const double exponent = popularity.zipf_exponent;
  if (exponent > 0 && keys.count() <= kMostRanksOfTable) {
    std::vector<double> weights(keys.count());
    for (std::uint32_t i = 0; i < keys.count(); ++i) weights[i] = std::pow(i + 1.0, -exponent);
    table_.emplace(std::move(weights));
  } else if (exponent > 0) {
    zipf_.emplace(keys.count(), exponent);
  }
}

Workload::Draw Mix::draw(std::span<std::uint32_t> keys) {
  if (sets_ > 0 && random_.unit() < sets_) {
    keys[0] = draw_key();
    return Draw::kSet;
  }
  for (std::uint32_t& key : keys) key = draw_key();
  return Draw::kGet;
}

std::uint32_t Mix::draw_key() {
  if (table_) return keys_.of_rank(table_->draw(random_));
  if (zipf_) return keys_.of_rank(zipf_->draw(random_) - 1);
  return random_.below(keys_.count());
}

}  // namespace larder::cli::load
