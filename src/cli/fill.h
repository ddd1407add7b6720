// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace larder::cli {

// `larder bench fill …`; argv[0] is the word fill. Sets every key, once or in several rounds, and
// counts how many of them the server holds then. Returns the exit code as bench() does; sets that
// the server refuses are counted and are no failure.
int bench_fill(int argc, char** argv);

}  // namespace larder::cli
