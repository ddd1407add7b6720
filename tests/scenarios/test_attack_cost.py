# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Requests that are cheap to send must not be dear to answer."""
import os
import pathlib
import tempfile
import time

import pytest

import larder_process
from larder_process import SLOW

larder_only = pytest.mark.skipif(larder_process.PEER != "", reason="memcached is not so careful")

LONG_LINE = b"get " + b"k " * 2_000_000
PACKETS = 1500


def cpu_s(server):
    """Processor time that the server has used."""
    text = pathlib.Path(f"/proc/{server.pid}/stat").read_text()
    user, system = text.rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@larder_only
def test_a_long_line_is_searched_once(serve, connect, backend):
    """A get line that grows by a byte per packet is not read from its start for each of them."""
    with tempfile.TemporaryDirectory(prefix="larder-") as folder:
        server = serve(backend, unix=pathlib.Path(folder) / "s")
        connection = connect(server)
        connection.send_seen(LONG_LINE, [len(LONG_LINE) - 1])
        before = cpu_s(server)
        connection.send_seen(b"k " * (PACKETS // 2), range(1, PACKETS))
        used_s = cpu_s(server) - before
        assert connection.ask(b"\r\n") == b"END\r\n"
        # Searched again each time it is 0.3 s.
        assert used_s < 0.12 * SLOW, f"{used_s:.2f} s for {PACKETS} bytes"
