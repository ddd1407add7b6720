// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "origin/upstream.h"
#include "serve/edge/policy.h"
#include "serve/edge/shape.h"

namespace larder::serve::edge {

// `functions` while they are read: a policy, and the upstream that it has for itself.
struct Functions {
  Policy policy = {};
  origin::UpstreamOptions upstream = {};
  bool sets_upstream = false;          // keys of `upstream` were given on this level
  std::optional<std::string> names{};  // an upstream of env.upstreams was named on this level
  std::optional<std::string> root{};   // of files, was said on this level
};

// The tables of keys.
const Shape<Functions>& functions_shape();
const Shape<origin::UpstreamOptions>& upstream_shape();  // without its name
const Shape<std::vector<Condition>>& conditions_shape();

// ---- checks of texts: what is wrong with them, or nothing

std::string check_filled(const std::string& text);
std::string check_host_port(const std::string& text);
std::string check_field_name(const std::string& text);
std::string check_template(const std::string& text);  // its $variables

}  // namespace larder::serve::edge
