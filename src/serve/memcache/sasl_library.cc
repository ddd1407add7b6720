// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/sasl_library.h"

#include <sasl/sasl.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace larder::serve::memcache {
namespace {

// The name of the configuration, and of the service that saslauthd is asked for.
constexpr const char* kName = "memcached";

// As memcached does without -v: what the operator has to know.
int log(void*, int level, const char* message) {
  if (level == SASL_LOG_ERR) std::fprintf(stderr, "SASL (severity %d): %s\n", level, message);
  return SASL_OK;
}

// libsasl takes every callback as a function without arguments.
using Callback = int (*)();
using AnyFunction = void (*)();

const sasl_callback_t* callbacks() {
  static const std::array<sasl_callback_t, 2> kCallbacks = {
      sasl_callback_t{SASL_CB_LOG, reinterpret_cast<Callback>(reinterpret_cast<AnyFunction>(log)),
                      nullptr},
      sasl_callback_t{SASL_CB_LIST_END, nullptr, nullptr}};
  return kCallbacks.data();
}

}  // namespace

// ---- an exchange

class SaslLibrary::Exchange {
 public:
  Exchange() {
    if (sasl_server_new(kName, nullptr, nullptr, nullptr, nullptr, nullptr, 0, &client_) !=
        SASL_OK) {
      client_ = nullptr;
    }
  }
  ~Exchange() { sasl_dispose(&client_); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  Judgement judge(const Step& step) {
    if (client_ == nullptr) return {};
    const char* challenge = nullptr;
    unsigned bytes = 0;
    // No message is another thing than an empty one.
    const char* message = step.message.empty() ? nullptr : step.message.data();
    const auto message_bytes = static_cast<unsigned>(step.message.size());
    const int result = step.is_first
                           ? sasl_server_start(client_, step.mechanism.c_str(), message,
                                               message_bytes, &challenge, &bytes)
                           : sasl_server_step(client_, message, message_bytes, &challenge, &bytes);
    if (result == SASL_OK) return {.verdict = Verdict::kAdmitted, .challenge = {}};
    if (result != SASL_CONTINUE) return {};
    return {.verdict = Verdict::kGoOn, .challenge = std::string(challenge, bytes)};
  }

  std::string mechanisms() {
    const char* list = nullptr;
    unsigned bytes = 0;
    if (client_ == nullptr ||
        sasl_listmech(client_, nullptr, "", " ", "", &list, &bytes, nullptr) != SASL_OK) {
      return {};
    }
    return {list, bytes};
  }

 private:
  sasl_conn_t* client_ = nullptr;
};

// ---- the library

base::Result<std::unique_ptr<SaslLibrary>> SaslLibrary::open() {
  if (const char* path = std::getenv("SASL_CONF_PATH"); path != nullptr) {
    std::string copied = path;
    sasl_set_path(SASL_PATH_TYPE_CONFIG, copied.data());
  }
  if (sasl_server_init(callbacks(), kName) != SASL_OK) {
    return base::Failure{"Error initializing sasl."};
  }
  std::unique_ptr<SaslLibrary> library(new SaslLibrary());
  library->mechanisms_ = Exchange().mechanisms();
  if (library->mechanisms_.empty()) {
    return base::Failure{"SASL has no mechanism: neither its plugins nor memcached.conf name one"};
  }
  return library;
}

SaslLibrary::~SaslLibrary() {
  worker_.finish();
  sasl_server_done();
}

void SaslLibrary::ask(std::shared_ptr<Exchange>& exchange, Step step, Judged judged) {
  asked_.fetch_add(1, std::memory_order_relaxed);
  worker_.post([this, &exchange, step = std::move(step), judged = std::move(judged)] {
    if (exchange == nullptr || step.is_first) exchange = std::make_shared<Exchange>();
    Judgement judgement = exchange->judge(step);
    asked_.fetch_sub(1, std::memory_order_relaxed);
    judged(std::move(judgement));
  });
}

void SaslLibrary::forget(std::shared_ptr<Exchange> exchange) {
  worker_.post([exchange = std::move(exchange)]() mutable { exchange.reset(); });
}

}  // namespace larder::serve::memcache
