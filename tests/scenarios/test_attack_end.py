# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""However a connection ends, what was answered arrives whole."""
import pytest

import larder_process

larder_only = pytest.mark.skipif(larder_process.PEER != "", reason="memcached resets")

VALUE = bytes(range(256)) * 40
ANSWER = b"VALUE big 7 %d\r\n%s\r\nEND\r\n" % (len(VALUE), VALUE)
REQUEST = b"get big\r\n"
COUNT = 200
PORTION = 20_000


def slow_reader(server, connect):
    connection = connect(server, receive_bytes=65536)
    assert connection.ask(b"set big 7 0 %d\r\n%s\r\n" % (len(VALUE), VALUE)) == b"STORED\r\n"
    return connection


def read_asking(connection):
    """All until the end, in portions, with another request behind each of them."""
    arrived = bytearray()
    while connection.fill_until(lambda: connection.inbox):
        arrived += connection.take(PORTION)
        try:
            connection.sock.send(REQUEST)
        except OSError:
            pass    # the end is on its way
    assert connection.ended
    return bytes(arrived)


@larder_only
def test_quit_does_not_cut_replies(serve, connect, backend):
    """Requests behind a quit are never read: closing now would reset, and drop what is queued."""
    connection = slow_reader(serve(backend), connect)
    connection.send(REQUEST * COUNT + b"quit\r\n")
    assert read_asking(connection) == ANSWER * COUNT


@larder_only
def test_stop_does_not_cut_replies(serve, connect, backend):
    """A client that goes on asking behind SIGTERM gets whole replies, then the end."""
    server = serve(backend)
    connection = slow_reader(server, connect)
    connection.send(REQUEST * COUNT)
    first = connection.read(1)
    server.terminate()
    arrived = first + read_asking(connection)
    server.await_exit()
    assert len(arrived) >= COUNT * len(ANSWER)
    assert arrived == ANSWER * (len(arrived) // len(ANSWER))
