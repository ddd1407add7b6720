# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""How many items a server holds: filled with more than fit, and then every key is asked for."""
import dataclasses

from comparison.servers import fail
from comparison.tool import bench

LEAST_ITEM_BYTES = 40     # beside key and value; where the first guess of what fits begins
WELL_PAST_EVICTION = 1.25  # keys set for every one that is held


@dataclasses.dataclass(frozen=True)
class Item:
    """All items of a fill: one size, or a spread of them as --value-bytes of larder bench has it."""
    key_bytes: int
    value_bytes: str
    mean_value_bytes: int
    ttl_s: int = 0

    def arguments(self):
        return ["--key-bytes", self.key_bytes, "--value-bytes", self.value_bytes,
                "--ttl", self.ttl_s]


@dataclasses.dataclass
class Held:
    keys: int        # that were set
    items: int       # of them that were found
    refused: int
    resident_bytes: int
    curr_items: int = None  # as memcached itself says

    def is_well_past_eviction(self):
        return self.keys >= WELL_PAST_EVICTION * self.items


def fill_and_count(options, server, item, keys, *more):
    done = bench(options, server, "fill", "--keys", keys, "--count", *item.arguments(), *more)
    held = Held(keys, done["held"], done["refused"], server.resident_bytes())
    if server.name == "memcached":
        held.curr_items = int(server.stats()["curr_items"])
        # An item that somebody else has set, or that a count does not find, would show here.
        if held.curr_items != held.items:
            fail(f"counted {held.items} items on memcached, which says {held.curr_items}")
    return held


def first_guess(memory_mb, item):
    size = item.key_bytes + item.mean_value_bytes + LEAST_ITEM_BYTES
    return int(WELL_PAST_EVICTION * memory_mb * 2**20 / size)


def held_by(options, start, memory_mb, item):
    """start(options, memory_mb) makes a server, which is filled until it has long been evicting."""
    keys = first_guess(memory_mb, item)
    while True:
        with start(options, memory_mb) as server:
            held = fill_and_count(options, server, item, keys)
        if held.is_well_past_eviction():
            return held
        keys = max(int(1.1 * WELL_PAST_EVICTION * held.items), keys + keys // 10)
