// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"
#include "cli/load/client.h"

namespace larder::cli::load {

// The clients of one run, a thread each.
//
//   add … ─► connect ─► start ─► (wait, totals) … ─► stop ─► join ─► latencies, behind
class Crew {
 public:
  explicit Crew(const Shape& shape) : shape_(shape) {}
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void add(const ClientOptions& options, std::unique_ptr<Workload> workload);
  base::Status connect();
  void start();

  void set_stage(Stage stage) { stage_.store(stage, std::memory_order_relaxed); }
  // Until `until_ns` of the steady clock; true: sooner, since a client failed or all are done.
  bool wait(std::int64_t until_ns);
  // Waits for all clients; the first failure of any.
  base::Status join();

  Totals totals() const;
  Histogram latencies() const;
  std::uint64_t behind() const;
  std::string first_error() const;

 private:
  void ended(const base::Status& status);

  const Shape& shape_;
  std::atomic<Stage> stage_ = Stage::kWarmUp;
  std::vector<std::unique_ptr<Workload>> workloads_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<std::thread> threads_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t running_ = 0;
  std::optional<base::Failure> failure_;
};

}  // namespace larder::cli::load
