# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9110 and 9112 through the edge: what is passed on, and what is not."""
import threading

import pytest

import edges
from scripted_origin import reply


# ---- requests

@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND",
                                    "M-SEARCH", "X"])
def test_any_method_is_passed_on(pair, method):
    path = pair.path(reply("done"))
    assert pair.ask(method, path).body == b"done"
    assert pair.last_request(path).method == method


def test_a_body_is_passed_on_with_its_length(pair):
    path = pair.path(reply("done"))
    body = b"0123456789" * 10_000
    assert pair.ask("POST", path, body=body).body == b"done"
    assert pair.last_request(path).body == body
    assert pair.last_request(path).header("Content-Length") == str(len(body))


def test_the_server_itself_is_below_no_prefix(backend):
    """9110 9.3.7."""
    with edges.edge_before_origin(backend, {"network": {"origin": {"pathPrefix": "/pre"}}}) as pair:
        pair.origin.otherwise = reply("done")
        assert pair.ask("OPTIONS", "*").body == b"done"
        assert pair.ask("OPTIONS", "/a").body == b"done"
        assert [request.target for request in pair.origin.requests] == ["*", "/pre/a"]


@pytest.mark.parametrize("cache_control", ["no-store", "max-age=60"])
def test_who_must_upgrade_is_told_to_what(pair, cache_control):
    """9110 15.5.22; HTTP/2 has no such field."""
    path = pair.path(lambda exchange: exchange.send(
        "HTTP/1.1 426 Upgrade Required\r\nConnection: Upgrade\r\nUpgrade: TLS/1.3\r\n"
        f"Cache-Control: {cache_control}\r\nContent-Length: 0\r\n\r\n"))
    is_h1 = pair.protocol == "h1"
    for method in ("POST", "GET", "GET"):
        response = pair.ask(method, path)
        assert (response.status, response.header("Upgrade")) == (426, "TLS/1.3" if is_h1 else None)
        assert (response.header("Connection") or "").lower() == ("upgrade" if is_h1 else "")


def test_a_chunked_body_is_passed_on(h1_pair):
    path = h1_pair.path(reply("done"))
    with h1_pair.client() as client:
        client.request("POST", path, ("Transfer-Encoding", "chunked"))
        client.send("5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n")
        assert client.response().body == b"done"
    assert h1_pair.last_request(path).body == b"hello world"


def test_a_body_is_passed_on_while_it_comes(h1_pair):
    """9112 6: an origin that wants the first half before it answers gets it."""
    first = threading.Event()

    path = h1_pair.path(reply("done"))
    h1_pair.origin.on(path, lambda exchange: (first.set(), exchange.read_body(),
                                           exchange.reply(200, "done")), streams_body=True)
    with h1_pair.client() as client:
        client.request("POST", path, ("Content-Length", "10"))
        client.send("01234")
        assert first.wait(10)
        client.send("56789")
        assert client.response().body == b"done"


def test_expect_is_answered_when_the_body_is_wanted(h1_pair):
    path = h1_pair.path(reply("done"))
    with h1_pair.client() as client:
        client.request("POST", path, ("Expect", "100-continue"), ("Content-Length", "5"))
        assert client.head().status == 100
        client.send("hello")
        assert client.response().body == b"done"
    assert h1_pair.last_request(path).header("Expect") is None


def test_fields_of_the_connection_are_not_passed_on(h1_pair):
    """9110 7.6.1"""
    path = h1_pair.path(reply("done", ("Connection", "X-Secret, keep-alive"), ("X-Secret", "1"),
                           ("Keep-Alive", "timeout=5"), ("X-Public", "2")))
    response = h1_pair.ask("POST", path, ("Connection", "X-Mine"), ("X-Mine", "1"),
                           ("TE", "trailers"), ("Proxy-Connection", "keep-alive"),
                           ("X-Kept", "3"), body=b"")
    request = h1_pair.last_request(path)
    assert [request.header(name) for name in ("X-Mine", "Proxy-Connection", "X-Kept")] == [
        None, None, "3"]
    assert (response.header("X-Secret"), response.header("X-Public")) == (None, "2")


