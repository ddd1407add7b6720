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
  Result(T value) : state_(std::move(value)) {}            // NOLINT(google-explicit-constructor)
  Result(Failure failure) : state_(std::move(failure)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return *checked(std::get_if<0>(&state_)); }
  const T& operator*() const& { return *checked(std::get_if<0>(&state_)); }
  T&& operator*() && { return std::move(**this); }
  T* operator->() { return checked(std::get_if<0>(&state_)); }
  const T* operator->() const { return checked(std::get_if<0>(&state_)); }
  const Failure& failure() const { return *checked(std::get_if<1>(&state_)); }

 private:
  template <class Held>
  static Held* checked(Held* held) {
    LARDER_CHECK(held != nullptr);
    return held;
  }
  std::variant<T, Failure> state_;
};

struct Done {};
using Status = Result<Done>;

}  // namespace larder::base
