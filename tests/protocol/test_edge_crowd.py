# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""One fetch for a crowd: who waits for whom, and who does not."""
import threading

import pytest

import edges
from scripted_origin import reply

MAX_AGE = ("Cache-Control", "max-age=3600")
CROWD = 50


@pytest.fixture(params=edges.WAYS, ids="-".join)
def pair(request):
    backend, protocol = request.param
    with edges.edge_before_origin(backend, protocol=protocol, threads=4) as both:
        yield both


def ask_all(pair, path, count=CROWD):
    """So many clients that have asked, and wait."""
    clients = [pair.client() for _ in range(count)]
    for client in clients:
        client.request("GET", path)
    return clients


class Gate:
    """A handler that answers when it is opened."""

    def __init__(self, answer):
        self.x_open = threading.Event()
        self.x_answer = answer

    def __call__(self, exchange):
        assert self.x_open.wait(30)
        self.x_answer(exchange)

    def open(self):
        self.x_open.set()


def test_a_crowd_for_a_cacheable_url_is_one_fetch(pair):
    gate = Gate(reply("x" * 100_000, MAX_AGE))
    path = pair.path(gate)
    clients = ask_all(pair, path)
    pair.origin.wait_for(lambda origin: origin.asked(path) == 1)
    gate.open()
    for client in clients:
        assert client.response().body == b"x" * 100_000
        client.close()
    assert pair.asked(path) == 1


def test_a_crowd_for_an_uncacheable_url_is_fetched_in_parallel(pair):
    gate = Gate(reply("x", ("Cache-Control", "no-store")))
    path = pair.path(reply("first", ("Cache-Control", "no-store")), gate)
    pair.get(path)     # it is known from now on
    clients = ask_all(pair, path)
    pair.origin.wait_for(lambda origin: origin.asked(path) == 1 + CROWD)
    gate.open()
    for client in clients:
        assert client.response().body == b"x"
        client.close()


def test_those_who_waited_for_what_is_not_for_them_ask_themselves(pair):
    first = Gate(reply("private", ("Cache-Control", "private")))
    path = pair.path(first, reply("own", ("Cache-Control", "private")))
    clients = ask_all(pair, path)
    pair.origin.wait_for(lambda origin: origin.asked(path) == 1)
    first.open()
    bodies = [client.response().body for client in clients]
    for client in clients:
        client.close()
    assert sorted(set(bodies)) == [b"own", b"private"]
    assert bodies.count(b"private") == 1
    assert pair.asked(path) == CROWD


def test_readers_get_each_byte_before_the_origin_has_ended(pair):
    more = threading.Event()

    def handler(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                      "Content-Length: 10\r\n\r\n01234")
        assert more.wait(30)
        exchange.send("56789")
    path = pair.path(handler)
    clients = ask_all(pair, path, 12)
    for client in clients:
        assert client.head().status == 200
        assert client.exactly(5) == b"01234"
    more.set()
    for client in clients:
        assert client.exactly(5) == b"56789"
        client.close()
    assert pair.asked(path) == 1


def test_a_stalled_reader_delays_nobody(pair):
    body = b"y" * (4 << 20)
    gate = Gate(reply(body, MAX_AGE))
    path = pair.path(gate)
    clients = ask_all(pair, path, 4)
    gate.open()
    for client in clients[1:]:     # the first one reads nothing
        assert client.response().body == body
        client.close()
    assert clients[0].response().body == body
    clients[0].close()
    assert pair.asked(path) == 1


def test_a_purge_during_a_fill_wins(pair):
    more = threading.Event()

    def handler(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                      "Content-Length: 6\r\n\r\nold")
        assert more.wait(30)
        exchange.send("old")
    path = pair.path(handler, reply("new", MAX_AGE))
    with pair.client() as client:
        client.request("GET", path)
        assert client.head().status == 200
        pair.ask("PURGE", path)
        more.set()
        assert client.exactly(6) == b"oldold"
    assert pair.get(path).body == b"new"
    assert pair.get(path).body == b"new"
    assert pair.asked(path) == 2


def test_clients_that_leave_early_leave_no_fill_behind(pair):
    closed = threading.Event()

    def handler(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                      f"Content-Length: {1 << 30}\r\n\r\n")
        try:
            while True:
                exchange.send(b"z" * 65536)
        except OSError:
            closed.set()
            raise
    path = pair.path(handler)
    clients = ask_all(pair, path, 20)
    for client in clients:
        client.head()
        client.close()
    assert closed.wait(30)


def test_variants_are_filled_apart(pair):
    gate = threading.Event()

    def handler(exchange):
        assert gate.wait(30)
        language = exchange.request.header("Accept-Language")
        exchange.reply(200, language, [MAX_AGE, ("Vary", "Accept-Language")])
    path = pair.path(handler)
    clients = []
    for language in ("en", "de", "en", "de"):
        client = pair.client()
        client.request("GET", path, ("Accept-Language", language))
        clients.append((client, language))
    pair.origin.wait_for(lambda origin: origin.asked(path) >= 1)
    gate.set()
    for client, language in clients:
        assert client.response().body == language.encode()
        client.close()
    assert pair.asked(path) <= 3


# ---- ranges (9110 14)

def test_ranges_of_what_is_stored(pair):
    body = bytes(range(256)) * 4096      # a MiB: in parts
    path = pair.path(reply(body, MAX_AGE, ("ETag", '"1"'), ("Content-Type", "a/b")))
    assert pair.get(path).body == body
    part = pair.get(path, ("Range", "bytes=262000-262299"))
    assert (part.status, part.body) == (206, body[262000:262300])
    assert part.header("Content-Range") == f"bytes 262000-262299/{len(body)}"
    assert pair.get(path, ("Range", "bytes=-5")).body == body[-5:]
    assert pair.get(path, ("Range", f"bytes={len(body)}-")).status == 416
    several = pair.get(path, ("Range", "bytes=0-1,10-11"))
    assert several.status == 206
    assert several.header("Content-Type").startswith("multipart/byteranges; boundary=")
    assert several.body.count(b"Content-Range: bytes ") == 2
    assert pair.get(path, ("Range", "bytes=0-1"), ("If-Range", '"2"')).status == 200
    assert pair.get(path, ("Range", "bytes=0-1"), ("If-Range", '"1"')).status == 206
    assert pair.asked(path) == 1


def test_a_range_of_what_is_being_filled(pair):
    body = bytes(range(256)) * 2048      # so little is left of it that it is filled to the end
    gate = Gate(reply(body, MAX_AGE))
    path = pair.path(gate)
    with pair.client() as client:
        client.request("GET", path, ("Range", "bytes=300000-300099"))
        gate.open()
        part = client.response()
    assert (part.status, part.body) == (206, body[300000:300100])
    assert pair.get(path).body == body
    assert pair.asked(path) == 1
