// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/options.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "cli/load/keys.h"
#include "cli/load/value_sizes.h"
#include "cli/replay/csv_trace.h"
#include "cli/replay/generated_trace.h"
#include "cli/replay/oracle_trace.h"
#include "cli/replay/pattern.h"
#include "cli/replay/trace_file.h"

namespace larder::cli::replay {
namespace {

constexpr std::uint64_t kMaxObjects = 0x7FFFFFFF;  // as many numbers are left for scans
constexpr double kMaxSpeed = 1e9;
constexpr double kMaxTraceRate = 1e9;

// What generators have that are not told otherwise. In the paper that load/value_sizes.h names,
// more than a quarter of the clusters have a mean time to live below twenty minutes and less than a
// quarter one above two days. Here 27 % of the objects live for less than twenty minutes and 20 %
// for more than two days; the times are such that are common in the published table.
constexpr std::string_view kTwitterTtls = "60:12,300:15,3600:30,43200:23,259200:20";
constexpr std::uint32_t kUsualKeyBytes = 24;
constexpr std::string_view kUsualValueBytes = "300";

struct Bound {
  const char* name;
  std::uint64_t value;
  std::uint64_t least;
  std::uint64_t most;
};

base::Status check_bounds(const Options& options) {
  const Bound bounds[] = {
      {"--port", options.port, 1, 65'535},
      {"--capacity", options.capacity, 1, kMaxObjects},
      {"--objects", options.objects, 1, kMaxObjects},
      {"--depth", options.depth, 1, limits::kMaxReplayDepth},
      {"--largest", options.largest, 0, limits::kMaxValueBytes},
  };
  for (const Bound& bound : bounds) {
    if (bound.value < bound.least || bound.value > bound.most) {
      return base::Failure{std::string(bound.name) + " is " + std::to_string(bound.least) + " to " +
                           std::to_string(bound.most)};
    }
  }
  return base::Done{};
}

// False for what is no number, too.
bool is_within(double value, double least, double most) { return value >= least && value <= most; }

base::Status check(const Options& options) {
  const int traces = static_cast<int>(!options.oracle_path.empty()) +
                     static_cast<int>(!options.csv_path.empty()) +
                     static_cast<int>(!options.generator.empty());
  if (traces != 1) return base::Failure{"one of --oracle, --csv and --generate is needed"};
  if (auto bounded = check_bounds(options); !bounded) return bounded;
  if (options.on_miss != "set" && options.on_miss != "nothing") {
    return base::Failure{"--on-miss is set or nothing: " + options.on_miss};
  }
  if (!is_within(options.speed, 0, kMaxSpeed)) {
    return base::Failure{"--speed is at least 0 and at most a thousand million"};
  }
  if (!is_within(options.trace_rate, 1, kMaxTraceRate)) {
    return base::Failure{"--trace-rate is 1 to a thousand million a second"};
  }
  if (auto ttls = load::ValueSizes::parse(options.ttl); !ttls) {
    return base::Failure{"--ttl is as --value-bytes, in seconds: " + options.ttl};
  }
  if (auto columns = CsvColumns::parse(options.columns); !columns) return columns.failure();
  return base::Done{};
}

base::Result<std::unique_ptr<Trace>> generate(const Options& options) {
  auto pattern = Pattern::parse(options.generator, static_cast<std::uint32_t>(options.capacity),
                                static_cast<std::uint32_t>(options.objects), options.seed);
  if (!pattern) return pattern.failure();
  auto keys = load::Keys::make(0xFFFFFFFF, options.key_bytes);
  if (!keys) return keys.failure();
  auto sizes = load::ValueSizes::parse(options.value_bytes);
  if (!sizes) return sizes.failure();
  return std::unique_ptr<Trace>(std::make_unique<GeneratedTrace>(
      *std::move(pattern), *std::move(keys), *std::move(sizes), options.trace_rate));
}

}  // namespace

base::Status complete(Options& options) {
  const bool generated = !options.generator.empty();
  const bool twitter = options.generator == "twitter";
  if (options.objects == 0) options.objects = std::min(10 * options.capacity, kMaxObjects);
  if (options.key_bytes == 0) options.key_bytes = twitter ? load::kTwitterKeyBytes : kUsualKeyBytes;
  if (options.value_bytes.empty()) options.value_bytes = twitter ? "twitter" : kUsualValueBytes;
  if (options.ttl.empty()) options.ttl = twitter ? kTwitterTtls : "0";
  if (options.requests == 0 && generated) options.requests = kUsualRequests;
  if (auto good = check(options); !good) return good;
  if (!generated) return base::Done{};
  if (auto made = generate(options); !made) return made.failure();
  return base::Done{};
}

base::Result<std::unique_ptr<Trace>> open_trace(const Options& options) {
  if (!options.generator.empty()) return generate(options);
  auto file = TraceFile::open(options.csv_path.empty() ? options.oracle_path : options.csv_path);
  if (!file) return file.failure();
  if (options.csv_path.empty()) {
    return std::unique_ptr<Trace>(std::make_unique<OracleTrace>(*std::move(file)));
  }
  auto columns = CsvColumns::parse(options.columns);
  if (!columns) return columns.failure();
  return std::unique_ptr<Trace>(std::make_unique<CsvTrace>(*std::move(file), *std::move(columns)));
}

}  // namespace larder::cli::replay
