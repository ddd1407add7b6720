# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Frames of HTTP/2 one by one, lawful or not, over a connection with prior knowledge.

    with Frames(port) as h2:
        h2.send(h2.head(1, h2.get("/a")))
        h2.response(1) → (200, b"…"), or None where the stream was reset
"""
import socket
import struct

import hpack
from hyperframe.frame import (
    DataFrame, Frame, GoAwayFrame, HeadersFrame, PingFrame, RstStreamFrame, SettingsFrame,
    WindowUpdateFrame)

from larder_process import DEADLINE_S

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME_HEAD_BYTES = 9


class Frames:
    def __init__(self, port, settings=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.x_encoder, self.x_decoder = hpack.Encoder(), hpack.Decoder()
        self.x_received = b""
        self.seen = []
        self.was_reset = False
        self.socket.sendall(PREFACE)
        self.send(SettingsFrame(0, settings=settings or {}))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    # ---- sending

    def send(self, *frames):
        self.socket.sendall(b"".join(
            frame if isinstance(frame, bytes) else frame.serialize() for frame in frames))

    @staticmethod
    def get(path, *more, method="GET", authority="example.com"):
        return [(":method", method), (":scheme", "http"), (":authority", authority),
                (":path", path), *more]

    def head(self, stream, fields, ends=True, whole=True):
        frame = HeadersFrame(stream, data=self.x_encoder.encode(fields))
        if ends:
            frame.flags.add("END_STREAM")
        if whole:
            frame.flags.add("END_HEADERS")
        return frame

    @staticmethod
    def data(stream, data=b"", ends=True):
        return DataFrame(stream, data=data, flags=["END_STREAM"] if ends else [])

    @staticmethod
    def reset(stream, code=8):
        return RstStreamFrame(stream, error_code=code)

    @staticmethod
    def raw(kind, flags, stream, payload):
        return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + \
            struct.pack(">I", stream) + payload

    # ---- receiving

    def next(self):
        """The next frame; None at the end of the connection."""
        head = self._exactly(FRAME_HEAD_BYTES)
        if head is None:
            return None
        frame, length = Frame.parse_frame_header(memoryview(head))
        body = self._exactly(length)
        if body is None:
            return None
        frame.parse_body(memoryview(body))
        self.seen.append(frame)
        if isinstance(frame, SettingsFrame) and "ACK" not in frame.flags:
            self.send(SettingsFrame(0, flags=["ACK"]))
        return frame

    def response(self, stream):
        """Status and body; None where the stream or the connection was ended instead."""
        status, body = None, b""
        while (frame := self.next()) is not None:
            if isinstance(frame, GoAwayFrame) and frame.error_code:
                return None
            if frame.stream_id != stream:
                continue
            if isinstance(frame, RstStreamFrame):
                return None
            if isinstance(frame, HeadersFrame):
                fields = dict(self.x_decoder.decode(frame.data))
                status = int(fields.get(":status", status or 0))
            if isinstance(frame, DataFrame):
                body += frame.data
                if frame.data:
                    self.send(WindowUpdateFrame(0, window_increment=len(frame.data)))
            if "END_STREAM" in frame.flags:
                return status, body
        return None

    def until_end(self):
        """All frames to the end of the connection; a reset is one, and may lose the last frames."""
        try:
            while self.next() is not None:
                pass
        except ConnectionError:
            self.was_reset = True
        return self.seen

    def answers_ping(self):
        self.send(PingFrame(0, opaque_data=b"12345678"))
        while (frame := self.next()) is not None:
            if isinstance(frame, PingFrame) and "ACK" in frame.flags:
                return True
        return False

    def _exactly(self, size):
        while len(self.x_received) < size:
            more = self.socket.recv(1 << 16)
            if not more:
                return None
            self.x_received += more
        taken, self.x_received = self.x_received[:size], self.x_received[size:]
        return taken


def was_sent_away(frames):
    """Whether the server has said why it ends the connection."""
    return any(isinstance(frame, GoAwayFrame) and frame.error_code for frame in frames)
