# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Values that say what they are, and how long values are.

    <crc of key/number/bytes> │ bytes of BLOCK from a place that follows from the head │
     `number` counts the writes of the key's only writer

A value of less than TINY bytes has no room for the head, and is what follows from it.
"""
import random
import zlib

KIB = 1 << 10
MIB = 1 << 20
TINY = 40
LARGEST = 4 * MIB + 4 * KIB

_PLACES = 8 * MIB
BLOCK = random.Random(1).randbytes(_PLACES + LARGEST)


class Wrong(AssertionError):
    """The server did what it must not do; the text says what."""


def written(key, number, size):
    """The value of `size` bytes that the key's writer wrote as its write `number`."""
    head = b"<%08x/%d/%d>" % (zlib.crc32(key), number, size)
    at = zlib.crc32(head) % _PLACES
    if size < TINY:
        return BLOCK[at:at + size]
    return head + BLOCK[at + len(head):at + size]


def joined(key, parts):
    return b"".join(written(key, number, size) for number, size in parts)


def newest_part(key, value):
    """The highest number in a value that somebody else wrote; Wrong if a byte does not fit.

    None for a value that is too short to say.
    """
    if len(value) < TINY:
        return None
    newest, at = 0, 0
    while at < len(value):
        end = value.find(b">", at, at + TINY)
        fields = value[at + 1:end].split(b"/")
        if len(fields) != 3 or not (fields[1] + fields[2]).isdigit():
            raise Wrong(f"{key!r}: no head at {at} of {len(value)} bytes: {value[at:at + TINY]!r}")
        number, size = int(fields[1]), int(fields[2])
        if not value.startswith(written(key, number, size), at):
            raise Wrong(f"{key!r}: wrong bytes in part {number} at {at} of {len(value)} bytes")
        newest, at = max(newest, number), at + size
    return newest


def fits(key, size, flags, item_limit):
    """Whether -I lets it in: counted as memcached counts (docs/limits.md)."""
    return 56 + len(key) + size + 3 + (4 if flags else 0) <= item_limit


class Sizes:
    """Most are small, some are large, and both drift: what fits today's holes does not tomorrow."""

    def __init__(self, rng, item_limit):
        self.x_rng = rng
        self.x_limit = item_limit
        self.x_borders = [size for size in (0, 1, 8 * KIB, 16 * KIB, 64 * KIB, 128 * KIB, MIB)
                          if size < item_limit]
        self.drift()

    def drift(self):
        rng = self.x_rng
        self.x_small = rng.choice((8, 40, 100, 300, 700, 1500))
        self.x_large = rng.choice((3 * KIB, 9 * KIB, 20 * KIB, 50 * KIB, 120 * KIB, 300 * KIB))
        self.x_large = min(self.x_large, self.x_limit // 2)
        self.x_large_share = rng.choice((0.01, 0.05, 0.15)) * 20 * KIB / (20 * KIB + self.x_large)

    def draw(self, key):
        rng = self.x_rng
        kind = rng.random()
        if kind < 0.97 - self.x_large_share:
            return min(int(self.x_small * rng.lognormvariate(0, 0.7)), self.x_limit + KIB)
        if kind < 0.97:
            return min(int(self.x_large * rng.lognormvariate(0, 0.5)), self.x_limit + KIB)
        if kind < 0.985:
            return max(0, rng.choice(self.x_borders) + rng.randint(-3, 3))
        if kind < 0.998 and self.x_limit > 64 * KIB:
            return int(10 ** rng.uniform(0, 5))
        # Around the largest that -I lets in; a small -I is met often.
        return max(0, self.x_limit - 56 - 3 - len(key) + rng.randint(-8, 8))
