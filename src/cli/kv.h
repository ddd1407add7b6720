// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace larder::cli {

// `larder kv …`: what is done with the items of servers. argv[0] is the word kv. Returns the exit
// code: 0 when all was done, 1 when something could not be.
int kv(int argc, char** argv);

}  // namespace larder::cli
