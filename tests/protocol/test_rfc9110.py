# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9110: what an intermediary passes on, adds and leaves out. Conditions and caching are in the
files of RFC 9111, ranges in test_rfc9110_ranges.py."""
import re
import threading

import pytest

import edges
from caching import MAX_AGE, answer
from requirements import requirement, rows
from scripted_origin import reply

DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")


def sent(pair, method, *headers, **more):
    """What the origin sees of such a request."""
    path = pair.path(reply("done"))
    assert pair.ask(method, path, *headers, **more).body == (b"" if method == "HEAD" else b"done")
    return pair.last_request(path)


# ---- methods (9)

@requirement("9110", "9.1", "MUST", "Methods are passed on as they are, those nobody knows "
             "included.")
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH",
                                    "PROPFIND", "M-SEARCH", "X", "get"])
def test_methods(pair, method):
    assert sent(pair, method).method == method


@requirement("9110", "9.3.2", "MUST", "The answer to HEAD has no body, and the fields of GET's.")
def test_head(pair):
    path = pair.path(reply("hello", ("X-A", "1")))
    head = pair.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert (head.header("Content-Length"), head.header("X-A")) == ("5", "1")


@requirement("9110", "9.3.7", "MUST", "OPTIONS with a path is the origin's.")
def test_options(pair):
    path = pair.path(reply("", ("Allow", "GET, X")))
    assert pair.ask("OPTIONS", path).header("Allow") == "GET, X"


@requirement("9110", "7.6.2", "MUST", "Max-Forwards of OPTIONS and TRACE is counted down.")
@pytest.mark.parametrize("method", ["OPTIONS", "TRACE"])
def test_max_forwards_is_counted_down(pair, method):
    assert sent(pair, method, ("Max-Forwards", "5")).header("Max-Forwards") == "4"


@requirement("9110", "7.6.2", "MUST", "With Max-Forwards: 0 OPTIONS and TRACE are answered and not "
             "passed on.")
def test_max_forwards_ends(pair):
    path = pair.path(reply("done"))
    options = pair.ask("OPTIONS", path, ("Max-Forwards", "0"))
    assert options.status in (200, 204)
    assert "GET" in options.header("Allow").split(", ")
    assert pair.ask("TRACE", path, ("Max-Forwards", "0")).status in (200, 405)
    assert pair.asked(path) == 0


@requirement("9110", "7.6.2", "MAY", "Max-Forwards of other methods says nothing, nor does one "
             "that is no number.")
def test_max_forwards_of_others(pair):
    assert sent(pair, "POST", ("Max-Forwards", "0"), body=b"").header("Max-Forwards") == "0"
    assert sent(pair, "OPTIONS", ("Max-Forwards", "x")).header("Max-Forwards") == "x"


@requirement("9110", "9.3.6", "MUST", "CONNECT is no way through the edge.")
def test_connect(h1_pair):
    with h1_pair.client() as client:
        client.request("CONNECT", "example.com:443")
        assert 400 <= client.response().status < 600


# ---- routing (7)

@requirement("9110", "7.2", "MUST", "The origin gets a Host, and one only: that of the request.")
def test_host(pair):
    request = sent(pair, "GET", host="www.example.com")
    assert [value for name, value in request.headers if name.lower() == "host"] == [
        "www.example.com"]


@requirement("9110", "7.1", "MUST", "The target is passed on as it is, escapes, slashes and query "
             "included.")
@pytest.mark.parametrize("tail", ["?a=b&c=%20", "?", "/%2F%2e", "//x", ";p=1", "?a=/../b", "/a/./b",
                                  "/~!$&'()*+,=:@", "?x=%zz"])
def test_targets(pair, tail):
    path = pair.path(reply("done"), name="t")
    pair.origin.on((path + tail).split("?")[0], reply("done"))
    pair.ask("POST", path + tail, body=b"")
    assert pair.origin.requests[-1].target == path + tail


# ---- Connection and Via (7.6)

@requirement("9110", "7.6.3", "MUST", "A request that is passed on has Via with the version it "
             "came with, behind what is there.")
def test_via_of_requests(pair):
    version = {"h1": "1.1", "h2": "2"}[pair.protocol]
    assert sent(pair, "GET").header("Via") == f"{version} larder"
    assert sent(pair, "POST", ("Via", "1.0 a, 1.1 b"), body=b"").header("Via") == (
        f"1.0 a, 1.1 b, {version} larder")


@requirement("9110", "7.6.3", "MAY", "A response that is passed on has Via, too.")
def test_via_of_responses(pair):
    path = pair.path(reply("done", ("Via", "1.0 a")))
    assert pair.get(path).header("Via") == "1.0 a, 1.1 larder"


@requirement("9110", "7.6.1", "MUST", "Fields that a request's Connection lists are not passed on.")
@requirement("9110", "7.6.1", "MUST", "Connection itself is not passed on.")
def test_connection_of_requests(h1_pair):
    request = sent(h1_pair, "POST", ("Connection", "X-Mine, close"), ("X-Mine", "1"),
                   ("X-Kept", "2"), body=b"")
    assert (request.header("X-Mine"), request.header("X-Kept")) == (None, "2")
    assert "X-Mine" not in (request.header("Connection") or "")


OF_THE_CONNECTION = [
    ("7.6.1", "MUST", f"{name} of a request is not passed on.", name, value) for name, value in [
        ("Proxy-Connection", "keep-alive"), ("Keep-Alive", "timeout=5"), ("TE", "trailers"),
        ("Upgrade", "foo/2")]
]


@rows("9110", "name, value", OF_THE_CONNECTION)
def test_fields_of_the_connection(h1_pair, name, value):
    assert sent(h1_pair, "POST", (name, value), body=b"").header(name) is None


@requirement("9110", "7.6.1", "MUST", "Fields that a response's Connection lists are not passed "
             "on, nor is what is of the connection anyway.")
def test_connection_of_responses(pair):
    path = pair.path(reply("done", ("Connection", "X-Secret, keep-alive"), ("X-Secret", "1"),
                           ("Keep-Alive", "timeout=5"), ("Proxy-Connection", "x"), ("X-Open", "2")))
    response = pair.ask("POST", path, body=b"")
    assert [response.header(name) for name in ("X-Secret", "Keep-Alive", "Proxy-Connection")] == [
        None, None, None]
    assert response.header("X-Open") == "2"


@requirement("9110", "7.6.1", "MUST", "An end-to-end field is not lost because Connection lists it "
             "in another request.")
def test_connection_is_of_one_request(h1_pair):
    with h1_pair.client() as client:
        path = h1_pair.path(reply("done"))
        client.ask("POST", path, ("Connection", "X-A"), ("X-A", "1"), body=b"")
        client.ask("POST", path, ("X-A", "2"), body=b"")
        assert h1_pair.last_request(path).header("X-A") == "2"


# ---- fields (5, 6, 8)

@requirement("9110", "5.1", "MUST", "Fields that are not known are passed on, both ways.")
def test_unknown_fields(pair):
    path = pair.path(reply("done", ("X-Answer", "a;b=\"c\"")))
    response = pair.get(path, ("X-Question", "?"))
    assert response.header("X-Answer") == "a;b=\"c\""
    assert pair.last_request(path).header("X-Question") == "?"


@requirement("9110", "5.3", "MUST", "The order of lines of one field is kept.")
def test_order_of_lines(pair):
    path = pair.path(reply("done", ("X-A", "1"), ("X-B", "2"), ("X-A", "3")))
    response = pair.ask("POST", path, ("X-C", "1"), ("X-D", "2"), ("X-C", "3"), body=b"")
    assert response.all("X-A") == ["1", "3"]
    request = pair.last_request(path)
    assert [value for name, value in request.headers if name.lower() == "x-c"] == ["1", "3"]


@requirement("9110", "5.5", "SHOULD", "Bytes beyond ASCII in a value are passed on as they are.")
def test_obs_text(pair):
    path = pair.path(reply("done", ("X-A", "caf\xe9")))
    assert pair.ask("POST", path, ("X-B", "\xfc\xff"), body=b"").header("X-A") == "caf\xe9"
    assert pair.last_request(path).header("X-B") == "\xfc\xff"


@requirement("9110", "8.6", "MUST", "204 has no Content-Length.")
def test_204_has_no_length(pair):
    path = pair.path(answer("x", ("Content-Length", "0"), status=204, body=b""))
    response = pair.ask("POST", path, body=b"")
    assert (response.status, response.header("Content-Length")) == (204, None)


@requirement("9110", "8.6", "MUST", "What is passed on has the length that its body has.")
@pytest.mark.parametrize("size", [0, 1, 1000, 100_000, 3_000_000])
def test_lengths(pair, size):
    path = pair.path(reply(b"x" * size))
    body = b"y" * min(size, 900_000)
    response = pair.ask("POST", path, body=body)
    assert (len(response.body), response.header("Content-Length")) == (size, str(size))
    assert pair.last_request(path).body == body
    assert pair.last_request(path).header("Content-Length") == str(len(body))


@requirement("9110", "8.4", "MUST", "A content coding is passed on as it is.")
def test_content_coding(pair):
    path = pair.path(reply(b"\x1f\x8b\0\1", ("Content-Encoding", "gzip")))
    response = pair.get(path, ("Accept-Encoding", "gzip"))
    assert (response.body, response.header("Content-Encoding")) == (b"\x1f\x8b\0\1", "gzip")


@requirement("9110", "6.6.1", "MUST", "Responses of the edge itself have a Date.")
@pytest.mark.parametrize("kind", ["502", "404", "504"])
def test_own_responses_have_a_date(pair, kind):
    if kind == "502":
        response = pair.get(pair.path(lambda exchange: exchange.reset()))
    elif kind == "404":
        response = pair.ask("PURGE", pair.path(reply("x")))
    else:
        response = pair.get(pair.path(reply("x")), ("Cache-Control", "only-if-cached"))
    assert response.status == int(kind)
    assert DATE.fullmatch(response.header("Date") or "")


@requirement("9110", "6.6.1", "MUST", "A Date that is there is passed on as it is.")
def test_date_is_passed_on(pair):
    date = "Sun, 06 Nov 1994 08:49:37 GMT"
    path = pair.path(reply("x", ("Date", date)))
    assert pair.ask("POST", path, body=b"").all("Date") == [date]


@requirement("9110", "10.2.4", "MUST", "Server and User-Agent are passed on as they are.")
def test_names_of_products(pair):
    path = pair.path(reply("x", ("Server", "origin/1")))
    assert pair.ask("POST", path, ("User-Agent", "me/2"), body=b"").all("Server") == ["origin/1"]
    assert pair.last_request(path).header("User-Agent") == "me/2"


@requirement("9110", "11.7.1", "MAY", "407 of an origin is passed on.")
@requirement("9110", "11.6.1", "MUST", "WWW-Authenticate is passed on as it is.")
def test_authentication(pair):
    challenge = ("WWW-Authenticate", 'Basic realm="a", Bearer')
    response = pair.get(pair.path(reply("no", challenge, status=401)))
    assert (response.status, response.header(challenge[0])) == (401, challenge[1])


@requirement("9110", "6.5", "MAY", "Trailers of a response are passed on.")
def test_trailers_of_responses(pair):
    path = pair.path(lambda exchange: exchange.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
        "5\r\nhello\r\n0\r\nX-Sum: 11\r\n\r\n"))
    response = pair.ask("POST", path, ("TE", "trailers"), body=b"")
    assert response.body == b"hello"
    assert [(name.lower(), value) for name, value in response.trailers] == [("x-sum", "11")]


@requirement("9110", "6.5.1", "MUST", "A trailer does not change how a message is cached.")
def test_forbidden_trailers(pair):
    path = pair.path(lambda exchange: exchange.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
        "Cache-Control: max-age=3600\r\nX-Sum: 1\r\n\r\n"))
    for count in (1, 2):
        response = pair.get(path)
        assert (response.body, response.header("Cache-Control")) == (b"hello", None)
        assert pair.asked(path) == count


# ---- statuses (15)

@requirement("9110", "15", "MUST", "Statuses are passed on as they are, those nobody knows "
             "included.")
@pytest.mark.parametrize("status", [200, 201, 202, 203, 204, 205, 206, 207, 226, 299, 300, 301, 303,
                                    304, 307, 308, 400, 401, 402, 404, 405, 407, 418, 429, 451, 499,
                                    500, 501, 502, 503, 505, 511, 599])
def test_statuses(pair, status):
    path = pair.path(reply("", status=status))
    assert pair.ask("POST", path, body=b"").status == status


@requirement("9110", "15.2", "MUST", "Interim responses are passed on.")
@requirement("9110", "15.2", "MUST", "What an interim response says is not the final one's.")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [102, 103])
def test_interim(pair, method, status):
    def handler(exchange):
        exchange.send(f"HTTP/1.1 {status} X\r\nLink: </x.css>; rel=preload\r\nX-My: test\r\n\r\n")
        answer("first", MAX_AGE)(exchange)
    path = pair.path(handler)
    response = pair.ask(method, path, **({} if method == "GET" else {"body": b"x"}))
    assert [interim.status for interim in response.interim] == [status]
    assert response.interim[0].header("Link") == "</x.css>; rel=preload"
    assert (response.status, response.header("X-My"), response.body) == (200, None, b"first")
    if method == "GET":
        again = pair.get(path)
        assert (again.header("X-Answer"), again.header("X-My")) == ("first", None)
        assert again.interim == []
        assert pair.asked(path) == 1


@requirement("9110", "15.2", "MUST", "Several interim responses are passed on in their order.")
def test_several_interim(pair):
    def handler(exchange):
        for number in (1, 2, 3):
            exchange.send(f"HTTP/1.1 103 X\r\nLink: <{number}>\r\n\r\n")
        answer("first", MAX_AGE)(exchange)
    response = pair.get(pair.path(handler))
    assert [interim.header("Link") for interim in response.interim] == ["<1>", "<2>", "<3>"]


@requirement("9110", "15.2", "MUST", "An interim response reaches the client before the final one.")
def test_interim_comes_at_once(pair):
    gate = threading.Event()

    def handler(exchange):
        exchange.send("HTTP/1.1 103 X\r\nLink: <1>\r\n\r\n")
        assert gate.wait(30)
        answer("first", MAX_AGE)(exchange)
    path = pair.path(handler)
    with pair.client() as client:
        client.request("GET", path)
        assert client.head().status == 103
        gate.set()
        assert client.response().status == 200


@requirement("9110", "15.2", "MUST", "HTTP/1.0 gets no interim responses.")
def test_no_interim_for_1_0(h1_pair):
    def handler(exchange):
        exchange.send("HTTP/1.1 103 X\r\nLink: <1>\r\n\r\n")
        answer("first", MAX_AGE)(exchange)
    path = h1_pair.path(handler)
    with h1_pair.client() as client:
        client.send(f"GET {path} HTTP/1.0\r\n\r\n")
        assert client.rest().startswith(b"HTTP/1.1 200")


@requirement("9110", "7.4", "MUST", "A target that says https makes no secure request of a plain "
             "one: it is what it is without, also in the cache.")
def test_the_scheme_is_of_the_connection(pair):
    path = pair.path(answer("first", MAX_AGE), answer("second", MAX_AGE))
    with pair.client() as client:
        if pair.protocol == "h2":
            client.send_lines([(":method", "GET"), (":scheme", "https"),
                               (":authority", "example.com"), (":path", path)])
        else:
            client.send(f"GET https://example.com{path} HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.response().header("X-Answer") == "first"
    assert pair.last_request(path).header("X-Forwarded-Proto") == "http"
    assert pair.get(path).header("X-Answer") == "first"


@requirement("9110", "10.1.1", "MUST", "Expect: 100-continue is answered when the body is wanted.")
def test_expect(h1_pair):
    path = h1_pair.path(reply("done"))
    with h1_pair.client() as client:
        client.request("POST", path, ("Expect", "100-Continue"), ("Content-Length", "5"))
        assert client.head().status == 100
        client.send("hello")
        assert client.response().body == b"done"
    assert h1_pair.last_request(path).body == b"hello"


@requirement("9110", "10.1.1", "MUST", "Expect is a list, in which 100-continue may stand twice.")
@pytest.mark.parametrize("lines", [["100-continue", "100-continue"],
                                   ["100-continue, 100-continue"]])
def test_expect_twice(h1_pair, lines):
    path = h1_pair.path(reply("done"))
    with h1_pair.client() as client:
        client.request("POST", path, *(("Expect", line) for line in lines), ("Content-Length", "5"))
        assert client.head().status == 100
        client.send("hello")
        response = client.response()
    assert (response.body, response.interim) == (b"done", [])


@requirement("9110", "10.1.1", "MAY", "There is no 100 where no body is to come.")
def test_expect_without_a_body(pair):
    path = pair.path(reply("done"))
    response = pair.ask("POST", path, ("Expect", "100-continue"), ("Content-Length", "0"))
    assert (response.body, response.interim) == (b"done", [])


@requirement("9110", "10.1.1", "MAY", "An expectation that is not known is 417.")
def test_an_unknown_expectation(h1_pair):
    path = h1_pair.path(reply("done"))
    assert h1_pair.ask("POST", path, ("Expect", "tea"), body=b"x").status == 417
    assert h1_pair.asked(path) == 0


@requirement("9110", "10.1.1", "MUST", "HTTP/1.0 gets no 100.")
def test_no_100_for_1_0(h1_pair):
    path = h1_pair.path(reply("done"))
    with h1_pair.client() as client:
        client.send(f"POST {path} HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab")
        assert client.rest().startswith(b"HTTP/1.1 200")


@requirement("9110", "7.8", "MUST", "101 makes a tunnel of the connection; Upgrade is passed on.")
def test_upgrade(h1_pair):
    def handler(exchange):
        exchange.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                      "Upgrade: echo\r\n\r\n")
        while data := exchange.socket.recv(1000):
            exchange.send(data.upper())
        exchange.close()
    path = h1_pair.path(handler)
    with h1_pair.client() as client:
        client.request("GET", path, ("Connection", "Upgrade"), ("Upgrade", "echo"))
        assert client.response().status == 101
        client.send("hello")
        assert client.exactly(5) == b"HELLO"
    assert h1_pair.last_request(path).header("Upgrade") == "echo"


@requirement("9110", "7.8", "MUST", "Where the origin does not switch, the answer is an answer.")
def test_upgrade_is_not_taken(h1_pair):
    path = h1_pair.path(reply("no"))
    with h1_pair.client() as client:
        client.request("GET", path, ("Connection", "Upgrade"), ("Upgrade", "echo"))
        assert client.response().body == b"no"
        assert client.get(path).body == b"no"


@requirement("9110", "15.6.3", "MUST", "An origin that answers what is no HTTP is 502.")
@requirement("9110", "15.6.3", "MUST", "An origin that closes without an answer is 502.")
@pytest.mark.parametrize("said", [b"", b"\0\1\2", b"SSH-2.0-x\r\n\r\n"], ids=["", "bytes", "ssh"])
def test_bad_gateway(pair, said):
    def handler(exchange):
        exchange.send(said)
        exchange.close()
    assert pair.ask("POST", pair.path(handler), body=b"").status == 502


@requirement("9110", "15.6.5", "MUST", "An origin that does not answer in time is 504.")
def test_gateway_timeout(backend):
    functions = {"network": {"origin": {"responseTimeoutSec": 0.2}}}
    gate = threading.Event()
    with edges.edge_before_origin(backend, functions) as pair:
        assert pair.get(pair.path(lambda exchange: gate.wait(30))).status == 504
        gate.set()


@requirement("9110", "15.6.4", "MAY", "Where nobody listens it is 502 or 503.")
def test_nobody_listens(backend):
    with edges.edge_before_origin(backend) as pair:
        pair.origin.stop()
        assert pair.get("/").status in (502, 503)


@requirement("9110", "15.5.14", "MAY", "A body that is longer than it may be is 413.")
def test_a_body_that_is_too_long(pair):
    path = pair.path(reply("done"))
    with pair.client() as client:
        client.request("POST", path, ("Content-Length", "2000000"), ends=False)
        assert client.response("POST").status == 413
    assert pair.asked(path) == 0


@requirement("9110", "9.3.1", "MUST", "A body of GET is passed on, and such a GET not answered "
             "from the store.")
def test_a_get_with_a_body(pair):
    path = pair.path(answer("first", MAX_AGE), answer("second", MAX_AGE))
    pair.get(path)
    assert pair.get(path, body=b"hello").header("X-Answer") == "second"
    assert pair.last_request(path).body == b"hello"
    assert pair.get(path).header("X-Answer") == "first"


@requirement("9110", "9.3.5", "MUST", "A body of DELETE is passed on.")
def test_a_delete_with_a_body(pair):
    assert sent(pair, "DELETE", body=b"hello").body == b"hello"


@requirement("9110", "9.3.8", "MUST", "TRACE is passed on, and its answer is not stored.")
def test_trace(pair):
    path = pair.path(answer("first", MAX_AGE, ("Content-Type", "message/http")),
                     answer("second", MAX_AGE))
    assert pair.ask("TRACE", path).header("X-Answer") == "first"
    assert pair.get(path).header("X-Answer") == "second"


@requirement("9110", "9.2.2", "MAY", "A safe request is sent again where a connection that was "
             "idle has ended.")
def test_an_idle_connection_that_has_ended(pair):
    first = pair.path(lambda exchange: (exchange.reply(200, "one"), exchange.close()))
    second = pair.path(reply("two"))
    for _ in range(5):
        assert pair.ask("OPTIONS", first).body == b"one"
        assert pair.ask("OPTIONS", second).body == b"two"     # and leaves no ended one behind


@requirement("9110", "8.8.3", "MUST", "An ETag is passed on as it is.")
@pytest.mark.parametrize("etag", ['"x"', 'W/"x"', '""', '"a b"', "unquoted", '"caf\xe9"'])
def test_etags(pair, etag):
    path = pair.path(answer("first", MAX_AGE, ("ETag", etag)))
    for _ in range(2):
        assert pair.get(path).header("ETag") == etag
    assert pair.asked(path) == 1


@requirement("9110", "7.8", "MUST", "Upgrade to HTTP/2 is not the origin's to take: h2c is not "
             "passed on, nor is HTTP2-Settings.")
def test_no_upgrade_to_http2(h1_pair):
    path = h1_pair.path(reply("done"))
    for method in ("GET", "POST"):
        with h1_pair.client() as client:
            client.request(method, path, ("Connection", "Upgrade, HTTP2-Settings"),
                           ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAAQAAP__"),
                           ("X-Method", method))
            assert client.response().body == b"done"
    request = h1_pair.last_request(path)
    assert request.header("Upgrade") is None
    assert request.header("HTTP2-Settings") is None
    assert request.header("Connection") in (None, "keep-alive")
