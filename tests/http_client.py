# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A client of HTTP/1.1 that sends what it is told, byte by byte, and reads strictly.

    with Client(port) as client:
        response = client.get("/a", ("Accept", "text/html"))
        response.status, response.header("age"), response.body
"""
import socket

import wire
from larder_process import DEADLINE_S


class Response:
    def __init__(self, status, reason, headers, body=b"", trailers=(), version="HTTP/1.1"):
        self.version = version
        self.status = status
        self.reason = reason
        self.headers = headers      # pairs, in order, as they were sent
        self.body = body
        self.trailers = list(trailers)

    def header(self, name):
        """Its value; several lines joined; None where there is none."""
        values = self.all(name)
        return ", ".join(values) if values else None

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:80]!r}>"


def connected(address, deadline_s, source=None):
    if source is None:
        return socket.create_connection(address, timeout=deadline_s)
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.settimeout(deadline_s)
    wire.come_from(made, source)
    made.connect(address)
    return made


class BrokenResponse(AssertionError):
    """What came is no response, or not all of one."""


class Client:
    versions = ("HTTP/1.1",)    # of answers

    def __init__(self, port, host="127.0.0.1", deadline_s=DEADLINE_S, source=None):
        self.socket = connected((host, port), deadline_s, source)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.x_received = b""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self.socket.close()

    # ---- sending

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))

    def request(self, method, target, *headers, body=None, host="example.com", ends=True):
        """`ends` False: the caller sends what is missing of the body."""
        names = {name.lower() for name, _ in headers}
        lines = [f"{method} {target} HTTP/1.1"]
        if "host" not in names and host is not None:
            lines.append(f"Host: {host}")
        lines += [f"{name}: {value}" for name, value in headers]
        if body is not None and ends and not names & {"content-length", "transfer-encoding"}:
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b""))

    # ---- receiving

    def ask(self, method, target, *headers, **more):
        self.request(method, target, *headers, **more)
        return self.response(method)

    def get(self, target, *headers, **more):
        return self.ask("GET", target, *headers, **more)

    def response(self, method="GET"):
        """The final one; interim ones are kept in `.interim`."""
        interim = []
        while True:
            response = self.head()
            if response.status >= 200 or response.status == 101:
                response.interim = interim
                break
            interim.append(response)
        if response.status != 101:
            self._read_body(method, response)
        return response

    def head(self):
        lines = self._until(b"\r\n\r\n")[:-4].decode("latin-1").split("\r\n")
        version, _, rest = lines[0].partition(" ")
        status, _, reason = rest.partition(" ")
        if version not in self.versions or not (status.isdigit() and len(status) == 3):
            raise BrokenResponse(f"no status line: {lines[0]!r}")
        return Response(int(status), reason, [self._field(line) for line in lines[1:]],
                        version=version)

    @staticmethod
    def _field(line):
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip() or "\n" in line or "\r" in line:
            raise BrokenResponse(f"no field: {line!r}")
        return name, value.strip(" \t")

    def _read_body(self, method, response):
        coding = response.header("Transfer-Encoding")
        length = response.header("Content-Length")
        if coding and length:
            raise BrokenResponse("Transfer-Encoding and Content-Length")
        if method == "HEAD" or response.status in (204, 304):
            return
        if coding == "chunked":
            response.body = self._chunks(response)
        elif length is not None:
            response.body = self.exactly(int(length))
        else:
            response.body = self.rest()

    def _chunks(self, response):
        body = b""
        while True:
            size = int(self._until(b"\r\n")[:-2], 16)
            if size == 0:
                break
            body += self.exactly(size)
            if self.exactly(2) != b"\r\n":
                raise BrokenResponse("a chunk does not end where it says")
        while (line := self._until(b"\r\n")[:-2].decode("latin-1")):
            response.trailers.append(self._field(line))
        return body

    def _until(self, mark):
        while mark not in self.x_received:
            self._receive(f"before {mark!r}")
        end = self.x_received.index(mark) + len(mark)
        taken, self.x_received = self.x_received[:end], self.x_received[end:]
        return taken

    def exactly(self, size):
        while len(self.x_received) < size:
            self._receive(f"{size - len(self.x_received)} bytes early")
        taken, self.x_received = self.x_received[:size], self.x_received[size:]
        return taken

    def skip(self, size):
        """So many bytes, of which none is kept."""
        size -= len(self.exactly(min(size, len(self.x_received))))
        room = memoryview(bytearray(1 << 20))
        while size:
            count = self.socket.recv_into(room, min(size, len(room)))
            if not count:
                raise BrokenResponse(f"the connection ended {size} bytes early")
            size -= count

    def skip_chunks(self):
        """A chunked body, of which none is kept; → its size."""
        whole = 0
        while size := int(self._until(b"\r\n")[:-2], 16):
            self.skip(size)
            assert self.exactly(2) == b"\r\n"
            whole += size
        assert self._until(b"\r\n") == b"\r\n"
        return whole

    def some(self):
        """Whatever comes next; empty at the end."""
        if not self.x_received:
            self.x_received = self.socket.recv(1 << 16)
        taken, self.x_received = self.x_received, b""
        return taken

    def rest(self):
        taken = self.x_received
        while True:
            data = self.socket.recv(1 << 16)
            if not data:
                self.x_received = b""
                return taken
            taken += data

    def is_closed(self):
        """Whether the server has closed, without another byte."""
        if self.x_received:
            return False
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def _receive(self, where):
        data = self.socket.recv(1 << 16)
        if not data:
            raise BrokenResponse(f"the connection ended {where}: {self.x_received[:200]!r}")
        self.x_received += data


def ask(port, method, target, *headers, **more):
    """One request on a connection of its own."""
    with Client(port) as client:
        return client.ask(method, target, *headers, **more)


def get(port, target, *headers, **more):
    return ask(port, "GET", target, *headers, **more)
