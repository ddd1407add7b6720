// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/crew.h"

#include <chrono>

#include "base/clock.h"

namespace larder::cli::load {

Crew::~Crew() {
  set_stage(Stage::kStop);
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Crew::add(const ClientOptions& options, std::unique_ptr<Workload> workload) {
  workloads_.push_back(std::move(workload));
  clients_.push_back(std::make_unique<Client>(shape_, options, *workloads_.back(), stage_));
}

base::Status Crew::connect() {
  for (const auto& client : clients_) {
    if (auto connected = client->connect(); !connected) return connected;
  }
  return base::Done{};
}

void Crew::start() {
  running_ = clients_.size();
  for (const auto& client : clients_) {
    threads_.emplace_back([this, one = client.get()] { ended(one->run()); });
  }
}

void Crew::ended(const base::Status& status) {
  const std::scoped_lock lock(mutex_);
  --running_;
  if (!status) {
    if (!failure_) failure_ = status.failure();
    set_stage(Stage::kStop);
  }
  changed_.notify_all();
}

bool Crew::wait(std::int64_t until_ns) {
  std::unique_lock lock(mutex_);
  const auto left = std::chrono::nanoseconds(until_ns - base::steady_now_ns());
  return changed_.wait_for(lock, left, [this] { return running_ == 0 || failure_.has_value(); });
}

base::Status Crew::join() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  if (failure_) return *failure_;
  return base::Done{};
}

Totals Crew::totals() const {
  Totals totals;
  for (const auto& client : clients_) totals.add(client->tally());
  return totals;
}

Histogram Crew::latencies() const {
  Histogram all;
  for (const auto& client : clients_) all.add(client->latencies());
  return all;
}

std::uint64_t Crew::behind() const {
  std::uint64_t sum = 0;
  for (const auto& client : clients_) sum += client->behind();
  return sum;
}

std::string Crew::first_error() const {
  for (const auto& client : clients_) {
    if (auto error = client->first_error(); !error.empty()) return error;
  }
  return {};
}

}  // namespace larder::cli::load
