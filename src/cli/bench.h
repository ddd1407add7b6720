// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace larder::cli {

// `larder bench …`: loads a memcached server and reports; `larder bench replay|fill|floor …`: the
// tools of those files. argv[0] is the word bench. Returns the exit code: 0; 1 where
// anything went wrong on the wire; 64 for wrong arguments.
int bench(int argc, char** argv);

}  // namespace larder::cli