def test_an_origin_learns_who_asks(pair):
    path = pair.path(reply("done"))
    pair.ask("POST", path, ("X-Forwarded-For", "192.0.2.1"), host="www.example.com", body=b"")
    request = pair.last_request(path)
    assert request.header("Host") == "www.example.com"
    assert request.header("X-Forwarded-For") == "192.0.2.1, 127.0.0.1"
    assert request.header("X-Real-IP") == "127.0.0.1"
    assert request.header("X-Forwarded-Proto") == "http"
    assert request.header("X-Forwarded-Host") == "www.example.com"


# ---- responses

def test_a_chunked_response_is_passed_on(h1_pair):
    path = h1_pair.path(lambda exchange: exchange.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
        "5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nX-Sum: 11\r\n\r\n"))
    response = h1_pair.ask("POST", path, body=b"")
    assert response.body == b"hello world"
    assert response.header("Transfer-Encoding") == "chunked"


def test_a_response_until_close_is_passed_on(pair):
    def handler(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello")
        exchange.close()
        exchange.socket.shutdown(1)
    path = pair.path(handler)
    assert pair.ask("POST", path, body=b"").body == b"hello"


@pytest.mark.parametrize("status", [204, 205, 304, 400, 404, 418, 500, 599])
def test_any_status_is_passed_on(pair, status):
    path = pair.path(reply("", status=status))
    assert pair.ask("POST", path, body=b"").status == status


def test_interim_responses_are_passed_on(pair):
    """9110 15.2, RFC 8297"""
    def handler(exchange):
        exchange.send("HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n")
        exchange.reply(200, "done")
    path = pair.path(handler)
    response = pair.ask("POST", path, body=b"")
    assert [interim.status for interim in response.interim] == [103]
    assert response.interim[0].header("Link") == "</x.css>; rel=preload"
    assert response.body == b"done"


def test_head_has_no_body(pair):
    path = pair.path(reply("hello"))
    head = pair.ask("HEAD", path)
    assert (head.status, head.header("Content-Length")) == (200, "5")


def test_pipelined_requests_are_answered_in_order(h1_pair):
    slow, fast = h1_pair.path(reply("slow")), h1_pair.path(reply("fast"))
    with h1_pair.client() as client:
        for path in (slow, fast, slow):
            client.request("GET", path)
        assert [client.response().body for _ in range(3)] == [b"slow", b"fast", b"slow"]


def test_http_1_0_is_closed_after_its_response(h1_pair):
    path = h1_pair.path(reply("hello"))
    with h1_pair.client() as client:
        client.send(f"GET {path} HTTP/1.0\r\n\r\n")
        assert client.rest().endswith(b"\r\n\r\nhello")


def test_an_upgraded_connection_is_a_tunnel(h1_pair):
    """9110 7.8: WebSocket and what else"""
    def handler(exchange):
        exchange.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                      "Upgrade: echo\r\n\r\n")
        while data := exchange.socket.recv(1000):
            exchange.send(data.upper())
        exchange.close()
    path = h1_pair.path(handler)
    with h1_pair.client() as client:
        client.request("GET", path, ("Connection", "Upgrade"), ("Upgrade", "echo"))
        response = client.response()
        assert (response.status, response.header("Upgrade")) == (101, "echo")
        for word in (b"hello", b"again"):
            client.send(word)
            assert client.exactly(5) == word.upper()
        client.socket.shutdown(1)
        assert client.rest() == b""


# ---- origins that fail

@pytest.mark.parametrize("garbage", [
    b"", b"\x00\x01\x02", b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
    b"5\r\nhello\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\nContent-Length: 0\n\n", b"SSH-2.0-OpenSSH\r\n",
])
def test_what_is_no_response_is_a_bad_gateway(pair, garbage):
    def handler(exchange):
        exchange.send(garbage)
        exchange.close()
    path = pair.path(handler)
    assert pair.ask("POST", path, body=b"").status == 502


def test_a_truncated_response_is_cut_and_never_stored(h1_pair):
    def handler(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 10\r\n\r\n"
                      "hello")
        exchange.close()
    path = h1_pair.path(handler, reply("0123456789", ("Cache-Control", "max-age=60")))
    with h1_pair.client() as client:
        client.request("GET", path)
        assert client.head().status == 200
        assert client.rest() == b"hello"
    assert h1_pair.get(path).body == b"0123456789"


def test_an_origin_that_is_gone_is_a_bad_gateway(pair):
    path = pair.path(lambda exchange: exchange.reset())
    assert pair.get(path).status == 502
