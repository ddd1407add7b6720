# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# ctest: serial timeout_s=600
"""What an operator does, or suffers, while a crowd is served: 4 loops, 64 MiB."""
import os
import pathlib
import socket
import statistics
import tempfile
import threading
import time

import pytest

import http_client
from edge_process import Edge, site
from http_client import Client
from larder_process import DEADLINE_S
from scripted_origin import Origin, reply

RELOADS = 100
WORKERS = 8
KEEP_ALIVE = 32
LOOPS = 4
REQUESTS = 20_000     # lines for more than the rings of four loops and a pipe hold
LINE = "x" * 600      # in each


@pytest.fixture
def origin():
    with Origin() as started:
        yield started


class Load:
    """Clients that ask as fast as they are answered, each on one connection."""

    def __init__(self, port, path, each=None):
        self.x_ended = threading.Event()
        self.x_each = each
        self.took = []      # seconds, of each request
        self.faults = []
        self.x_threads = [threading.Thread(target=self.run, args=(port, path), daemon=True)
                          for _ in range(WORKERS)]

    def run(self, port, path):
        took = []
        try:
            with Client(port) as client:
                while not self.x_ended.is_set() and len(took) != self.x_each:
                    began = time.monotonic()
                    assert client.get(path).status == 200
                    took.append(time.monotonic() - began)
        except (AssertionError, OSError) as fault:
            self.faults.append(fault)
        self.took += took

    def __enter__(self):
        for thread in self.x_threads:
            thread.start()
        return self

    def __exit__(self, *error):
        if self.x_each is None:
            self.x_ended.set()
        for thread in self.x_threads:
            thread.join()


# ---- reloads

class Refusing:
    """A server that closes whatever comes, and counts it."""

    def __init__(self):
        self.x_listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.x_listener.getsockname()[1]
        self.tries = 0

    def accept(self):
        while True:
            try:
                connection, _ = self.x_listener.accept()
            except OSError:
                return
            self.tries += 1
            connection.close()

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.x_listener.shutdown(socket.SHUT_RDWR)
        self.x_listener.close()


def site_of(refusing, alive, number):
    """Which of the configurations it is, is answered under /number."""
    servers = [{"address": f"127.0.0.1:{port}", "maxFails": 1, "failTimeoutSec": 3600}
               for port in (refusing, alive)]
    return {"name": "default",
            "functions": {"network": {"origin": {"servers": servers, "keepAlive": KEEP_ALIVE},
                                      "cache": {"enabled": False}}},
            "rules": [{"when": {"path": "/number"}, "functions": {"network": {"http": {
                "answer": {"status": 200, "text": str(number)}}}}}]}


def wait_for_number(edge, number):
    deadline = time.monotonic() + DEADLINE_S
    while http_client.get(edge.port, "/number").body != str(number).encode():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def echo(exchange):
    exchange.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                  "Upgrade: websocket\r\n\r\n")
    while data := exchange.socket.recv(65536):
        exchange.send(data)
    exchange.close()


def open_websocket(edge):
    websocket = Client(edge.port)
    websocket.request("GET", "/echo", ("Connection", "Upgrade"), ("Upgrade", "websocket"))
    assert websocket.response().status == 101
    return websocket


def test_a_hundred_reloads_keep_health_pools_and_websockets(backend, origin):
    origin.on("/", reply("here"))
    origin.on("/echo", echo)
    with Refusing() as refusing, \
            Edge(backend, site_of(refusing.port, origin.port, 0), threads=LOOPS) as edge:
        for _ in range(4 * LOOPS):
            assert http_client.get(edge.port, "/").body == b"here"
        tries = refusing.tries
        assert tries >= 1     # and it is out from now on
        websocket = open_websocket(edge)
        with Load(edge.port, "/") as load:
            origin.wait_for(lambda origin: origin.asked("/") > 100)
            connections = origin.connections
            for number in range(1, RELOADS + 1):
                edge.reload(site_of(refusing.port, origin.port, number))
                wait_for_number(edge, number)
                text = b"%d." % number
                websocket.send(text)
                assert websocket.exactly(len(text)) == text
        websocket.close()
        assert not load.faults
        assert len(load.took) > RELOADS
        assert refusing.tries == tries
        # Connections are kept by each loop, as many as its clients have needed at a time.
        assert origin.connections - connections <= 2 * WORKERS


# ---- logs that nobody takes

def logged_edge(backend, origin, log):
    # A full device cannot be renamed, and nobody has to read what is written to a pipe.
    env = {"log": {"access": [{"name": "main", "path": str(log), "format": "custom",
                               "template": "$request $status " + LINE}]}}
    functions = {"operations": {"log": {"access": "main"}}}
    return Edge(backend, site(origin.port, functions=functions), threads=LOOPS, env=env)


def asked_with(backend, origin, log):
    """How long each request took, in seconds."""
    origin.on("/", reply("here", ("Cache-Control", "max-age=3600")))
    with logged_edge(backend, origin, log) as edge:
        assert http_client.get(edge.port, "/").status == 200
        with Load(edge.port, "/", REQUESTS // WORKERS) as load:
            pass
        assert not load.faults
        assert len(load.took) == REQUESTS
    return load.took


def assert_nobody_was_delayed(took, otherwise):
    assert statistics.median(took) < 3 * statistics.median(otherwise)
    assert max(took) < DEADLINE_S / 3


@pytest.fixture
def otherwise(backend, origin):
    """With a log that takes everything: in memory where that is possible, for a disk may stall
    until the rings are full."""
    shared = pathlib.Path("/dev/shm")
    folder = shared if os.access(shared, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="larder-log-", dir=folder) as made:
        log = pathlib.Path(made) / "access.log"
        took = asked_with(backend, origin, log)
        assert len(log.read_text().splitlines()) == REQUESTS + 1
    return took


def test_a_full_disk_delays_no_request(backend, origin, otherwise):
    assert_nobody_was_delayed(asked_with(backend, origin, "/dev/full"), otherwise)


def test_a_log_that_nobody_reads_delays_no_request(backend, origin, otherwise, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert_nobody_was_delayed(asked_with(backend, origin, pipe), otherwise)
        assert pathlib.Path(pipe).is_fifo()
    finally:
        os.close(reader)
