# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Hit ratios of Larder and memcached, at equal bytes and at an equal number of items.

    items of one size:      with how much memory do both hold the same number?   (measured)
    round 1, each load:     larder, memcached, larder with as many items       same seed for all
    round 2, each load:     …                                                  another seed
                            ─► medians of the hit ratios and of the differences within a round
"""
import dataclasses
import statistics

from comparison import servers as node
from comparison.holding import Item, held_by
from comparison.machine import print_machine
from comparison.servers import fail, say, say_progress
from comparison.tool import bench

BEHIND_S = 0.25  # a replay that was later than this at any time has not kept its pace
LEAST_MB = 8     # for which Larder starts
SEARCH = 8       # sizes of memcached, one megabyte apart, that are tried for the best match


@dataclasses.dataclass(frozen=True)
class Load:
    name: str
    length: int = 1   # times the requests of others
    speed: int = 1    # the trace's seconds in one of the clock

    def has_one_size(self):
        return self.name != "twitter"


# Of zipf:1.2 it takes twice as many requests to fill a cache, and twitter's times to live, sixty
# seconds and more, are short enough for some to pass.
LOADS = [Load(name) for name in ("zipf:0.7", "zipf:0.9", "zipf:1.0")] + [
    Load("zipf:1.2", length=2)] + [
    Load(name) for name in ("scan", "loop:1.2", "loop:1.5", "loop:3", "mixed")] + [
    Load("twitter", length=2, speed=40)]
KEY_BYTES = 24


# ---- as many items as memcached

@dataclasses.dataclass
class Match:
    """Whole megabytes for both: `mb` of equal bytes, and `fewer_mb` of Larder's for equal items."""
    mb: int
    fewer_mb: int
    memcached_items: int
    larder_items: int        # of mb
    fewer_larder_items: int  # of fewer_mb, at most memcached's


def match(options):
    """The size up to --mb at which Larder's whole megabytes come nearest to memcached's items."""
    item = Item(KEY_BYTES, str(options.value_bytes), options.value_bytes)
    counted = {}

    def count(start, mb):
        if (start, mb) not in counted:
            counted[start, mb] = held_by(options, start, mb, item).items
        return counted[start, mb]

    best = None
    for mb in range(options.mb, max(options.mb - SEARCH, LEAST_MB), -1):
        wanted = count(node.memcached, mb)
        fewer = max(int(mb * wanted / count(node.larder, options.mb) * options.mb / mb), LEAST_MB)
        while fewer > LEAST_MB and count(node.larder, fewer) > wanted:
            fewer -= 1
        while count(node.larder, fewer + 1) <= wanted:
            fewer += 1
        lack = 1 - count(node.larder, fewer) / wanted
        if lack >= 0 and (best is None or lack < best[0]):
            best = lack, mb, fewer
    if best is None:
        fail(f"even with {LEAST_MB} MB Larder holds more than memcached; use a larger --mb")
    _, mb, fewer = best
    return Match(mb, fewer, count(node.memcached, mb), count(node.larder, mb),
                 count(node.larder, fewer))


# ---- runs

def replay(options, load, server, capacity, seed):
    shape = ["--key-bytes", KEY_BYTES, "--value-bytes", options.value_bytes]
    return bench(options, server, "replay", "--generate", load.name, "--seed", seed,
                 "--capacity", capacity, *(shape if load.has_one_size() else []),
                 "--depth", options.depth,
                 "--warmup", load.length * options.warmup,
                 "--requests", load.length * options.requests,
                 "--trace-rate", options.rate / load.speed, "--speed", load.speed)


def run_round(options, load, found, seed):
    """{who: run}"""
    runs = {}
    for who, server in (("larder", node.larder(options, found.mb)),
                        ("memcached", node.memcached(options, found.mb)),
                        ("larder, as many items", node.larder(options, found.fewer_mb))):
        with server:
            runs[who] = replay(options, load, server, found.memcached_items, seed)
    return runs


def measure(options, loads, found):
    """{load's name: [its rounds]}"""
    rounds = {load.name: [] for load in loads}
    for turn in range(options.rounds):
        for load in loads:
            say_progress(f"{load.name}, round {turn + 1} of {options.rounds}")
            rounds[load.name].append(run_round(options, load, found, options.seed + turn))
    return rounds


