// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/value_sizes.h"

#include <algorithm>
#include <string>

#include "base/decimal.h"
#include "base/limits.h"
#include "cli/load/random.h"

namespace larder::cli::load {
namespace {

// Sizes must not depend on each other, or on whatever else is drawn per key.
constexpr std::uint64_t kSizesSeed = 0x73697A6573;

// Cuts `text` at the first `at`, which goes away.
std::string_view cut(std::string_view& text, char at) {
  const std::size_t end = text.find(at);
  const std::string_view head = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return head;
}

base::Failure bad(std::string_view text) {
  return base::Failure{
      "value sizes are SIZE or FROM-TO, each with :WEIGHT and separated by commas "
      "if there are several, up to " +
      std::to_string(limits::kMaxValueBytes) + " bytes, or twitter: " + std::string(text)};
}

}  // namespace

// `until` is the part's own weight here.
base::Result<ValueSizes::Part> ValueSizes::parse_part(std::string_view text) {
  std::string_view rest = text;
  std::string_view range = cut(rest, ':');
  const auto weight = rest.empty() ? 1 : base::parse_decimal<std::uint32_t>(rest);
  const auto from = base::parse_decimal<std::uint32_t>(cut(range, '-'));
  const auto to = range.empty() ? from : base::parse_decimal<std::uint32_t>(range);
  const bool readable = weight && from && to && !text.ends_with(':') && !text.ends_with('-');
  if (!readable || *weight == 0 || *from > *to || *to > limits::kMaxValueBytes) return bad(text);
  return Part{*from, *to, static_cast<double>(*weight)};
}

base::Result<ValueSizes> ValueSizes::parse(std::string_view text, std::uint64_t seed) {
  if (text == "twitter") text = kTwitterValueSizes;
  if (text.empty() || text.ends_with(',')) return bad(text);
  ValueSizes sizes;
  sizes.seed_ = mix(seed);
  double weights = 0;
  while (!text.empty()) {
    auto part = parse_part(cut(text, ','));
    if (!part) return part.failure();
    weights += part->until;
    sizes.parts_.push_back({part->from, part->to, weights});
    sizes.max_ = std::max(sizes.max_, part->to);
  }
  for (Part& part : sizes.parts_) part.until /= weights;
  if (sizes.parts_.size() == 1 && sizes.parts_[0].from == sizes.parts_[0].to) {
    sizes.fixed_ = sizes.max_;
    sizes.parts_.clear();
  }
  return sizes;
}

std::uint32_t ValueSizes::draw(std::uint32_t key) const {
  Random random(kSizesSeed + seed_ + key);
  const double share = random.unit();
  const Part* part = &parts_.front();
  while (share >= part->until && part != &parts_.back()) ++part;
  return part->from + random.below(part->to - part->from + 1);
}

}  // namespace larder::cli::load
