# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Requests that are lawful and could still be read in two ways behind the edge: what the origin
sees has one meaning. Those that are not lawful: test_edge_hostile.py, test_edge_smuggling_h2.py."""
import pytest

import edge_process
import edges
import scripted_origin
from http_client import Client

HOST = "Host: a\r\n"
SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module", params=edges.BACKENDS, name="pair")
def new_pair(request):
    with scripted_origin.Origin() as origin:
        origin.on("/smuggled", scripted_origin.reply("smuggled"))
        origin.otherwise = lambda exchange: exchange.reply(200, exchange.request.body)
        rules = [{"when": {"path": "/said"},
                  "functions": {"network": {"http": {"answer": {"status": 200, "text": "said"}}}}},
                 {"when": {"path": "/closed"},
                  "functions": {"network": {"access": {"rules": [{"allow": False}]}}}},
                 {"when": {"path": "/short"},
                  "functions": {"network": {"http": {"maxBodySize": 5}}}}]
        site = edge_process.site(origin.port, rules=rules)
        other = edge_process.site(origin.port, name="other.example.com", functions={
            "network": {"http": {"headers": [
                {"side": "toOrigin", "name": "X-Site", "value": "other"}]}}})
        with edge_process.Edge(request.param, site, other) as edge:
            yield edges.Pair(origin, edge)


def seen(pair, text, answers=1):
    """What the origin saw of it, and the answers."""
    before = len(pair.origin.requests)
    with Client(pair.edge.port) as client:
        client.send(text)
        responses = [client.response() for _ in range(answers)]
    return pair.origin.requests[before:], responses


# ---- lawful forms of the same thing

@pytest.mark.parametrize("line", [
    "Transfer-Encoding: chunked", "transfer-encoding:chunked", "Transfer-Encoding:\tchunked \t",
    "TRANSFER-ENCODING: CHUNKED"])
def test_forms_of_chunked(pair, line):
    requests, (response,) = seen(pair, f"POST / HTTP/1.1\r\n{HOST}{line}\r\n\r\n3\r\nabc\r\n"
                                       "0\r\n\r\n")
    assert response.body == b"abc"
    assert [request.body for request in requests] == [b"abc"]


@pytest.mark.parametrize("line", ["Content-Length: 3", "content-length:3", "Content-Length:\t003 "])
def test_forms_of_a_length(pair, line):
    requests, (response,) = seen(pair, f"POST / HTTP/1.1\r\n{HOST}{line}\r\n\r\nabc")
    assert response.body == b"abc"
    assert [request.header("content-length") for request in requests] == ["3"]


@pytest.mark.parametrize("extension", [";a", ";a=b", ';a="b;c"', ";a=b;c=d"])
def test_extensions_of_chunks_go_no_further(pair, extension):
    requests, (response,) = seen(pair, f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n"
                                       f"\r\n3{extension}\r\nabc\r\n0\r\n\r\n")
    assert response.body == b"abc"
    assert requests[0].body == b"abc"


@pytest.mark.parametrize("field", ["Authorization: x", "Connection: close", "Cookie: a=b"])
def test_what_may_not_be_in_a_trailer_changes_nothing(pair, field):
    requests, (response, other) = seen(
        pair, f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
              f"0\r\n{field}\r\n\r\nGET /next HTTP/1.1\r\n{HOST}\r\n", answers=2)
    assert (response.body, other.body) == (b"abc", b"")
    assert [request.target for request in requests] == ["/", "/next"]
    assert requests[0].header(field.partition(":")[0]) != field.partition(": ")[2]


@pytest.mark.parametrize("field", ["Content-Length: 50", "Transfer-Encoding: chunked", "Host: b"])
def test_framing_in_a_trailer_is_refused(pair, field):
    before = pair.asked("/next")
    with Client(pair.edge.port) as client:
        client.send(f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
                    f"0\r\n{field}\r\n\r\nGET /next HTTP/1.1\r\n{HOST}\r\n")
        assert client.response().status == 400
        assert client.is_closed()
    assert pair.asked("/next") == before


def test_a_body_of_get_is_not_a_request(pair):
    requests, _ = seen(pair, f"GET /a HTTP/1.1\r\n{HOST}Content-Length: {len(SMUGGLED)}\r\n\r\n"
                             f"{SMUGGLED}GET /b HTTP/1.1\r\n{HOST}\r\n", answers=2)
    assert [request.target for request in requests] == ["/a", "/b"]
    assert requests[0].body == SMUGGLED.encode()


# ---- fields that other readers take for what they are not

@pytest.mark.parametrize("field, told", [
    ("Content_Length: 0", "content_length"), ("Transfer_Encoding: chunked", "transfer_encoding"),
    ("X_Forwarded_For: 1.2.3.4", "x_forwarded_for"), ("X_Real_IP: 1.2.3.4", "x_real_ip"),
    ("X-Forwarded_Proto: https", "x-forwarded_proto"), ("HOST_: b", None), ("X_A: b", None)])
def test_underscores_do_not_stand_for_what_the_edge_says(pair, field, told):
    """CGI and its heirs know X_Forwarded_For and X-Forwarded-For by one name."""
    requests, _ = seen(pair, f"POST / HTTP/1.1\r\n{HOST}{field}\r\nContent-Length: 3\r\n\r\nabc")
    assert [request.body for request in requests] == [b"abc"]
    if told:
        assert requests[0].header(told) is None


@pytest.mark.parametrize("name", [
    "Content-Length", "Transfer-Encoding", "Host", "X-Forwarded-For", "X-Real-IP", "Via"])
def test_connection_takes_nothing_away_that_the_edge_says(pair, name):
    requests, (response,) = seen(pair, f"POST / HTTP/1.1\r\n{HOST}Connection: {name}\r\n"
                                       "Content-Length: 3\r\n\r\nabc")
    assert response.body == b"abc"
    assert requests[0].header("host") == "a"
    assert requests[0].header("content-length") == "3"
    assert requests[0].header("x-forwarded-for") == "127.0.0.1"
    assert requests[0].header("x-real-ip") == "127.0.0.1"


@pytest.mark.parametrize("upgrade", ["h2c", "H2C", "websocket, h2c", "h2c/1"])
def test_no_tunnel_of_http2(pair, upgrade):
    """A tunnel in which requests go past the rules. RFC 9113, 3.1: nobody needs it any more."""
    requests, (response,) = seen(
        pair, f"GET /upgrade HTTP/1.1\r\n{HOST}Connection: Upgrade, HTTP2-Settings\r\n"
              f"Upgrade: {upgrade}\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n")
    assert response.status == 200
    assert "h2c" not in (requests[0].header("upgrade") or "").lower()
    assert requests[0].header("http2-settings") is None


# ---- whom it is for

def test_an_absolute_target_says_the_host(pair):
    """RFC 9112, 3.2.2: Host is overlooked, by the rules, the cache and the origin."""
    requests, _ = seen(pair, f"GET http://other.example.com/abs HTTP/1.1\r\n{HOST}\r\n")
    assert requests[0].header("host") == "other.example.com"
    assert requests[0].header("x-site") == "other"
    requests, _ = seen(pair, "GET http://a/abs HTTP/1.1\r\nHost: other.example.com\r\n\r\n")
    assert requests[0].header("host") == "a"
    assert requests[0].header("x-site") is None


def test_one_host_does_not_poison_what_another_has_stored(pair):
    pair.origin.on("/poison", lambda exchange: exchange.reply(
        200, exchange.request.header("host"), (("Cache-Control", "max-age=100"),)))
    for line, host in (("GET http://other.example.com/poison", "a"), ("GET /poison", "a"),
                       ("GET http://a/poison", "other.example.com")):
        _, (response,) = seen(pair, f"{line} HTTP/1.1\r\nHost: {host}\r\n\r\n")
        wanted = b"other.example.com" if "//other" in line else b"a"
        assert response.body == wanted


# ---- answers of the edge itself: what is left of the request is no request

@pytest.mark.parametrize("path, status", [
    ("/said", 200), ("/closed", 403), ("/short", 413)])
@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_the_body_of_what_the_edge_answers_is_not_a_request(pair, path, status, framing):
    """CL.0 of the edge's own."""
    body = SMUGGLED if framing == "length" else f"{len(SMUGGLED):x}\r\n{SMUGGLED}\r\n0\r\n\r\n"
    line = f"Content-Length: {len(SMUGGLED)}" if framing == "length" \
        else "Transfer-Encoding: chunked"
    with Client(pair.edge.port) as client:
        client.send(f"POST {path} HTTP/1.1\r\n{HOST}{line}\r\n\r\n{body}")
        assert client.response().status == status
        try:
            client.send(f"GET /said HTTP/1.1\r\n{HOST}\r\n")
            following = client.rest() if client.is_closed() else b""
        except OSError:
            following = b""
        assert b"smuggled" not in following
    assert pair.asked("/smuggled") == 0


@pytest.mark.parametrize("path, status", [("/said", 200), ("/closed", 403), ("/short", 413)])
def test_a_final_answer_to_an_expectation_is_the_last(pair, path, status):
    """Whether the body comes after all, only the client knows (RFC 9110, 10.1.1)."""
    with Client(pair.edge.port) as client:
        client.send(f"POST {path} HTTP/1.1\r\n{HOST}Expect: 100-continue\r\n"
                    f"Content-Length: {len(SMUGGLED)}\r\n\r\n")
        assert client.response().status == status
        client.send(SMUGGLED)
        assert client.is_closed()
    assert pair.asked("/smuggled") == 0


def test_what_follows_an_upgrade_that_was_refused_is_a_request(pair):
    requests, responses = seen(
        pair, f"GET /upgrade HTTP/1.1\r\n{HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
              f"GET /said HTTP/1.1\r\n{HOST}\r\n", answers=2)
    assert [request.target for request in requests] == ["/upgrade"]
    assert responses[1].body == b"said"