# ---- figures

def points(rounds, who, figure="hit_ratio"):
    """Of each round, how many points of percent Larder is above memcached."""
    return [100 * (one[who][figure] - one["memcached"][figure]) for one in rounds]


def figures_of(rounds, figure="hit_ratio"):
    figures = {}
    for who in rounds[0]:
        figures[who] = {"percent": 100 * statistics.median(one[who][figure] for one in rounds)}
        if who != "memcached":
            above = points(rounds, who, figure)
            figures[who].update(points=statistics.median(above), points_least=min(above),
                                points_most=max(above))
    return figures


def print_figures(name, figures):
    def cell(who):
        row = figures[who]
        return f"{row['percent']:9.2f} {row['points']:+8.2f} " \
               f"({row['points_least']:+.2f} to {row['points_most']:+.2f})"
    say(f"  {name:16}{figures['memcached']['percent']:10.2f} {cell('larder'):>38} "
        f"{cell('larder, as many items'):>38}")


def print_head():
    say("hit ratio in percent; in points above memcached: median (least to most) of the rounds")
    say(f"  {'load':16}{'memcached':>10} {'Larder, equal bytes':>38} {'Larder, equal items':>38}")


def print_match(options, found):
    say(f"items of {KEY_BYTES} + {options.value_bytes} bytes: memcached holds "
        f"{found.memcached_items} with -m {found.mb}, Larder {found.larder_items}, and with -m "
        f"{found.fewer_mb} {found.fewer_larder_items} "
        f"({100 * (found.fewer_larder_items / found.memcached_items - 1):+.2f} %)")


def print_pace(runs):
    late = max(run["behind_s"] for _, run in runs)
    say(f"at most {late:.3f} s behind the pace")
    if late > BEHIND_S:
        say("NOTE: that is too much: the server or the machine was busy with something else, and "
            "times to live had more time to pass")


def print_refusals(runs):
    for who in dict(runs):
        refused = sum(run["refused"] for one, run in runs if one == who)
        if refused:
            say(f"{who}: {refused} sets were refused")


# ---- the suite

def add_options(parser):
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mb", type=int, default=64, help="-m of both, or somewhat less")
    parser.add_argument("--requests", type=int, default=400_000, help="counted, of most loads")
    parser.add_argument("--warmup", type=int, default=600_000, help="requests before those")
    parser.add_argument("--rate", type=int, default=200_000, help="requests per second")
    parser.add_argument("--value-bytes", type=int, default=600, help="of all loads but twitter")
    parser.add_argument("--depth", type=int, default=64, help="as larder bench replay has it")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--loads", help="only these, separated by commas: " + ", ".join(
        load.name for load in LOADS))


def loads_of(options):
    wanted = options.loads.split(",") if options.loads else [load.name for load in LOADS]
    if unknown := set(wanted) - {load.name for load in LOADS}:
        fail(f"no load {', '.join(sorted(unknown))}")
    return [load for load in LOADS if load.name in wanted]


def run(options, machine):
    """→ the report."""
    loads = loads_of(options)
    if options.rounds < 1 or options.mb <= LEAST_MB:
        fail(f"--rounds is at least 1, --mb above {LEAST_MB}")
    print_machine(options, machine)
    say(f"{options.rounds} rounds at {options.rate} requests/s: {options.warmup} to warm up, "
        f"{options.requests} counted (zipf:1.2 and twitter: twice as many)")
    say_progress("with how much memory do they hold the same number of items?")
    found = match(options)
    print_match(options, found)
    rounds = measure(options, loads, found)
    print_head()
    report = {"rounds": options.rounds, "match": dataclasses.asdict(found), "loads": {}}
    for load in loads:
        of_load = rounds[load.name]
        figures = {"hits": figures_of(of_load), "bytes": figures_of(of_load, "byte_hit_ratio")}
        print_figures(load.name, figures["hits"])
        if not load.has_one_size():
            print_figures(load.name + ", bytes", figures["bytes"])
        report["loads"][load.name] = dict(figures, runs=of_load)
    runs = [run for of_load in rounds.values() for one in of_load for run in one.items()]
    print_pace(runs)
    print_refusals(runs)
    return report
