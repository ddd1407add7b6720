# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# ctest: timeout_s=900
"""What clients announce, leave unread or keep in use costs the server no unbounded memory."""
import random
import time

import pytest

import larder_process
from larder_process import BACKENDS, SLOW, Server
from witness import MIB, Before, Witness
from wire import Wire

LIARS = 50
GIB = 1 << 30
GROWTH_MIB = 64 * SLOW
READERS = 20
BIG = 500_000
HEAD = b"VALUE big 0 %d\r\n" % BIG
# Larder cuts a reader that has taken nothing for a minute (limits::kNoProgressS).
NO_PROGRESS_S = 60

larder_only = pytest.mark.skipif(larder_process.PEER != "", reason="memcached is not so careful")


# The largest that -I 1g can take is a little less than 1 GiB: key and header count, too.
@pytest.mark.parametrize("declared", [GIB, GIB - 4096, 1_000_000_000])
@larder_only
def test_declared_but_never_sent(serve, connect, backend, declared):
    server = serve(backend, "-I", "1g", memory_mb=2048)
    before = Before(server)
    witness = Witness(server)
    liars = [connect(server) for _ in range(LIARS)]
    for connection in liars:
        connection.send(b"set k 0 0 %d\r\n0123456789" % declared)
        witness.look()
    # In the face of all that is announced there is still room for what is really sent.
    size = 50 * MIB // SLOW
    honest = connect(server)
    value = random.Random(1).randbytes(1000) * (size // 1000)
    assert honest.ask(b"set real 0 0 %d\r\n%s\r\n" % (len(value), value)) == b"STORED\r\n"
    expected = b"VALUE real 0 %d\r\n%s\r\nEND\r\n" % (len(value), value)
    honest.send(b"get real\r\n")
    assert honest.read(len(expected)) == expected
    assert honest.ask(b"delete real\r\n") == b"DELETED\r\n"
    honest.close()
    grown = before.grown_mib() - len(value) / MIB
    assert grown < GROWTH_MIB, f"{grown:.1f} MiB for {LIARS} announcements of {declared} bytes"
    assert witness.x_wire.ask(b"get k\r\n") == b"END\r\n"
    for connection in liars:
        connection.close()
    witness.close()
    before.await_left()


@larder_only
def test_a_long_line_is_not_kept_for_the_byte_behind_it(serve, connect, backend):
    """Idle connections that each hold one byte, having had a line of megabytes before it."""
    server = serve(backend, threads=1)
    before = Before(server)
    line = b"get " + b"a " * (3 * MIB) + b"\r\nm"
    connections = []
    for _ in range(20):
        connections.append(connect(server))
        connections[-1].send(line)
        assert connections[-1].read_line() == b"END\r\n"
    assert before.grown_mib() < GROWTH_MIB, f"{before.grown_mib():.1f} MiB for 20 bytes"
    for connection in connections:
        assert connection.ask(b"n\r\n") == b"MN\r\n"


@larder_only
def test_unread_replies_are_bounded_and_their_readers_cut():
    """Both backends at the same time, because the cut takes a minute."""
    servers = [Server(backend, memory_mb=256).start() for backend in BACKENDS]
    try:
        sides = [Stuck(server) for server in servers]
        began = time.monotonic()
        while any(side.still_connected() for side in sides):
            for side in sides:
                side.check()
            assert time.monotonic() - began < NO_PROGRESS_S * 1.25 + 10 * SLOW, "never cut"
            time.sleep(0.25)
        assert time.monotonic() - began > NO_PROGRESS_S / 2, "cut too early to be fair"
        for side in sides:
            side.finish()
    finally:
        for server in servers:
            server.stop()


class Stuck:
    """One server with readers that ask for gigabytes and read nothing."""

    def __init__(self, server):
        self.x_server = server
        self.x_witness = Witness(server)
        self.x_value = random.Random(3).randbytes(BIG)
        self.x_patient = Wire(server.address)
        self.x_patient.ask(b"set big 0 0 %d\r\n%s\r\n" % (BIG, self.x_value))
        self.x_patient.ask(b"set small 0 0 100\r\n%s\r\n" % (b"s" * 100))
        self.x_before = Before(server)      # counts the two above
        self.x_readers = [Wire(server.address, receive_bytes=4096) for _ in range(READERS)]
        for number, reader in enumerate(self.x_readers):
            # Both ask for more than the kernel keeps: replies sent in place, and copied ones.
            reader.send(b"get big\r\n" * 2000 if number % 2 else b"get small\r\n" * 200_000)

    def still_connected(self):
        return self.x_server.fds() > self.x_before.x_fds

    def check(self):
        """Others are served, big values included, and memory does not follow the requests."""
        self.x_witness.look()
        self.x_patient.send(b"get big\r\n")
        expected = b"VALUE big 0 %d\r\n%s\r\nEND\r\n" % (BIG, self.x_value)
        assert self.x_patient.read(len(expected)) == expected
        grown = self.x_before.grown_mib()
        assert grown < GROWTH_MIB, f"{grown:.1f} MiB for {READERS} readers"

    def finish(self):
        for one in (*self.x_readers, self.x_patient, self.x_witness):
            one.close()


def test_a_value_in_use_is_not_changed(serve, connect, backend):
    """Replies under way keep the bytes that were there when they were answered."""
    server = serve(backend, memory_mb=64)
    writer = connect(server)
    values = [bytes([65 + number]) * BIG for number in range(20)]
    slow = []
    for value in values:
        assert writer.ask(b"set big 0 0 %d\r\n%s\r\n" % (BIG, value)) == b"STORED\r\n"
        slow.append(connect(server, receive_bytes=4096))
        slow[-1].send(b"get big\r\n" * 3)
        assert slow[-1].read_line() == HEAD
    assert writer.ask(b"delete big\r\n") == b"DELETED\r\n"
    for number in range(100):   # room that was given back is used again
        writer.ask(b"set other-%d 0 0 %d\r\n%s\r\n" % (number, BIG, b"~" * BIG))
    for number, reader in enumerate(slow):
        assert reader.read(BIG + 7) == values[number] + b"\r\nEND\r\n"
        for _ in range(2):      # answered then or later, but each from one writer only
            head = reader.read_line()
            assert head in (HEAD, b"END\r\n")
            assert head != HEAD or reader.read(BIG + 7)[:BIG] in values[number:]
