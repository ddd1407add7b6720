// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "io/worker.h"

namespace larder::serve::memcache {

// Cyrus SASL as the operator has configured it for `memcached`: what mechanisms there are, and who
// knows the passwords. It reads files, and may ask other processes, which may take as long as they
// like: so it has a thread of its own, and nothing of it runs elsewhere.
//
//   loop ── ask(exchange, step) ─► [calls] ─► thread: libsasl ── judged(…) ─ ─► posted to the loop
//
// One of a process, as libsasl has it.
class SaslLibrary {
 public:
  // What is under way with one client. Touched by the library's thread alone.
  class Exchange;

  // What a client has sent.
  struct Step {
    bool is_first;
    std::string mechanism;
    std::string message;
  };
  enum class Verdict : std::uint8_t { kAdmitted, kGoOn, kRefused };
  struct Judgement {
    Verdict verdict = Verdict::kRefused;
    std::string challenge;  // of kGoOn: for the client
  };
  using Judged = std::function<void(Judgement)>;

  // The folder of memcached.conf: SASL_CONF_PATH of the environment, else the system's.
  static base::Result<std::unique_ptr<SaslLibrary>> open();
  ~SaslLibrary();

  const std::string& mechanisms() const { return mechanisms_; }

  // ---- any thread
  // So many wait for it that the next one is better refused.
  bool is_busy() const { return asked_.load(std::memory_order_relaxed) >= limits::kMaxSaslSteps; }
  // A null exchange: begun with this step. It must stay where it is until `judged` is called, on
  // the library's thread.
  void ask(std::shared_ptr<Exchange>& exchange, Step step, Judged judged);
  void forget(std::shared_ptr<Exchange> exchange);

 private:
  SaslLibrary() = default;

  std::string mechanisms_;  // as a client is told them
  std::atomic<std::size_t> asked_ = 0;
  io::Worker worker_;
};

}  // namespace larder::serve::memcache
