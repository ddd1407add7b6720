# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Dumps of keys: complete under changes, readable whatever the keys are, no burden to others."""
import base64
import re
import statistics
import time
import urllib.parse

import pytest

from larder_process import SLOW

ITEMS = 1_000_000 // SLOW
ROUNDS = 3
PROBES = 400 // SLOW
NAMES = 200_000


def keys_of(told):
    return [urllib.parse.unquote_to_bytes(key)
            for key in re.findall(rb"^key=(\S+) exp=", told, re.M)]


def fill(connection, names, value=b"v"):
    """Many at once; the reply to the last says that all are there."""
    batch = b"".join(b"set %s 0 0 %d noreply\r\n%s\r\n" % (name, len(value), value)
                     for name in names)
    connection.send(batch)
    assert connection.ask(b"mn\r\n") == b"MN\r\n"


def metadump(connection):
    connection.send(b"lru_crawler metadump all\r\n")
    told = connection.read_through(b"\nEND\r\n")
    assert told.startswith(b"OK\r\n")
    return told


def test_a_line_tells_what_the_item_is(server, connect):
    connection = connect(server)
    connection.ask(b"set one 7 500 5\r\nvalue\r\n")
    connection.ask(b"mg one v\r\n", lines=1)
    now = time.time()
    line = metadump(connection).splitlines()[1]
    found = re.fullmatch(
        rb"key=one exp=(\d+) la=(\d+) cas=(\d+) fetch=yes cls=1 size=(\d+) flags=7 ", line)
    assert found, line
    assert abs(int(found[1]) - now - 500) <= 3 and abs(int(found[2]) - now) <= 3
    assert int(found[4]) > len("one" + "value")


def test_keys_of_any_bytes_can_be_read(server, connect):
    connection = connect(server)
    odd = b"a b\r\n%\x00\xff"
    encoded = base64.b64encode(odd)
    connection.ask(b"ms %s 1 b\r\nx\r\n" % encoded)
    connection.ask(b"set plain/key 0 0 1\r\nx\r\n")
    assert sorted(keys_of(metadump(connection))) == sorted([odd, b"plain/key"])
    connection.send(b"lru_crawler mgdump all\r\n")
    told = connection.read_through(b"EN\r\n").splitlines()
    assert sorted(told) == sorted([b"OK", b"mg %s b" % encoded, b"mg plain/key", b"EN"])
    connection.send(b"stats cachedump 1 0\r\n")
    assert connection.read_through(b"END\r\n") == b"ITEM plain/key [1 b; 0 s]\r\nEND\r\n"


@pytest.mark.parametrize("which, found", [(b"all", 3), (b"hash", 3), (b"1", 3), (b"3,1", 3),
                                          (b"2", 0), (b"2,3,63", 0)])
def test_all_items_are_in_class_one(server, connect, which, found):
    connection = connect(server)
    fill(connection, [b"a", b"b", b"c"])
    connection.send(b"lru_crawler metadump %s\r\n" % which)
    told = connection.read_through(b"END\r\n")
    assert told.startswith(b"OK\r\n") and len(keys_of(told)) == found
    assert connection.ask(b"mn\r\n") == b"MN\r\n"


