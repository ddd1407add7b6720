# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""How many items a server holds: filled with more than fit, and then every key is asked for."""
import dataclasses

from comparison.servers import fail
from comparison.tool import bench

USUAL_OVERHEAD = 40        # bytes of an item beside key and value, for a first guess
WELL_PAST_EVICTION = 1.25  # keys set for every one that is held


@dataclasses.dataclass(frozen=True)
class Item:
    """All items of a fill: one size, or a spread as --value-bytes of larder bench has it."""
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
    first_refusal: str
    resident_bytes: int

    def is_well_past_eviction(self):
        return self.keys >= WELL_PAST_EVICTION * self.items


def curr_items(server):
    return int(server.stats()["curr_items"])


def fill_and_count(options, server, item, keys, *more):
    shape = ["--keys", keys, *item.arguments()]
    done = bench(options, server, "fill", *shape, *more)
    resident_bytes = server.resident_bytes()
    tells = server.name == "memcached"
    before = curr_items(server) if tells else 0
    items = bench(options, server, "fill", *shape, "--rounds", 0, "--count")["held"]
    # An item that is counted and not there, or the reverse, would show here. memcached goes on to
    # evict for a while when it moves pages between its classes.
    if tells and not curr_items(server) <= items <= before:
        fail(f"counted {items} items on memcached, which says {before} before and "
             f"{curr_items(server)} after it")
    return Held(keys, items, done["refused"], done.get("first_refusal", ""), resident_bytes)


def held_by(options, start, memory_mb, item, likely=None):
    """start(options, memory_mb) makes a server, which is filled until it has long been evicting.
    `likely`: a guess of what it will hold."""
    if likely is None:
        size = item.key_bytes + item.mean_value_bytes + USUAL_OVERHEAD
        likely = memory_mb * 2**20 / size
    while True:
        # With some room above for a guess that is nearly right.
        keys = int(1.05 * WELL_PAST_EVICTION * likely)
        with start(options, memory_mb) as server:
            held = fill_and_count(options, server, item, keys)
        if held.is_well_past_eviction():
            return held
        likely = max(held.items, 1.1 * likely)
