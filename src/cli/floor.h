// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace larder::cli {

// `larder bench floor …`; argv[0] is the word floor. Serves until SIGTERM or SIGINT. Returns the
// exit code.
int bench_floor(int argc, char** argv);

}  // namespace larder::cli
