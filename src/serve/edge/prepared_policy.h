// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "serve/edge/access_log.h"
#include "serve/edge/policy.h"
#include "serve/edge/referer_rules.h"

namespace larder::serve::edge {

// What the texts of a policy come to, so that no request parses them. In the order of the policy's
// own lists.
struct PreparedPolicy {
  std::vector<Template> headers;       // values of HeaderRule
  std::vector<Template> limit_keys;    // of RateLimit
  std::vector<Template> replacements;  // of RewriteRule
  RefererRules referer;
  Template origin_host;
  Template memcached_key;
  std::optional<Template> answer;
};

// Sets policy.prepared. A failure names the text that is wrong.
base::Status prepare(Policy& policy);

const PreparedPolicy& prepared(const Policy& policy);  // it must be

}  // namespace larder::serve::edge
