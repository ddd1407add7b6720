# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9113: what is of HTTP/2 alone. All other tests of RFCs run over it, too."""
import socket
import ssl
import struct
import threading

import pytest

import edges
from caching import MAX_AGE
from certificates import Identity
from h2_client import Client
from http_client import BrokenResponse
from requirements import requirement, rows
from scripted_origin import reply

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = (
    0, 1, 3, 4, 6, 7, 8, 9)


def frame(kind, payload=b"", flags=0, stream=0):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def block_of(path):
    """The header block of GET, for the host `a`."""
    return b"\x82\x86\x41\x01a\x04" + bytes([len(path)]) + path.encode()


class Frames:
    """A connection of frames, written and read one by one."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.sendall(PREFACE + frame(SETTINGS))
        self.x_received = b""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.socket.close()

    def send(self, *frames):
        self.socket.sendall(b"".join(frames))

    def next(self):
        """(kind, flags, stream, payload); None: the connection has ended."""
        while len(self.x_received) < 9 or len(self.x_received) < 9 + self._length():
            data = self.socket.recv(65536)
            if not data:
                return None
            self.x_received += data
        size = self._length()
        kind, flags, stream = struct.unpack(">BBI", self.x_received[3:9])
        payload = self.x_received[9:9 + size]
        self.x_received = self.x_received[9 + size:]
        return kind, flags, stream, payload

    def until(self, kind):
        """The next of that kind; None: the connection ended before."""
        while (got := self.next()) is not None:
            if got[0] == kind:
                return got
        return None

    def _length(self):
        return struct.unpack(">I", b"\0" + self.x_received[:3])[0]


@requirement("9113", "3.3", "MUST", "HTTP/2 begins with its preface, without TLS by prior "
             "knowledge.")
@requirement("9113", "3.4", "MUST", "The edge's own preface is SETTINGS.")
def test_the_preface(h2_pair):
    with Frames(h2_pair.edge.port) as frames:
        assert frames.next()[0] == SETTINGS
        assert frames.until(SETTINGS)[1] == 1     # the client's is acknowledged


@requirement("9113", "3.2", "MUST", "By TLS HTTP/2 is chosen by ALPN.")
def test_alpn(backend, tmp_path):
    identity = Identity(tmp_path, "example.com", hosts="DNS:example.com")
    certificate = {"chainFile": str(identity.certificate), "keyFile": str(identity.key)}
    network = {"listen": [{"address": "127.0.0.1:0", "tls": True}],
               "tls": {"certificates": [certificate]}}
    with edges.edge_before_origin(backend, env={"network": network}) as pair:
        path = pair.path(reply("done"))
        context = ssl.create_default_context(cafile=identity.certificate)
        with Client(pair.edge.port, tls=context) as client:
            assert client.get(path).body == b"done"
            assert client.ask("POST", path, body=b"x" * 100_000).body == b"done"
    assert pair.last_request(path).header("X-Forwarded-Proto") == "https"


@requirement("9113", "6.7", "MUST", "PING is answered with what it carries.")
def test_ping(h2_pair):
    with Frames(h2_pair.edge.port) as frames:
        frames.send(frame(PING, b"12345678"))
        assert frames.until(PING)[1:] == (1, 0, b"12345678")


CONNECTION_ERRORS = [
    ("5.1.1", "MUST", "A stream with an even number.", frame(HEADERS, b"\x82", 5, 2)),
    ("5.1.1", "MUST", "A stream that is lower than one that has begun.",
     frame(HEADERS, block_of("/"), 5, 5) + frame(HEADERS, block_of("/"), 5, 3)),
    ("6.1", "MUST", "DATA on stream 0.", frame(DATA, b"x", 1, 0)),
    ("6.5", "MUST", "SETTINGS on a stream.", frame(SETTINGS, b"", 0, 1)),
    ("6.5", "MUST", "SETTINGS with a broken length.", frame(SETTINGS, b"12345")),
    ("6.5", "MUST", "SETTINGS that acknowledge, with a payload.", frame(SETTINGS, b"123456", 1)),
    ("6.5.2", "MUST", "A window that is too large.", frame(SETTINGS, b"\0\4\xff\xff\xff\xff")),
    ("6.5.2", "MUST", "A frame size that is too small.", frame(SETTINGS, b"\0\5\0\0\0\1")),
    ("6.7", "MUST", "PING of another length.", frame(PING, b"1234")),
    ("6.7", "MUST", "PING on a stream.", frame(PING, b"12345678", 0, 1)),
    ("6.9", "MUST", "WINDOW_UPDATE by nothing on the connection.",
     frame(WINDOW_UPDATE, b"\0\0\0\0")),
    ("6.9.1", "MUST", "A window that overflows.",
     frame(WINDOW_UPDATE, b"\x7f\xff\xff\xff") + frame(WINDOW_UPDATE, b"\x7f\xff\xff\xff")),
    ("6.10", "MUST", "CONTINUATION without HEADERS.", frame(CONTINUATION, b"\x82", 4, 1)),
    ("6.2", "MUST", "Another frame within a header block.",
     frame(HEADERS, b"\x82", 0, 1) + frame(PING, b"12345678")),
    ("4.2", "MUST", "A frame that is longer than was said.", frame(DATA, b"x" * 20_000, 0, 1)),
    ("4.3", "MUST", "A header block that cannot be decompressed.",
     frame(HEADERS, b"\xff\xff\xff\xff\xff", 5, 1)),
    ("6.4", "MUST", "RST_STREAM of a stream that was never opened.",
     frame(RST_STREAM, b"\0\0\0\0", 0, 1)),
    ("6.8", "MUST", "GOAWAY on a stream.", frame(GOAWAY, b"\0" * 8, 0, 1)),
    ("8.4", "MUST", "PUSH_PROMISE of a client.", frame(5, b"\0\0\0\2\x82", 4, 1)),
]


@rows("9113", "sent", [(section, level, f"{text} The connection ends with GOAWAY.", sent)
                       for section, level, text, sent in CONNECTION_ERRORS])
def test_connection_errors(h2_pair, sent):
    with Frames(h2_pair.edge.port) as frames:
        frames.send(sent)
        goaway = frames.until(GOAWAY)
        assert goaway is not None and goaway[3][4:8] != b"\0\0\0\0"
        assert frames.until(GOAWAY) is None     # and it is closed


@requirement("9113", "5.1.1", "MUST", "A stream that is over cannot begin again: the connection "
             "ends with GOAWAY.")
def test_a_stream_twice(h2_pair):
    head = frame(HEADERS, block_of(h2_pair.path(reply("done"))), 5, 1)
    with Frames(h2_pair.edge.port) as frames:
        frames.send(head)
        while not frames.until(DATA)[1] & 1:
            pass
        frames.send(head)
        assert frames.until(GOAWAY)[3][4:8] == b"\0\0\0\1"


@requirement("9113", "5.1", "MUST", "What comes on a stream that the edge has reset is overlooked.")
def test_a_trailer_behind_a_reset(h2_pair):
    malformed = block_of("/") + b"\0\x0aconnection\5close"
    with Frames(h2_pair.edge.port) as frames:
        frames.send(frame(HEADERS, malformed, 4, 1), frame(HEADERS, b"\0\1x\1y", 5, 1))
        assert frames.until(RST_STREAM)[2] == 1
        frames.send(frame(DATA, b"x", 0, 1), frame(HEADERS, b"\0\1x\1y", 5, 1),
                    frame(PING, b"12345678"))
        assert frames.until(PING)[3] == b"12345678"


@requirement("9113", "5.5", "MUST", "Frames of a kind that is not known are overlooked.")
@requirement("9113", "6.5.2", "MUST", "Settings that are not known are overlooked.")
def test_extensions(h2_pair):
    with Frames(h2_pair.edge.port) as frames:
        frames.send(frame(0x77, b"abc"), frame(SETTINGS, b"\0\x77\0\0\0\1"),
                    frame(PING, b"12345678"))
        assert frames.until(PING)[3] == b"12345678"


def ask_raw(pair, *fields, body=None):
    """The answer to a request of just these fields; None: the stream was reset."""
    with Client(pair.edge.port, strict=False) as client:
        client.send_lines(list(fields), body)
        try:
            return client.response()
        except BrokenResponse:
            return None


def usual(target, **changed):
    fields = {"method": "GET", "scheme": "http", "path": target, "authority": "example.com",
              **changed}
    return [(f":{name}", value) for name, value in fields.items() if value is not None]


MALFORMED = [
    ("8.2.1", "MUST", "A name with a capital letter", lambda p: [*usual(p), ("X-Upper", "1")]),
    ("8.2.1", "MUST", "A name with a blank", lambda p: [*usual(p), ("x a", "1")]),
    ("8.2.1", "MUST", "A name with a colon in it", lambda p: [*usual(p), ("x:a", "1")]),
    ("8.2.1", "MUST", "A line feed in a value", lambda p: [*usual(p), ("x-a", "1\nx-evil: 2")]),
    ("8.2.1", "MUST", "A carriage return in a value", lambda p: [*usual(p), ("x-a", "1\r2")]),
    ("8.2.1", "MUST", "A NUL in a value", lambda p: [*usual(p), ("x-a", "1\x002")]),
    ("8.2.2", "MUST", "Connection", lambda p: [*usual(p), ("connection", "close")]),
    ("8.2.2", "MUST", "Keep-Alive", lambda p: [*usual(p), ("keep-alive", "5")]),
    ("8.2.2", "MUST", "Proxy-Connection", lambda p: [*usual(p), ("proxy-connection", "x")]),
    ("8.2.2", "MUST", "Transfer-Encoding", lambda p: [*usual(p), ("transfer-encoding", "chunked")]),
    ("8.2.2", "MUST", "Upgrade", lambda p: [*usual(p), ("upgrade", "foo")]),
    ("8.2.2", "MUST", "TE other than trailers", lambda p: [*usual(p), ("te", "gzip")]),
    ("8.3", "MUST", "A pseudo-field that is not known", lambda p: [(":x", "1"), *usual(p)]),
    ("8.3", "MUST", "A pseudo-field of responses", lambda p: [*usual(p), (":status", "200")]),
    ("8.3", "MUST", "A pseudo-field behind others",
     lambda p: [*usual(p, path=None), ("x-a", "1"), (":path", p)]),
    ("8.3", "MUST", "A pseudo-field twice", lambda p: [*usual(p), (":path", "/other")]),
    ("8.3.1", "MUST", "No :method", lambda p: usual(p, method=None)),
    ("8.3.1", "MUST", "No :scheme", lambda p: usual(p, scheme=None)),
    ("8.3.1", "MUST", "No :path", lambda p: usual(p, path=None)),
    ("8.3.1", "MUST", "An empty :path", lambda p: usual("")),
    ("8.3.1", "MUST", "A :path that is none", lambda p: usual("x" + p)),
    ("8.3.1", "MUST", "A :scheme that is not of HTTP", lambda p: usual(p, scheme="ftp")),
    ("8.3.1", "MUST", "A blank in :path", lambda p: usual(p + " x")),
    ("8.3.1", "MUST", "A :method that is no token", lambda p: usual(p, method="G T")),
    ("8.3.1", "MUST", "An :authority that is none", lambda p: usual(p, authority="a b")),
    ("8.3.1", "MUST", "Host that differs from :authority", lambda p: [*usual(p), ("host", "b")]),
]


@rows("9113", "fields", [
    (section, level, f"{text} makes a request malformed: not passed on.", fields)
    for section, level, text, fields in MALFORMED])
def test_malformed(h2_pair, fields):
    path = h2_pair.path(reply("done"))
    answered = ask_raw(h2_pair, *fields(path))
    assert answered is None or answered.status == 400
    assert h2_pair.asked(path) == 0


LENGTHS = [
    ("8.1.1", "MUST", "A body that is longer than Content-Length", "2", b"hello"),
    ("8.1.1", "MUST", "A body that is shorter than Content-Length", "9", b"hello"),
    ("8.1.1", "MUST", "A Content-Length that is none", "x", b"hello"),
    ("8.1.1", "MUST", "A Content-Length without a body", "5", None),
]


@rows("9113", "length, body", [(section, level, f"{text} makes a request malformed.", *data)
                               for section, level, text, *data in LENGTHS])
def test_lengths(h2_pair, length, body):
    path = h2_pair.path(reply("done"))
    answered = ask_raw(h2_pair, *usual(path, method="POST"), ("content-length", length), body=body)
    assert answered is None or answered.status == 400
    for request in h2_pair.origin.requests:     # at the most a part of it came there
        if request.target == path:
            assert len(request.body) != int(request.header("Content-Length"))


@requirement("9113", "8.2.2", "MAY", "TE: trailers is allowed.")
def test_te_trailers(h2_pair):
    path = h2_pair.path(reply("done"))
    assert h2_pair.get(path, ("TE", "trailers")).body == b"done"


@requirement("9113", "8.3.1", "MUST", ":authority is what the origin gets as Host.")
def test_authority(h2_pair):
    path = h2_pair.path(reply("done"))
    assert ask_raw(h2_pair, *usual(path, authority="www.example.com")).body == b"done"
    assert h2_pair.last_request(path).header("Host") == "www.example.com"


@requirement("9113", "8.3.1", "MUST", "Without :authority Host is taken.")
def test_host(h2_pair):
    path = h2_pair.path(reply("done"))
    assert ask_raw(h2_pair, *usual(path, authority=None), ("host", "a.example")).body == b"done"
    assert h2_pair.last_request(path).header("Host") == "a.example"


@requirement("9113", "8.3.1", "MUST", "Host and :authority are compared as the scheme has them: "
             "without case, and a default port need not be said.")
@pytest.mark.parametrize("authority, host", [("a.test", "A.test"), ("a.test:80", "a.test"),
                                             ("a.test", "a.test:80")])
def test_host_in_other_words(h2_pair, authority, host):
    path = h2_pair.path(reply("done"))
    answered = ask_raw(h2_pair, *usual(path, authority=authority), ("host", host))
    assert (answered.status, answered.body) == (200, b"done")
    assert h2_pair.last_request(path).header("Host") == "a.test"


@requirement("9113", "8.3.1", "MUST", "OPTIONS * is :path *.")
def test_the_asterisk(h2_pair):
    h2_pair.origin.on("*", reply("all"))
    assert ask_raw(h2_pair, *usual("*", method="OPTIONS")).body == b"all"


@requirement("9113", "8.2.3", "MUST", "Lines of Cookie are one line for an origin of HTTP/1.1.")
def test_cookies(h2_pair):
    path = h2_pair.path(reply("done"))
    h2_pair.get(path, ("Cookie", "a=b"), ("Cookie", "c=d"), ("Cookie", "e=f"))
    cookies = [value for name, value in h2_pair.last_request(path).headers
               if name.lower() == "cookie"]
    assert cookies == ["a=b; c=d; e=f"]


@requirement("9113", "8.2.2", "MUST", "Fields of an origin's connection are not passed on.")
def test_fields_of_the_connection(h2_pair):
    path = h2_pair.path(reply("done", ("Connection", "x-a"), ("X-A", "1"), ("Keep-Alive", "x"),
                              ("Upgrade", "h2c"), ("X-B", "2")))
    response = h2_pair.get(path)
    names = {name for name, _ in response.headers}
    assert "x-b" in names
    assert not names & {"connection", "x-a", "keep-alive", "upgrade", "transfer-encoding"}


@requirement("9113", "8.1", "MUST", "Chunks of an origin become frames; trailers stay trailers.")
def test_chunks(h2_pair):
    path = h2_pair.path(lambda exchange: exchange.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"))
    response = h2_pair.get(path)
    assert (response.body, response.trailers) == (b"hello", [("x-sum", "1")])
    assert response.header("Transfer-Encoding") is None


@requirement("9113", "8.1", "MUST", "Trailers of a request end its body.")
def test_trailers_of_a_request(h2_pair):
    path = h2_pair.path(reply("done"))
    with h2_pair.client() as client:
        client.request("POST", path, ends=False)
        client.send_body(b"hello")
        client.send_trailer(("x-sum", "1"))
        assert client.response().body == b"done"
    assert h2_pair.last_request(path).body == b"hello"


@requirement("9113", "5", "MUST", "Streams are answered apart: a slow one delays no other.")
def test_streams(h2_pair):
    gate = threading.Event()
    slow = h2_pair.path(lambda exchange: (gate.wait(30), reply("slow")(exchange)))
    fast = h2_pair.path(reply("fast"))
    with h2_pair.client() as client:
        client.request("GET", slow)
        number = client.request("GET", fast)
        assert client.response(number=number).body == b"fast"
        gate.set()
        assert client.response().body == b"slow"


@requirement("9113", "5.1.2", "MUST", "No more streams are open than SETTINGS allow: "
             "REFUSED_STREAM.")
def test_too_many_streams(h2_pair):
    gate = threading.Event()
    path = h2_pair.path(lambda exchange: (gate.wait(30), reply("x")(exchange)))
    with Frames(h2_pair.edge.port) as frames:
        settings = frames.until(SETTINGS)[3]
        said = dict(struct.unpack(">HI", settings[at:at + 6]) for at in range(0, len(settings), 6))
        most = said[3]
        block = block_of(path)
        frames.send(*(frame(HEADERS, block, 5, 2 * number + 1) for number in range(most + 1)))
        reset = frames.until(RST_STREAM)
        assert reset[2] == 2 * most + 1 and reset[3] in (b"\0\0\0\7", b"\0\0\0\1")
        gate.set()


@requirement("9113", "6.9", "MUST", "A body waits for the window of its stream.")
def test_flow_control(h2_pair):
    path = h2_pair.path(reply(b"x" * 100_000, MAX_AGE))
    block = block_of(path)
    with Frames(h2_pair.edge.port) as frames:
        frames.send(frame(HEADERS, block, 5, 1))
        got = 0
        while got < 65_535:
            got += len(frames.until(DATA)[3])
        assert got == 65_535
        frames.send(frame(PING, b"12345678"))
        assert frames.next()[0] == PING     # nothing more came before it
        frames.send(frame(WINDOW_UPDATE, struct.pack(">I", 50_000)),
                    frame(WINDOW_UPDATE, struct.pack(">I", 50_000), 0, 1))
        while got < 100_000:
            got += len(frames.until(DATA)[3])
        assert got == 100_000


@requirement("9113", "6.9", "MUST", "A request's body is as long as it likes: the edge opens "
             "windows.")
def test_a_long_request(h2_pair):
    path = h2_pair.path(reply("done"))
    body = b"y" * 900_000
    assert h2_pair.ask("POST", path, body=body).body == b"done"
    assert h2_pair.last_request(path).body == body


@requirement("9113", "5.4.2", "MUST", "A stream that the client resets ends, and no other.")
def test_reset_by_the_client(h2_pair):
    gate = threading.Event()
    slow = h2_pair.path(lambda exchange: (gate.wait(30), reply("slow")(exchange)))
    with h2_pair.client() as client:
        client.request("POST", slow, body=b"")
        h2_pair.origin.wait_for(lambda origin: origin.asked(slow) == 1)
        client.cancel()
        client.x_open.clear()
        assert client.get(h2_pair.path(reply("fast"))).body == b"fast"
        gate.set()


@requirement("9113", "8.1", "MUST", "A response that the origin cuts ends its stream with an "
             "error.")
def test_a_cut_response(h2_pair):
    def handler(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
        exchange.close()
    with h2_pair.client() as client:
        client.request("GET", h2_pair.path(handler))
        with pytest.raises(BrokenResponse, match="reset"):
            client.response()
        assert client.get(h2_pair.path(reply("on"))).body == b"on"


@requirement("9113", "6.8", "SHOULD", "The end of a connection is told by GOAWAY; what is open is "
             "answered.")
def test_goaway(backend):
    listen = [{"address": "127.0.0.1:0", "maxRequests": 2}]
    with edges.edge_before_origin(backend, protocol="h2",
                                  env={"network": {"listen": listen}}) as pair:
        block = block_of(pair.path(reply("done")))
        with Frames(pair.edge.port) as frames:
            frames.send(frame(HEADERS, block, 5, 1), frame(HEADERS, block, 5, 3))
            got = list(iter(frames.next, None))     # until the edge closes
    farewells = [payload for kind, _, _, payload in got if kind == GOAWAY]
    assert farewells and farewells[-1][:8] == struct.pack(">II", 3, 0)
    assert {stream for kind, flags, stream, _ in got if kind == DATA and flags & 1} == {1, 3}


@requirement("9113", "10.5.1", "MAY", "A header block that is too large is 431, and the connection "
             "goes on.")
def test_a_large_head(h2_pair):
    with h2_pair.client() as client:
        client.request("GET", "/", *((f"x-{i}", "y" * 1000) for i in range(60)))
        try:
            assert client.response().status == 431
        except BrokenResponse:
            client.x_open.clear()
        assert client.get(h2_pair.path(reply("on"))).body == b"on"
