# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What other traffic feels while b+trees of a million elements go.

    fill ─► some trees of a million ─► an open loop of gets and sets of other keys
                                          │ tree 1 goes   │ tree 2 goes   │ …
    round 1: none goes, delete, flush_prefix, expiry
    round 2: …                                                              ─► medians
"""
import statistics
import threading
import time

from comparison import elements as made
from comparison import expiry
from comparison.batches import Connection
from comparison.servers import fail, say, say_progress

MEMORY_MB = 1024
KINDS = ("none", "delete", "flush_prefix", "expiry")


def key_of(number):
    return f"d{number}:tree"  # a prefix of its own


def fill_trees(options, connection):
    for number in range(options.trees):
        say_progress(f"tree {number + 1} of {options.trees}")
        lot = made.new_lot(options.seed, number)
        made.fill(connection, made.TREE, key_of(number),
                  made.tree_elements(lot, options.tree_elements), options.tree_elements)


class Dropper(threading.Thread):
    """Drops one tree after the other while the load is measured."""

    def __init__(self, options, connection, kind):
        super().__init__(daemon=True)
        gap = options.seconds / (options.trees + 1)
        self.x_begin = time.monotonic() + options.warmup + gap
        self.x_gap = gap
        self.x_connection = connection
        self.x_kind = kind
        self.x_trees = options.trees
        if kind == "expiry":
            for number in range(options.trees):
                after = max(1, round(options.warmup + (number + 1) * gap))
                connection.command(f"touch {key_of(number)} {after}", "TOUCHED")

    def run(self):
        for number in range(self.x_trees):
            time.sleep(max(0, self.x_begin + number * self.x_gap - time.monotonic()))
            if self.x_kind == "delete":
                self.x_connection.command(f"delete {key_of(number)}", "DELETED")
            elif self.x_kind == "flush_prefix":
                self.x_connection.command(f"flush_prefix {key_of(number).partition(':')[0]}", "OK")


def run_once(options, start, kind):
    with start(options, MEMORY_MB) as server, Connection(server) as connection:
        made.allow(connection, options.tree_elements)
        expiry.fill(options, server, options.keys, expiry.KEY_BYTES)
        fill_trees(options, connection)
        dropper = Dropper(options, connection, kind)
        dropper.start()
        load = expiry.run_traffic(options, server)
        dropper.join()
        left = sum(connection.page(f"getattr {key_of(number)} count") != ["NOT_FOUND"]
                   for number in range(options.trees)) if kind == "none" else 0
    if load["misses"] or load["errors"]:
        fail(f"{load['misses']} misses and {load['errors']} errors on {server.name}")
    if kind == "none" and left != options.trees:
        fail(f"{left} of {options.trees} trees are left on {server.name}, and none was dropped")
    return load


def figures_of(runs):
    figures = {name: statistics.median(run["latency_us"][name] for run in runs)
               for name in expiry.LATENCIES}
    worst = [run["latency_us"]["max"] for run in runs]
    return dict(figures, max_least=min(worst), max_most=max(worst),
                server_percent=statistics.median(run["server_cpu_percent"] for run in runs))


def run(options, start):
    """→ {kind: figures}"""
    runs = {kind: [] for kind in KINDS}
    for turn in range(options.rounds):
        for kind in KINDS:
            say_progress(f"drop, round {turn + 1} of {options.rounds}, {kind}")
            runs[kind].append(run_once(options, start, kind))
    say(f"\nlatency of {options.rate} gets and sets a second while {options.trees} b+trees of "
        f"{options.tree_elements} elements go")
    say(f"  {'':14}{'p50':>10}{'p99':>10}{'p99.9':>10}{'max':>10} {'(least to most)':>20}"
        f"{'CPU':>9}")
    figures = {kind: figures_of(of_kind) for kind, of_kind in runs.items()}
    for kind, row in figures.items():
        spread = f"({row['max_least']:.0f} to {row['max_most']:.0f})"
        say(f"  {kind:14}{row['p50']:7.0f} us{row['p99']:7.0f} us{row['p99.9']:7.0f} us"
            f"{row['max']:7.0f} us {spread:>20}{row['server_percent']:7.1f} %")
    return figures
