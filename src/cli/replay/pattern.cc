// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/pattern.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "cli/load/keys.h"
#include "cli/load/random.h"
#include "cli/load/workload.h"

namespace larder::cli::replay {
namespace {

constexpr double kMixedExponent = 0.9;
constexpr double kTwitterExponent = 1;
constexpr double kTwitterSets = 0.1;
constexpr double kUsualScans = 0.5;
constexpr double kMaxLoop = 1000;
constexpr double kMaxExponent = 10;
constexpr std::uint64_t kScanSeed = 0x7363616E;  // its choices are not those of its hot set

// Objects 0 to before `objects` by popularity, those of neighbouring ranks strewn over all.
class Popular final : public Pattern {
 public:
  Popular(std::uint32_t objects, double exponent, double sets, std::uint64_t seed)
      : keys_(*load::Keys::make(objects, kAnyKeyBytes)),
        mix_(keys_, load::Popularity{exponent}, sets, seed) {}

  Pick pick() override {
    std::array<std::uint32_t, 1> key{};
    const bool is_set = mix_.draw(key) == load::Workload::Draw::kSet;
    return {key[0], is_set ? Operation::kSet : Operation::kGet};
  }

 private:
  static constexpr std::size_t kAnyKeyBytes = 8;  // only their numbers are used

  load::Keys keys_;
  load::Mix mix_;
};

class Scan final : public Pattern {
 public:
  Scan(std::uint32_t hot, double share, std::uint64_t seed)
      : hot_(hot, 0, 0, seed), fresh_(hot), share_(share), random_(seed ^ kScanSeed) {}

  Pick pick() override {
    if (random_.unit() < share_) return {fresh_++};
    return hot_.pick();
  }

 private:
  Popular hot_;
  std::uint32_t fresh_;  // begins anew after 2^32 of them
  double share_;
  load::Random random_;
};

class Loop final : public Pattern {
 public:
  explicit Loop(std::uint32_t objects) : objects_(objects) {}

  Pick pick() override {
    const std::uint32_t object = next_;
    next_ = (next_ + 1) % objects_;
    return {object};
  }

 private:
  std::uint32_t objects_;
  std::uint32_t next_ = 0;
};

class Mixed final : public Pattern {
 public:
  Mixed(std::uint32_t capacity, std::uint32_t objects, std::uint64_t seed)
      : popular_(objects, kMixedExponent, 0, seed),
        fresh_(objects),
        popular_turns_(capacity),
        turns_(capacity + std::max(capacity / 2, 1U)) {}

  Pick pick() override {
    const std::uint64_t turn = turn_;
    turn_ = (turn_ + 1) % turns_;
    if (turn < popular_turns_) return popular_.pick();
    return {fresh_++};
  }

 private:
  Popular popular_;
  std::uint32_t fresh_;
  std::uint64_t popular_turns_;
  std::uint64_t turns_;
  std::uint64_t turn_ = 0;
};

// `fallback` where `text` is empty.
std::optional<double> parse_number(std::string_view text, std::optional<double> fallback,
                                   double least, double most) {
  if (text.empty()) return fallback;
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  const bool sound = number >= least && number <= most;  // which nan is not
  if (error != std::errc{} || stopped != end || !sound) return std::nullopt;
  return number;
}

base::Failure bad(std::string_view text) {
  return base::Failure{
      "a generator is zipf:ALPHA (0 to 10), scan, scan:SHARE (0 to 1), loop:F (0.001 to 1000), "
      "mixed or twitter: " +
      std::string(text)};
}

}  // namespace

base::Result<std::unique_ptr<Pattern>> Pattern::parse(std::string_view text, std::uint32_t capacity,
                                                      std::uint32_t objects, std::uint64_t seed) {
  using Made = base::Result<std::unique_ptr<Pattern>>;
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view name = text.substr(0, colon);
  const std::string_view rest = text.substr(std::min(colon + 1, text.size()));
  if (text.ends_with(':')) return bad(text);
  if (name == "zipf") {
    const auto exponent = parse_number(rest, std::nullopt, 0, kMaxExponent);
    if (!exponent) return bad(text);
    return Made(std::make_unique<Popular>(objects, *exponent, 0, seed));
  }
  if (name == "scan") {
    const auto share = parse_number(rest, kUsualScans, 0, 1);
    if (!share) return bad(text);
    return Made(std::make_unique<Scan>(std::max(capacity / 2, 1U), *share, seed));
  }
  if (name == "loop") {
    const auto factor = parse_number(rest, std::nullopt, 0.001, kMaxLoop);
    if (!factor) return bad(text);
    const double length = std::clamp(std::round(*factor * capacity), 1.0, 4294967295.0);
    return Made(std::make_unique<Loop>(static_cast<std::uint32_t>(length)));
  }
  if (text == "mixed") return Made(std::make_unique<Mixed>(capacity, objects, seed));
  if (text == "twitter") {
    return Made(std::make_unique<Popular>(objects, kTwitterExponent, kTwitterSets, seed));
  }
  return bad(text);
}

}  // namespace larder::cli::replay
