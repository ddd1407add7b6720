# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Arcus' collections: memory, processor time, replies, drops; and plain values in its dialect.

    memory   bytes of elements and of empty collections     sizes   large against small collections
    bytes    of replies, against a plain multiget           drop    other traffic while trees go
    kv       the loads of `kv`: memcached's dialect, Arcus' dialect, memcached

There is no Arcus server to compare with: all but `kv` compares Larder with itself.
"""
import dataclasses

from comparison import arcus_drop, arcus_memory, arcus_work, kv
from comparison import servers as node
from comparison.machine import print_machine
from comparison.servers import fail, say

DIALECTS = ("memcached", "arcus")
KV_LOADS = [dataclasses.replace(load, has_floor=False) for load in kv.LOADS
            if load.name in ("depth1", "depth16", "value4k", "multiget50")]


def start(options, memory_mb):
    return larder(options, memory_mb, "arcus", options.io[0])


def larder(options, memory_mb, dialect, backend, *more):
    return node.larder(options, memory_mb, "--dialect", dialect, "--io", backend, *more,
                       name=f"larder {dialect} {backend}")


# ---- plain values

def measure_kv(options, load):
    servers = [larder(options, kv.MEMORY_MB, dialect, backend, "-I", f"{kv.ITEM_MB}m")
               for backend in options.io for dialect in DIALECTS]
    return kv.measure_on(options, load, [*servers, node.memcached(options, kv.MEMORY_MB,
                                                                  "-I", f"{kv.ITEM_MB}m")])


def run_kv(options, _):
    figures = {}
    for load in kv.loads_of(options, KV_LOADS):
        runs = measure_kv(options, load)
        rows = {name: kv.medians(of_server) for name, of_server in runs.items()}
        ratios = {}
        for backend in options.io:
            plain, arcus = (rows[f"larder {dialect} {backend}"] for dialect in DIALECTS)
            ratios[f"{backend}, arcus to memcached's dialect"] = {"CPU": kv.ratio(
                arcus["cpu_ns"], plain["cpu_ns"])}
            ratios[f"{backend}, arcus to memcached"] = kv.ratios(arcus, None, rows["memcached"])
        figures[load.name] = {"servers": rows, "ratios": ratios}
        kv.print_figures(load, figures[load.name])
    return figures


# ---- the suite

PARTS = {"memory": arcus_memory.run, "sizes": arcus_work.run_sizes, "bytes": arcus_work.run_bytes,
         "drop": arcus_drop.run, "kv": run_kv}


def add_options(parser):
    kv.add_options(parser, KV_LOADS)
    parser.set_defaults(rounds=5, seconds=1.0, warmup=0.5)
    parser.add_argument("--parts", default=",".join(PARTS), help="only these, by commas",
                        type=lambda text: text.split(","))
    parser.add_argument("--small", type=int, default=1000, help="elements")
    parser.add_argument("--large", type=int, default=50_000, help="elements")
    parser.add_argument("--collections", default="10,40", help="of large ones, for memory",
                        type=lambda text: [int(word) for word in text.split(",")])
    parser.add_argument("--empty", type=int, default=100_000, help="collections")
    parser.add_argument("--trees", type=int, default=2, help="that are dropped under load")
    parser.add_argument("--tree-elements", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=20_000, help="of that load, a second")
    parser.add_argument("--value-bytes", type=int, default=100, help="of that load")
    parser.add_argument("--seed", type=int, default=1)


def run(options, machine):
    """→ the report."""
    if options.rounds < 1 or set(options.parts) - set(PARTS):
        fail(f"--rounds is at least 1, --parts are of {', '.join(PARTS)}")
    print_machine(options, machine)
    say(f"{options.rounds} rounds of {options.seconds:g} s")
    return {"rounds": options.rounds, "seconds": options.seconds,
            "parts": {part: PARTS[part](options, start) for part in options.parts}}
