# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Many connections on the same few collections at the same time: no element is torn, none that was
stored is lost, no count is lost, and a queue gives each element to one of those who take from it.

Under ThreadSanitizer this is what makes the server's threads meet in a collection.
"""
import concurrent.futures
import random

import pytest

import larder_process
from larder_process import SLOW
from wire import Wire

CONNECTIONS = 8
ROUNDS = 1200 // SLOW
KEYS = 3
FIRST_SEED = 1
ARCUS = ("--dialect", "arcus", "-g", "8")
MISSES = {"NOT_FOUND", "NOT_FOUND_ELEMENT"}

pytestmark = pytest.mark.skipif(larder_process.PEER != "", reason="memcached has no collections")


def line(connection, request):
    """The reply of a command that has one line."""
    return connection.ask(request.encode() + b"\r\n").decode().rstrip("\r\n")


def elements(connection, request):
    """The lines between VALUE and the end, and the end; nothing and the status without any."""
    connection.send(request.encode() + b"\r\n")
    first = connection.read_line().decode().rstrip("\r\n")
    if not first.startswith("VALUE "):
        return [], first
    count = int(first.split()[2])
    rows = [connection.read_line().decode().rstrip("\r\n") for _ in range(count)]
    return rows, connection.read_line().decode().rstrip("\r\n")


def value_of(key, number):
    """Long enough for leaves of some elements, and every part says whose it is."""
    return f"{key}-{number:06}." * 8


def check(rows, key):
    for row in rows:
        value = row.split(" ")[-1]
        assert value == value_of(key, int(value[len(key) + 1:len(key) + 7])), row


class Worker:
    """One connection's random commands on lists, sets, maps and trees that all share."""

    def __init__(self, server, seed, number):
        self.x_source = random.Random(seed * 1000 + number)
        self.x_number = number
        self.x_next = 0
        self.x_server = server
        self.pushed = set()     # into the queue
        self.popped = []        # from it
        self.counted = 0
        self.kept = 0           # in the tree from which nobody takes

    def fresh(self):
        self.x_next += 1
        return self.x_number * 10_000 + self.x_next

    def run(self):
        with Wire(self.x_server.address) as self.x_wire:
            for _ in range(ROUNDS):
                self.x_source.choice([self.churn, self.churn, self.queue, self.keep])()
        return self

    def churn(self):
        """Anything, on collections that come and go."""
        key = f"c:{self.x_source.randrange(KEYS)}"
        number = self.fresh()
        value = value_of(key, number)
        kind = self.x_source.randrange(9)
        sent = {
            0: f"bop insert {key}b {number} {len(value)} create 0 0 300\r\n{value}",
            1: f"lop insert {key}l {self.x_source.choice([0, -1])} {len(value)} "
               f"create 0 0 300 head_trim\r\n{value}",
            2: f"mop upsert {key}m f{number % 50} {len(value)} create 0 0 0\r\n{value}",
            3: f"sop insert {key}s {len(value)} create 0 0 0\r\n{value}",
            4: f"bop delete {key}b 0..{number} {self.x_source.randrange(40)} drop",
            5: self.x_source.choice([f"delete {key}b", f"flush_prefix {key.split(':')[0]}",
                                     f"setattr {key}b expiretime=100 maxcount=500"]),
        }
        if kind in sent:
            reply = line(self.x_wire, sent[kind])
            allowed = {"STORED", "CREATED_STORED", "REPLACED", "OUT_OF_RANGE", "DELETED",
                       "DELETED_DROPPED", "OK", "ATTR_ERROR bad value"} | MISSES
            assert reply in allowed, (sent[kind], reply)
            return
        rows, end = elements(self.x_wire, {
            6: f"bop get {key}b {number}..0 {self.x_source.randrange(1, 100)}",
            7: f"lop get {key}l 0..-1" + self.x_source.choice(["", " drop"]),
            8: f"mop get {key}m 0 0" + self.x_source.choice(["", " delete"])}[kind])
        assert end in {"END", "TRIMMED", "DELETED", "DELETED_DROPPED", "OUT_OF_RANGE"} | MISSES, end
        check(rows, key)

    def queue(self):
        """A list that is created by who finds none, and dropped by who takes the last."""
        if self.x_source.randrange(2):
            value = value_of("q", self.fresh())
            reply = line(self.x_wire, f"lop insert q -1 {len(value)} create 0 0 -1\r\n{value}")
            assert reply in ("STORED", "CREATED_STORED"), reply
            self.pushed.add(value)
        else:
            rows, end = elements(self.x_wire, "lop get q 0 drop")
            assert end in {"DELETED", "DELETED_DROPPED"} | MISSES, end
            check(rows, "q")
            self.popped += [row.split(" ")[1] for row in rows]

    def keep(self):
        """A tree that only grows, and a count in it."""
        number = self.fresh()
        assert line(self.x_wire, f"bop insert k {number} 1 create 0 0 -1\r\nx") in (
            "STORED", "CREATED_STORED")
        self.kept += 1
        assert line(self.x_wire, "bop incr k 0 1 1").isdigit()
        self.counted += 1


@pytest.mark.parametrize("seed", [FIRST_SEED, FIRST_SEED + 1])
def test_together(serve, connect, backend, seed):
    print(f"LARDER_BACKENDS={backend} /usr/bin/python3 -m pytest {__file__} -k {backend}-{seed}")
    server = serve(backend, *ARCUS, threads=4)
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        workers = list(pool.map(Worker.run, [Worker(server, seed, n) for n in range(CONNECTIONS)]))

    client = connect(server)
    left, _ = elements(client, "lop get q 0..-1")
    taken = [value for worker in workers for value in worker.popped]
    taken += [row.split(" ")[1] for row in left]
    assert sorted(taken) == sorted(value for worker in workers for value in worker.pushed)

    kept = sum(worker.kept for worker in workers)
    assert line(client, "bop count k 1..1000000000") == f"COUNT={kept}"
    counted, _ = elements(client, "bop get k 0")
    assert counted == [f"0 {len(str(kept))} {kept}"]
