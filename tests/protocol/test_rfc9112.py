# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9112: the bytes of HTTP/1.1, of clients and of origins. What two readers could read in two
ways is in test_edge_hostile.py, too."""
import socket
import threading

import pytest

from caching import MAX_AGE, answer
from requirements import requirement, rows
from scripted_origin import reply

OK = "HTTP/1.1 200 OK\r\n"


def raw(pair, text, method="GET"):
    """The answer to these bytes."""
    with pair.client() as client:
        client.send(text)
        return client.response(method)


def leave_no_ended_connection(pair):
    """A connection that the origin ends while it is idle is no news for the edge at once, and POST
    is not sent twice: a request that may be takes it away."""
    pair.ask("OPTIONS", pair.path(reply("")))


# ---- what a client may send

ACCEPTED = [
    ("2.2", "SHOULD", "An empty line before a request is overlooked.",
     "\r\nGET {path} HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("3.2.2", "MUST", "The absolute form is understood, and goes before Host.",
     "GET http://example.com{path} HTTP/1.1\r\nHost: other.example\r\n\r\n"),
    ("5", "MUST", "Names of fields have no case.", "GET {path} HTTP/1.1\r\nhOsT: a\r\n\r\n"),
    ("5", "MUST", "Blanks around a value are not of it.",
     "GET {path} HTTP/1.1\r\nHost:\t a \t \r\n\r\n"),
    ("2.3", "MUST", "HTTP/1.0 is understood, also without Host.", "GET {path} HTTP/1.0\r\n\r\n"),
    ("2.3", "MUST", "A later minor version is as 1.1.", "GET {path} HTTP/1.2\r\nHost: a\r\n\r\n"),
]


@rows("9112", "text", ACCEPTED)
def test_accepted(h1_pair, text):
    path = h1_pair.path(reply("done"))
    with h1_pair.client() as client:
        client.send(text.format(path=path))
        response = client.response()
    assert (response.status, response.body) == (200, b"done")


@requirement("9112", "3.2.2", "MUST", "Of the absolute form the origin gets the host as Host.")
def test_the_absolute_form(h1_pair):
    path = h1_pair.path(reply("done"))
    raw(h1_pair, f"GET http://www.example.com{path} HTTP/1.1\r\nHost: other.example\r\n\r\n")
    assert h1_pair.last_request(path).header("Host") == "www.example.com"
    assert h1_pair.last_request(path).target == path


@requirement("9112", "3.2.2", "MUST", "An absolute form may have a query without a path.")
def test_an_absolute_form_without_a_path(h1_pair):
    h1_pair.origin.on("/", reply("done"))
    assert raw(h1_pair, "GET http://b.example?x=1 HTTP/1.1\r\nHost: a\r\n\r\n").body == b"done"
    assert h1_pair.last_request("/").target == "/?x=1"


@requirement("9112", "3.2.4", "MUST", "OPTIONS * is understood.")
def test_the_asterisk_form(h1_pair):
    h1_pair.origin.on("*", reply("all"))
    assert raw(h1_pair, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").body == b"all"


REFUSED = [
    ("3.2", "MUST", "HTTP/1.1 without Host is 400.", "GET / HTTP/1.1\r\n\r\n", 400),
    ("3.2", "MUST", "Two Hosts are 400.", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    ("3.2", "MUST", "A Host that is none is 400.", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    ("3", "SHOULD", "A request line that is none is 400.", "GET /\r\n\r\n", 400),
    ("3", "SHOULD", "A blank in the target is 400.", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("3", "SHOULD", "A target that is too long is 414.",
     "GET /" + "x" * 20_000 + " HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    ("2.3", "SHOULD", "Another major version is 505.", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
    ("5.1", "MUST", "A blank before a colon is 400.",
     "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    ("5.2", "MUST", "A folded line is 400.", "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
     400),
    ("2.2", "MUST", "A blank before the first field is 400.",
     "GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n", 400),
    ("2.2", "MUST", "A carriage return alone is 400.",
     "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400),
    ("5", "MUST", "A line without a colon is 400.", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),
    ("6.1", "MUST", "A coding that is not known is 501.",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, x\r\n\r\n", 501),
    ("6.3", "MUST", "A coding without chunked at its end is 400.",
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400),
    ("6.1", "MUST",
     "Transfer-Encoding beside Content-Length is 400, and the end of the connection.",
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n",
     400),
    ("6.1", "MUST", "Transfer-Encoding in HTTP/1.0 is 400.",
     "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("6.3", "MUST", "A Content-Length that is none is 400.",
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4x\r\n\r\nabcd", 400),
    ("6.3", "MUST", "Lengths that differ are 400.",
     "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400),
    ("3.2.3", "MUST", "A path for CONNECT is 400.",
     "CONNECT /a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
]


@rows("9112", "text, status", REFUSED)
def test_refused(h1_pair, text, status):
    with h1_pair.client() as client:
        client.send(text)
        response = client.response()
        assert response.status in ((400, 501) if status == 501 else (status,))
        assert response.header("Connection") == "close"
        assert client.is_closed()


# ---- connections (9)

@requirement("9112", "9.3", "MUST", "Connections persist.")
@requirement("9112", "9.3.2", "MUST", "Pipelined requests are answered in order.")
def test_pipelining(h1_pair):
    paths = [h1_pair.path(reply(f"{number}")) for number in range(5)]
    with h1_pair.client() as client:
        for path in paths:
            client.request("GET", path)
        assert [client.response().body for _ in paths] == [b"0", b"1", b"2", b"3", b"4"]


@requirement("9112", "9.6", "MUST", "Connection: close is the last request: it is answered so, and "
             "the connection closed.")
def test_close(h1_pair):
    path = h1_pair.path(reply("done"))
    with h1_pair.client() as client:
        client.request("GET", path, ("Connection", "Close"))
        client.request("GET", path)
        response = client.response()
        assert (response.body, response.header("Connection")) == (b"done", "close")
        assert client.is_closed()
    assert h1_pair.asked(path) == 1


@requirement("9112", "9.3", "MUST", "HTTP/1.0 ends with its answer, but for keep-alive.")
def test_keep_alive_of_1_0(h1_pair):
    path = h1_pair.path(reply("done"))
    with h1_pair.client() as client:
        client.send(f"GET {path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        response = client.response()
        assert (response.body, response.header("Connection")) == (b"done", "keep-alive")
        client.send(f"GET {path} HTTP/1.0\r\n\r\n")
        assert client.response().body == b"done"
        assert client.is_closed()


@requirement("9112", "6.1", "MUST", "HTTP/1.0 is sent no chunks.")
def test_no_chunks_for_1_0(h1_pair):
    path = h1_pair.path(lambda exchange: exchange.send(
        OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))
    with h1_pair.client() as client:
        client.send(f"GET {path} HTTP/1.0\r\n\r\n")
        head, _, body = client.rest().partition(b"\r\n\r\n")
    assert body == b"hello" and b"chunked" not in head


@requirement("9112", "2.3", "MUST", "The edge's own version is said, whatever the client's or the "
             "origin's is.")
def test_versions(h1_pair):
    path = h1_pair.path(lambda exchange: (
        exchange.send("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab"), exchange.close()))
    with h1_pair.client() as client:
        client.send(f"POST {path} HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
        assert client.rest().startswith(b"HTTP/1.1 200 OK\r\n")
    assert h1_pair.last_request(path).version == "HTTP/1.1"


@requirement("9112", "9.5", "SHOULD", "A connection to the origin that has ended is opened anew.")
def test_an_idle_connection_that_ended(pair):
    def handler(exchange):
        exchange.reply(200, "done")
        exchange.close()
    path = pair.path(handler)
    for _ in range(3):
        assert pair.ask("OPTIONS", path).body == b"done"     # which may be sent again
    leave_no_ended_connection(pair)


@requirement("9112", "9.3.1", "MUST", "What is not idempotent is not sent twice on its own "
             "account.")
def test_post_is_sent_once(pair):
    path = pair.path(lambda exchange: exchange.reset())
    assert pair.ask("POST", path, body=b"x").status == 502
    assert pair.asked(path) == 1


# ---- bodies of requests (6, 7)

@requirement("9112", "7.1", "MUST", "A chunked request is understood: extensions, and digits in "
             "any case.")
def test_chunks_of_a_request(h1_pair):
    path = h1_pair.path(reply("done"))
    with h1_pair.client() as client:
        client.request("POST", path, ("Transfer-Encoding", "Chunked"))
        client.send("5;a=b\r\nhello\r\n00A;x=\"y\"\r\n0123456789\r\n000\r\nX-T: 1\r\n\r\n")
        assert client.response().body == b"done"
        assert client.get(path).body == b"done"
    assert h1_pair.origin.requests[-2].body == b"hello0123456789"


@requirement("9112", "7.1.1", "MUST", "Blanks around what an extension is made of are taken away.")
def test_blanks_in_chunk_extensions(h1_pair):
    path = h1_pair.path(reply("done"))
    with h1_pair.client() as client:
        client.request("POST", path, ("Transfer-Encoding", "chunked"))
        client.send("3 ;a=b\r\nabc\r\n3; a=b\r\ndef\r\n3;a\t= \"b\" ; c\r\nghi\r\n0\r\n\r\n")
        assert client.response().body == b"done"
    assert h1_pair.origin.requests[-1].body == b"abcdefghi"


@requirement("9112", "6.3", "MUST", "A request without a length has no body.")
def test_no_body(h1_pair):
    path = h1_pair.path(reply("done"))
    with h1_pair.client() as client:
        client.send(f"POST {path} HTTP/1.1\r\nHost: a\r\n\r\n"
                    f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
        assert [client.response().body for _ in range(2)] == [b"done", b"done"]
    assert [r.method for r in h1_pair.origin.requests[-2:]] == ["POST", "GET"]


@requirement("9112", "6.3", "MUST", "A request that ends before its body is not passed on as a "
             "whole one.")
@pytest.mark.parametrize("framing", ["Content-Length: 10\r\n\r\nhello",
                                     "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"])
def test_a_truncated_request(h1_pair, framing):
    whole = []
    ended = threading.Event()

    def handler(exchange):
        try:
            exchange.read_body()
            whole.append(len(exchange.request.body) == 10)
        except (OSError, ValueError):
            pass
        ended.set()
        exchange.close()
    path = h1_pair.path(reply(""))
    h1_pair.origin.on(path, handler, streams_body=True)
    with h1_pair.client() as client:
        client.send(f"POST {path} HTTP/1.1\r\nHost: a\r\n{framing}")
        h1_pair.origin.wait_for(lambda origin: origin.asked(path) == 1)
        client.socket.shutdown(socket.SHUT_WR)
        assert ended.wait(30)
    assert True not in whole


# ---- responses of origins (4, 6, 7)

RESPONSES = [
    ("7.1", "MUST", "Chunks are understood: extensions, digits in any case, a trailer.",
     "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n00a\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
     b"hello0123456789"),
    ("7.1.1", "MUST", "Blanks around what an extension of a chunk is made of mean nothing.",
     "Transfer-Encoding: chunked\r\n\r\n5 ; a = b\r\nhello\r\n0\r\n\r\n", b"hello"),
    ("6.3", "MUST", "Without a length the body ends with the connection.",
     "Connection: close\r\n\r\nhello", b"hello"),
    ("6.3", "MUST", "A length is the body's.", "Content-Length: 5\r\n\r\nhello", b"hello"),
    ("6.3", "MUST", "What stands behind the length is not of the body.",
     "Content-Length: 5\r\n\r\nhello, world", b"hello"),
    ("4", "MUST", "A reason may be empty.", "Content-Length: 2\r\n\r\nab", b"ab"),
]


@rows("9112", "text, body", RESPONSES)
def test_a_response(pair, text, body):
    def handler(exchange):
        exchange.send("HTTP/1.1 200 " + ("" if body == b"ab" else "OK") + "\r\n" + text)
        exchange.close()
    path = pair.path(handler)
    assert pair.ask("OPTIONS", path).body == body
    leave_no_ended_connection(pair)


@requirement("9112", "7.1.2", "MAY", "Fields of a response's trailer that would frame or route it "
             "are dropped, and the response is whole.")
def test_a_trailer_that_frames_nothing(pair):
    path = pair.path(lambda exchange: exchange.send(
        f"{OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
        "Content-Length: 1\r\nHost: b\r\nX-Sum: 1\r\n\r\n"))
    response = pair.get(path)
    assert response.body == b"hello"
    assert [(name.lower(), value) for name, value in response.trailers] == [("x-sum", "1")]


BAD_RESPONSES = [
    ("6.1", "SHOULD", "Transfer-Encoding beside Content-Length: 502.",
     "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    ("6.3", "MUST", "Lengths that differ: 502.",
     "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
    ("6.3", "MUST", "A length that is none: 502.", "Content-Length: x\r\n\r\nhello"),
    ("5.1", "MUST", "A blank before a colon: 502 rather than a guess.",
     "Content-Length : 5\r\n\r\nhello"),
    ("2.2", "MUST", "A NUL in a value: 502.", "X: a\0b\r\nContent-Length: 2\r\n\r\nab"),
    ("4", "MUST", "A status of two digits: 502.", None),
]


@rows("9112", "text", BAD_RESPONSES)
def test_a_bad_response(pair, text):
    def handler(exchange):
        exchange.send("HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n" if text is None else OK + text)
        exchange.close()
    path = pair.path(handler)
    assert pair.ask("POST", path, body=b"").status == 502


@requirement("9112", "6.3", "MUST", "A body is not what follows 204 and 304, whatever their "
             "fields say.")
@pytest.mark.parametrize("status", [204, 304])
def test_no_body_of_a_status(pair, status):
    def handler(exchange):
        exchange.send(f"HTTP/1.1 {status} X\r\nContent-Length: 5\r\n\r\n")
    path = pair.path(handler)
    for _ in range(2):
        response = pair.ask("POST", path, body=b"")
        assert (response.status, response.body) == (status, b"")


@requirement("9112", "6.3", "MUST", "A body is not what follows the head of an answer to HEAD.")
def test_no_body_of_head(pair):
    path = pair.path(lambda exchange: exchange.send(OK + "Transfer-Encoding: chunked\r\n\r\n")
                     if exchange.request.method == "HEAD" else reply("done")(exchange))
    assert pair.ask("HEAD", path).status == 200
    assert pair.get(path).body == b"done"


@requirement("9112", "8", "MUST", "A response that is cut is seen to be cut by the client, and not "
             "stored.")
@pytest.mark.parametrize("framing", ["Content-Length: 10\r\n\r\nhello",
                                     "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"])
def test_a_cut_response(pair, framing):
    def handler(exchange):
        exchange.send(f"{OK}Cache-Control: max-age=60\r\n{framing}")
        exchange.close()
    path = pair.path(handler, answer("second", MAX_AGE))
    with pair.client() as client:
        client.request("GET", path)
        with pytest.raises(AssertionError):
            client.response()
    assert pair.get(path).body == b"second"


@requirement("9112", "4", "SHOULD", "A line of status that nobody would send is not passed on: the "
             "reason says nothing that is needed.")
def test_the_reason(h1_pair):
    path = h1_pair.path(lambda exchange: exchange.send(
        "HTTP/1.1 200 All is well\r\nContent-Length: 0\r\n\r\n"))
    assert h1_pair.ask("POST", path, body=b"").reason in ("All is well", "OK")


@requirement("9112", "11.1", "MUST", "Nothing that a client writes becomes a line of its own for "
             "the origin.")
@pytest.mark.parametrize("tail", ["/%0d%0aX-Evil:%201", "?a=%0d%0aX-Evil:1"])
def test_no_line_is_split(pair, tail):
    path = pair.path(reply("done"))
    pair.origin.on((path + tail).split("?")[0], reply("done"))
    pair.ask("POST", path + tail, body=b"")
    assert pair.origin.requests[-1].header("X-Evil") is None
    assert pair.origin.requests[-1].target == path + tail
