# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""`larder bench` on the client's core."""
import json
import os
import subprocess

from comparison.servers import fail


def bench(options, server, *arguments):
    """→ what it reports."""
    command = [options.larder, "bench", *arguments, "--json", "--port", server.port]
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, {options.client_core}))
    if done.returncode != 0:
        fail(f"failed on {server.name}: {' '.join(map(str, command))}")
    return json.loads(done.stdout)
