# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Resident memory of a server against -m.

    Rss of smaps_rollup <= limit + what the process had when it was idle and empty
                         + of each loop:        2 MiB    receive buffers, idle reply chunks
                         + of each connection:  328 KiB  unread and unsent bytes, the last reply

as docs/limits.md bounds them. The connections are the most that there were at a time. Without
connections, all that they had must have gone back to the system, but for REST_BYTES of holes.
"""
import pathlib
import re
import time

from wire import Wire
from witness import Before

from soaking.values import KIB, MIB, Wrong

LOOP_BYTES = 2 * MIB
CONNECTION_BYTES = (64 + 256 + 8) * KIB
REST_BYTES = 1 * MIB
LOWERED_S = 10.0
FILLED_SHARE = 0.8


def resident_bytes(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Rss:\s+(\d+) kB", text, re.MULTILINE)[1]) * KIB


class Memory:
    def __init__(self, server, limit_bytes, loops):
        self.x_server = server
        self.x_before = Before(server)
        self.idle = resident_bytes(server.pid)
        self.x_loops = loops
        self.limit = limit_bytes
        self.x_lowered = None       # (limit, since when), until resident memory has followed
        self.connections = 0        # the most
        self.highest = 0            # above the limit that held then
        self.highest_resident = 0
        self.least_margin = limit_bytes
        self.now = self.idle

    def allowed(self, limit):
        return self.allowed_at_rest(limit) + self.connections * CONNECTION_BYTES

    def allowed_at_rest(self, limit):
        return limit + self.idle + self.x_loops * LOOP_BYTES

    def look(self):
        self.connections = max(self.connections, self.x_server.fds() - self.x_before.x_fds)
        before, self.now = self.now, resident_bytes(self.x_server.pid)
        if self.x_lowered:
            self.x_follow(is_falling=self.now < before)
        allowed = self.allowed(self.limit)
        self.highest = max(self.highest, self.now - self.limit)
        self.least_margin = min(self.least_margin, allowed - self.now)
        self.highest_resident = max(self.highest_resident, self.now)
        if self.now > allowed:
            raise Wrong(f"resident {self.now / MIB:.1f} MiB, {allowed / MIB:.1f} allowed: limit "
                        f"{self.limit / MIB:.0f}, idle {self.idle / MIB:.1f}, {self.x_loops} "
                        f"loops, {self.connections} connections, owners {self.x_owners()}")

    def x_follow(self, is_falling):
        """The lower limit holds from when memory has fallen below it, and falls no further."""
        limit, since = self.x_lowered
        took_s = time.monotonic() - since
        if self.now > self.allowed(limit):
            if took_s > LOWERED_S:
                raise Wrong(f"resident {self.now / MIB:.1f} MiB {took_s:.1f} s after "
                            f"cache_memlimit {limit / MIB:.0f}, "
                            f"{self.allowed(limit) / MIB:.1f} allowed")
        elif not is_falling or took_s > LOWERED_S:
            self.limit, self.x_lowered = limit, None

    def lower(self, limit):
        """cache_memlimit has been acknowledged; look() sees to it that memory follows in time."""
        self.x_lowered = (limit, time.monotonic())

    def is_lowered(self):
        return self.x_lowered is None

    def raise_to(self, limit):
        self.limit = limit

    def is_full(self):
        return self.now > self.idle + FILLED_SHARE * self.limit

    def x_owners(self):
        """Who has it, as the server says: bytes by name."""
        wire = Wire(self.x_server.address)
        wire.send(b"stats\r\n")
        rows = wire.read_through(b"END\r\n").decode().splitlines()
        wire.close()
        words = [row.split() for row in rows if row.startswith("STAT memory_")]
        return {name[len("memory_"):]: int(value) for _, name, value in words}

    def check_rest(self):
        """Nobody is connected: all that connections had is given back; → bytes above the limit."""
        self.x_before.await_left()
        allowed = self.allowed_at_rest(self.limit) + REST_BYTES
        deadline = time.monotonic() + LOWERED_S
        while (now := resident_bytes(self.x_server.pid)) > allowed:
            if time.monotonic() > deadline:
                raise Wrong(f"resident {now / MIB:.1f} MiB with nobody connected, "
                            f"{allowed / MIB:.1f} allowed: limit {self.limit / MIB:.0f}, "
                            f"owners {self.x_owners()}")
            time.sleep(0.05)
        return now - self.limit
