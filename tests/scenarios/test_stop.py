# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The end: what was received is answered, then everything is closed, quickly and cleanly."""
import errno
import signal
import socket
import time

import pytest

import larder_process
from larder_process import SLOW

VALUE = bytes(range(256)) * 40
ANSWER = b"VALUE big 7 %d\r\n%s\r\nEND\r\n" % (len(VALUE), VALUE)
# Without a grace. A connection that never lets go is cut at its end: await_exit() sees to that.
PROMPTLY_S = 3 * SLOW


def store(connection):
    assert connection.ask(b"set big 7 0 %d\r\n%s\r\n" % (len(VALUE), VALUE)) == b"STORED\r\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["term", "int"])
@pytest.mark.skipif(larder_process.PEER != "", reason="memcached ends without answering")
def test_received_requests_are_answered(serve, connect, backend, number):
    """All requests fit one segment: when the first is being answered, all have arrived."""
    server = serve(backend)
    connection = connect(server)
    store(connection)
    requests = 500
    connection.send(b"get big\r\n" * requests)
    head = connection.read(5000)
    server.terminate(number)
    assert head + connection.read_to_end() == ANSWER * requests
    assert server.await_exit() < PROMPTLY_S


def test_idle_connections_do_not_delay(serve, connect, backend):
    server = serve(backend)
    idle = [connect(server) for _ in range(200)]
    for connection in idle:
        assert connection.ask(b"mn\r\n") == b"MN\r\n"
    server.terminate()
    assert server.await_exit() < PROMPTLY_S
    assert all(connection.read_to_end() == b"" for connection in idle)


def test_half_a_value_does_not_delay(serve, connect, backend):
    server = serve(backend)
    connection = connect(server)
    connection.send(b"mn\r\nset k 0 0 1000000\r\nonly the beginning")
    assert connection.read_replies(1) == b"MN\r\n"
    server.terminate()
    server.await_exit()
    assert connection.read_to_end() == b""


def test_a_client_that_does_not_read_is_cut(serve, connect, backend):
    server = serve(backend)
    connection = connect(server, receive_bytes=4096)
    store(connection)
    connection.send(b"get big\r\n" * 5000)
    connection.read(100)
    server.terminate()
    server.await_exit()


@pytest.mark.skipif(larder_process.PEER != "", reason="memcached has no grace")
def test_newcomers_are_refused_in_the_grace(serve, connect, backend):
    """Not left in the backlog of a server that will never accept them."""
    server = serve(backend)
    busy = connect(server, receive_bytes=4096)
    store(busy)
    busy.send(b"get big\r\n" * 5000)
    busy.read(100)
    began = time.monotonic()
    server.terminate()
    while not refused(server):
        time.sleep(0.05)    # not more newcomers than a backlog holds
    assert time.monotonic() - began < PROMPTLY_S
    busy.close()
    server.await_exit()


def refused(server):
    with socket.socket() as newcomer:
        return newcomer.connect_ex(server.address) == errno.ECONNREFUSED


def test_port_is_free_again(serve, connect, backend):
    server = serve(backend)
    assert connect(server).ask(b"mn\r\n") == b"MN\r\n"
    server.stop()
    with socket.socket() as probe:
        assert probe.connect_ex(server.address) != 0
    with socket.socket() as taker:
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taker.bind(server.address)
        taker.listen()


def test_stopped_twice_is_stopped_once(serve, connect, backend):
    """A second signal while ending changes nothing about the clean end."""
    server = serve(backend)
    connect(server).send(b"set k 0 0 1000000\r\nonly the beginning")
    server.terminate()
    server.terminate(signal.SIGINT)
    server.await_exit()
