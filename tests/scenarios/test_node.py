# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The npm package memcached: what express-session and connect-memcached store through."""
import pathlib

from program import run

SCRIPT = pathlib.Path(__file__).parent / "node" / "client.js"


def test_node_memcached(server, node):
    host, port = server.address
    said = run(node, "--no-deprecation", SCRIPT, f"{host}:{port}")
    assert said.splitlines()[-1] == "ok flush"
