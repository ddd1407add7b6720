# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What elements and collections of Arcus take beyond what is in them.

    a server for each type:  10 collections of 50,000 ─► tsz, resident    40 ─► tsz, resident
                                                      └──── what 30 of them add ────┘

tsz is the server's own account (`stats prefixes`), resident what the kernel sees.
"""
import dataclasses

from comparison import elements as made
from comparison.batches import Connection
from comparison.servers import fail, say, say_progress

PREFIX = "m"
KEY_BYTES = 20       # of empty collections
ELEMENT_GOALS = {"b+tree": 12, "set": 24, "map": 24}
EMPTY_GOAL = 128
MEMORY_MB = 1024


@dataclasses.dataclass
class Size:
    accounted: int
    resident: int

    def __sub__(self, other):
        return Size(self.accounted - other.accounted, self.resident - other.resident)

    def beyond(self, payload_bytes, count):
        """Of each of so many."""
        return {"accounted": self.accounted / count - payload_bytes,
                "resident": self.resident / count - payload_bytes}


def size_of(server, connection):
    for line in connection.page("stats prefixes"):
        words = line.split(" ")
        if words[:2] == ["PREFIX", PREFIX]:
            row = dict(zip(words[2::2], words[3::2]))
            return Size(int(row["tsz"]), server.resident_bytes())
    fail(f"{server.name}: no prefix {PREFIX} in `stats prefixes`")


def measure_elements(options, start, kind):
    few, many = options.collections
    lot = made.new_lot(options.seed, kind.name)
    with start(options, MEMORY_MB) as server, Connection(server) as connection:
        for number in range(many):
            if number == few:
                before = size_of(server, connection)
            say_progress(f"{kind.name} {number + 1} of {many}")
            made.fill(connection, kind, f"{PREFIX}:{number:06}", kind.elements(lot, options.large),
                      options.large)
        grown = size_of(server, connection) - before
    return grown.beyond(kind.payload_bytes, (many - few) * options.large)


def measure_empty(options, start, kind):
    def create(numbers):
        made.send_all(connection, (made.exchange(
            f"{kind.verb} create {PREFIX}:{number:0{KEY_BYTES - 2}} 0 0 0", "CREATED")
            for number in numbers))
    few = options.empty // 10
    say_progress(f"empty, {kind.name}")
    with start(options, MEMORY_MB) as server, Connection(server) as connection:
        create(range(few))
        before = size_of(server, connection)
        create(range(few, few + options.empty))
        grown = size_of(server, connection) - before
    return grown.beyond(KEY_BYTES, options.empty)


def print_row(name, row, goal):
    missed = "" if max(row.values()) <= goal else "   missed"
    say(f"  {name:22}{row['accounted']:12.2f}{row['resident']:12.2f}{goal:10}{missed}")


def run(options, start):
    """→ {what: {"accounted", "resident"}}"""
    few, many = options.collections
    say(f"\nmemory: bytes beyond payload of an element, random inserts into collections of "
        f"{options.large}; what {many} of them take more than {few}")
    say(f"  {'':22}{'accounted':>12}{'resident':>12}{'goal':>10}")
    figures = {}
    for kind in made.WITH_ELEMENTS:
        figures[kind.name] = measure_elements(options, start, kind)
        print_row(f"{kind.name}, {kind.payload_bytes} bytes", figures[kind.name],
                  ELEMENT_GOALS[kind.name])
    for kind in made.ALL:
        name = f"empty {kind.name}"
        figures[name] = measure_empty(options, start, kind)
        print_row(name, figures[name], EMPTY_GOAL)
    return figures
