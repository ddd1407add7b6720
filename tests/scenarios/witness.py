# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Somebody else's client: while others misbehave, it must be answered promptly and rightly.

Also what a server holds, before and after: descriptors and resident memory.
"""
import time

from larder_process import DEADLINE_S, SLOW
from wire import Wire

MIB = 1 << 20
PROMPT_S = 3.0 * SLOW
# Allocators keep some of what they were given; a leak of all connections is far more.
NEAR_MIB = 24


class Witness:
    def __init__(self, server):
        self.x_wire = Wire(server.address)
        self.x_serial = 0
        self.slowest_s = 0.0

    def look(self):
        """Store something new and fetch it, in two round trips."""
        self.x_serial += 1
        value = b"%d" % self.x_serial * 40
        self._ask(b"set witness 5 0 %d\r\n%s\r\n" % (len(value), value), b"STORED\r\n")
        self._ask(b"get witness\r\n", b"VALUE witness 5 %d\r\n%s\r\nEND\r\n" % (len(value), value))

    def _ask(self, request, expected):
        began = time.monotonic()
        self.x_wire.send(request)
        assert self.x_wire.read(len(expected)) == expected
        took_s = time.monotonic() - began
        self.slowest_s = max(self.slowest_s, took_s)
        assert took_s < PROMPT_S, f"another client waited {took_s:.3f} s"

    def close(self):
        self.x_wire.close()


class Before:
    """What the server holds when nobody is connected."""

    def __init__(self, server):
        self.x_server = server
        with Wire(server.address) as connection:    # some things are opened for the first client
            connection.ask(b"mn\r\n")
        self.x_fds = self._settled()
        self.x_rss = server.rss()

    def _settled(self):
        """The number of descriptors once the last client's is closed."""
        deadline, last = time.monotonic() + DEADLINE_S, None
        while (now := self.x_server.fds()) != last and time.monotonic() < deadline:
            last = now
            time.sleep(0.1)
        return now

    def grown_mib(self):
        return (self.x_server.rss() - self.x_rss) / MIB

    def await_left(self, others=0, limit_s=DEADLINE_S):
        """Wait until all but `others` connections are closed on the server's side."""
        deadline = time.monotonic() + limit_s
        while (open_fds := self.x_server.fds() - self.x_fds) > others:
            assert time.monotonic() < deadline, (
                f"{open_fds} descriptors more than before, {others} expected")
            time.sleep(0.02)

    def check_nothing_is_left(self):
        self.await_left()
        if SLOW == 1:   # sanitizers keep freed memory back on purpose
            assert self.grown_mib() < NEAR_MIB, f"{self.grown_mib():.1f} MiB more than before"
