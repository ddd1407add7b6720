# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The same random binary conversation with Larder and with Debian's memcached, byte for byte.

    /usr/bin/python3 tests/protocol/test_peer_binary.py --seed 7 --backend epoll    repeats one
    /usr/bin/python3 tests/protocol/test_peer_binary.py --seed 100 --seeds 900      tries many

Left out is what memcached does by accident: the key of an unknown opcode (tests/golden), numbers
from 2^63 on, counting a value that is still being sent, and whether a wrong cas or no number is
what it complains of first (commands.py).
"""
import pathlib
import random
import struct
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import larder_process
import peers
import replies
import wire
from peers import BATCHES, SEEDS, Difference, start

VOLATILE = ("cas", "version")

GETS = (0x00, 0x09, 0x0c, 0x0d)
GATS = (0x1d, 0x1e, 0x23, 0x24)
SETS, ADDS, REPLACES = (0x01, 0x11), (0x02, 0x12), (0x03, 0x13)
JOINS = (0x0e, 0x0f, 0x19, 0x1a)
DELETES, COUNTS, TOUCH = (0x04, 0x14), (0x05, 0x06, 0x15, 0x16), (0x1c,)
FLUSHES = (0x08, 0x18)
NOOP, VERSION, SASL = 0x0a, 0x0b, (0x20, 0x21, 0x22)
UNKNOWN = (0x1b, 0x1f, 0x25, 0x40, 0xfe)
EXPTIMES = (0, 0, 0, 100, 2_000_000_000, 0xffffffff, 1_000_000_000)
DO_NOT_CREATE = 0xffffffff
NO_SUCH_CAS = b"\xff" * 7 + b"\x01"


def packet(opcode, key=b"", extras=b"", value=b"", opaque=0, cas=bytes(8)):
    return struct.pack(">BBHBBHII", 0x80, opcode, len(key), len(extras), 0, 0,
                       len(extras) + len(key) + len(value), opaque) + cas + extras + key + value


class Requests:
    """The same seed gives the same conversation; a request may want the number of its key."""

    def __init__(self, seed):
        self.x_random = random.Random(seed)
        self.x_keys = [self.x_new_key() for _ in range(12)]
        self.x_counters = [b"n%d" % number for number in range(4)]
        self.x_opaque = 0
        self.x_sent = set()     # keys that this batch has asked for

    def x_new_key(self):
        name = b"k%d" % self.x_random.randrange(1000)
        if self.x_random.random() < 0.3:
            name += self.x_random.choice([b" ", b"\0\xff", b"\r\n", b"\x80"])
        return name.ljust(self.x_random.choice([0, 0, 0, 30, 249, 250]), b"x")

    def batch(self, most=14):
        """[(opcode, key, extras, value, opaque, how the cas is chosen)]"""
        self.x_sent = set()
        return [self.x_next() for _ in range(self.x_random.randint(1, most))]

    def x_next(self):
        makers = [(20, self.x_get), (6, self.x_gat), (16, self.x_store), (8, self.x_join),
                  (8, self.x_count), (6, self.x_delete), (4, self.x_touch), (4, self.x_plain),
                  (0.4, self.x_flush)]
        weights, functions = zip(*makers)
        opcode, key, extras, value, cas = self.x_random.choices(functions, weights)[0]()
        self.x_opaque += 1
        return opcode, key, extras, value, self.x_opaque, cas

    def x_any(self, *groups):
        return self.x_random.choice([opcode for group in groups for opcode in group])

    def x_key(self):
        if self.x_random.random() < 0.25:
            return self.x_random.choice(self.x_counters)
        return self.x_random.choice(self.x_keys)

    def x_free(self, keys):
        return self.x_random.choice([key for key in keys if key not in self.x_sent] or [b"nobody"])

    def x_cas(self):
        return self.x_random.choices(("none", "known", "wrong"), (12, 4, 1))[0]

    def x_exptime(self):
        return struct.pack(">I", self.x_random.choice(EXPTIMES))

    def x_value(self):
        size = self.x_random.choice([0, 1, 3, 50, 50, 700, 9_000, 20_000, 120_000])
        return (self.x_random.choice([b"v", b"v\r\n", b"\x80"]) * size)[:size]

    def x_get(self):
        key = self.x_key()
        self.x_sent.add(key)
        return self.x_any(GETS), key, b"", b"", self.x_cas()

    def x_gat(self):
        key = self.x_random.choice(self.x_keys)
        self.x_sent.add(key)
        return self.x_any(GATS), key, self.x_exptime(), b"", "none"

    def x_store(self):
        key = self.x_key()
        flags = struct.pack(">I", self.x_random.choice((0, 1, 0xdeadbeef)))
        value = (b"%d" % self.x_random.choice((0, 9, 10, 99, 12345)) if key in self.x_counters
                 else self.x_value())
        return self.x_any(SETS, SETS, ADDS, REPLACES), key, flags + self.x_exptime(), value, \
            self.x_cas()

    def x_join(self):
        return self.x_any(JOINS), self.x_random.choice(self.x_keys), b"", self.x_value()[:2000], \
            self.x_cas()

    def x_count(self):
        key, cas = self.x_free(self.x_counters), self.x_cas()
        if self.x_random.random() < 0.1:
            key, cas = self.x_free(self.x_keys), "none"     # hardly ever a number
        extras = struct.pack(">QQI", self.x_random.choice((0, 1, 9, 1000, 2**40)),
                             self.x_random.choice((0, 5, 99, 2**40)),
                             self.x_random.choice((0, 100, DO_NOT_CREATE)))
        return self.x_any(COUNTS), key, extras, b"", cas

    def x_delete(self):
        return self.x_any(DELETES), self.x_key(), b"", b"", self.x_cas()

    def x_touch(self):
        return self.x_any(TOUCH), self.x_random.choice(self.x_keys), self.x_exptime(), b"", "none"

    def x_plain(self):
        opcode = self.x_any((NOOP, VERSION), SASL, UNKNOWN)
        if opcode in SASL[1:]:
            return opcode, b"PLAIN", b"", b"\0user\0password", "none"
        return opcode, b"", b"", b"", "none"

    def x_flush(self):
        extras = self.x_random.choice((b"", struct.pack(">I", 0)))
        return self.x_any(FLUSHES), b"", extras, b"", "none"


class Side:
    """One server: knows its unique numbers."""

    def __init__(self, connection):
        self.x_wire = connection
        self.x_cas = {}
        self.x_serial = 0

    def hold(self, batch):
        """Sends a batch and returns its replies."""
        self.x_serial += 1
        end = 0x7fffffff - self.x_serial
        numbers = {"none": lambda _: bytes(8), "wrong": lambda _: NO_SUCH_CAS,
                   "known": lambda key: self.x_cas.get(key, NO_SUCH_CAS)}
        stream = b"".join(packet(opcode, key, extras, value, opaque, numbers[cas](key))
                          for opcode, key, extras, value, opaque, cas in batch)
        self.x_wire.send(stream + packet(NOOP, opaque=end))
        answer = b"\x81" + packet(NOOP, opaque=end)[1:]
        received = self.x_wire.read_through(answer)[:-len(answer)]
        keys = {opaque: key for _, key, _, _, opaque, _ in batch}
        for head, _, _ in replies.walk(received):
            if any(head[16:24]):
                self.x_cas[keys[int.from_bytes(head[12:16], "big")]] = head[16:24]
        return received


def compare(server, peer, seed, batches):
    requests = Requests(seed)
    with wire.Wire(server.address) as ours, wire.Wire(peer.address) as theirs:
        sides = Side(ours), Side(theirs)
        for side in sides:
            side.hold([(FLUSHES[0], b"", b"", b"", 0, "none")])
        for number in range(batches):
            batch = requests.batch()
            received, expected = (side.hold(batch) for side in sides)
            if not replies.same(expected, received, VOLATILE):
                raise Difference(_describe(server, seed, number, batch, expected, received))


def _describe(server, seed, number, batch, expected, received):
    asked = [f"  {opcode:02x} {key[:20]!r} extras {extras.hex()} value {value[:20]!r} "
             f"({len(value)} bytes) opaque {opaque} cas {cas}"
             for opcode, key, extras, value, opaque, cas in batch]
    sides = [[f"  {name} {head.hex()} {body[:60]!r}" for head, body, _ in replies.walk(stream)]
             for name, stream in (("memcached", expected), ("here", received))]
    return "\n".join([
        f"batch {number} of seed {seed} differs", *asked, *sides[0], *sides[1],
        f"reproduce: /usr/bin/python3 tests/protocol/test_peer_binary.py --seed {seed} "
        f"--batches {number + 1} --backend {server.x_backend}"])


@pytest.fixture(scope="module")
def peer():
    with start(larder_process.Server, "memcached") as server:
        yield server


@pytest.mark.parametrize("seed", SEEDS)
def test_same_binary_replies_as_memcached(serve, backend, peer, seed):
    compare(start(serve, backend), peer, seed, BATCHES)


def test_a_difference_is_found(serve, peer):
    """A server with unique numbers switched off is not the same: the comparison must say so."""
    with pytest.raises(Difference, match="reproduce: .* --seed 1 "):
        compare(start(serve, "memcached", "-C"), peer, 1, BATCHES)


if __name__ == "__main__":
    peers.main(__doc__, compare)
