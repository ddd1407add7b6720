// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/load/alias_table.h"
#include "cli/load/keys.h"
#include "cli/load/random.h"
#include "cli/load/zipf.h"

namespace larder::cli::load {

// What one client thread asks for, request by request.
class Workload {
 public:
  enum class Draw : std::uint8_t { kGet, kSet, kNothing };

  virtual ~Workload() = default;
  // Writes the keys of the next request to `keys`: of a get all, of a set the first. kNothing: the
  // work is done.
  virtual Draw draw(std::span<std::uint32_t> keys) = 0;
  // For the value of the next set; no two in a run are equal, but by chance.
  virtual std::uint64_t draw_version() = 0;
};

// Sets the keys from `begin` to before `end`, each once.
class Fill final : public Workload {
 public:
  // With an `order`, which must outlive this, the keys are those that it has at these places.
  Fill(std::uint32_t begin, std::uint32_t end, std::uint64_t seed,
       std::span<const std::uint32_t> order = {})
      : next_(begin), end_(end), order_(order), random_(seed) {}

  Draw draw(std::span<std::uint32_t> keys) override;
  std::uint64_t draw_version() override { return random_.next(); }

 private:
  std::uint32_t next_;
  std::uint32_t end_;
  std::span<const std::uint32_t> order_;
  Random random_;
};

// Gets the keys from `begin` to before `end`, each once.
class Look final : public Workload {
 public:
  Look(std::uint32_t begin, std::uint32_t end) : next_(begin), end_(end) {}

  Draw draw(std::span<std::uint32_t> keys) override;
  std::uint64_t draw_version() override { return 0; }

 private:
  std::uint32_t next_;
  std::uint32_t end_;
};

// The numbers below `count`, each once, in an order drawn by `seed`.
std::vector<std::uint32_t> shuffled(std::uint32_t count, std::uint64_t seed);

// How often each key is asked for.
struct Popularity {
  // uniform, zipf (which is zipf:0.99), zipf:EXPONENT, once
  static base::Result<Popularity> parse(std::string_view text);

  double zipf_exponent = 0;  // 0: uniform
  bool once = false;         // each is asked for once, in their order
};

// Gets and sets by chance, without end.
class Mix final : public Workload {
 public:
  // `sets`: their share of the requests, 0 to 1.
  Mix(const Keys& keys, Popularity popularity, double sets, std::uint64_t seed);

  Draw draw(std::span<std::uint32_t> keys) override;
  std::uint64_t draw_version() override { return random_.next(); }

 private:
  std::uint32_t draw_key();

  const Keys& keys_;
  std::optional<AliasTable> table_;
  std::optional<Zipf> zipf_;
  double sets_;
  Random random_;
};

}  // namespace larder::cli::load
