# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Requests that two readers could read in two ways: refused, the connection closed, nothing of
them at the origin (RFC 9112 2.2, 5.1, 6.1, 6.3, 11.2)."""
import pytest

from http_client import Client

HOST = "Host: a\r\n"
POST = f"POST / HTTP/1.1\r\n{HOST}"
CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n"
SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

REFUSED = [
    ("both lengths", POST + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("lengths in the other order",
     POST + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
    ("two lengths", POST + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde"),
    ("two lengths in one", POST + "Content-Length: 4, 5\r\n\r\nabcde"),
    ("the same length twice", POST + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd"),
    ("a signed length", POST + "Content-Length: +4\r\n\r\nabcd"),
    ("a negative length", POST + "Content-Length: -1\r\n\r\n"),
    ("a hexadecimal length", POST + "Content-Length: 0x4\r\n\r\nabcd"),
    ("a length with a blank in it", POST + "Content-Length: 1 0\r\n\r\nabcd"),
    ("a length beyond 64 bits", POST + "Content-Length: 99999999999999999999\r\n\r\n"),
    ("an unknown coding", POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    ("chunked twice", POST + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    ("chunked and identity", POST + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
    ("chunked with a vertical tab", POST + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n"),
    ("a blank before the colon", POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
    ("a folded field", POST + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
    ("a folded first field", f"GET / HTTP/1.1\r\n X: y\r\n{HOST}\r\n"),
    ("a coding in HTTP/1.0",
     f"POST / HTTP/1.0\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("line feeds alone", "GET / HTTP/1.1\nHost: a\n\n"),
    ("a carriage return alone", f"GET / HTTP/1.1\r\n{HOST}X: a\rb\r\n\r\n"),
    ("a NUL in a value", f"GET / HTTP/1.1\r\n{HOST}X: a\0b\r\n\r\n"),
    ("a NUL in a name", f"GET / HTTP/1.1\r\n{HOST}X\0: a\r\n\r\n"),
    ("a line without a colon", f"GET / HTTP/1.1\r\n{HOST}X\r\n\r\n"),
    ("an empty name", f"GET / HTTP/1.1\r\n{HOST}: a\r\n\r\n"),
    ("no host", "GET / HTTP/1.1\r\n\r\n"),
    ("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    ("a host that is none", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
    ("a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    ("two blanks in the request line", f"GET  / HTTP/1.1\r\n{HOST}\r\n"),
    ("a tab in the request line", f"GET\t/ HTTP/1.1\r\n{HOST}\r\n"),
    ("no version", f"GET /\r\n{HOST}\r\n"),
    ("a version of its own", f"GET / HTTP/1.1x\r\n{HOST}\r\n"),
    ("a version in small letters", f"GET / http/1.1\r\n{HOST}\r\n"),
    ("a method that is no token", f"G(T / HTTP/1.1\r\n{HOST}\r\n"),
    ("a target without a slash", f"GET x HTTP/1.1\r\n{HOST}\r\n"),
    ("a chunk size with a sign", CHUNKED + "+0\r\n\r\n"),
    ("a chunk size with 0x", CHUNKED + "0x0\r\n\r\n"),
    ("a chunk size beyond 64 bits", CHUNKED + "10000000000000000\r\n"),
    ("a chunk that is longer than it says", CHUNKED + "3\r\nabcd\r\n0\r\n\r\n"),
    ("a chunk's line with a line feed alone", CHUNKED + "0\n\n"),
]


@pytest.fixture(name="pair")
def pair_of_h1(h1_pair):
    h1_pair.origin.on("/smuggled", lambda exchange: exchange.reply(200, "smuggled"))
    h1_pair.origin.on("/", lambda exchange: exchange.reply(200, "root"))
    return h1_pair


@pytest.mark.parametrize("name, text", REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(pair, name, text):
    with Client(pair.edge.port) as client:
        client.send(text + SMUGGLED)
        response = client.response()
        assert response.status in (400, 501, 502, 505), response
        assert client.is_closed()
    assert pair.asked("/smuggled") == 0


def test_an_oversized_head_is_refused(pair):
    with Client(pair.edge.port) as client:
        client.send("GET / HTTP/1.1\r\nHost: a\r\n" + "".join(
            f"X-{i}: {'y' * 1000}\r\n" for i in range(40)) + "\r\n")
        assert client.response().status == 431
    with Client(pair.edge.port) as client:
        client.send(f"GET /{'x' * 20_000} HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.response().status == 414
