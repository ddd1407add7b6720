# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""flush_prefix, which memcached has not: replies, order, and what is left of it."""
import time

import pytest

import larder_process
from larder_process import DEADLINE_S

pytestmark = pytest.mark.skipif(larder_process.PEER != "", reason="memcached has no flush_prefix")

LONG = b"p" * 250


def numbers(connection):
    """Of `stats`: how often a prefix was flushed, how many are not done, and items."""
    connection.send(b"stats\r\n")
    told = {}
    while (line := connection.read_line()) != b"END\r\n":
        _, name, value = line.split(b" ", 2)
        told[name] = value.strip()
    return tuple(int(told[name])
                 for name in (b"cmd_flush_prefix", b"flushed_prefixes", b"curr_items"))


@pytest.mark.parametrize("request_line, reply", [
    (b"flush_prefix a", b"OK"),
    (b"flush_prefix a:", b"OK"),
    (b"flush_prefix a:b", b"OK"),
    (b"flush_prefix :", b"OK"),
    (b"flush_prefix a 0", b"OK"),
    (b"flush_prefix a 100 more", b"OK"),
    (b"flush_prefix noreply", b"OK"),
    (b"flush_prefix " + LONG, b"OK"),
    (b"flush_prefix " + LONG + b"p", b"CLIENT_ERROR too long prefix name"),
    (b"flush_prefix " + LONG + b"p x", b"CLIENT_ERROR too long prefix name"),
    (b"flush_prefix", b"CLIENT_ERROR bad command line format"),
    (b"flush_prefix ", b"CLIENT_ERROR bad command line format"),
    (b"flush_prefix a -1", b"CLIENT_ERROR bad command line format"),
    (b"flush_prefix a x", b"CLIENT_ERROR bad command line format"),
    (b"flush_prefix a 99999999999", b"CLIENT_ERROR bad command line format"),
    (b"flush_prefixes a", b"ERROR"),
])
def test_replies(server, connect, request_line, reply):
    assert connect(server).ask(request_line + b"\r\n") == reply + b"\r\n"


def test_noreply_hides_every_reply(server, connect):
    connection = connect(server)
    connection.send(b"set a:1 0 0 1\r\nx\r\n"
                    b"flush_prefix a noreply\r\nflush_prefix a 0 noreply\r\n"
                    b"flush_prefix a x noreply\r\nflush_prefix " + LONG + b"p noreply\r\n"
                    b"get a:1\r\n")
    assert connection.read_replies(2) == b"STORED\r\nEND\r\n"


def test_commands_of_one_packet_are_in_order(server, connect):
    connection = connect(server)
    connection.send(b"set a:x 0 0 1\r\n1\r\nset a:b:c 0 0 1\r\n2\r\nset a 0 0 1\r\n3\r\n"
                    b"set ab:x 0 0 1\r\n4\r\n"
                    b"flush_prefix a\r\n"
                    b"get a:x a:b:c a ab:x\r\n"
                    b"set a:x 0 0 1\r\n5\r\n"
                    b"get a:x\r\n"
                    b"flush_prefix a:b\r\n"
                    b"get a:x\r\n")
    assert connection.read_replies(14) == (
        b"STORED\r\n" * 4 + b"OK\r\n"
        b"VALUE a 0 1\r\n3\r\nVALUE ab:x 0 1\r\n4\r\nEND\r\n"
        b"STORED\r\nVALUE a:x 0 1\r\n5\r\nEND\r\nOK\r\n"
        b"VALUE a:x 0 1\r\n5\r\nEND\r\n")


def test_meta_commands_see_it(server, connect):
    connection = connect(server)
    connection.send(b"ms a:x 1\r\n1\r\nms YTp5 1 b\r\n2\r\nms a:n 1\r\n7\r\n"   # a:y
                    b"flush_prefix a:\r\n"
                    b"mg a:x v\r\nmg YTp5 b v\r\nmd a:x\r\nma a:n v\r\nme a:x\r\n"
                    b"ms a:x 1 MA\r\n1\r\nms a:x 1 ME\r\n1\r\nmg a:x v\r\n"
                    b"flush_prefix a\r\nmg a:x N0 v\r\nmn\r\n")
    assert connection.read_replies(15) == (
        b"HD\r\nHD\r\nHD\r\nOK\r\n"
        b"EN\r\nEN\r\nNF\r\nNF\r\nEN\r\n"
        b"NS\r\nHD\r\nVA 1\r\n1\r\n"
        b"OK\r\nVA 0 W\r\n\r\nMN\r\n")


def test_a_delay_hides_what_is_there_when_it_is_over(server, connect):
    connection = connect(server)
    assert connection.ask(b"set a:x 0 0 1\r\n1\r\n") == b"STORED\r\n"
    assert connection.ask(b"flush_prefix a 3\r\n") == b"OK\r\n"
    assert connection.ask(b"ms a:y 1\r\n1\r\n") == b"HD\r\n"
    assert numbers(connection) == (1, 1, 2)
    deadline = time.monotonic() + DEADLINE_S
    while connection.ask(b"mg a:y\r\n") == b"HD\r\n":
        assert time.monotonic() < deadline
    assert connection.ask(b"mg a:x\r\n") == b"EN\r\n"
    assert connection.ask(b"ms a:y 1\r\n2\r\n") == b"HD\r\n"
    assert connection.ask(b"mg a:y\r\n") == b"HD\r\n"


def test_nothing_is_left_of_it(server, connect):
    """Items nobody asks for go, and then what was known of the prefixes does."""
    connection = connect(server)
    connection.send(b"".join(b"ms of%d:%d 20 q\r\n%s\r\n" % (i % 4, i, b"v" * 20)
                             for i in range(20_000)))
    connection.send(b"flush_prefix of0\r\nflush_prefix of1\r\nflush_prefix of2\r\n")
    assert connection.read_replies(3) == b"OK\r\n" * 3
    deadline = time.monotonic() + DEADLINE_S
    while numbers(connection)[1] != 0:
        assert time.monotonic() < deadline
    assert numbers(connection) == (3, 0, 5000)
    assert connection.ask(b"mg of3:3\r\n") == b"HD\r\n"


def test_the_delimiter_is_the_operators(serve, connect, backend):
    connection = connect(serve(backend, "-D", "/"))
    connection.send(b"ms a/x 1\r\n1\r\nms a:x 1\r\n1\r\nflush_prefix a/\r\nmg a/x\r\nmg a:x\r\n"
                    b"flush_prefix a:\r\nmg a:x\r\n")
    assert connection.read_replies(7) == b"HD\r\nHD\r\nOK\r\nEN\r\nHD\r\nOK\r\nHD\r\n"


def test_it_outlives_a_kill(serve, connect, backend, tmp_path):
    path = tmp_path / "items"
    server = serve(backend, "-e", path)
    connection = connect(server)
    connection.send(b"ms a:x 1\r\n1\r\nms b:x 1\r\n1\r\nflush_prefix a\r\nms a:y 1\r\n1\r\n"
                    b"flush_prefix b 1\r\n")
    assert connection.read_replies(5) == b"HD\r\nHD\r\nOK\r\nHD\r\nOK\r\n"
    server.kill()
    connection = connect(serve(backend, "-e", path))
    assert connection.ask(b"mg a:x\r\n") == b"EN\r\n"
    assert connection.ask(b"mg a:y\r\n") == b"HD\r\n"
    deadline = time.monotonic() + DEADLINE_S
    while connection.ask(b"mg b:x\r\n") == b"HD\r\n":
        assert time.monotonic() < deadline
