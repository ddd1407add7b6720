# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Parts of long bodies: which are fetched, which are stored, which are of one body (RFC 9110 14,
RFC 9111 3.3 and 3.4)."""
import contextlib
import threading
import time

import pytest

import edges
from caching import until
from http_client import BrokenResponse
from larder_process import DEADLINE_S
from scripted_origin import reply

PART = 256 * 1024
MAX_AGE = ("Cache-Control", "max-age=3600")


@pytest.fixture(scope="module", params=edges.WAYS, ids="-".join)
def pair(request):
    backend, protocol = request.param
    with edges.edge_before_origin(backend, protocol=protocol, threads=2) as both:
        yield both


class Ranged:
    """An origin's handler that knows ranges of a body, and remembers which it was asked for."""

    def __init__(self, body, etag='"1"', more=(MAX_AGE,)):
        self.body = body
        self.etag = etag
        self.more = list(more)
        self.asked = []     # the Range of each request; None: the whole

    def __call__(self, exchange):
        headers = self.more + ([("ETag", self.etag)] if self.etag else [])
        text = exchange.request.header("Range")
        if_range = exchange.request.header("If-Range")
        if self.etag and exchange.request.header("If-None-Match") == self.etag:
            self.asked.append("validate")
            exchange.reply(304, b"", headers, "Not Modified")
            return
        self.asked.append(text)
        if text is None or (if_range and if_range != self.etag):
            exchange.reply(200, self.body, headers)
            return
        first, last = self.resolve(text)
        if first >= len(self.body):
            exchange.reply(416, b"", [("Content-Range", f"bytes */{len(self.body)}")])
            return
        headers.append(("Content-Range", f"bytes {first}-{last}/{len(self.body)}"))
        exchange.reply(206, self.body[first:last + 1], headers, "Partial Content")

    def resolve(self, text):
        first, _, last = text.removeprefix("bytes=").partition("-")
        size = len(self.body)
        if not first:
            return max(size - int(last), 0), size - 1
        return int(first), min(int(last), size - 1) if last else size - 1


