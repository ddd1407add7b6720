# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Origins that stall, cut short, lie about lengths, reset or speak another language: the right
status, nothing wrong stored, and no connection used again after a doubt."""
import contextlib
import threading

import pytest

import edges
from http_client import BrokenResponse, Client
from larder_process import DEADLINE_S, SLOW

OK = "HTTP/1.1 200 OK\r\n"
FRESH = "Cache-Control: max-age=600\r\n"


@pytest.fixture(scope="module", params=edges.BACKENDS, name="io")
def each_backend(request):
    return request.param


@contextlib.contextmanager
def pair_with(io, timeout_s):
    origin = {"responseTimeoutSec": timeout_s * SLOW, "sendTimeoutSec": timeout_s * SLOW}
    with edges.edge_before_origin(io, {"network": {"origin": origin}}) as both:
        both.over = threading.Event()
        yield both
        both.over.set()


@pytest.fixture(scope="module", name="pair")
def new_pair(io):
    with pair_with(io, 5) as both:
        both.is_hasty = False
        yield both


@pytest.fixture(scope="module", name="hasty")
def new_hasty_pair(io):
    """For stalls. On a busy machine, any answer may come too late for it."""
    with pair_with(io, 0.3) as both:
        both.is_hasty = True
        yield both


def saying(text, and_close=False):
    def handler(exchange):
        exchange.send(text)
        if and_close:
            exchange.close()
    return handler


def is_asked_again(pair, path):
    """Whether nothing was stored: what comes next is the origin's."""
    pair.origin.wait_for(lambda origin: origin.asked(path) > 0)
    before = pair.asked(path)
    with contextlib.suppress(BrokenResponse):
        pair.get(path)
    if pair.is_hasty:   # it does not wait until the origin has noticed
        pair.origin.wait_for(lambda origin: origin.asked(path) > before)
    return pair.asked(path) > before


def is_fresh_connection(pair):
    """Whether the next request to the origin is not on a connection that was there before."""
    before = pair.origin.connections
    path = pair.path(saying(f"{OK}Content-Length: 2\r\n\r\nok"))
    response = pair.get(path)
    pair.origin.wait_for(lambda origin: origin.asked(path) > 0)
    assert response.body == b"ok" or pair.is_hasty and response.status == 504
    return pair.origin.connections > before


# ---- no response at all

