// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace larder::cli {

// `larder bench replay …`; argv[0] is the word replay. Replays a trace against a memcached server
// and counts its hits. Returns the exit code as bench() does; sets that the server refuses are
// counted and are no failure.
int bench_replay(int argc, char** argv);

}  // namespace larder::cli
