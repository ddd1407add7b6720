// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/options.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/limits.h"
#include "cli/load/workload.h"

namespace larder::cli::load {
namespace {

constexpr double kMinSeconds = 0.001;
constexpr double kMaxSeconds = 24 * 60 * 60;
constexpr double kMaxRate = 1e9;

struct Bound {
  const char* name;
  std::uint64_t value;
  std::uint64_t least;
  std::uint64_t most;
};

// False for what is no number, too.
bool is_within(double value, double least, double most) { return value >= least && value <= most; }

base::Status check_bounds(const Options& options) {
  const Bound bounds[] = {
      {"--port", options.port, 1, 65'535},
      {"--connections", options.connections, 1, limits::kMaxLoadConnections},
      {"--threads", options.threads, 1, limits::kMaxLoadThreads},
      {"--depth", options.depth, 1, limits::kMaxLoadDepth},
      {"--multiget", options.multiget, 1, limits::kMaxLoadMultiget},
      {"--keys", options.keys, 1, 0xFFFFFFFF},
      {"--ttl", options.ttl_s, 0, limits::kMaxRelativeExptimeS},
      {"--server-pid", options.server_pid, 0, 0x7FFFFFFF},
  };
  for (const Bound& bound : bounds) {
    if (bound.value < bound.least || bound.value > bound.most) {
      return base::Failure{std::string(bound.name) + " is " + std::to_string(bound.least) + " to " +
                           std::to_string(bound.most)};
    }
  }
  return base::Done{};
}

std::optional<Protocol> protocol_of(std::string_view name) {
  if (name == "text") return Protocol::kText;
  if (name == "meta") return Protocol::kMeta;
  if (name == "http") return Protocol::kHttp;
  return std::nullopt;
}

// `A: b; C: d` is two lines.
std::string lines_of(std::string_view fields) {
  constexpr std::string_view kBetween = "; ";
  std::string lines;
  while (!fields.empty()) {
    const std::size_t end = std::min(fields.find(kBetween), fields.size());
    lines.append(fields.substr(0, end)).append("\r\n");
    fields.remove_prefix(std::min(end + kBetween.size(), fields.size()));
  }
  return lines;
}

base::Status check_once(const Options& options) {
  if (options.distribution != "once" || options.multiget == 1) return base::Done{};
  return base::Failure{"--distribution once has no --multiget"};
}

base::Status check_http(const Options& options) {
  if (options.protocol != "http") return base::Done{};
  if (options.sets_percent != 0 || options.fill) {
    return base::Failure{"--protocol http only gets: --sets 0 --no-fill"};
  }
  if (options.multiget != 1 || options.verify) {
    return base::Failure{"--protocol http has no --multiget and no --verify"};
  }
  return base::Done{};
}

}  // namespace

base::Status check(const Options& options) {
  if (auto bounded = check_bounds(options); !bounded) return bounded;
  if (options.threads > options.connections) {
    return base::Failure{"--threads: each needs a connection of its own"};
  }
  if (!is_within(options.seconds, kMinSeconds, kMaxSeconds)) {
    return base::Failure{"--seconds is at least a thousandth and at most a day"};
  }
  if (!is_within(options.warmup_s, 0, kMaxSeconds)) {
    return base::Failure{"--warmup is at least 0 and at most a day"};
  }
  if (!is_within(options.rate, 0, kMaxRate)) {
    return base::Failure{"--rate is at least 0 and at most a thousand million a second"};
  }
  if (!is_within(options.sets_percent, 0, 100)) return base::Failure{"--sets is 0 to 100"};
  if (auto once = check_once(options); !once) return once;
  if (auto gets = check_http(options); !gets) return gets;
  if (auto popularity = Popularity::parse(options.distribution); !popularity) {
    return popularity.failure();
  }
  if (auto shape = shape_of(options); !shape) return shape.failure();
  return base::Done{};
}

base::Result<Shape> shape_of(const Options& options) {
  const auto protocol = protocol_of(options.protocol);
  if (!protocol) {
    return base::Failure{"--protocol is text, meta or http: " + options.protocol};
  }
  auto sizes = ValueSizes::parse(options.value_bytes);
  if (!sizes) return sizes.failure();
  auto keys = Keys::make(static_cast<std::uint32_t>(options.keys), options.key_bytes);
  if (!keys) return keys.failure();
  Shape shape{*protocol, static_cast<std::uint32_t>(options.multiget), *std::move(keys),
              *std::move(sizes), static_cast<std::uint32_t>(options.ttl_s)};
  if (*protocol == Protocol::kHttp) shape.fields = lines_of(options.fields);
  return shape;
}

}  // namespace larder::cli::load
