# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Well-formed requests, and what an origin answers: the list that Larder, nginx and HAProxy share.

    Case(name, [request, …], handler, …)      requests of one connection, one after the other

A request is text with {p} where the case's path stands; its method says how the answer is read.
"""
import zlib
from dataclasses import dataclass, field

from scripted_origin import now, reply

HOST = "Host: www.example.com"
FRESH = ("Cache-Control", "max-age=100")
BODY = "0123456789abcdefghij"
TAGGED = (FRESH, ("ETag", '"v1"'), ("Last-Modified", "Mon, 06 Jan 2020 10:00:00 GMT"))


@dataclass
class Case:
    name: str
    requests: list
    handlers: list
    method: str = "GET"      # of the requests that do not begin with one
    pipelined: bool = False
    path: str = field(init=False)

    def __post_init__(self):
        self.path = f"/c{zlib.crc32(self.name.encode()):08x}"


def get(*lines, target="{p}", method="GET", version="HTTP/1.1", host=HOST, body=""):
    head = [f"{method} {target} {version}", *([host] if host else []), *lines]
    return "\r\n".join(head) + "\r\n\r\n" + body


def raw(text):
    """A response as it stands; the connection stays."""
    return lambda exchange: exchange.send(text)


def last(text):
    """A response as it stands, and the end of the connection."""
    def handler(exchange):
        exchange.send(text)
        exchange.close()
    return handler


def silent(exchange):
    exchange.close()


def cut(exchange):
    exchange.reset()


def validating(*headers):
    """200, or 304 to whoever has it."""
    def handler(exchange):
        if exchange.request.header("if-none-match"):
            exchange.reply(304, "", headers, "Not Modified")
        else:
            exchange.reply(200, BODY, headers)
    return handler


def upgrading(exchange):
    exchange.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                  "Upgrade: echo\r\n\r\nhello")
    exchange.close()


def echo_length(exchange):
    exchange.reply(200, f"{exchange.request.method} {len(exchange.request.body)}")


def case(name, *requests, answer=None, answers=(), **more):
    return Case(name, list(requests), list(answers) or [answer or reply(BODY)], **more)


OK = "HTTP/1.1 200 OK\r\n"
TWICE = (get(), get())
STORED = reply(BODY, *TAGGED)

METHODS = [
    case("GET", get()),
    case("HEAD", get(method="HEAD")),
    case("HEAD of what is stored", get(), get(method="HEAD"), answer=STORED),
    case("POST", get("Content-Length: 3", method="POST", body="abc"), answer=echo_length),
    case("POST of nothing", get("Content-Length: 0", method="POST"), answer=echo_length),
    case("POST in chunks", get("Transfer-Encoding: chunked", method="POST",
                               body="3\r\nabc\r\n0\r\n\r\n"), answer=echo_length),
    case("PUT", get("Content-Length: 3", method="PUT", body="abc"), answer=echo_length),
    case("PATCH", get("Content-Length: 3", method="PATCH", body="abc"), answer=echo_length),
    case("DELETE", get(method="DELETE"), answer=echo_length),
    case("DELETE with a body", get("Content-Length: 3", method="DELETE", body="abc"),
         answer=echo_length),
    case("GET with a body", get("Content-Length: 3", body="abc"), answer=echo_length),
    case("OPTIONS", get(method="OPTIONS"), answer=echo_length),
    case("PROPFIND", get("Depth: 1", method="PROPFIND"), answer=echo_length),
    case("a method that nobody knows", get(method="M-FETCH"), answer=echo_length),
    case("a method in small letters", get(method="get"), answer=echo_length),
]

CACHING = [
    case("fresh", *TWICE, answer=reply(BODY, FRESH)),
    case("nothing said", *TWICE),
    case("no-store", *TWICE, answer=reply(BODY, ("Cache-Control", "no-store"))),
    case("private", *TWICE, answer=reply(BODY, ("Cache-Control", "private, max-age=100"))),
    case("no-cache", *TWICE, answer=validating(("Cache-Control", "no-cache"), ("ETag", '"a"'))),
    case("s-maxage=0", *TWICE, answer=reply(BODY, ("Cache-Control", "max-age=100, s-maxage=0"))),
    case("s-maxage", *TWICE, answer=reply(BODY, ("Cache-Control", "max-age=0, s-maxage=100"))),
    case("Expires to come", *TWICE,
         answer=lambda e: e.reply(200, BODY, (("Expires", now(100)),))),
    case("Expires gone by", *TWICE,
         answer=lambda e: e.reply(200, BODY, (("Expires", now(-100)),))),
    case("Expires that is no date", *TWICE, answer=reply(BODY, ("Expires", "0"))),
    case("last modified long ago", *TWICE,
         answer=lambda e: e.reply(200, BODY, (("Last-Modified", now(-1_000_000)),))),
    case("Set-Cookie", *TWICE, answer=reply(BODY, FRESH, ("Set-Cookie", "a=b"))),
    case("Authorization", *[get("Authorization: Basic YTpi")] * 2, answer=reply(BODY, FRESH)),
    case("Authorization and public", *[get("Authorization: Basic YTpi")] * 2,
         answer=reply(BODY, ("Cache-Control", "public, max-age=100"))),
    case("an age on the way", *TWICE, answer=reply(BODY, FRESH, ("Age", "40"))),
    case("too old already", *TWICE, answer=reply(BODY, FRESH, ("Age", "200"))),
    case("404 for a while", *TWICE, answer=reply(BODY, FRESH, status=404, reason="Not Found")),
    case("410 for a while", *TWICE, answer=reply(BODY, FRESH, status=410, reason="Gone")),
    case("301 for a while", *TWICE, answer=reply(
        BODY, FRESH, ("Location", "/there"), status=301, reason="Moved Permanently")),
    case("302", *TWICE, answer=reply(BODY, ("Location", "/there"), status=302, reason="Found")),
    case("500 for a while", *TWICE, answer=reply(
        BODY, FRESH, status=500, reason="Internal Server Error")),
    case("204 for a while", *TWICE, answer=reply("", FRESH, status=204, reason="No Content")),
    case("a query is another", get(), get(target="{p}?a=1"), get(target="{p}?a=1"),
         answer=reply(BODY, FRESH)),
    case("Vary", get("Accept-Encoding: gzip"), get("Accept-Encoding: br"),
         get("Accept-Encoding: gzip"), answers=[reply("gzip", FRESH, ("Vary", "Accept-Encoding")),
                                                reply("br", FRESH, ("Vary", "Accept-Encoding"))]),
    case("Vary by anything", *TWICE, answer=reply(BODY, FRESH, ("Vary", "*"))),
    case("no-cache from the client", get(), get("Cache-Control: no-cache"), answer=STORED),
    case("max-age=0 from the client", get(), get("Cache-Control: max-age=0"), answer=STORED),
    case("no-store from the client", get("Cache-Control: no-store"), get(), answer=STORED),
    case("only-if-cached", get("Cache-Control: only-if-cached")),
    case("POST makes it another", get(), get("Content-Length: 0", method="POST"), get(),
         answer=STORED),
    case("Content-Encoding", *TWICE,
         answer=reply("zipped", FRESH, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))),
]

CONDITIONS = [
    case("the validator of what is stored", get(), get('If-None-Match: "v1"'), answer=STORED),
    case("a weak form of it", get(), get('If-None-Match: W/"v1"'), answer=STORED),
    case("several validators", get(), get('If-None-Match: "v0", "v1"'), answer=STORED),
    case("any validator", get(), get("If-None-Match: *"), answer=STORED),
    case("another validator", get(), get('If-None-Match: "v2"'), answer=STORED),
    case("not modified since", get(),
         get("If-Modified-Since: Mon, 06 Jan 2020 10:00:00 GMT"), answer=STORED),
    case("modified since", get(),
         get("If-Modified-Since: Mon, 06 Jan 2020 09:00:00 GMT"), answer=STORED),
    case("since a later day", get(),
         get("If-Modified-Since: Tue, 07 Jan 2020 10:00:00 GMT"), answer=STORED),
    case("since no date", get(), get("If-Modified-Since: yesterday"), answer=STORED),
    case("both conditions", get(), get('If-None-Match: "v2"',
                                       "If-Modified-Since: Mon, 06 Jan 2020 10:00:00 GMT"),
         answer=STORED),
    case("revalidated", *TWICE, get('If-None-Match: "a"'),
         answer=validating(("Cache-Control", "max-age=0"), ("ETag", '"a"'))),
    case("If-Match of the origin", get('If-Match: "v9"'),
         answer=reply("", status=412, reason="Precondition Failed")),
]

RANGES = [
    case("the first bytes", get(), get("Range: bytes=0-4"), answer=STORED),
    case("the last bytes", get(), get("Range: bytes=-5"), answer=STORED),
    case("from a byte on", get(), get("Range: bytes=15-"), answer=STORED),
    case("beyond the end", get(), get("Range: bytes=10-900"), answer=STORED),
    case("behind the end", get(), get("Range: bytes=100-"), answer=STORED),
    case("a range of sheep", get(), get("Range: sheep=0-4"), answer=STORED),
    case("a range the wrong way round", get(), get("Range: bytes=5-2"), answer=STORED),
    case("a range if it is the same", get(), get("Range: bytes=0-4", 'If-Range: "v1"'),
         answer=STORED),
    case("a range if it is another", get(), get("Range: bytes=0-4", 'If-Range: "v2"'),
         answer=STORED),
    case("a range of what may not be stored", get(), get("Range: bytes=0-4"), answers=[
        reply(BODY, ("Cache-Control", "no-store")),
        raw("HTTP/1.1 206 Partial Content\r\nCache-Control: no-store\r\n"
            "Content-Range: bytes 0-4/20\r\nContent-Length: 5\r\n\r\n01234")]),
    case("HEAD with a range", get(), get("Range: bytes=0-4", method="HEAD"), answer=STORED),
]

RESPONSES = [
    case("chunks", get(), answer=raw(
        f"{OK}Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n2\r\nfg\r\n0\r\n\r\n")),
    case("chunks with extensions", get(), answer=raw(
        f'{OK}Transfer-Encoding: chunked\r\n\r\n5;a=b;c="d e"\r\nabcde\r\n0\r\n\r\n')),
    case("chunks with leading zeros", get(), answer=raw(
        f"{OK}Transfer-Encoding: chunked\r\n\r\n0005\r\nabcde\r\n000\r\n\r\n")),
    case("trailers", get("TE: trailers", "Connection: TE"), answer=raw(
        f"{OK}Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
        "2\r\nab\r\n0\r\nX-Sum: 1\r\n\r\n")),
    case("until the end of the connection", get(), answer=last(f"{OK}\r\nabc")),
    case("an empty body", get(), answer=reply("")),
    case("an origin of HTTP/1.0", get(), answer=last(
        "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc")),
    case("204", get(), answer=reply("", status=204, reason="No Content")),
    case("205", get(), answer=reply("", status=205, reason="Reset Content")),
    case("304 that nobody asked for", get(), answer=reply(
        "", ("ETag", '"x"'), ("Cache-Control", "no-store"), status=304, reason="Not Modified")),
    case("a status of no name", get(), answer=raw(
        "HTTP/1.1 299 \r\nContent-Length: 2\r\n\r\nab")),
    case("a reason of one's own", get(), answer=reply("a", reason="Fine, thanks")),
    case("418", get(), answer=reply("a", status=418, reason="I'm a teapot")),
    case("503 with Retry-After", get(), answer=reply(
        "a", ("Retry-After", "5"), status=503, reason="Service Unavailable")),
    case("599", get(), answer=reply("a", status=599, reason="Strange")),
    case("early hints", get(), answer=raw(
        f"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n{OK}Content-Length: 2\r\n\r\nab")),
    case("100 without a question", get(), answer=raw(
        f"HTTP/1.1 100 Continue\r\n\r\n{OK}Content-Length: 2\r\n\r\nab")),
    case("fields of the connection", get(), answer=raw(
        f"{OK}Connection: X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\nKeep-Alive: timeout=9\r\n"
        "Content-Length: 2\r\n\r\nab")),
    case("many cookies", get(), answer=reply("a", ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))),
    case("blanks around a value", get(), answer=raw(
        f"{OK}X-A:  \t one two \t \r\nContent-Length: 2\r\n\r\nab")),
    case("an empty value", get(), answer=raw(f"{OK}X-A:\r\nContent-Length: 2\r\n\r\nab")),
    case("a long head of the origin", get(), answer=reply(
        "a", *((f"X-{i}", "y" * 100) for i in range(25)))),
    case("no content type", get(), answer=raw(f"{OK}Content-Length: 2\r\n\r\nab")),
    case("a body to HEAD is promised", get(method="HEAD"), answer=raw(
        f"{OK}Content-Length: 1000\r\n\r\n")),
]

REQUESTS = [
    case("Expect", get("Content-Length: 3", "Expect: 100-continue", method="POST", body="abc"),
         answer=echo_length),
    case("an expectation in capitals", get("Content-Length: 3", "Expect: 100-CONTINUE",
                                           method="POST", body="abc"), answer=echo_length),
    case("chunks with trailers", get("Transfer-Encoding: chunked", method="POST",
                                     body="3;x=y\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"),
         answer=echo_length),
    case("a coding in capitals", get("Transfer-Encoding: CHUNKED", method="POST",
                                     body="3\r\nabc\r\n0\r\n\r\n"), answer=echo_length),
    case("Connection: close", get("Connection: close")),
    case("Connection: keep-alive", *[get("Connection: keep-alive")] * 2),
    case("Connection names a field", get("Connection: X-Hop", "X-Hop: 1", "X-End: 2")),
    case("a proxy's fields", get("Proxy-Connection: keep-alive", "Keep-Alive: 300")),
    case("HTTP/1.0", get(version="HTTP/1.0")),
    case("HTTP/1.0 without a host", get(version="HTTP/1.0", host=None)),
    case("HTTP/1.0 that stays", *[get("Connection: keep-alive", version="HTTP/1.0")] * 2),
    case("an upgrade", get("Connection: Upgrade", "Upgrade: echo"), answer=upgrading),
    case("an upgrade that is not wanted", get("Connection: Upgrade", "Upgrade: echo")),
    case("pipelined", get(), get(), get(), pipelined=True, answer=reply(BODY, FRESH)),
    case("an absolute target", get(target="http://www.example.com{p}")),
    case("an absolute target of another host", get(target="http://other.example.com{p}")),
    case("an absolute target with a port", get(target="http://www.example.com:80{p}")),
    case("escapes", get(target="{p}?a=%41%2f%2F&b=%7e")),
    case("an escaped slash", get(target="{p}%2Fa")),
    case("a query of its own kind", get(target="{p}?a/b?c;d={}|^`")),
    case("an empty query", get(target="{p}?")),
    case("two slashes", get(target="{p}//a")),
    case("dots", get(target="{p}/a/../b/./c")),
    case("a long target", get(target="{p}?" + "x" * 4000)),
    case("a long field", get("X-A: " + "x" * 7000)),
    case("many fields", get(*(f"X-{i}: y" for i in range(60)))),
    case("blanks around a field", get("X-A: \t one two \t")),
    case("no blank", get("X-A:one")),
    case("an empty field", get("X-A:")),
    case("letters beyond ASCII", get("X-A: \xe9\xff")),
    case("a field twice", get("X-A: 1", "X-B: 2", "X-A: 3")),
    case("a name of odd letters", get("X!#$%&'*+-.^`|~1: a")),
    case("an underscore in a name", get("X_A: 1")),
    case("small and capital letters", get("aCCept: text/*")),
    case("empty lines before", "\r\n" + get()),
    case("a host in capitals", get(host="Host: WWW.Example.COM")),
    case("a host with a port", get(host="Host: www.example.com:8080")),
    case("cookies in two fields", get("Cookie: a=1", "Cookie: b=2")),
    case("Max-Forwards", get("Max-Forwards: 0")),
    case("a fragment of TE", get("TE: gzip;q=0.5", "Connection: TE")),
]

FAILURES = [
    case("the origin says nothing", get(), answer=silent),
    case("the origin resets", get(), answer=cut),
    case("the origin speaks another language", get(), answer=last("220 smtp ready\r\n")),
    case("the origin's head ends early", get(), answer=last("HTTP/1.1 200 OK\r\nX-A: 1\r\n")),
    case("two lengths of the origin", get(), answer=last(
        f"{OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc")),
    case("a length that is none", get(), answer=last(f"{OK}Content-Length: two\r\n\r\nab")),
    case("a field without a colon", get(), answer=last(
        f"{OK}X-A\r\nContent-Length: 2\r\n\r\nab")),
    case("a blank before the colon", get(), answer=last(
        f"{OK}X-A : 1\r\nContent-Length: 2\r\n\r\nab")),
]

CASES = METHODS + CACHING + CONDITIONS + RANGES + RESPONSES + REQUESTS + FAILURES
