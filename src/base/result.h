// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace larder::base {

// Something outside of us went wrong: a socket, a disk, a peer, malformed bytes.
struct Failure {
  std::string what;  // a sentence for the operator, naming what was tried
};

// "what: the system's words for error_number"
Failure system_failure(std::string what, int error_number);

//   Result<T> = T or Failure. Answers (miss, exists, full) are enums, bugs are LARDER_CHECKs.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Failure failure) : state_(std::move(failure)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const Failure& failure() const {
    LARDER_CHECK(state_.index() == 1);
    return std::get<1>(state_);
  }

 private:
  T& value() {
    LARDER_CHECK(state_.index() == 0);
    return std::get<0>(state_);
  }
  std::variant<T, Failure> state_;
};

struct Done {};
using Status = Result<Done>;

}  // namespace larder::base
