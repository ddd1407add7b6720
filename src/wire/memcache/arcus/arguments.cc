// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/arcus/arguments.h"

#include "base/limits.h"

namespace larder::wire::memcache::arcus {

bool take_key(Arguments& arguments, Command& command) noexcept {
  command.key = arguments.next();
  if (command.key.size() <= limits::kMaxArcusKeyBytes) return true;
  command.fault = Fault::kBadFormat;
  return false;
}

void take_noreply(Arguments& arguments, Command& command) noexcept {
  command.noreply = arguments.take_last("noreply");
}

void take_pipe(Arguments& arguments, Command& command) noexcept {
  command.pipe = arguments.take_last("pipe");
}

void take_noreply_or_pipe(Arguments& arguments, Command& command) noexcept {
  take_noreply(arguments, command);
  if (!command.noreply) take_pipe(arguments, command);
}

void take_drop(Arguments& arguments, Command& command) noexcept {
  if (arguments.take_last("drop")) command.removal = Removal::kDrop;
}

void take_removal(Arguments& arguments, Command& command) noexcept {
  take_drop(arguments, command);
  if (command.removal == Removal::kNone && arguments.take_last("delete")) {
    command.removal = Removal::kDelete;
  }
}

}  // namespace larder::wire::memcache::arcus