def body_of(size, seed=0):
    """Bytes that differ from part to part."""
    return b"".join(b"%08d" % (seed + number) for number in range(size // 8 + 1))[:size]


LONG = body_of(20 * PART + 1000)


def ranged(pair, path, first, last):
    return pair.get(path, ("Range", f"bytes={first}-{last}"))


def hit(pair, path, first, last):
    """The same once it is stored: the last bytes of its part may still be on their way."""
    deadline = time.monotonic() + DEADLINE_S
    while "hit" not in (reply := ranged(pair, path, first, last)).header("Cache-Status"):
        assert time.monotonic() < deadline
    return reply


def test_of_a_range_no_more_than_its_parts_are_fetched(pair):
    origin = Ranged(LONG)
    path = pair.path(origin)
    reply = ranged(pair, path, 5 * PART + 10, 5 * PART + 109)
    assert (reply.status, reply.body) == (206, LONG[5 * PART + 10:5 * PART + 110])
    assert reply.header("Content-Range") == f"bytes {5 * PART + 10}-{5 * PART + 109}/{len(LONG)}"
    assert len(reply.all("Content-Range")) == 1
    assert "fwd=uri-miss" in reply.header("Cache-Status")
    assert origin.asked == [f"bytes={5 * PART}-{6 * PART - 1}"]


def test_the_next_range_hits_or_fetches_what_is_missing(pair):
    origin = Ranged(LONG)
    path = pair.path(origin)
    ranged(pair, path, 0, 99)
    assert hit(pair, path, 100, 299).body == LONG[100:300]
    over = ranged(pair, path, PART - 10, PART + 9)
    assert over.body == LONG[PART - 10:PART + 10]
    assert origin.asked == [f"bytes=0-{PART - 1}", f"bytes={PART}-{2 * PART - 1}"]
    assert pair.last_request(path).header("If-Range") == '"1"'


def test_the_whole_is_made_of_what_is_there_and_what_is_fetched(pair):
    origin = Ranged(LONG)
    path = pair.path(origin)
    ranged(pair, path, 3 * PART, 3 * PART)
    assert pair.get(path).body == LONG
    assert None not in origin.asked
    asked = [origin.resolve(text) for text in origin.asked]
    # The one part may still be on its way when the others are asked for.
    assert sum(last - first + 1 for first, last in asked) <= len(LONG) + PART
    count = len(origin.asked)
    assert pair.get(path).body == LONG
    assert ranged(pair, path, len(LONG) - 1, len(LONG) + 5).body == LONG[-1:]
    assert len(origin.asked) == count
    assert ranged(pair, path, len(LONG), len(LONG) + 5).status == 416


def test_a_range_of_a_short_body_is_all_of_it(pair):
    origin = Ranged(b"0123456789")
    path = pair.path(origin)
    assert ranged(pair, path, 2, 3).body == b"23"
    whole = pair.get(path)
    assert (whole.status, whole.body) == (200, b"0123456789")
    assert whole.header("Content-Range") is None
    assert origin.asked == [f"bytes=0-{PART - 1}"]


def test_the_end_of_a_body(pair):
    origin = Ranged(LONG)
    path = pair.path(origin)
    end = pair.get(path, ("Range", "bytes=-1500"))
    assert (end.status, end.body) == (206, LONG[-1500:])
    assert pair.get(path, ("Range", "bytes=-900")).body == LONG[-900:]
    assert len(origin.asked) == 1


def test_from_some_byte_on(pair):
    origin = Ranged(LONG)
    path = pair.path(origin)
    rest = pair.get(path, ("Range", f"bytes={11 * PART + 7}-"))
    assert (rest.status, rest.body) == (206, LONG[11 * PART + 7:])
    assert origin.resolve(origin.asked[0])[0] == 11 * PART


def test_several_ranges_of_what_is_there_in_part(pair):
    origin = Ranged(LONG)
    path = pair.path(origin)
    ranged(pair, path, 0, 9)
    several = pair.get(path, ("Range", f"bytes=0-1,{7 * PART}-{7 * PART + 1}"))
    assert several.status == 206
    assert LONG[7 * PART:7 * PART + 2] in several.body
    assert origin.asked[1:] == [f"bytes={7 * PART}-{8 * PART - 1}"]


def test_head_and_conditions_of_what_is_there_in_part(pair):
    origin = Ranged(LONG)
    path = pair.path(origin)
    ranged(pair, path, 0, 9)
    head = pair.ask("HEAD", path)
    assert (head.status, head.header("Content-Length")) == (200, str(len(LONG)))
    assert pair.get(path, ("If-None-Match", '"1"')).status == 304
    assert len(origin.asked) == 1


def test_only_if_cached_is_no_reason_to_fetch_the_rest(pair):
    origin = Ranged(LONG)
    path = pair.path(origin)
    ranged(pair, path, 0, 9)
    assert pair.get(path, ("Cache-Control", "only-if-cached")).status == 504
    pair.get(path)
    assert pair.get(path, ("Cache-Control", "only-if-cached")).body == LONG


def test_parts_of_what_has_changed_are_not_put_together(pair):
    origin = Ranged(LONG)
    path = pair.path(origin)
    ranged(pair, path, 0, 9)
    origin.body, origin.etag = body_of(len(LONG), 5), '"2"'
    # The first part is known to be of another body before anything is said.
    assert ranged(pair, path, PART, PART + 9).body == origin.body[PART:PART + 10]
    assert ranged(pair, path, 0, 9).body == origin.body[:10]


def test_what_changes_while_it_is_sent_is_cut_and_dropped(pair):
    origin = Ranged(LONG)
    path = pair.path(origin)
    ranged(pair, path, 0, 9)
    origin.body, origin.etag = body_of(len(LONG), 5), '"2"'
    with pytest.raises(BrokenResponse):
        pair.get(path)
    assert pair.get(path).body == origin.body


def test_without_a_strong_validator_only_the_whole_is_stored(pair):
    for etag in ('W/"1"', None):
        origin = Ranged(LONG, etag)
        path = pair.path(origin)
        part = ranged(pair, path, PART + 5, PART + 14)
        assert (part.status, part.body) == (206, LONG[PART + 5:PART + 15])
        assert part.header("Content-Range") == f"bytes {PART + 5}-{PART + 14}/{len(LONG)}"
        assert len(part.all("Content-Range")) == 1
        assert ranged(pair, path, PART + 5, PART + 14).body == part.body
        assert len(origin.asked) == 2
        assert pair.get(path).body == LONG
        assert pair.get(path).body == LONG
        assert origin.asked[2:] == [None]


def test_what_may_not_be_stored_is_not(pair):
    origin = Ranged(LONG, more=[("Cache-Control", "no-store")])
    path = pair.path(origin)
    for _ in range(2):
        part = ranged(pair, path, PART + 5, PART + 14)
        assert (part.status, part.body) == (206, LONG[PART + 5:PART + 15])
    assert len(origin.asked) == 2


def test_an_origin_without_ranges_is_stored_whole(pair):
    path = pair.path(reply(LONG, MAX_AGE, ("ETag", '"1"')))
    assert ranged(pair, path, 9, 20).body == LONG[9:21]
    assert pair.get(path).body == LONG


def test_an_origin_that_lies_about_a_range_is_not_believed(pair):
    path = None

    def handler(exchange):
        if exchange.request.header("Range") is None:
            exchange.reply(200, LONG, [MAX_AGE])
            return
        text = f"bytes {PART}-{PART + 9}/{len(LONG)}"
        exchange.reply(206, b"0123456789", [("Content-Range", text), ("ETag", '"1"'), MAX_AGE])
    path = pair.path(handler)
    assert ranged(pair, path, 0, 9).status == 206     # the origin's own, to a request of its own
    assert pair.asked(path) == 2
    assert pair.get(path).body == LONG


@pytest.mark.parametrize("size", [9, 11])
def test_a_range_of_another_size_than_it_says_is_not_stored(pair, size):
    def wrong(exchange):
        exchange.send("HTTP/1.1 206 Partial Content\r\nETag: \"1\"\r\nCache-Control: max-age=60\r\n"
                      "Content-Range: bytes 0-9/10\r\nTransfer-Encoding: chunked\r\n\r\n")
        exchange.send(b"%x\r\n%s\r\n0\r\n\r\n" % (size, b"x" * size))
    path = pair.path(wrong, Ranged(b"0123456789"))
    with pair.client() as client:
        client.request("GET", path, ("Range", "bytes=0-9"))
        with contextlib.suppress(BrokenResponse):
            client.response()
    assert pair.get(path).body == b"0123456789"


def test_a_range_that_is_cut_is_no_part(pair):
    def cut(exchange):
        exchange.send("HTTP/1.1 206 Partial Content\r\nETag: \"1\"\r\nCache-Control: max-age=60\r\n"
                      f"Content-Range: bytes 0-{PART - 1}/{len(LONG)}\r\n"
                      f"Content-Length: {PART}\r\n\r\n0123456789")
        exchange.close()
        exchange.socket.close()
    origin = Ranged(LONG)
    path = pair.path(cut, origin)
    try:     # cut as well, or, where nothing had been said yet, fetched once more
        assert ranged(pair, path, 0, 99).body == LONG[:100]
    except BrokenResponse:
        pass
    assert ranged(pair, path, 0, 99).body == LONG[:100]


def test_a_stale_part_is_validated(pair):
    origin = Ranged(LONG, more=[("Cache-Control", "max-age=0")])
    path = pair.path(origin)
    ranged(pair, path, 0, 9)

    def is_validated():
        again = ranged(pair, path, 10, 19)
        assert (again.status, again.body) == (206, LONG[10:20])
        return origin.asked[-1] == "validate"     # else the part was still on its way
    until(is_validated)
    assert origin.asked[0] == f"bytes=0-{PART - 1}"
    origin.body, origin.etag = body_of(len(LONG), 5), '"2"'
    changed = ranged(pair, path, 10, 19)
    assert (changed.status, changed.body) == (206, origin.body[10:20])
    assert origin.asked[2:] == [f"bytes=0-{PART - 1}"]


def test_if_range_that_does_not_hold_is_the_whole(pair):
    origin = Ranged(LONG)
    path = pair.path(origin)
    ranged(pair, path, 0, 9)
    whole = pair.get(path, ("Range", "bytes=0-9"), ("If-Range", '"old"'))
    assert (whole.status, whole.body) == (200, LONG)


def test_a_purge_while_a_part_is_fetched_wins(pair):
    more = threading.Event()
    origin = Ranged(LONG)

    def slow(exchange):
        exchange.send("HTTP/1.1 206 Partial Content\r\nETag: \"0\"\r\nCache-Control: max-age=60\r\n"
                      f"Content-Range: bytes 0-{PART - 1}/{len(LONG)}\r\n"
                      f"Content-Length: {PART}\r\n\r\n")
        exchange.send(b"o" * 100)
        assert more.wait(30)
        exchange.send(b"o" * (PART - 100))
    path = pair.path(slow, origin)
    with pair.client() as client:
        client.request("GET", path, ("Range", "bytes=0-199"))
        assert client.head().status == 206
        assert client.exactly(100) == b"o" * 100      # before the origin has sent the rest
        assert pair.ask("PURGE", path).status == 200
        more.set()
        assert client.exactly(100) == b"o" * 100
    assert ranged(pair, path, 0, 199).body == LONG[:200]


def test_a_crowd_for_the_same_part_is_one_fetch(pair):
    gate = threading.Event()
    origin = Ranged(LONG)

    def handler(exchange):
        assert gate.wait(30)
        origin(exchange)
    path = pair.path(handler)
    clients = [pair.client() for _ in range(30)]
    for number, client in enumerate(clients):
        client.request("GET", path, ("Range", f"bytes={number}-{number + 9}"))
    pair.origin.wait_for(lambda origin: origin.asked(path) == 1)
    gate.set()
    for number, client in enumerate(clients):
        response = client.response()
        assert (response.status, response.body) == (206, LONG[number:number + 10])
        client.close()
    assert len(origin.asked) == 1


def test_a_range_far_ahead_does_not_wait_for_the_whole(pair):
    more = threading.Event()
    origin = Ranged(LONG)

    def handler(exchange):
        if exchange.request.header("Range"):
            origin(exchange)
            return
        exchange.send("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nCache-Control: max-age=60\r\n"
                      f"Content-Length: {len(LONG)}\r\n\r\n")
        assert more.wait(30)
        exchange.send(LONG)
    path = pair.path(handler)
    with pair.client() as client:
        client.request("GET", path)
        client.head()
        assert ranged(pair, path, 15 * PART, 15 * PART + 9).body == LONG[15 * PART:15 * PART + 10]
        more.set()
        assert client.exactly(len(LONG)) == LONG


def test_parts_that_were_evicted_come_again(pair):
    origin = Ranged(LONG)
    path = pair.path(origin)
    assert pair.get(path).body == LONG
    for _ in range(16):
        pair.get(pair.path(reply(b"x" * (6 << 20), MAX_AGE)))
    assert pair.get(path).body == LONG
