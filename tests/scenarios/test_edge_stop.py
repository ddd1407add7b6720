# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""SIGTERM: what is under way is answered, nothing else is begun, and it does not take for ever."""
import contextlib
import subprocess
import threading
import time

import pytest

from edge_process import Edge, site
from http_client import Client
from larder_process import DEADLINE_S, SLOW
from scripted_origin import Origin, reply

GRACE_S = 5      # until what is left is cut
LOOPS = 2


class Held:
    """An answer that the origin holds back until it is told to go on."""

    def __init__(self, answer):
        self.x_answer = answer
        self.has_come = threading.Event()
        self.may_go = threading.Event()

    def __call__(self, exchange):
        self.has_come.set()
        assert self.may_go.wait(DEADLINE_S)
        self.x_answer(exchange)


@contextlib.contextmanager
def edge_and_origin(backend):
    with Origin() as origin:
        edge = Edge(backend, site(origin.port), threads=LOOPS)
        with edge:
            yield edge, origin


@contextlib.contextmanager
def curl(port, path, *words):
    """One that has asked, by HTTP/1.1 or what the words say."""
    process = subprocess.Popen(
        ["curl", "--silent", "--show-error", "--max-time", str(DEADLINE_S), *words,
         "--write-out", "%{http_code} %{http_version}", f"http://127.0.0.1:{port}{path}"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("words, version", [((), "1.1"), (("--http2-prior-knowledge",), "2")])
@pytest.mark.parametrize("kept", ["max-age=60", "no-store"])
def test_what_is_under_way_is_answered(backend, words, version, kept):
    with edge_and_origin(backend) as (edge, origin):
        held = Held(reply("as a whole", ("Cache-Control", kept)))
        origin.on("/held", held)
        with Client(edge.port) as idle, curl(edge.port, "/held", *words) as client:
            assert held.has_come.wait(DEADLINE_S)
            began = time.monotonic()
            edge.terminate()
            assert idle.is_closed()     # so that all loops are about to stop
            held.may_go.set()
            assert client.communicate(timeout=DEADLINE_S)[0] == f"as a whole200 {version}"
            edge.await_exit()
            assert time.monotonic() - began < GRACE_S - 1


def test_who_waits_is_closed_and_nobody_new_is_heard(backend):
    with edge_and_origin(backend) as (edge, origin):
        held = Held(reply("x"))
        origin.on("/held", held)
        origin.on("/a", reply("a", ("Cache-Control", "max-age=60")))
        with Client(edge.port) as idle, Client(edge.port) as new, Client(edge.port) as busy:
            assert idle.get("/a").status == 200
            busy.request("GET", "/held")
            assert held.has_come.wait(DEADLINE_S)
            edge.terminate()
            assert idle.is_closed()
            assert new.is_closed()
            with pytest.raises(OSError):
                Client(edge.port).get("/a")
            held.may_go.set()
            answer = busy.response()
            assert answer.body == b"x"
            assert answer.header("connection") == "close"
            assert busy.is_closed()
        edge.await_exit()


def test_what_does_not_end_is_cut(backend):
    with edge_and_origin(backend) as (edge, origin):
        def endless(exchange):
            exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            with contextlib.suppress(OSError):
                while not edge.is_collected:
                    exchange.send(b"400\r\n" + b"x" * 0x400 + b"\r\n")
                    time.sleep(0.001)

        origin.on("/endless", endless)
        with Client(edge.port) as reads, Client(edge.port) as stalls:
            for client in (reads, stalls):
                client.request("GET", "/endless")
                assert client.head().status == 200
            began = time.monotonic()
            edge.terminate()
            with contextlib.suppress(OSError):
                while reads.some() and time.monotonic() - began < 2 * GRACE_S:
                    pass
            assert GRACE_S - 1 < time.monotonic() - began < GRACE_S + 4 * SLOW
            edge.await_exit()
