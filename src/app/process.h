// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/address.h"

// What a daemon does to its own process before it serves.
namespace larder::app {

// Room for `connections` descriptors beside our own, raised as far as the system lets us.
base::Status raise_descriptor_limit(std::size_t connections, std::size_t loops);

// Core files as large as the system lets them be, or -r was asked for in vain.
base::Status raise_core_limit();

// Keeps what the process has, and what it will have, from being swapped out.
base::Status lock_memory();

// Keeps the allocator from raising its thresholds with the blocks that are freed, by which each
// thread would come to hold megabytes of nothing. Before any thread is started.
void give_freed_memory_back();

// Root must say whom to become (`user`), as memcached wants it; for others it is ignored.
base::Status drop_privileges(const std::string& user);

// Gives back the right to a core file, which the kernel takes from who becomes another user.
void stay_dumpable();

// Goes on in a child without a terminal; the parent exits. Before any thread is started.
base::Status become_daemon();

base::Status write_pid_file(const std::string& path);  // nothing, when it is empty

// Into the file that the environment's MEMCACHED_PORT_FILENAME names, when it does: a line
// `TCP INET: <port>` for each of `streams`, `UDP INET: <port>` for each of `datagrams`. Tests and
// scripts read it to learn a free port.
base::Status write_port_file(const std::vector<io::Address>& streams,
                             const std::vector<io::Address>& datagrams);

// Blocks the signals that are for us, for this thread and those that it will start.
void block_signals();
// Until one of them comes: SIGTERM, SIGINT and SIGUSR1 end us, on SIGHUP files are read again.
int wait_for_signal();
// As if somebody had sent SIGTERM. Any thread.
void ask_to_stop();

}  // namespace larder::app
