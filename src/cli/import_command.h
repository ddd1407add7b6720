// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace larder::cli {

// `larder import nginx.conf`: prints it as an edge's configuration, and on standard error what
// could not be translated. argv[0] is the word import. Returns the exit code: 0 when nothing that
// matters is lost, 1 when something is.
int import_command(int argc, char** argv);

}  // namespace larder::cli
