// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "serve/edge/config.h"
#include "serve/edge/shape.h"

namespace larder::serve::edge {

// One of `hosting` while it is read: what depends on other parts of the file comes later.
struct HostingPart {
  Site site = {};
  std::vector<At> functions = {};  // one, or none
  std::vector<At> rules = {};
};

struct RulePart {
  Rule rule = {};
  std::vector<At> functions = {};
};

// The whole file.
struct ConfigParts {
  Config config = {};
  std::vector<At> functions = {};
  std::vector<At> hosting = {};
};

const Shape<ConfigParts>& config_shape();
const Shape<HostingPart>& hosting_shape();
const Shape<RulePart>& rule_shape();

}  // namespace larder::serve::edge
