// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <system_error>

namespace larder::base {

Failure system_failure(std::string what, int error_number) {
  return Failure{what + ": " + std::generic_category().message(error_number)};
}

}  // namespace larder::base
