// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <map>
#include <memory>
#include <string>

#include "serve/edge/config.h"

namespace larder::serve::edge {
namespace {

using BoundUpstreams = std::map<std::string, std::shared_ptr<origin::Upstream>>;

base::Status bind_policy(Policy& policy, const BoundUpstreams& all) {
  if (policy.origin.name.empty()) return base::Done{};
  const auto found = all.find(policy.origin.name);
  if (found == all.end()) return base::Failure{"there is no upstream " + policy.origin.name};
  policy.origin.upstream = found->second;
  return base::Done{};
}

}  // namespace

base::Status bind_upstreams(Config& config, origin::Upstreams& upstreams) {
  BoundUpstreams all;
  for (const origin::UpstreamOptions& options : config.upstreams) {
    auto got = upstreams.get(options);
    if (!got) return got.failure();
    all.emplace(options.name, *std::move(got));
  }
  for (Site& site : config.sites) {
    if (auto bound = bind_policy(site.policy, all); !bound) return bound;
    for (Rule& rule : site.rules) {
      if (auto bound = bind_policy(rule.policy, all); !bound) return bound;
    }
  }
  return base::Done{};
}

}  // namespace larder::serve::edge
