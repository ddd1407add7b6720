# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# ctest: serial timeout_s=600
"""Bodies that no memory could hold: 4 loops, 64 MiB."""
import threading

import pytest

import edges
from http_client import Client
from larder_process import DEADLINE_S, SLOW
from scripted_origin import BodyOfBytes

PART = 256 * 1024
GIB = 1 << 30
TEN_GB = 10_000_000_000
UPLOAD = 4 * GIB // SLOW
UPLOAD_MIB = 24     # more than before: buffers of both connections


@pytest.fixture(params=edges.BACKENDS)
def pair(request):
    functions = {"network": {"http": {"maxBodySize": 0}}}
    with edges.edge_before_origin(request.param, functions, threads=4) as both:
        yield both


def get_range(pair, path, first, last):
    response = pair.get(path, ("Range", f"bytes={first}-{last}"))
    assert response.status == 206
    assert response.header("Content-Range") == f"bytes {first}-{last}/{TEN_GB}"
    return response


def test_a_hundred_bytes_of_ten_gigabytes_are_two_parts_at_most(pair):
    origin = BodyOfBytes(TEN_GB)
    path = pair.path(origin)
    for first, parts in ((5_000_000_000, 1), (20_000 * PART - 50, 2), (0, 1),
                         (TEN_GB - 100, 1)):
        before = origin.sent
        response = get_range(pair, path, first, first + 99)
        assert response.body == origin.bytes_of(first, first + 99)
        assert origin.sent - before <= parts * PART
        again = get_range(pair, path, first, first + 99)
        assert again.body == response.body
        assert origin.sent - before <= parts * PART


def test_readers_at_many_places_of_ten_gigabytes(pair):
    """As many parts as they ask for, each once; 64 MiB hold some of them."""
    origin = BodyOfBytes(TEN_GB)
    path = pair.path(origin)
    places = [number * 37 * PART + 1000 for number in range(100)]
    clients = [Client(pair.edge.port) for _ in range(2 * len(places))]
    for number, client in enumerate(clients):
        first = places[number % len(places)]
        client.request("GET", path, ("Range", f"bytes={first}-{first + 999}"))
    for number, client in enumerate(clients):
        first = places[number % len(places)]
        response = client.response()
        assert (response.status, response.body) == (206, origin.bytes_of(first, first + 999))
        client.close()
    # Those who came before anything was known of the body may have asked on their own.
    assert origin.sent <= 3 * len(places) * PART


def test_a_long_way_through_ten_gigabytes(pair):
    """A reader that takes a gigabyte of it, part by part, and leaves."""
    origin = BodyOfBytes(TEN_GB)
    path = pair.path(origin)
    get_range(pair, path, 0, 0)
    before = pair.edge.rss()
    with Client(pair.edge.port) as client:
        client.request("GET", path, ("Range", f"bytes={PART}-"))
        assert client.head().status == 206
        client.skip(GIB // SLOW)
        assert client.exactly(8) == origin.bytes_of(PART + GIB // SLOW, PART + GIB // SLOW + 7)
    assert origin.sent < GIB // SLOW + 64 * PART
    assert pair.edge.rss() < before + (96 << 20)


def test_four_gigabytes_upload_in_constant_memory(pair):
    taken = []
    most = [0]

    def handler(exchange):
        exchange.skip_body(UPLOAD)
        taken.append(UPLOAD)
        exchange.reply(200, "thanks")
    path = f"/upload-{id(taken)}"
    pair.origin.on(path, handler, streams_body=True)
    block = bytes(1 << 20)
    with Client(pair.edge.port, deadline_s=6 * DEADLINE_S) as client:
        client.send(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {UPLOAD}\r\n\r\n")
        client.send(block)
        before = pair.edge.rss()
        watcher = Watcher(pair.edge, most)
        with watcher:
            for _ in range(UPLOAD // len(block) - 1):
                client.send(block)
            assert client.response().body == b"thanks"
    assert taken == [UPLOAD]
    assert most[0] < before + (UPLOAD_MIB << 20)


class Watcher:
    """Looks at the resident memory, and keeps the most."""

    def __init__(self, edge, most):
        self.x_edge = edge
        self.x_most = most
        self.x_ended = threading.Event()
        self.x_thread = threading.Thread(target=self.look, daemon=True)

    def look(self):
        while True:
            self.x_most[0] = max(self.x_most[0], self.x_edge.rss())
            if self.x_ended.wait(0.05):
                return

    def __enter__(self):
        self.x_thread.start()

    def __exit__(self, *error):
        self.x_ended.set()
        self.x_thread.join()
