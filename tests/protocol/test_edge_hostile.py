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
    ("a coding, and another in a field of its own",
     POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n"),
    ("another coding, and chunked in a field of its own",
     POST + "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("chunked before another coding",
     POST + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
    ("identity alone", POST + "Transfer-Encoding: identity\r\n\r\n"),
    ("a coding in quotes", POST + 'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n'),
    ("a coding with a parameter", POST + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"),
    ("a coding and its end", POST + "Transfer-Encoding: chunked\x00\r\n\r\n0\r\n\r\n"),
    ("a coding in parts", POST + "Transfer-Encoding: chun\r\n ked\r\n\r\n0\r\n\r\n"),
    ("an empty coding", POST + "Transfer-Encoding:\r\n\r\n0\r\n\r\n"),
    ("a coding in another's value",
     POST + "X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("a line feed before the colon", POST + "Transfer-Encoding\n : chunked\r\n\r\n0\r\n\r\n"),
    ("a tab before the colon", POST + "Content-Length\t: 4\r\n\r\nabcd"),
    ("an odd letter before the colon", POST + "Content-Length\xa0: 4\r\n\r\nabcd"),
    ("a control letter before a name", POST + "\x01Content-Length: 4\r\n\r\nabcd"),
    ("a length with a fraction", POST + "Content-Length: 4.0\r\n\r\nabcd"),
    ("a length with an exponent", POST + "Content-Length: 4e0\r\n\r\nabcd"),
    ("a length with a line", POST + "Content-Length: 4_0\r\n\r\nabcd"),
    ("a length with odd digits", POST + "Content-Length: \xb2\r\n\r\nab"),
    ("a length with a vertical tab", POST + "Content-Length: 4\x0b\r\n\r\nabcd"),
    ("an empty length", POST + "Content-Length:\r\n\r\n"),
    ("a length and a comma", POST + "Content-Length: 4,\r\n\r\nabcd"),
    ("a length in two lines", POST + "Content-Length: 1\r\n 0\r\n\r\nabcd"),
    ("line feeds alone", "GET / HTTP/1.1\nHost: a\n\n"),
    ("a carriage return alone", f"GET / HTTP/1.1\r\n{HOST}X: a\rb\r\n\r\n"),
    ("carriage returns before a line feed", f"GET / HTTP/1.1\r\r\n{HOST}\r\n"),
    ("an end of a line feed alone", f"GET / HTTP/1.1\r\n{HOST}\n"),
    ("a delete in a value", f"GET / HTTP/1.1\r\n{HOST}X: a\x7fb\r\n\r\n"),
    ("a bracket in a name", f"GET / HTTP/1.1\r\n{HOST}X[1]: a\r\n\r\n"),
    ("a letter beyond ASCII in a name", f"GET / HTTP/1.1\r\n{HOST}X\xe9: a\r\n\r\n"),
    ("a NUL in a value", f"GET / HTTP/1.1\r\n{HOST}X: a\0b\r\n\r\n"),
    ("a NUL in a name", f"GET / HTTP/1.1\r\n{HOST}X\0: a\r\n\r\n"),
    ("a line without a colon", f"GET / HTTP/1.1\r\n{HOST}X\r\n\r\n"),
    ("an empty name", f"GET / HTTP/1.1\r\n{HOST}: a\r\n\r\n"),
    ("no host", "GET / HTTP/1.1\r\n\r\n"),
    ("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    ("a host that is none", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
    ("a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    ("a host of somebody", "GET / HTTP/1.1\r\nHost: me@a\r\n\r\n"),
    ("hosts in a list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
    ("a host with two ports", "GET / HTTP/1.1\r\nHost: a:80:81\r\n\r\n"),
    ("a host with a port that is none", "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n"),
    ("a host with a port beyond 16 bits", "GET / HTTP/1.1\r\nHost: a:70000\r\n\r\n"),
    ("a host with a fragment", "GET / HTTP/1.1\r\nHost: a#b\r\n\r\n"),
    ("a host with a query", "GET / HTTP/1.1\r\nHost: a?b\r\n\r\n"),
    ("a host with a backslash", "GET / HTTP/1.1\r\nHost: a\\b\r\n\r\n"),
    ("a host with a bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
    ("a fragment in the target", f"GET /#b HTTP/1.1\r\n{HOST}\r\n"),
    ("a blank in the target", f"GET /a b HTTP/1.1\r\n{HOST}\r\n"),
    ("a NUL in the target", f"GET /\0 HTTP/1.1\r\n{HOST}\r\n"),
    ("a control letter in the target", f"GET /\x01 HTTP/1.1\r\n{HOST}\r\n"),
    ("an @ for a target", f"GET @b/ HTTP/1.1\r\n{HOST}\r\n"),
    ("an authority for a target", f"GET b:80 HTTP/1.1\r\n{HOST}\r\n"),
    ("a target of another kind", f"GET ftp://a/ HTTP/1.1\r\n{HOST}\r\n"),
    ("a target with somebody in it", f"GET http://me@a/ HTTP/1.1\r\n{HOST}\r\n"),
    ("a target without a host", f"GET http:///a HTTP/1.1\r\n{HOST}\r\n"),
    ("an asterisk to GET", f"GET * HTTP/1.1\r\n{HOST}\r\n"),
    ("two blanks in the request line", f"GET  / HTTP/1.1\r\n{HOST}\r\n"),
    ("a tab in the request line", f"GET\t/ HTTP/1.1\r\n{HOST}\r\n"),
    ("no version", f"GET /\r\n{HOST}\r\n"),
    ("a blank behind the version", f"GET / HTTP/1.1 \r\n{HOST}\r\n"),
    ("a version with more digits", f"GET / HTTP/1.10\r\n{HOST}\r\n"),
    ("a version to come", f"GET / HTTP/3.0\r\n{HOST}\r\n"),
    ("HTTP/2 in words", f"GET / HTTP/2.0\r\n{HOST}\r\n"),
    ("a blank before the method", f" GET / HTTP/1.1\r\n{HOST}\r\n"),
    ("a form feed in the request line", f"GET\x0c/ HTTP/1.1\r\n{HOST}\r\n"),
    ("an unknown expectation", POST + "Expect: x\r\nContent-Length: 4\r\n\r\nabcd"),
    ("two expectations in one",
     POST + "Expect: x 100-continue\r\nContent-Length: 4\r\n\r\nabcd"),
    ("an unknown expectation behind another one", POST + "Expect: 100-continue\r\nExpect: x\r\n"
     "Content-Length: 4\r\n\r\nabcd"),
    ("a version of its own", f"GET / HTTP/1.1x\r\n{HOST}\r\n"),
    ("a version in small letters", f"GET / http/1.1\r\n{HOST}\r\n"),
    ("a method that is no token", f"G(T / HTTP/1.1\r\n{HOST}\r\n"),
    ("a target without a slash", f"GET x HTTP/1.1\r\n{HOST}\r\n"),
    ("a chunk size with a sign", CHUNKED + "+0\r\n\r\n"),
    ("a chunk size with 0x", CHUNKED + "0x0\r\n\r\n"),
    ("a chunk size beyond 64 bits", CHUNKED + "10000000000000000\r\n"),
    ("a blank behind a chunk size", CHUNKED + "0 \r\n\r\n"),
    ("a blank before a chunk size", CHUNKED + " 0\r\n\r\n"),
    ("a negative chunk size", CHUNKED + "-0\r\n\r\n"),
    ("no chunk size", CHUNKED + "\r\n\r\n"),
    ("an extension without a size", CHUNKED + ";a\r\n\r\n"),
    ("a chunk size with a line", CHUNKED + "0_0\r\n\r\n"),
    ("a chunk size of 17 digits", CHUNKED + "00000000000000000\r\n\r\n"),
    ("a line feed in an extension", CHUNKED + "1;a\nb\r\nx\r\n0\r\n\r\n"),
    ("a carriage return in an extension", CHUNKED + "1;\ra\r\nx\r\n0\r\n\r\n"),
    ("a NUL in an extension", CHUNKED + "1;\0\r\nx\r\n0\r\n\r\n"),
    ("an extension without an end", CHUNKED + "1;" + "a" * 100_000),
    ("a chunk with another end", CHUNKED + "1\r\nxZZ0\r\n\r\n"),
    ("a chunk that ends by a line feed", CHUNKED + "1\r\nx\n0\r\n\r\n"),
    ("a chunk that ends by a carriage return", CHUNKED + "1\r\nx\r0\r\n\r\n"),
    ("a last chunk that ends by a line feed", CHUNKED + "0\r\n\n"),
    ("a folded trailer", CHUNKED + "0\r\nX: a\r\n b\r\n\r\n"),
    ("a trailer with a blank before the colon", CHUNKED + "0\r\nX : a\r\n\r\n"),
    ("a trailer with a line feed alone", CHUNKED + "0\r\nX: a\n\r\n"),
    ("a trailer without an end", CHUNKED + "0\r\n" + "X: y\r\n" * 20_000),
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
        assert response.status in (400, 414, 417, 431, 501, 505), response
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