@pytest.mark.parametrize("request_line, reply", [
    (b"lru_crawler metadump", b"ERROR"),
    (b"lru_crawler metadump 64", b"BADCLASS invalid class id"),
    (b"lru_crawler metadump 0", b"BADCLASS invalid class id"),
    (b"lru_crawler metadump 1,", b"BADCLASS invalid class id"),
    (b"lru_crawler mgdump x", b"BADCLASS invalid class id"),
    (b"lru_crawler crawl all", b"OK"),
    (b"lru_crawler crawl 1,2", b"OK"),
    (b"lru_crawler crawl", b"ERROR"),
    (b"lru_crawler enable 1", b"ERROR"),
    (b"lru_crawler sleep", b"ERROR"),
    (b"lru_crawler sleep x", b"CLIENT_ERROR bad command line format"),
    (b"lru_crawler tocrawl -1", b"CLIENT_ERROR bad command line format"),
    (b"slabs reassign 1", b"ERROR"),
    (b"slabs reassign 1 2 3", b"ERROR"),
    (b"slabs reassign -1 2", b"BADCLASS invalid src or dst class id"),
    (b"slabs reassign 2 1", b"NOSPARE source class has no spare pages"),
    (b"slabs automove", b"ERROR"),
    (b"slabs automove 3", b"ERROR"),
    (b"slabs automove x", b"CLIENT_ERROR bad command line format"),
    (b"slabs automove ratio 0.5", b"OK"),
    (b"slabs automove window 3", b"OK"),
    (b"slabs automove window 1800", b"OK"),
    (b"slabs automove window 2", b"CLIENT_ERROR automove window too low or too high"),
    (b"slabs automove window 1801", b"CLIENT_ERROR automove window too low or too high"),
    (b"slabs automove window x", b"CLIENT_ERROR bad command line format"),
    (b"slabs automove window", b"CLIENT_ERROR bad command line format"),
    (b"slabs reassign 1 39", b"NOSPARE source class has no spare pages"),
    (b"slabs reassign 1 40", b"BADCLASS invalid src or dst class id"),
    (b"lru tune 1 2 3", b"ERROR"),
    (b"lru tune 1 2 3 4", b"OK"),
    (b"lru tune x 2 3 4", b"ERROR"),
    (b"lru tune 10 20 0 2", b"ERROR hot/warm age factors must be greater than 0"),
    (b"lru mode", b"ERROR"),
    (b"lru temp_ttl x", b"ERROR"),
])
def test_arguments_are_judged(server, connect, request_line, reply):
    assert connect(server).ask(request_line + b"\r\n") == reply + b"\r\n"


def test_a_dump_is_complete_while_others_write(serve, backend, connect):
    server = serve(backend, memory_mb=256)
    writer, reader = connect(server), connect(server, receive_bytes=65536)
    stayers = [b"stayer:%d" % number for number in range(NAMES)]
    fill(writer, stayers)
    reader.send(b"lru_crawler metadump all\r\n")
    told = bytearray(reader.read(100_000))
    # Twice as many keys: the indexes grow, and what was read so far must stay behind the dump.
    fill(writer, [b"guest:%d" % number for number in range(2 * NAMES)])
    fill(writer, stayers[::3], b"longer than before")
    told += reader.read_through(b"\nEND\r\n")
    keys = keys_of(bytes(told))
    assert len(set(keys)) == len(keys), "a key twice"
    assert set(stayers) <= set(keys)
    assert set(keys) > set(stayers), "the dump was over before the others came"


def test_nobody_else_waits_for_a_dump(serve, backend, connect):
    """The asking connection is on the same loop."""
    server = serve(backend, memory_mb=256, threads=1)
    asking = connect(server)
    for begin in range(0, ITEMS, 50_000):
        fill(asking, [b"k%d" % number for number in range(begin, begin + 50_000)])

    def latencies(between):
        """Seconds that a reply takes, and the most that the server has worked until it was here:
        the slowest replies of a busy machine have waited for a processor, not for the dump."""
        taken, worked = [], []
        for _ in range(PROBES):
            start, before = time.perf_counter(), server.cpu_s()
            asking.send(b"get k1\r\n")
            asking.read_through(b"END\r\n")
            worked.append(server.cpu_s() - before)
            taken.append(time.perf_counter() - start)
            between()
        return statistics.median(taken), max(worked)

    def latencies_beside_a_dump():
        with connect(server) as dumping:
            dumping.send(b"lru_crawler metadump all\r\n")
            told = []
            taken = latencies(lambda: told.append(len(dumping.read(100_000))))
        assert sum(told) == PROBES * 100_000, "the dump was over before the end"
        return taken
    # Of several rounds the best: what else the machine does only adds to it, in one round or
    # another, while a dump that keeps others waiting does so in all of them.
    rounds = [(latencies(lambda: None), latencies_beside_a_dump()) for _ in range(ROUNDS)]
    calm, busy = ([min(figures) for figures in zip(*kind)] for kind in zip(*rounds))
    for name, before, beside, most_s in zip(("median", "most work"), calm, busy, (0.002, 0.01)):
        assert beside < before + most_s * SLOW, f"{name}: {before:.6f} s, {beside:.6f} s"
