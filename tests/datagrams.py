# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""memcached's protocol in datagrams, with a limit on every wait.

    datagram   request id 2 | sequence 2 | total 2 | 0 0 | bytes of a message, 1400 in all at most
"""
import dataclasses
import socket
import struct

from larder_process import DEADLINE_S, SLOW

HEAD = struct.Struct(">HHHH")
MOST_BYTES = 1400
SILENCE_S = 0.2 * SLOW
# A reply must find room before it is read; the kernel cuts this down to what it allows.
_RECEIVE_BYTES = 8 << 20


@dataclasses.dataclass
class Datagram:
    request_id: int
    sequence: int
    total: int
    data: bytes


def framed(data, request_id=0, sequence=0, total=1, reserved=0):
    return HEAD.pack(request_id, sequence, total, reserved) + data


class Datagrams:
    """A client of its own address. Has what Conversation asks of a connection."""

    def __init__(self, port, host="127.0.0.1", receive_bytes=_RECEIVE_BYTES):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_DGRAM)
        self.sock.settimeout(DEADLINE_S)
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, receive_bytes)
        except PermissionError:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.sock.connect((host, port))
        self.x_id = 0

    def send(self, data, **head):
        """One datagram, under a new id."""
        self.x_id = (self.x_id + 1) & 0xFFFF
        self.sock.send(framed(data, **{"request_id": self.x_id, **head}))

    def receive(self):
        datagram = self.sock.recv(1 << 16)
        assert len(datagram) <= MOST_BYTES
        request_id, sequence, total, reserved = HEAD.unpack_from(datagram)
        assert reserved == 0
        return Datagram(request_id, sequence, total, datagram[HEAD.size:])

    def read_through(self, end):
        """All that is answered under the last id, in the order in which it comes, through `end`."""
        received = bytearray()
        while not received.endswith(end):
            datagram = self.receive()
            assert datagram.request_id == self.x_id
            received += datagram.data
        return bytes(received)

    def message(self):
        """A whole message: that its datagrams come once each, in order, and filled, is checked."""
        first = self.receive()
        parts = [first] + [self.receive() for _ in range(first.total - 1)]
        for sequence, part in enumerate(parts):
            assert (part.request_id, part.sequence, part.total) == (
                first.request_id, sequence, first.total)
            assert part is parts[-1] or len(part.data) == MOST_BYTES - HEAD.size
        return b"".join(part.data for part in parts)

    def ask(self, data):
        self.send(data)
        return self.message()

    def silence(self, wait_s=SILENCE_S):
        """Waits for something that must not come; returns what came."""
        self.sock.settimeout(wait_s)
        try:
            return self.sock.recv(1 << 16)
        except TimeoutError:
            return b""
        finally:
            self.sock.settimeout(DEADLINE_S)

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


# Of asm/socket.h; Python 3.11 has no name for it. Root may have more than the system's limit.
_SO_RCVBUFFORCE = 33
