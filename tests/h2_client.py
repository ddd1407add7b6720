# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A client of HTTP/2 that is used like the one of HTTP/1.1 (http_client.py).

    with Client(port) as client:                   prior knowledge
    with Client(port, tls=context) as client:      ALPN; the context decides whom it believes
        client.request("GET", "/a")                a stream; several may be open
        client.response()                          of the oldest one that was not taken
"""
import collections
import socket

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from http_client import BrokenResponse, Response
from larder_process import DEADLINE_S

WINDOW = (1 << 31) - 1


class Stream:
    """What has come of one response."""

    def __init__(self, number, method):
        self.number = number
        self.method = method
        self.interim = []
        self.response = None
        self.body = bytearray()
        self.ended = False
        self.broken = None


class Client:
    def __init__(self, port, host="127.0.0.1", deadline_s=DEADLINE_S, tls=None, strict=True):
        """`strict` False: sends what no client may."""
        self.socket = socket.create_connection((host, port), timeout=deadline_s)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is not None:
            tls.set_alpn_protocols(["h2", "http/1.1"])
            self.socket = tls.wrap_socket(self.socket, server_hostname="example.com")
            assert self.socket.selected_alpn_protocol() == "h2"
        self.x_scheme = "http" if tls is None else "https"
        self.x_h2 = h2.connection.H2Connection(h2.config.H2Configuration(
            header_encoding="latin-1", validate_outbound_headers=strict,
            normalize_outbound_headers=strict))
        self.x_streams = {}
        self.x_open = collections.deque()
        self.goaway = None
        self.x_h2.initiate_connection()
        self.x_h2.increment_flow_control_window(WINDOW - 65535)
        self._flush()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self.socket.close()

    # ---- sending

    def request(self, method, target, *headers, body=None, host="example.com", ends=True):
        """`ends` False: more of the body comes by send_body()."""
        names = {name.lower() for name, _ in headers}
        if "host" in names:
            host = next(value for name, value in headers if name.lower() == "host")
        lines = [(":method", method), (":scheme", self.x_scheme), (":path", target)]
        if host is not None:
            lines.append((":authority", host))
        lines += [(name.lower(), value) for name, value in headers if name.lower() != "host"]
        if body is not None and "content-length" not in names:
            lines.append(("content-length", str(len(body))))
        return self.send_lines(lines, body, ends)

    def send_lines(self, lines, body=None, ends=True):
        """A request of just these fields, pseudo-fields among them."""
        number = self.x_h2.get_next_available_stream_id()
        method = next((value for name, value in lines if name == ":method"), "GET")
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in lines]
        self.x_streams[number] = Stream(number, method)
        self.x_open.append(number)
        self.x_h2.send_headers(number, lines, end_stream=ends and not body)
        self._flush()
        if body:
            self.send_body(body, ends, number)
        return number

    def send_body(self, data, ends=False, number=None):
        number = number or self.x_open[-1]
        while data:
            room = min(self.x_h2.local_flow_control_window(number),
                       self.x_h2.max_outbound_frame_size)
            if room == 0:
                self.receive()
                continue
            self.x_h2.send_data(number, data[:room])
            data = data[room:]
            self._flush()
        if ends:
            self.x_h2.end_stream(number)
            self._flush()

    def send_trailer(self, *fields):
        self.x_h2.send_headers(self.x_open[-1], list(fields), end_stream=True)
        self._flush()

    def cancel(self, number=None):
        self.x_h2.reset_stream(number or self.x_open[0], 8)
        self._flush()

    # ---- receiving

    def ask(self, method, target, *headers, **more):
        number = self.request(method, target, *headers, **more)
        return self.response(number=number)

    def get(self, target, *headers, **more):
        return self.ask("GET", target, *headers, **more)

    def response(self, method=None, number=None):
        """The whole final response of the oldest stream, or of that one."""
        stream = self._stream(number)
        self._until(stream, lambda: stream.ended)
        self.x_open.remove(stream.number)
        response = stream.response
        response.body = bytes(stream.body)
        self._check_length(stream)
        return response

    def head(self):
        """What has come first: an interim response, or the head of the final one."""
        stream = self._stream(None)
        self._until(stream, lambda: stream.interim or stream.response)
        return stream.interim.pop(0) if stream.interim else stream.response

    def exactly(self, size):
        stream = self._stream(None)
        self._until(stream, lambda: len(stream.body) >= size)
        taken = bytes(stream.body[:size])
        del stream.body[:size]
        return taken

    def is_closed(self):
        try:
            while True:
                self.receive()
        except BrokenResponse:
            return True

    # ---- inside

    def _stream(self, number):
        return self.x_streams[number or self.x_open[0]]

    @staticmethod
    def _check_length(stream):
        length = stream.response.header("content-length")
        bodiless = stream.method == "HEAD" or stream.response.status in (204, 304)
        if length is not None and not bodiless and int(length) != len(stream.response.body):
            raise BrokenResponse(f"{len(stream.response.body)} bytes for {stream.response}")

    def _until(self, stream, holds):
        while not holds():
            if stream.broken is not None:
                self.x_open.remove(stream.number)
                raise BrokenResponse(f"stream {stream.number}: {stream.broken}")
            self.receive()

    def receive(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise BrokenResponse("the connection ended")
        try:
            events = self.x_h2.receive_data(data)
        except h2.exceptions.ProtocolError as error:
            raise BrokenResponse(f"not HTTP/2: {error!r}") from error
        for event in events:
            self._take(event)
        self._flush()

    def _take(self, event):
        if isinstance(event, h2.events.ConnectionTerminated):
            self.goaway = event.error_code
        stream = self.x_streams.get(getattr(event, "stream_id", None))
        if stream is None:
            return
        if isinstance(event, h2.events.InformationalResponseReceived):
            stream.interim.append(self._response(event.headers))
        elif isinstance(event, h2.events.ResponseReceived):
            stream.response = self._response(event.headers)
            stream.response.interim = list(stream.interim)
        elif isinstance(event, h2.events.DataReceived):
            stream.body += event.data
            self.x_h2.acknowledge_received_data(event.flow_controlled_length, stream.number)
        elif isinstance(event, h2.events.TrailersReceived):
            stream.response.trailers = list(event.headers)
        elif isinstance(event, h2.events.StreamEnded):
            stream.ended = True
        elif isinstance(event, h2.events.StreamReset):
            stream.broken = f"reset with {event.error_code}"

    @staticmethod
    def _response(headers):
        for name, _ in headers[1:]:
            if name != name.lower() or name.startswith(":"):
                raise BrokenResponse(f"no field of HTTP/2: {name}")
        return Response(int(headers[0][1]), "", list(headers[1:]))

    def _flush(self):
        data = self.x_h2.data_to_send()
        if data:
            self.socket.sendall(data)


def ask(port, method, target, *headers, **more):
    """One request on a connection of its own."""
    with Client(port) as client:
        return client.ask(method, target, *headers, **more)


def get(port, target, *headers, **more):
    return ask(port, "GET", target, *headers, **more)
