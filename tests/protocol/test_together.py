# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Many connections on few keys at the same time: no value is torn, no count and no cas is lost.

Under ThreadSanitizer this is what makes the server's threads meet.
"""
import concurrent.futures
import random

import pytest

from larder_process import SLOW
from wire import Wire

CONNECTIONS = 8
ROUNDS = 2400 // SLOW
KEYS = 5
SIZES = (1, 50, 5_000, 20_000, 90_000)      # copied, pinned, received in place
MEMORY_MB = 128
FIRST_SEED = 1


def value_of(key, size, writer):
    """Every 16 bytes say whose they are."""
    return (b"%-6s%10d" % (key, writer)) * (size // 16 + 1)


def check(reply, key):
    """A miss, or one value, whole and of one writer."""
    if reply == b"END\r\n":
        return
    head, _, rest = reply.partition(b"\r\n")
    body = rest[:-len(b"\r\nEND\r\n")]
    assert head == b"VALUE %s 0 %d" % (key, len(body)) and len(body) % 16 == 0
    assert body == body[:16] * (len(body) // 16) and body[:6].strip() == key


def get(connection, key):
    connection.send(b"get %s\r\n" % key)
    first = connection.read_replies(1)
    return first if first == b"END\r\n" else first + connection.read_replies(1)


def work(server, seed):
    """One connection's random requests; returns how many counts and cas stores succeeded."""
    source = random.Random(seed)
    counted = swapped = 0
    with Wire(server.address) as connection:
        for _ in range(ROUNDS):
            key = b"key-%d" % source.randrange(KEYS)
            kind = source.randrange(7)
            if kind < 2:
                check(get(connection, key), key)
            elif kind < 4:
                value = value_of(key, source.choice(SIZES), seed)
                word = source.choice([b"set", b"set", b"add", b"replace"])
                assert connection.ask(b"%s %s 0 0 %d\r\n%s\r\n" % (
                    word, key, len(value), value)) in (b"STORED\r\n", b"NOT_STORED\r\n")
            elif kind == 4:
                assert connection.ask(b"delete %s\r\n" % key) in (b"DELETED\r\n", b"NOT_FOUND\r\n")
            elif kind == 5:
                connection.send(b"incr count 1\r\n" * 5)
                counted += connection.read_replies(5).count(b"\r\n")
            else:
                swapped += swap(connection)
    return counted, swapped


def swap(connection):
    """One attempt to add one by cas."""
    head, number, _ = connection.ask(b"gets swap\r\n", 2).split(b"\r\n", 2)
    value = b"%d" % (int(number) + 1)
    said = connection.ask(b"cas swap 0 0 %d %s\r\n%s\r\n" % (
        len(value), head.split()[4], value))
    assert said in (b"STORED\r\n", b"EXISTS\r\n")
    return said == b"STORED\r\n"


@pytest.mark.parametrize("seed", [FIRST_SEED, FIRST_SEED + 1])
def test_together(serve, connect, backend, seed):
    print(f"LARDER_BACKENDS={backend} /usr/bin/python3 -m pytest {__file__} -k {backend}-{seed}")
    server = serve(backend, threads=4, memory_mb=MEMORY_MB)
    asker = connect(server)
    asker.ask(b"set count 0 0 20\r\n%-20d\r\n" % 0)
    asker.ask(b"set swap 0 0 1\r\n0\r\n")
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        done = list(pool.map(lambda number: work(server, seed * 1000 + number),
                             range(CONNECTIONS), timeout=20 * SLOW))
    counted, swapped = map(sum, zip(*done))
    assert counted > 0 and swapped > 0
    assert asker.ask(b"incr count 0\r\n") == b"%d\r\n" % counted
    assert get(asker, b"swap").split(b"\r\n")[1] == b"%d" % swapped


def test_a_torn_value_is_found():
    whole = value_of(b"key-1", 100, 7)
    torn = whole[:50] + value_of(b"key-1", 100, 8)[50:]
    check(b"VALUE key-1 0 %d\r\n%s\r\nEND\r\n" % (len(whole), whole), b"key-1")
    for wrong in (torn, whole[:-1], value_of(b"key-2", 100, 7)):
        with pytest.raises(AssertionError):
            check(b"VALUE key-1 0 %d\r\n%s\r\nEND\r\n" % (len(wrong), wrong), b"key-1")
