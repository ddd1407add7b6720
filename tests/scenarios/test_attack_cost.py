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


@pytest.fixture
def folder():
    """Short enough for a socket's path."""
    with tempfile.TemporaryDirectory(prefix="larder-") as name:
        yield pathlib.Path(name)


def cpu_s(server):
    """Processor time that the server has used."""
    text = pathlib.Path(f"/proc/{server.pid}/stat").read_text()
    user, system = text.rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@larder_only
def test_a_long_line_is_searched_once(serve, connect, backend, folder):
    """A get line that grows by a byte per packet is not read from its start for each of them."""
    server = serve(backend, unix=folder / "s")
    connection = connect(server)
    connection.send_seen(LONG_LINE, [])
    before = cpu_s(server)
    connection.send_seen(b"k " * (PACKETS // 2), range(1, PACKETS))
    used_s = cpu_s(server) - before
    assert connection.ask(b"\r\n") == b"END\r\n"
    # Searched again each time it is 0.3 s.
    assert used_s < 0.12 * SLOW, f"{used_s:.2f} s for {PACKETS} bytes"


def store(connection, size):
    connection.send(b"set k 0 0 %d\r\n%s\r\n" % (size, b"v" * size))
    assert connection.read_line() == b"STORED\r\n"


@larder_only
def test_appends_let_others_in(serve, connect, backend):
    """A few bytes may ask for megabytes to be copied, again and again: not in one go."""
    server = serve(backend, "-I", "8m", threads=1)
    greedy, other = connect(server), connect(server)
    store(greedy, 4_000_000)
    assert other.ask(b"mn\r\n") == b"MN\r\n"
    greedy.send(b"append k 0 0 1 noreply\r\nx\r\n" * 500 + b"mn\r\n")
    time.sleep(0.02)
    assert other.ask(b"mn\r\n") == b"MN\r\n"
    assert greedy.silence(0.001) == b"", "the other was served behind 500 appends"
    assert greedy.read_replies(1) == b"MN\r\n"
    greedy.send(b"mg k s\r\n")
    assert greedy.read_line() == b"HD s4000500\r\n"


@larder_only
def test_many_keys_let_others_in(serve, connect, backend, folder):
    server = serve(backend, threads=1, unix=folder / "s")
    greedy, other = connect(server), connect(server)
    assert greedy.ask(b"set k 0 0 1\r\nv\r\n") == b"STORED\r\n"
    line = b"get k" + b" m" * 4_000_000 + b" k"
    greedy.send_seen(line, [])
    greedy.send(b"\r\n")
    time.sleep(0.02)
    assert other.ask(b"mn\r\n") == b"MN\r\n"
    early = greedy.silence(0.001)
    assert b"END" not in early, "the other was served behind four million keys"
    assert early + greedy.read_through(b"END\r\n") == b"VALUE k 0 1\r\nv\r\n" * 2 + b"END\r\n"


@larder_only
def test_a_busy_session_does_not_delay_the_end(serve, connect, backend):
    """Half a minute of work was received before SIGTERM; the grace holds for it, too."""
    server = serve(backend, "-I", "256m", memory_mb=1024)
    connection = connect(server)
    store(connection, 200_000_000)
    connection.send(b"append k 0 0 1 noreply\r\nx\r\n" * 500)
    server.stop()
