# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A value that is on its way to a client stays what it was, whatever is stored in its place.

Values that are read often are sent by reference: the client's kernel reads the store's memory.
"""
import random

import pytest

from larder_process import Server
from wire import Wire

READS = 12      # more than make a value's memory frozen
READERS = 4


def reply_of(value):
    return b"VALUE big 0 %d\r\n%s\r\nEND\r\n" % (len(value), value)


def value_of(size, seed):
    return random.Random(seed).randbytes(size)


def store(wire, key, value):
    assert wire.ask(b"set %s 0 0 %d\r\n%s\r\n" % (key, len(value), value)) == b"STORED\r\n"


@pytest.mark.parametrize("transport", ["tcp", "unix"])
@pytest.mark.parametrize("size", [65536, 100_000, 1_000_000])
def test_readers_get_the_value_that_they_asked_for(backend, size, transport, tmp_path):
    unix = tmp_path / "socket" if transport == "unix" else None
    with Server(backend, "-I", "2m", memory_mb=16, unix=unix) as server:
        writer = Wire(server.address)
        for round_number in range(3):
            value = value_of(size, round_number)
            store(writer, b"big", value)
            for _ in range(READS):
                writer.send(b"get big\r\n")
                assert writer.read(len(reply_of(value))) == reply_of(value)
            readers = [Wire(server.address) for _ in range(READERS)]
            for reader in readers:
                reader.send(b"get big\r\n")
                assert reader.read(5) == b"VALUE"   # it is being sent
            # More than the memory holds, so that every page is written to again.
            for other in range(2 * 16 * 1024 * 1024 // size):
                store(writer, b"big" if other % 7 == 0 else b"other%d" % other,
                      value_of(size, 1000 + other))
            for reader in readers:
                assert reader.read(len(reply_of(value)) - 5) == reply_of(value)[5:]
                reader.close()
        writer.close()
