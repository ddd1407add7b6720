# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Requests that are cheap to send must not be dear to answer."""
import pathlib
import tempfile

import pytest

import larder_process

larder_only = pytest.mark.skipif(larder_process.PEER != "", reason="memcached is not so careful")

SHORT_LINE = b"get " + b"k " * 100
LONG_LINE = b"get " + b"k " * 2_000_000
PACKETS = 1500
APPENDS = 500


@pytest.fixture
def folder():
    """Short enough for a socket's path."""
    with tempfile.TemporaryDirectory(prefix="larder-") as name:
        yield pathlib.Path(name)


@larder_only
def test_a_long_line_is_searched_once(serve, connect, backend, folder):
    """A get line that grows by a byte per packet is not read from its start for each of them."""
    server = serve(backend, unix=folder / "s")
    connection = connect(server)

    def used_behind(line):
        connection.send_seen(line, [])
        before = server.cpu_s()
        connection.send_seen(b"k " * (PACKETS // 2), range(1, PACKETS))
        used_s = server.cpu_s() - before
        assert connection.ask(b"\r\n") == b"END\r\n"
        return used_s
    short_s, long_s = used_behind(SHORT_LINE), used_behind(LONG_LINE)
    # Searched again each time it is 0.3 s, thirty times as much.
    assert long_s < 10 * short_s, f"{long_s:.3f} s, behind a short line {short_s:.3f} s"


def store(connection, size):
    connection.send(b"set k 0 0 %d\r\n%s\r\n" % (size, b"v" * size))
    assert connection.read_line() == b"STORED\r\n"


@larder_only
def test_appends_let_others_in(serve, connect, backend):
    """A few bytes may ask for megabytes to be copied, again and again: not in one go."""
    server = serve(backend, "-I", "8m", threads=1)
    greedy, other = connect(server), connect(server)
    assert other.ask(b"mn\r\n") == b"MN\r\n"
    store(greedy, 4_000_000)    # served last, it is not behind the other in what is ready
    with server.frozen():
        greedy.send(b"append k 0 0 1 noreply\r\nx\r\n" * APPENDS + b"mn\r\n")
        other.send(b"mg k s\r\n")
    seen = int(other.read_line()[len(b"HD s"):]) - 4_000_000
    assert 0 < seen < APPENDS, f"the other was served behind {seen} of {APPENDS} appends"
    assert greedy.read_replies(1) == b"MN\r\n"
    assert greedy.ask(b"mg k s\r\n") == b"HD s%d\r\n" % (4_000_000 + APPENDS)


@larder_only
def test_many_keys_let_others_in(serve, connect, backend, folder):
    server = serve(backend, threads=1, unix=folder / "s")
    greedy, other = connect(server), connect(server)
    assert other.ask(b"set k 0 0 1\r\nv\r\n") == b"STORED\r\n"
    line = b"get k" + b" m" * 4_000_000 + b" k"
    greedy.send_seen(line, [])
    with server.frozen():
        greedy.send(b"\r\n")
        other.send(b"set k 0 0 1\r\nw\r\n")
    assert other.read_line() == b"STORED\r\n"
    # The first key was looked up before the other was served, the last one after that.
    assert greedy.read_through(b"END\r\n") == (
        b"VALUE k 0 1\r\nv\r\nVALUE k 0 1\r\nw\r\nEND\r\n")


@larder_only
def test_a_busy_session_does_not_delay_the_end(serve, connect, backend):
    """Half a minute of work was received before SIGTERM; the grace holds for it, too."""
    server = serve(backend, "-I", "256m", memory_mb=1024)
    connection = connect(server)
    store(connection, 200_000_000)
    connection.send(b"append k 0 0 1 noreply\r\nx\r\n" * 500)
    server.stop()
