# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Every byte has an owner: what `stats` says of memory against what kernel and malloc say.

    step:  items ─► long values ─► connections ─► half requests ─► half values ─► readers that stop
    then:  the owner whose step it was has grown by what the step is worth,
           all owners together by what the kernel counts, those on the heap by what malloc counts
"""
import time

import pytest

import larder_process
from larder_process import DEADLINE_S, SLOW

pytestmark = pytest.mark.skipif(larder_process.PEER != "", reason="memcached has no such numbers")

KIB, MIB = 1 << 10, 1 << 20
OWNERS = ["items", "index", "ghost", "pinned", "reserved", "slack", "free", "connections",
          "inboxes", "outboxes", "loops", "tls", "heap_free"]
ON_THE_HEAP = ["connections", "inboxes", "outboxes"]
NEAR = 0.03              # of what has grown
PAGES = 1.5 * MIB        # fresh memory of stacks, libraries and malloc's own
CONNECTIONS = 2000
IDLE_BYTES = 600         # of a connection that waits


class Memory:
    """`stats`, once."""

    def __init__(self, wire):
        wire.send(b"stats\r\n")
        text = wire.read_through(b"END\r\n").decode()
        rows = dict(line.split(" ")[1:] for line in text.splitlines()[:-1])
        self.rows = {name[7:]: int(value) for name, value in rows.items()
                     if name.startswith("memory_")}
        self.items = int(rows["curr_items"])

    def __getitem__(self, name):
        return self.rows[name]

    def sum(self, names):
        return sum(self.rows[name] for name in names)


class Step:
    """What has changed from its begin to check()."""

    def __init__(self, wire):
        self.x_wire = wire
        self.x_before = Memory(wire)

    def grown(self, name):
        return Memory(self.x_wire)[name] - self.x_before[name]

    def await_growth(self, name, least):
        """Loops tell of their memory at the end of their turns."""
        deadline = time.monotonic() + DEADLINE_S
        while self.grown(name) < least:
            assert time.monotonic() < deadline, f"{name}: {self.grown(name)}, not {least}"

    def await_fall(self, name, most):
        deadline = time.monotonic() + DEADLINE_S
        while self.grown(name) > most:
            assert time.monotonic() < deadline, f"{name}: {self.grown(name)}, not {most}"

    def check(self):
        now = Memory(self.x_wire)
        owned = now.sum(OWNERS) - self.x_before.sum(OWNERS)
        resident = now["resident"] - self.x_before["resident"]
        print(f"owned {owned}, resident {resident}:",
              {name: now[name] - self.x_before[name] for name in now.rows})
        if SLOW == 1:  # a sanitizer keeps what was freed, and shadows all of it
            assert abs(owned - resident) <= NEAR * max(owned, resident) + PAGES
            heap = now["heap"] - self.x_before["heap"]
            on_heap = now.sum(ON_THE_HEAP) - self.x_before.sum(ON_THE_HEAP)
            assert abs(on_heap - heap) <= NEAR * max(on_heap, heap) + 64 * KIB
        return now


def fill(wire, count, value):
    for first in range(0, count, 1000):
        wire.send(b"".join(b"set key:%07d 0 0 %d noreply\r\n%s\r\n" % (number, len(value), value)
                           for number in range(first, first + 1000)) + b"mn\r\n")
        wire.read_through(b"MN\r\n")


def set_value(wire, key, size):
    wire.send(b"set %s 0 0 %d\r\n%s\r\n" % (key, size, b"v" * size))
    assert wire.read_line() == b"STORED\r\n"


def test_every_byte_has_an_owner(serve, connect, backend):
    server = serve(backend, "-c", "4096", "-I", "64m", memory_mb=256, threads=2)
    wire = connect(server)
    for _ in range(2):
        fill(connect(server), 2000, b"v" * 100)  # buffers of the loops are touched once

    step = Step(wire)
    fill(wire, 100_000, b"v" * 300)
    now = step.check()
    assert now.items == 100_000
    assert 100_000 * (11 + 300) <= now["items"] <= 100_000 * (11 + 300 + 17)

    step = Step(wire)
    for number in range(20):
        set_value(wire, b"long%d" % number, MIB)
    step.check()
    assert 20 * MIB <= step.grown("items") <= 20 * MIB + 20 * 2 * KIB

    step = Step(wire)
    waiting = [connect(server) for _ in range(CONNECTIONS)]
    for connection in waiting:
        connection.send(b"get no\r\n")
        assert connection.read_line() == b"END\r\n"
    now = step.check()
    assert 0 < step.grown("connections") <= CONNECTIONS * IDLE_BYTES
    assert step.grown("inboxes") == 0

    step = Step(wire)
    for connection in waiting[:200]:
        connection.send(b"set half 0 0 12000\r\n" + b"h" * 10_000)
    step.await_growth("inboxes", 200 * 10_000)
    step.check()
    for connection in waiting[:200]:
        connection.close()
    step.await_fall("inboxes", 0)

    step = Step(wire)
    for connection in waiting[200:210]:
        connection.send(b"set coming 0 0 %d\r\n%s" % (2 * MIB, b"c" * MIB))
    step.await_growth("reserved", 10 * MIB)
    # What went through an inbox is the system's at the end of the turn that took it: two requests
    # behind each other are not answered in one.
    for connection in 2 * waiting[210:230]:
        assert connection.ask(b"get no\r\n") == b"END\r\n"
    step.check()


def test_what_only_readers_hold_has_an_owner_too(serve, connect, backend):
    server = serve(backend, "-I", "64m", memory_mb=256, threads=2)
    wire = connect(server)
    size = 16 * MIB
    set_value(wire, b"v", size)
    reader = connect(server, receive_bytes=4096)
    reader.send(b"get v\r\n")
    assert reader.fill_until(lambda: reader.inbox)  # and no more, while most is not sent
    step = Step(wire)
    wire.send(b"delete v\r\n")
    assert wire.read_line() == b"DELETED\r\n"
    now = Memory(wire)
    assert size <= now["pinned"] <= size + 64 * KIB
    assert now["items"] == 0
    step.check()
    reader.close()
    deadline = time.monotonic() + DEADLINE_S
    while Memory(wire)["pinned"] != 0:
        assert time.monotonic() < deadline, "nobody reads, and it is still held"


def test_what_was_sent_by_reference_is_gone_with_its_value(serve, connect, backend):
    """Its memory goes back to the system and must not be told to be free and here."""
    server = serve(backend, "-I", "2m", memory_mb=256, threads=1)
    wire = connect(server)
    keys = [b"long%d" % number for number in range(40)]
    step = Step(wire)
    for key in keys:
        set_value(wire, key, MIB)
        for _ in range(12):  # more than make its memory frozen
            wire.send(b"get %s\r\n" % key)
            wire.read_through(b"\r\nEND\r\n")
    step.check()
    filled = Step(wire)
    for key in keys:
        assert wire.ask(b"delete %s\r\n" % key) == b"DELETED\r\n"
    filled.check()
    assert filled.grown("resident") < -len(keys) * MIB * (1 - NEAR) + PAGES
    step.check()
