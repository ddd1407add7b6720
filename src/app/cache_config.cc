// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/cache_config.h"

namespace larder::app {

base::Status check(const CacheConfig& config) {
  if (config.item_bytes > config.memory_bytes / 2) {
    return base::Failure{"Cannot set item size limit higher than 1/2 of memory max."};
  }
  if (config.sasl && config.sessions.protocol != serve::memcache::Protocol::kBinary) {
    return base::Failure{"You cannot allow the ASCII protocol while using SASL."};
  }
  if (!config.auth_file.empty() && config.sessions.protocol != serve::memcache::Protocol::kAscii) {
    return base::Failure{
        "You cannot allow the BINARY protocol while using ascii authentication tokens."};
  }
  // A datagram has no session in which somebody could have said who it is from.
  if (config.sasl && config.udp_port != 0) {
    return base::Failure{"Cannot enable UDP while using binary SASL authentication."};
  }
  if (!config.auth_file.empty() && config.udp_port != 0) {
    return base::Failure{"Cannot use UDP with ascii authentication enabled (-U 0 to disable)"};
  }
  return check(config.tls);
}

}  // namespace larder::app
