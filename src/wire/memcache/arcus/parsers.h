// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/memcache/arcus/command.h"
#include "wire/memcache/words.h"

// One parser for each shape of a line, a chapter per file. `words` stands behind the name; the
// table of commands has counted them.
namespace larder::wire::memcache::arcus {

using Parse = void (*)(Words words, const CommandLimits& limits, Command& command) noexcept;

// ---- key_value.cc
void parse_keys(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_touching_keys(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_mget(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_store(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_cas(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_arithmetic(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_delete(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_touch(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_attributes(Words words, const CommandLimits& limits, Command& command) noexcept;

// ---- list.cc
void parse_lop_create(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_lop_insert(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_lop_delete(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_lop_get(Words words, const CommandLimits& limits, Command& command) noexcept;

// ---- set.cc
void parse_sop_create(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_sop_insert(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_sop_delete(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_sop_exist(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_sop_get(Words words, const CommandLimits& limits, Command& command) noexcept;

// ---- map.cc
void parse_mop_create(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_mop_insert(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_mop_update(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_mop_delete(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_mop_get(Words words, const CommandLimits& limits, Command& command) noexcept;

// ---- btree.cc
void parse_bop_create(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_bop_insert(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_bop_update(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_bop_delete(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_bop_arithmetic(Words words, const CommandLimits& limits, Command& command) noexcept;

// ---- btree_query.cc
void parse_bop_get(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_bop_count(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_bop_position(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_bop_gbp(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_bop_pwg(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_bop_mget(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_bop_smget(Words words, const CommandLimits& limits, Command& command) noexcept;

// ---- operation.cc
void parse_operation(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_flush_all(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_flush_prefix(Words words, const CommandLimits& limits, Command& command) noexcept;
void parse_scrub(Words words, const CommandLimits& limits, Command& command) noexcept;

}  // namespace larder::wire::memcache::arcus