NO_RESPONSE = [
    ("nothing", "", 502), ("garbage", "\x16\x03\x01\x02\x00 not http\r\n\r\n", 502),
    ("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", 502),
    ("an old version", "HTTP/0.9 200 OK\r\n\r\nab", 502),
    ("a version to come", "HTTP/3.0 200 OK\r\nContent-Length: 2\r\n\r\nab", 502),
    ("half a head", f"{OK}Content-Len", 502),
    ("a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nab", 502),
    ("a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nab", 502),
    ("a status below 100", "HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nab", 502),
    ("line feeds alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\nab", 502),
    ("a folded field", f"{OK}X-A: b\r\n c\r\nContent-Length: 2\r\n\r\nab", 502),
    ("a NUL in a field", f"{OK}X-A: b\0c\r\nContent-Length: 2\r\n\r\nab", 502),
    ("a carriage return in a field", f"{OK}X-A: b\rc\r\nContent-Length: 2\r\n\r\nab", 502),
    ("a blank before a colon", f"{OK}Content-Length : 2\r\n\r\nab", 502),
    ("a head without an end", f"{OK}X-A: {'y' * 200_000}", 502),
    ("fields without an end", OK + "X-A: b\r\n" * 20_000, 502),
    ("two lengths", f"{OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc", 502),
    ("a negative length", f"{OK}Content-Length: -2\r\n\r\nab", 502),
    ("a length beyond 64 bits", f"{OK}Content-Length: 99999999999999999999\r\n\r\nab", 502),
    ("an unknown coding", f"{OK}Transfer-Encoding: xyz\r\n\r\nab", 502),
    ("101 that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 502),
    ("interim responses without an end", "HTTP/1.1 102 Processing\r\n\r\n" * 20_000, 502),
]


@pytest.mark.parametrize("method", ["GET", "POST"])     # a fill, and past the cache
@pytest.mark.parametrize("name, text, status", NO_RESPONSE, ids=[row[0] for row in NO_RESPONSE])
def test_what_is_no_response(pair, name, text, status, method):
    assert name
    path = pair.path(saying(text, and_close=True))
    with Client(pair.edge.port) as client:
        client.request(method, path, body=b"x" if method == "POST" else None)
        response = client.response()
    assert response.status == status
    assert "cache-control" not in {key.lower() for key, _ in response.headers}
    assert is_asked_again(pair, path)


def test_a_reset(pair):
    path = pair.path(lambda exchange: exchange.reset())
    assert pair.get(path).status == 502
    assert is_asked_again(pair, path)


def test_a_stall_before_the_head(hasty):
    path = hasty.path(lambda exchange: hasty.over.wait(DEADLINE_S))
    assert hasty.get(path).status == 504
    assert is_asked_again(hasty, path)
    assert is_fresh_connection(hasty)


def test_a_stall_in_the_head(hasty):
    def handler(exchange):
        exchange.send(f"{OK}X-A: b\r\n")
        hasty.over.wait(DEADLINE_S)
    path = hasty.path(handler)
    assert hasty.get(path).status == 504
    assert is_asked_again(hasty, path)


# ---- bodies that end too early: told to the client by the end of the connection

SHORT = [("a length", f"{OK}{FRESH}Content-Length: 100\r\n\r\nabc"),
         ("a chunk", f"{OK}{FRESH}Transfer-Encoding: chunked\r\n\r\n5\r\nabc"),
         ("chunks without the last", f"{OK}{FRESH}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
         ("a last chunk without its end",
          f"{OK}{FRESH}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n")]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("how", ["ends", "resets", "stalls"])
@pytest.mark.parametrize("name, text", SHORT, ids=[row[0] for row in SHORT])
def test_a_body_that_ends_too_early(pair, hasty, name, text, how, method):
    assert name
    if how == "stalls":
        pair = hasty

    def handler(exchange):
        exchange.send(text)
        if how == "ends":
            exchange.close()
        elif how == "resets":
            exchange.reset()
        else:
            pair.over.wait(DEADLINE_S)
    path = pair.path(handler)
    try:
        response = pair.ask(method, path)
        # Before anything of it was sent on.
        assert response.status == 502 or pair.is_hasty and response.status == 504, response
    except BrokenResponse:
        pass
    assert is_asked_again(pair, path)


# ---- what is longer than it says

LONG = [("a length", f"{OK}Content-Length: 2\r\n\r\nab{OK}Content-Length: 4\r\n\r\nevil", 200,
         b"ab"),
        ("no body", "HTTP/1.1 204 No Content\r\n\r\nevil", 204, b""),
        ("a last chunk", f"{OK}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nevil", 200,
         b"ab"),
        ("a body of 304", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\nevil", 304, b"")]


@pytest.mark.parametrize("name, text, status, body", LONG, ids=[row[0] for row in LONG])
def test_what_comes_behind_a_response_is_nobodys(pair, name, text, status, body):
    assert name
    path = pair.path(saying(text))
    response = pair.get(path, ("Cookie", "a=b"), ("If-None-Match", '"a"'))
    assert (response.status, response.body) == (status, body)
    assert is_fresh_connection(pair)


def test_a_body_to_head_is_nobodys(pair):
    path = pair.path(saying(f"{OK}Content-Length: 4\r\n\r\nevil"))
    assert pair.ask("HEAD", path).status == 200
    assert is_fresh_connection(pair)


def test_bytes_on_an_idle_connection_are_nobodys(pair):
    """They come when nothing has been asked; the next request must not be answered by them."""
    said = threading.Event()

    def handler(exchange):
        exchange.send(f"{OK}Content-Length: 2\r\n\r\nab")
        exchange.send(f"{OK}Content-Length: 4\r\n\r\nevil")
        said.set()
    assert pair.get(pair.path(handler)).body == b"ab"
    assert said.wait(DEADLINE_S)
    for _ in range(3):
        assert pair.get(pair.path(saying(f"{OK}Content-Length: 2\r\n\r\nok"))).body == b"ok"


BROKEN_CHUNKS = [("a size that is none", "zz\r\nabc\r\n0\r\n\r\n"),
                 ("a negative size", "-1\r\nabc\r\n0\r\n\r\n"),
                 ("a size beyond 64 bits", "fffffffffffffffff\r\nabc"),
                 ("too much", "2\r\nabc\r\n0\r\n\r\n"), ("a line feed alone", "3\nabc\n0\n\n"),
                 ("a NUL", "3\0\r\nabc\r\n0\r\n\r\n")]


@pytest.mark.parametrize("name, chunks", BROKEN_CHUNKS, ids=[row[0] for row in BROKEN_CHUNKS])
def test_chunks_that_are_none(pair, name, chunks):
    assert name
    path = pair.path(saying(f"{OK}{FRESH}Transfer-Encoding: chunked\r\n\r\n{chunks}"))
    try:
        assert pair.get(path).status == 502
    except BrokenResponse:
        pass
    assert is_asked_again(pair, path)
    assert is_fresh_connection(pair)


def test_both_lengths_are_a_doubt(pair):
    """RFC 9112, 6.3: chunked counts, or nothing does; the connection is not used again."""
    path = pair.path(saying(f"{OK}{FRESH}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"
                            "2\r\nab\r\n0\r\n\r\n"))
    response = pair.get(path)
    assert response.status == 502 or response.body == b"ab"
    assert is_fresh_connection(pair)


# ---- early answers

def test_an_answer_before_the_body_was_read(pair):
    """What is left of the request must not become another one."""
    path = pair.path()
    pair.origin.on(path, saying("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno"),
                   streams_body=True)
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    with Client(pair.edge.port) as client:
        client.send(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n")
        assert client.response().status == 413
        with_the_rest = smuggled + b"x" * (5000 - len(smuggled))
        try:
            client.send(with_the_rest)
        except OSError:
            pass
    assert is_fresh_connection(pair)
    assert pair.asked("/smuggled") == 0
