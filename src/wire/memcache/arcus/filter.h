// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/memcache/arcus/arguments.h"
#include "wire/memcache/arcus/command.h"

namespace larder::wire::memcache::arcus {

// The next arguments, where they are a filter: the third says so, by being bytes. False: they are a
// wrong one.
//
//   0    EQ  0x01,0x02                   offset        compare values
//   0  & 0x0f  GE  0x01                  offset bitwise mask compare values
bool take_filter(Arguments& arguments, Command& command) noexcept;

}  // namespace larder::wire::memcache::arcus
