# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Requests of HTTP/2 that would mean something else in HTTP/1.1: refused, and nothing of them at
the origin (RFC 9113, 8.1.1, 8.2, 8.3; h2.CL, h2.TE, fields that hold other fields)."""
import pytest

import edges
from h2_frames import Frames

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
INJECTED = "x\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module", params=edges.BACKENDS, name="pair")
def new_pair(request):
    with edges.edge_before_origin(request.param) as both:
        both.origin.otherwise = lambda exchange: exchange.reply(200, exchange.request.body)
        both.origin.on("/smuggled", lambda exchange: exchange.reply(200, "smuggled"))
        yield both


def fields(*more, method="GET", scheme="http", path="/", authority="a"):
    return [(":method", method), (":scheme", scheme), (":authority", authority), (":path", path),
            *more]


REFUSED = [
    ("transfer-encoding", fields(("transfer-encoding", "chunked"))),
    ("connection", fields(("connection", "close"))),
    ("keep-alive", fields(("keep-alive", "1"))),
    ("proxy-connection", fields(("proxy-connection", "close"))),
    ("upgrade", fields(("upgrade", "websocket"))),
    ("te that is not trailers", fields(("te", "gzip"))),
    ("a capital letter in a name", fields(("X-A", "b"))),
    ("a line in a value", fields(("x-a", INJECTED))),
    ("a line feed in a value", fields(("x-a", "b\nc: d"))),
    ("a carriage return in a value", fields(("x-a", "b\rc"))),
    ("a NUL in a value", fields(("x-a", "b\0c"))),
    ("a blank before a value", fields(("x-a", " b"))),
    ("a line in a name", fields(("x-a: b\r\nx-c", "d"))),
    ("a colon in a name", fields(("x-a: b", "c"))),
    ("a blank in a name", fields(("x a", "b"))),
    ("an empty name", fields(("", "b"))),
    ("a line in the method", fields(method="GET / HTTP/1.1\r\nX: ")),
    ("a blank in the method", fields(method="GET /smuggled")),
    ("an empty method", fields(method="")),
    ("a line in the path", fields(path="/ HTTP/1.1\r\nHost: b\r\n\r\n")),
    ("a blank in the path", fields(path="/smuggled HTTP/1.1")),
    ("an empty path", fields(path="")),
    ("a path without a slash", fields(path="smuggled")),
    ("an absolute path", fields(path="http://b/")),
    ("a fragment in the path", fields(path="/#a")),
    ("an asterisk to GET", fields(path="*")),
    ("a line in the authority", fields(authority=INJECTED)),
    ("a path in the authority", fields(authority="a/smuggled?")),
    ("somebody in the authority", fields(authority="me@a")),
    ("a blank in the authority", fields(authority="a b")),
    ("a line in the scheme", fields(scheme="http\r\nX: y")),
    ("a URL for a scheme", fields(scheme="http://b/smuggled?")),
    ("a host that differs", fields(("host", "b"))),
    ("two hosts", fields(("host", "a"), ("host", "a"))),
    ("the method twice", fields((":method", "POST"))),
    ("the path twice", fields((":path", "/smuggled"))),
    ("the authority twice", fields((":authority", "b"))),
    ("a pseudo-field of a response", fields((":status", "200"))),
    ("a pseudo-field that nobody knows", fields((":host", "b"))),
    ("a pseudo-field behind a field", [("x-a", "b"), *fields()]),
    ("no method", fields()[1:]), ("no path", fields()[:3]),
    ("no authority", [fields()[0], fields()[1], fields()[3]]),
    ("a protocol", fields((":protocol", "websocket"), method="CONNECT")),
    ("a length that is none", fields(("content-length", "x"))),
    ("two lengths", fields(("content-length", "0"), ("content-length", "1"))),
    ("a length without a body", fields(("content-length", "5"))),
    ("a negative length", fields(("content-length", "-1"))),
]


@pytest.mark.parametrize("name, head", REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(pair, name, head):
    assert name
    before = pair.origin.asked()
    with Frames(pair.edge.port) as h2:
        h2.send(h2.head(1, head))
        answer = h2.response(1)
        assert answer is None or answer[0] in (400, 421, 501), answer
    assert pair.origin.asked() == before


BODIES = [("shorter than its length", "100", SMUGGLED), ("longer than its length", "0", SMUGGLED),
          ("a little longer", "4", b"abcde")]


@pytest.mark.parametrize("name, length, body", BODIES, ids=[row[0] for row in BODIES])
def test_a_body_that_is_not_as_long_as_it_says(pair, name, length, body):
    """h2.CL."""
    assert name
    with Frames(pair.edge.port) as h2:
        h2.send(h2.head(1, fields(("content-length", length), method="POST"), ends=False),
                h2.data(1, body))
        answer = h2.response(1)
        assert answer is None or answer[0] == 400
    assert pair.asked("/smuggled") == 0
    assert pair.get("/after").status == 200     # over a connection to the origin that is clean
    assert pair.asked("/smuggled") == 0


@pytest.mark.parametrize("name", ["content-length", "transfer-encoding", "host", ":path", "X-A"])
def test_trailers_say_nothing_of_framing(pair, name):
    before = pair.asked("/trailed")
    with Frames(pair.edge.port) as h2:
        h2.send(h2.head(1, fields(method="POST", path="/trailed"), ends=False),
                h2.data(1, b"abc", ends=False), h2.head(1, [(name, "5")]))
        answer = h2.response(1)
    assert answer is None or answer == (200, b"abc")
    if answer:
        assert pair.asked("/trailed") == before + 1
        assert pair.last_request("/trailed").body == b"abc"
    assert pair.get("/after").status == 200


def test_bodies_stay_bodies(pair):
    """Without a length they go in chunks, whatever they hold."""
    for path in ("/a", "/b"):
        with Frames(pair.edge.port) as h2:
            h2.send(h2.head(1, fields(method="POST", path=path), ends=False),
                    h2.data(1, b"0\r\n\r\n" + SMUGGLED))
            assert h2.response(1) == (200, b"0\r\n\r\n" + SMUGGLED)
    assert pair.asked("/smuggled") == 0


def test_cookies_are_one_field(pair):
    """RFC 9113, 8.2.3."""
    with Frames(pair.edge.port) as h2:
        h2.send(h2.head(1, fields(("cookie", "a=1"), ("cookie", "b=2"), path="/cookies")))
        assert h2.response(1)[0] == 200
    assert pair.last_request("/cookies").header("cookie") == "a=1; b=2"


def test_a_refused_stream_leaves_the_others_alone(pair):
    with Frames(pair.edge.port) as h2:
        h2.send(h2.head(1, fields(("connection", "close"))), h2.head(3, fields(path="/other")))
        assert h2.response(3)[0] == 200


@pytest.mark.parametrize("name, head", [
    ("many bytes", fields(*((f"x-{i}", "y" * 1000) for i in range(40)))),
    ("many fields", fields(*((f"x-{i}", "y") for i in range(2000)))),
    ("a long path", fields(path="/" + "x" * 20_000))], ids=["bytes", "fields", "path"])
def test_an_oversized_head_is_refused(pair, name, head):
    assert name
    before = pair.origin.asked()
    with Frames(pair.edge.port) as h2:
        frame = h2.head(1, head, whole=False)
        parts = [frame.data[at:at + 16_000] for at in range(0, len(frame.data), 16_000)]
        frame.data = parts[0]
        if len(parts) == 1:
            frame.flags.add("END_HEADERS")
        h2.send(frame, *(h2.raw(9, 4 if part is parts[-1] else 0, 1, part) for part in parts[1:]))
        answer = h2.response(1)
        assert answer is None or answer[0] in (414, 431), answer
    assert pair.origin.asked() == before
