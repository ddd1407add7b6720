# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A million items that expire at once: what other traffic feels, and when their memory is free.

    start ─► fill ─► a million items ──────────────── the last of them expires
                     │        │ an open loop of gets and sets │
                     │        └──── warm-up ── measured ──────┼──────────┤
    resident memory: before   filled                          0    2    5    10 s later

    round 1: larder lasting, larder expiring, memcached lasting, memcached expiring
    round 2: …                                                            ─► medians

"Lasting" sets the same million without a time to live: memory and traffic are the same, and nothing
expires. The traffic never asks for any of the million, and it has keys of its own.
"""
import dataclasses
import os
import pathlib
import statistics
import threading
import time

from comparison import servers as node
from comparison.machine import print_machine
from comparison.servers import fail, say, say_progress
from comparison.tool import bench

KEY_BYTES = 30           # of the traffic
EXPIRING_KEY_BYTES = 24  # another length: other keys
AFTER_S = (0, 2, 5, 10)  # since the last of the million has expired
MIB = 2**20
LATENCIES = ("p50", "p99", "p99.9", "max")


@dataclasses.dataclass
class Run:
    load: dict                # what larder bench reports
    fill_s: float             # how long it took to set the million: they expire as far apart
    resident_before: int
    resident_filled: int
    resident_after: dict      # {seconds since the end: bytes}
    items: int                # at the end, by `stats`

    def latency_us(self, name):
        return self.load["latency_us"][name]


def resident_bytes(server):
    """Cheaper than smaps_rollup, under whose lock the server's page faults would wait."""
    pages = pathlib.Path(f"/proc/{server.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


# ---- a run

class Watch(threading.Thread):
    """Reads the resident memory at some times."""

    def __init__(self, server, instants):
        super().__init__(daemon=True)
        self.x_server = server
        self.x_instants = instants  # {name: when}
        self.seen = {}

    def run(self):
        for name, when in self.x_instants.items():
            time.sleep(max(0, when - time.monotonic()))
            self.seen[name] = resident_bytes(self.x_server)


def fill(options, server, keys, key_bytes, ttl_s=0):
    done = bench(options, server, "fill", "--keys", keys, "--key-bytes", key_bytes,
                 "--value-bytes", options.value_bytes, "--ttl", ttl_s)
    if done["refused"]:
        fail(f"{server.name} has refused {done['refused']} sets: {done['first_refusal']}")
    return done["seconds"]


def run_traffic(options, server):
    return bench(options, server, "--no-fill", "--server-pid", server.pid, "--rate", options.rate,
                 "--connections", options.connections, "--keys", options.keys,
                 "--key-bytes", KEY_BYTES, "--value-bytes", options.value_bytes,
                 "--distribution", "zipf:0.99", "--sets", 10,
                 "--warmup", options.warmup, "--seconds", options.seconds)


def run_once(options, start, expires):
    with start(options, options.mb) as server:
        fill(options, server, options.keys, KEY_BYTES)
        before = resident_bytes(server)
        fill_s = fill(options, server, options.expiring, EXPIRING_KEY_BYTES,
                      options.ttl if expires else 0)
        end = time.monotonic() + options.ttl
        filled = resident_bytes(server)
        watch = Watch(server, {after: end + after for after in AFTER_S})
        watch.start()
        load = run_traffic(options, server)
        watch.join()
        items = int(server.stats()["curr_items"])
    if load["misses"] or load["errors"]:
        fail(f"{load['misses']} misses and {load['errors']} errors on {server.name}")
    return Run(load, fill_s, before, filled, watch.seen, items)


def measure(options):
    """{server's name: {"lasting" or "expiring": [its runs]}}"""
    starts = {"larder": node.larder, "memcached": node.memcached}
    runs = {name: {"lasting": [], "expiring": []} for name in starts}
    for turn in range(options.rounds):
        for name, start in starts.items():
            for kind, of_kind in runs[name].items():
                say_progress(f"round {turn + 1} of {options.rounds}, {name}, {kind}")
                of_kind.append(run_once(options, start, kind == "expiring"))
    return runs


# ---- figures

def figures_of(runs):
    row = {name: statistics.median(run.latency_us(name) for run in runs) for name in LATENCIES}
    p999 = [run.latency_us("p99.9") for run in runs]
    return dict(row, p999_least=min(p999), p999_most=max(p999),
                server_percent=statistics.median(run.load["server_cpu_percent"] for run in runs),
                behind=max(run.load["behind"] for run in runs),
                fill_s=statistics.median(run.fill_s for run in runs),
                items=statistics.median(run.items for run in runs),
                resident_before=statistics.median(run.resident_before for run in runs),
                resident_filled=statistics.median(run.resident_filled for run in runs),
                resident_after={after: statistics.median(run.resident_after[after] for run in runs)
                                for after in AFTER_S})


def print_latencies(figures):
    say(f"\n  {'':22}{'p50':>9}{'p99':>9}{'p99.9':>9} {'(least to most)':>20}{'max':>10}"
        f"{'CPU':>8}")
    for name, kinds in figures.items():
        for kind, row in kinds.items():
            spread = f"({row['p999_least']:.0f} to {row['p999_most']:.0f})"
            say(f"  {name + ', ' + kind:22}{row['p50']:6.0f} us{row['p99']:6.0f} us"
                f"{row['p99.9']:6.0f} us {spread:>20}{row['max']:7.0f} us"
                f"{row['server_percent']:6.1f} %")
            if row["behind"]:
                say(f"  NOTE: up to {row['behind']} requests were due and never sent")


def print_memory(figures):
    say(f"\n  {'resident MiB':22}{'before':>9}{'filled':>9}"
        + "".join(f"{f'+{after} s':>9}" for after in AFTER_S) + f"{'items left':>13}")
    for name, kinds in figures.items():
        row = kinds["expiring"]
        say(f"  {name:22}{row['resident_before'] / MIB:9.1f}{row['resident_filled'] / MIB:9.1f}"
            + "".join(f"{row['resident_after'][after] / MIB:9.1f}" for after in AFTER_S)
            + f"{row['items']:13.0f}")


def add_options(parser):
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rate", type=int, default=20_000, help="requests a second")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--warmup", type=float, default=2)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--keys", type=int, default=100_000, help="of the traffic")
    parser.add_argument("--expiring", type=int, default=1_000_000, help="items")
    parser.add_argument("--ttl", type=int, default=5, help="of theirs")
    parser.add_argument("--value-bytes", type=int, default=100)
    parser.add_argument("--mb", type=int, default=1024, help="-m")


def run(options, machine):
    """→ the report."""
    if options.rounds < 1 or options.ttl < 1:
        fail("--rounds and --ttl are at least 1")
    print_machine(options, machine)
    say(f"{options.rounds} rounds; {options.rate} requests a second, 10 % sets, for "
        f"{options.seconds:g} s from {options.warmup:g} s behind the last of {options.expiring} "
        f"items on, which live {options.ttl} s")
    runs = measure(options)
    figures = {name: {kind: figures_of(of_kind) for kind, of_kind in kinds.items()}
               for name, kinds in runs.items()}
    print_latencies(figures)
    print_memory(figures)
    return {"figures": figures,
            "runs": {name: {kind: [dataclasses.asdict(one) for one in of_kind]
                            for kind, of_kind in kinds.items()} for name, kinds in runs.items()}}
