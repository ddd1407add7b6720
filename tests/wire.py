# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A raw connection to a server, with a limit on every wait.

Sending never blocks on the other side's replies: whatever arrives meanwhile is kept in `inbox`.
"""
import fcntl
import select
import socket
import struct
import termios
import time

import replies
from larder_process import DEADLINE_S


class Closed(Exception):
    """The server closed or reset the connection before what was asked for had arrived."""


class Wire:
    def __init__(self, address, timeout_s=DEADLINE_S, source=None, receive_bytes=None):
        """`source` is a loopback address to come from, `receive_bytes` a small kernel buffer."""
        family = _family(address)
        self.sock = socket.socket(family)
        self.sock.settimeout(timeout_s)
        if receive_bytes:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        if source:
            come_from(self.sock, source)
        self.sock.connect(address)
        if family != socket.AF_UNIX:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setblocking(False)
        self.x_timeout_s = timeout_s
        self.inbox = bytearray()
        self.ended = False

    def send(self, data, cuts=(), pause_s=0.0):
        """Send; `cuts` are offsets at which a pause lets the server see what came so far."""
        for piece, last in _pieces(data, cuts):
            self._send_piece(piece)
            if not last:
                time.sleep(pause_s)

    def send_seen(self, data, cuts):
        """Send over a unix socket so that the server surely reads piece by piece.

        The queue of a unix socket empties only when the reader takes the bytes, so no sleep
        has to stand in for that.
        """
        assert self.sock.family == socket.AF_UNIX
        for piece, _ in _pieces(data, cuts):
            self._send_piece(piece)
            deadline = time.monotonic() + self.x_timeout_s
            while self._unread_by_peer() and not self.ended:
                self._fill(0)
                assert time.monotonic() < deadline, "the server does not read"

    def _unread_by_peer(self):
        packed = fcntl.ioctl(self.sock, termios.TIOCOUTQ, b"\0\0\0\0")
        return struct.unpack("i", packed)[0]

    def _send_piece(self, piece):
        left = memoryview(piece)
        deadline = time.monotonic() + self.x_timeout_s
        while left:
            try:
                left = left[self.sock.send(left):]
                continue
            except BlockingIOError:
                pass
            except (BrokenPipeError, ConnectionResetError):
                return      # what it has sent before is still to be read
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(left)} bytes could not be sent")
            self._fill(0.05, writing=True)

    def _fill(self, wait_s, writing=False):
        """Take what has arrived, waiting at most `wait_s` for something to happen."""
        if self.ended:
            return
        poll = select.poll()
        poll.register(self.sock, select.POLLIN | (select.POLLOUT if writing else 0))
        if not poll.poll(wait_s * 1000):
            return
        try:
            data = self.sock.recv(1 << 20)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        self.inbox += data
        self.ended = not data

    def fill_until(self, done, timeout_s=None):
        """Collect until done() holds or the server closes; True if it holds in time."""
        deadline = time.monotonic() + (self.x_timeout_s if timeout_s is None else timeout_s)
        while not done():
            left = deadline - time.monotonic()
            if self.ended or left <= 0:
                return False
            self._fill(left)
        return True

    def take(self, count):
        taken = bytes(self.inbox[:count])
        del self.inbox[:count]
        return taken

    def _need(self, done, what):
        if self.fill_until(done):
            return
        arrived = bytes(self.inbox[-200:])
        if self.ended:
            raise Closed(f"closed while waiting for {what}; last bytes {arrived!r}")
        raise TimeoutError(f"no {what} within {self.x_timeout_s} s; last bytes {arrived!r}")

    def read(self, count):
        """Exactly `count` bytes."""
        self._need(lambda: len(self.inbox) >= count, f"{count} bytes")
        return self.take(count)

    def read_through(self, end):
        """Everything up to and with `end`."""
        searched = 0

        def found():
            nonlocal searched
            at = self.inbox.find(end, max(0, searched - len(end)))
            searched = len(self.inbox) if at < 0 else at
            return at >= 0
        self._need(found, repr(end))
        return self.take(self.inbox.find(end) + len(end))

    def read_line(self):
        return self.read_through(b"\r\n")

    def read_replies(self, count):
        """`count` reply lines with their data blocks."""
        self._need(lambda: replies.count(self.inbox, count) == count, f"{count} reply lines")
        return self.take(replies.length(self.inbox, count))

    def ask(self, command, lines=1):
        """Send a command and return the `lines` reply lines it is known to have."""
        self.send(command)
        return self.read_replies(lines)

    def silence(self, wait_s):
        """Wait for something that must not come; return what came (b"" is silence)."""
        self.fill_until(lambda: self.inbox, wait_s)
        return self.take(len(self.inbox))

    def read_to_end(self):
        """All until the server closes."""
        self.fill_until(lambda: False)
        if not self.ended:
            raise TimeoutError(f"not closed within {self.x_timeout_s} s")
        return self.take(len(self.inbox))

    def finish(self):
        """Half-close: nothing more will be sent, replies are still wanted."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        """Close with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


# Of linux/in.h; Python 3.11 has no name for it. Leaves the choice of the port to connect.
_IP_BIND_ADDRESS_NO_PORT = 24


def come_from(sock, source):
    """Bound to an address alone: connect chooses a port by whom it is to, so that ports which were
    in use lately are to be had again."""
    sock.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
    sock.bind((source, 0))


def _family(address):
    if isinstance(address, str):
        return socket.AF_UNIX
    return socket.AF_INET6 if ":" in address[0] else socket.AF_INET


def _pieces(data, cuts):
    edges = [0, *cuts, len(data)]
    for begin, end in zip(edges, edges[1:]):
        yield data[begin:end], end == len(data)
