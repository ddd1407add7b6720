# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Items that Larder and memcached hold in equal resident memory, fresh and after overwriting.

    for each size of values
      memcached -m N   fill well past evictions      ─► its items, its resident memory R
      larder -m ?      the same, again and again     ─► the -m whose resident memory is nearest to
                                                        R and not above it, its items
      each, anew       set as many keys as it held, then all of them again ten times, in random
                       order with sizes ±30 %        ─► how many of them are left, resident memory
"""
import dataclasses

from comparison import servers as node
from comparison.holding import Held, Item, fill_and_count, held_by
from comparison.machine import print_machine
from comparison.servers import fail, say, say_progress

KEY_BYTES = 24
TTL_S = 3600
NEAR = 0.003     # of memcached's resident memory: near enough
TRIES = 10       # of Larder's -m
LEAST_MB = 8     # for which Larder starts
SPREAD = 0.3     # of sizes in the rounds of overwriting
MIB = 2**20


def item_of(value_bytes):
    return Item(KEY_BYTES, str(value_bytes), value_bytes, TTL_S)


def spread_item_of(value_bytes):
    least, most = round(value_bytes * (1 - SPREAD)), round(value_bytes * (1 + SPREAD))
    return Item(KEY_BYTES, f"{least}-{most}", value_bytes, TTL_S)


# ---- fresh

@dataclasses.dataclass
class Fresh:
    mb: int
    held: Held

    @property
    def mib(self):
        return self.held.resident_bytes / MIB


def next_guess(tried, wanted_mib):
    """A straight line through the two nearest that were tried, or of one MiB for each of -m."""
    nearest = sorted(tried, key=lambda one: abs(one.mib - wanted_mib))[:2]
    slope = 1
    if len(nearest) == 2 and nearest[0].mb != nearest[1].mb:
        slope = (nearest[1].mib - nearest[0].mib) / (nearest[1].mb - nearest[0].mb)
    if slope <= 0:
        slope = 1
    # Rounded down: above the goal is of no use.
    return max(int(nearest[0].mb + (wanted_mib - nearest[0].mib) / slope // 1), LEAST_MB)


def fill_as_large(options, item, wanted):
    """Larder with the -m whose resident memory is nearest to `wanted` bytes from below."""
    tried = []
    guess = options.mb
    for _ in range(TRIES):
        say_progress(f"larder -m {guess}")
        likely = tried[-1].held.items * guess / tried[-1].mb if tried else None
        tried.append(Fresh(guess, held_by(options, node.larder, guess, item, likely)))
        below = [one for one in tried if one.held.resident_bytes <= wanted]
        best = max(below, key=lambda one: one.held.resident_bytes, default=None)
        if best and best.held.resident_bytes >= (1 - NEAR) * wanted:
            return best, tried
        guess = next_guess(tried, wanted / MIB)
        known = {one.mb for one in tried}
        if guess in known:  # between two whole megabytes: the lower one is the answer
            guess = best.mb + 1 if best else min(known) - 1
        if guess in known or guess < LEAST_MB:
            break
    if best is None:
        fail("Larder's resident memory is above memcached's at every -m that was tried")
    return best, tried


# ---- overwritten

@dataclasses.dataclass
class Overwritten:
    before: int  # of the keys that it held when fresh, when they have been set once
    held: Held   # after the rounds


def overwrite(options, start, mb, value_bytes, keys):
    item = item_of(value_bytes)
    with start(options, mb) as server:
        before = fill_and_count(options, server, item, keys)
        held = fill_and_count(options, server, spread_item_of(value_bytes), keys,
                              "--rounds", options.overwrites, "--order", "random",
                              "--seed", options.seed)
        return Overwritten(before.items, held)


# ---- figures

def figures_of(value_bytes, fresh, overwritten):
    return {
        "mb": fresh.mb, "items": fresh.held.items, "keys_set": fresh.held.keys,
        "resident_bytes": fresh.held.resident_bytes, "refused": fresh.held.refused,
        "first_refusal": fresh.held.first_refusal or overwritten.held.first_refusal,
        "bytes_per_item": fresh.held.resident_bytes / fresh.held.items,
        "overhead_per_item":
            fresh.held.resident_bytes / fresh.held.items - KEY_BYTES - value_bytes,
        "items_before_overwriting": overwritten.before,
        "items_overwritten": overwritten.held.items,
        "fraction_overwritten": overwritten.held.items / fresh.held.items,
        "resident_bytes_overwritten": overwritten.held.resident_bytes,
        "refused_overwritten": overwritten.held.refused,
    }


def print_row(name, row):
    say(f"  {name:10}{row['mb']:6}{row['items']:12}{row['resident_bytes'] / MIB:11.1f}"
        f"{row['bytes_per_item']:11.1f}{row['items_overwritten']:14}"
        f"{row['fraction_overwritten']:10.3f}{row['resident_bytes_overwritten'] / MIB:11.1f}"
        f"{row['refused'] + row['refused_overwritten']:10}")
    if row["first_refusal"]:
        say(f"  {'':10}refused: {row['first_refusal']}")


def print_figures(value_bytes, rows, ratios):
    say(f"\nvalues of {value_bytes} bytes")
    say(f"  {'':10}{'-m':>6}{'items':>12}{'resident':>11}{'B/item':>11}{'overwritten':>14}"
        f"{'of fresh':>10}{'resident':>11}{'refused':>10}")
    for name, row in rows.items():
        print_row(name, row)
    say(f"  items, Larder to memcached: {ratios['fresh']:.3f} fresh, "
        f"{ratios['overwritten']:.3f} overwritten; resident memory "
        f"{100 * (ratios['resident'] - 1):+.2f} %, "
        f"{100 * (ratios['resident_overwritten'] - 1):+.2f} %")
    if ratios["resident"] < 1 - NEAR:
        say("  NOTE: no whole megabyte brings Larder's resident memory nearer to memcached's")


def compare(rows):
    larder, memcached = rows["larder"], rows["memcached"]
    return {"fresh": larder["items"] / memcached["items"],
            "overwritten": larder["items_overwritten"] / memcached["items_overwritten"],
            "resident": larder["resident_bytes"] / memcached["resident_bytes"],
            "resident_overwritten":
                larder["resident_bytes_overwritten"] / memcached["resident_bytes_overwritten"]}


def measure(options, value_bytes):
    item = item_of(value_bytes)
    say_progress(f"values of {value_bytes} bytes: memcached -m {options.mb}")
    memcached = Fresh(options.mb, held_by(options, node.memcached, options.mb, item))
    larder, tried = fill_as_large(options, item, memcached.held.resident_bytes)
    rows = {}
    for start, fresh in ((node.memcached, memcached), (node.larder, larder)):
        name = start.__name__
        say_progress(f"values of {value_bytes} bytes: overwriting on {name}")
        overwritten = overwrite(options, start, fresh.mb, value_bytes, fresh.held.items)
        rows[name] = figures_of(value_bytes, fresh, overwritten)
    ratios = compare(rows)
    print_figures(value_bytes, rows, ratios)
    return {"servers": rows, "ratios": ratios,
            "tried": [{"mb": one.mb, "resident_bytes": one.held.resident_bytes,
                       "items": one.held.items} for one in tried]}


# ---- the suite

def add_options(parser):
    parser.add_argument("--mb", type=int, default=1024, help="-m of memcached")
    parser.add_argument("--values", default="10,100,500", help="lengths of values, by commas",
                        type=lambda text: [int(word) for word in text.split(",")])
    parser.add_argument("--overwrites", type=int, default=10, help="rounds over all keys")
    parser.add_argument("--seed", type=int, default=1)


def run(options, machine):
    """→ the report."""
    if options.mb < LEAST_MB or min(options.values) < 1 or options.overwrites < 1:
        fail(f"--mb is at least {LEAST_MB}, values and overwrites are at least 1")
    print_machine(options, machine)
    say(f"memcached -m {options.mb}; keys of {KEY_BYTES} bytes, time to live {TTL_S} s, cas; "
        f"overwritten: {options.overwrites} rounds of all keys, sizes ±{100 * SPREAD:.0f} %")
    return {"mb": options.mb, "overwrites": options.overwrites,
            "values": {value: measure(options, value) for value in options.values}}
