# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""An origin that answers as a test says, and remembers what it was asked.

    with Origin() as origin:
        origin.on("/a", reply("hello", ("Cache-Control", "max-age=60")))
        origin.on("/b", lambda exchange: exchange.send(b"HTTP/1.1 200 OK\r\n…"))
        … origin.asked("/a") == 1; origin.requests[0].header("host")
"""
import email.utils
import socket
import threading
import time

from larder_process import DEADLINE_S


class Request:
    def __init__(self, method, target, version, headers):
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.body = b""

    def header(self, name):
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    def __repr__(self):
        return f"<{self.method} {self.target} {self.headers}>"


class Exchange:
    """One request at the origin and the connection that it came on."""

    def __init__(self, origin, connection, request, stream):
        self.origin = origin
        self.socket = connection
        self.request = request
        self.x_take_body = lambda: _read_body(request, stream)
        self.x_skip_body = lambda size: _skip(stream, size)
        self.keep_alive = True

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))

    def reply(self, status=200, body=b"", headers=(), reason="OK"):
        body = body if isinstance(body, bytes) else body.encode()
        lines = [f"HTTP/1.1 {status} {reason}"]
        names = {name.lower() for name, _ in headers}
        if "date" not in names:
            lines.append(f"Date: {email.utils.formatdate(time.time(), usegmt=True)}")
        lines += [f"{name}: {value}" for name, value in headers]
        if status not in (204, 304) and not names & {"content-length", "transfer-encoding"}:
            lines.append(f"Content-Length: {len(body)}")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        self.send(head if self.request.method == "HEAD" else head + body)

    def read_body(self):
        """What a handler that was promised the body itself has to call."""
        self.request.body = self.x_take_body()

    def skip_body(self, size):
        """The same, of a body that is too long to be kept."""
        self.x_skip_body(size)

    def close(self):
        self.keep_alive = False

    def reset(self):
        """Cut the connection so that the peer sees a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()
        self.keep_alive = False


def reply(body="", *headers, status=200, reason="OK"):
    return lambda exchange: exchange.reply(status, body, headers, reason)


class BodyOfBytes:
    """A handler that makes up a body of any length as it is asked for, and counts what it sent."""

    BLOCK = b"".join(b"%07d " % number for number in range(8192))     # 64 KiB

    def __init__(self, size, *headers):
        self.size = size
        self.headers = headers or (("Cache-Control", "max-age=3600"),)
        self.sent = 0
        self.x_mutex = threading.Lock()

    def bytes_of(self, first, last):
        start = first % len(self.BLOCK)
        count = last - first + 1
        return (self.BLOCK * (count // len(self.BLOCK) + 2))[start:start + count]

    def __call__(self, exchange):
        first, last = 0, self.size - 1
        text = exchange.request.header("Range")
        if text is not None:
            start, _, end = text.removeprefix("bytes=").partition("-")
            first = int(start) if start else max(self.size - int(end), 0)
            last = min(int(end), last) if start and end else last
        lines = [f"{name}: {value}" for name, value in self.headers]
        lines += ['ETag: "made-up"', f"Content-Length: {last - first + 1}"]
        if text is not None:
            lines.append(f"Content-Range: bytes {first}-{last}/{self.size}")
        status = "200 OK" if text is None else "206 Partial Content"
        exchange.send("\r\n".join([f"HTTP/1.1 {status}", *lines]) + "\r\n\r\n")
        while first <= last:
            piece = self.bytes_of(first, min(last, first + len(self.BLOCK) - 1))
            with self.x_mutex:      # before it is sent: who has read it finds it counted
                self.sent += len(piece)
            exchange.send(piece)
            first += len(piece)


def now(offset_s=0):
    """A date, so many seconds from now."""
    return email.utils.formatdate(time.time() + offset_s, usegmt=True)


class Origin:
    def __init__(self, port=0):
        self.x_listener = socket.create_server(("127.0.0.1", port), backlog=4096)
        self.port = self.x_listener.getsockname()[1]
        self.requests = []
        self.otherwise = reply(status=404, reason="Not Found")  # of paths that `on` does not name
        self.connections = 0
        self.x_handlers = {}
        self.x_changed = threading.Condition()
        self.x_open = set()
        self.x_ended = False

    def on(self, path, handler, streams_body=False):
        """`handler(exchange)` for requests of that path (without its query)."""
        self.x_handlers[path] = (handler, streams_body)

    def asked(self, path=None):
        with self.x_changed:
            return sum(path is None or r.target.split("?")[0] == path for r in self.requests)

    def wait_for(self, holds):
        """Until holds(self), after a request."""
        with self.x_changed:
            assert self.x_changed.wait_for(lambda: holds(self), DEADLINE_S), self.requests

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.stop()

    def stop(self):
        """Like a server that dies: nobody listens, whoever is connected is cut."""
        self.x_ended = True
        self.x_listener.close()
        with self.x_changed:
            still_open = list(self.x_open)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    # ---- inside

    def _accept(self):
        while True:
            try:
                connection, _ = self.x_listener.accept()
            except OSError:
                return
            if self.x_ended:
                connection.close()
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.x_changed:
                self.connections += 1
                self.x_open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            stream = connection.makefile("rb")
            while self._answer_one(connection, stream):
                pass
        except OSError:
            pass
        finally:
            with self.x_changed:
                self.x_open.discard(connection)
            connection.close()

    def _answer_one(self, connection, stream):
        request = _read_head(stream)
        if request is None:
            return False
        path = request.target.split("?")[0]
        handler, streams = self.x_handlers.get(path, (self.otherwise, False))
        exchange = Exchange(self, connection, request, stream)
        if not streams:
            exchange.read_body()
        with self.x_changed:
            self.requests.append(request)
            self.x_changed.notify_all()
        handler(exchange)
        return exchange.keep_alive and request.header("Connection") != "close"


def _read_head(stream):
    line = stream.readline()
    if not line:
        return None
    method, target, version = line.decode("latin-1").rstrip("\r\n").split(" ")
    headers = []
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").rstrip("\r\n").partition(":")
        headers.append((name, value.strip()))
    return Request(method, target, version, headers)


def _read_body(request, stream):
    if (request.header("Transfer-Encoding") or "").lower() == "chunked":
        body = b""
        while size := _chunk_size(stream.readline()):
            body += stream.read(size)
            stream.readline()
        while stream.readline() not in (b"\r\n", b""):
            pass
        return body
    return stream.read(int(request.header("Content-Length") or 0))


def _chunk_size(line):
    if not line:
        raise ConnectionError("the body ends in the middle")
    return int(line.split(b";")[0], 16)


def _skip(stream, size):
    room = memoryview(bytearray(1 << 20))
    while size:
        count = stream.readinto(room[:min(size, len(room))])
        if not count:
            raise OSError("the request ended early")
        size -= count
