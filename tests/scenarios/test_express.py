# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""express-session with its two stores: connect-memcached (text) and connect-memjs (binary)."""
import pathlib

import pytest

from program import run

SCRIPT = pathlib.Path(__file__).parent / "node" / "session.js"
DAY_S = 86_400


@pytest.mark.parametrize("store", ["connect-memcached", "connect-memjs"])
def test_express_session(cache, connect, node, store):
    host, port = cache.address
    said = run(node, "--no-deprecation", SCRIPT, store, f"{host}:{port}").split()
    assert said[:-1] == ["counts", "separate", "parallel", "large", "renew", "leave"]
    life = connect(cache).ask(f"mg {said[-1]} t\r\n".encode())   # of the last browser's session
    assert DAY_S - 100 < int(life.removeprefix(b"HD t")) <= DAY_S
