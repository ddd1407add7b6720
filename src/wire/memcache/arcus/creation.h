// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "wire/memcache/arcus/arguments.h"
#include "wire/memcache/arcus/command.h"

namespace larder::wire::memcache::arcus {

enum class Collection : std::uint8_t { kList, kSet, kMap, kBTree };

// All that is left: nothing, or `create` and how. False: something else.
bool take_creation(Collection type, Arguments& arguments, Command& command) noexcept;

// … create key flags exptime maxcount [overflow action] [unreadable] [noreply]
void parse_create(Collection type, Words words, Command& command) noexcept;

}  // namespace larder::wire::memcache::arcus
