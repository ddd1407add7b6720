// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "serve/memcache/node.h"
#include "wire/memcache/fault.h"

namespace larder::serve::memcache::arcus {

// One setting of `config`: what it is, and what makes of a word what it will be.
//
//   config maxconns        ─► read  ─► maxconns 1024
//   config maxconns 2000   ─► write ─► kNone: it is so from now on; else nothing has changed
struct Setting {
  std::string_view name;
  std::uint64_t (*read)(const Node& node);
  wire::memcache::Fault (*write)(Node& node, std::string_view word, cache::UnixMs now);
};

// Null: there is none of that name.
const Setting* find_setting(std::string_view name);

}  // namespace larder::serve::memcache::arcus
