# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Processor time, throughput and latency, against memcached and the floor under any server.

    for each load:  start all servers ─► fill ─► round 1: larder, floor, memcached, …
                                                 round 2: larder, floor, memcached, …  ─► medians

The server under test has one processor core to itself, the client another; every other server is
stopped (SIGSTOP) meanwhile. Rounds alternate, so that what changes on the machine changes for all.
An open loop asks at a share of the rate at which memcached answered a closed one just before.
"""
import dataclasses
import re
import statistics

from comparison import servers as node
from comparison.machine import print_machine
from comparison.servers import Server, fail, say, say_progress
from comparison.tool import bench

MEMORY_MB = 1024


@dataclasses.dataclass(frozen=True)
class Load:
    name: str
    depth: int = 1
    sets: int = 10
    value_bytes: int = 100
    multiget: int = 1
    keys: int = 0            # 0: as many as the options say
    has_floor: bool = True   # the floor is for values that come in one piece
    percent: int = 0         # of memcached's capacity: an open loop; 0: a closed one

    def title(self):
        keys = f", {self.multiget} keys a get" if self.multiget > 1 else ""
        pace = f", open loop at {self.percent} % of memcached's capacity" if self.percent else ""
        return f"{self.name}: depth {self.depth}{keys}, {self.sets} % sets, " \
               f"values of {self.value_bytes} bytes{pace}"


KIB = 1024
KEY_BYTES = 30
ITEM_MB = 2  # -I, for values of a whole MiB
LOADS = [
    Load("depth1"), Load("depth16", depth=16), Load("value4k", value_bytes=4 * KIB),
    Load("multiget50", sets=0, multiget=50),
    Load("open50", percent=50, has_floor=False), Load("open80", percent=80, has_floor=False),
    *(Load(f"{verb}{name}", sets=sets, value_bytes=size, keys=keys, has_floor=False)
      for name, size, keys in [("64k", 64 * KIB, 2000), ("1m", 1024 * KIB, 200)]
      for verb, sets in [("get", 0), ("set", 100)])]


class Floor(Server):
    """Prints its port."""

    def _read_port(self):
        found = re.search(r":(\d+) by ", self.x_process.stdout.readline())
        self.port = int(found[1]) if found else None


def servers_of(options, load):
    """Those that a load is run on, in the order of a round."""
    servers = []
    item_limit = ["-I", f"{ITEM_MB}m"]
    for backend in options.io:
        servers.append(node.larder(options, MEMORY_MB, *item_limit, "--io", backend,
                                   name=f"larder {backend}"))
        if load.has_floor:
            servers.append(Floor(f"floor {backend}", [
                options.larder, "bench", "floor", "--io", backend, "--key-bytes", KEY_BYTES,
                "--value-bytes", load.value_bytes, "--multiget", load.multiget],
                options.server_core))
    servers.append(node.memcached(options, MEMORY_MB, *item_limit))
    return servers


# ---- runs

def run_load(options, load, server, is_filled, rate=0):
    server.resume()
    run = bench(options, server, "--server-pid", server.pid, "--rate", rate,
                "--connections", options.connections, "--keys", load.keys or options.keys,
                "--key-bytes", KEY_BYTES, "--distribution", "zipf:0.99",
                "--depth", load.depth, "--sets", load.sets, "--value-bytes", load.value_bytes,
                "--multiget", load.multiget, "--seconds", options.seconds,
                "--warmup", options.warmup, "--no-fill" if is_filled else "--fill")
    server.pause()
    if run["misses"] != 0:
        fail(f"{run['misses']} misses on {server.name}: it does not hold all keys")
    return run


def rate_of(options, load, memcached):
    """Requests a second; 0: as they are answered."""
    if not load.percent:
        return 0
    say_progress(f"{load.name}, memcached's capacity")
    capacity = run_load(options, load, memcached, is_filled=False)["requests_per_s"]
    return round(capacity * load.percent / 100)


def measure(options, load):
    return measure_on(options, load, servers_of(options, load))


def measure_on(options, load, servers):
    """{server's name: [its runs]}; memcached is the last of them."""
    runs = {server.name: [] for server in servers}
    try:
        for server in servers:
            server.start()
            server.pause()
        rate = rate_of(options, load, servers[-1])
        for turn in range(options.rounds):
            for server in servers:
                say_progress(f"{load.name}, round {turn + 1} of {options.rounds}, {server.name}")
                is_filled = bool(runs[server.name]) or isinstance(server, Floor)
                runs[server.name].append(run_load(options, load, server, is_filled, rate))
    finally:
        for server in servers:
            server.end()
    return runs


# ---- figures

def median(runs, *path):
    values = []
    for run in runs:
        for key in path:
            run = run[key]
        values.append(run)
    return statistics.median(values)


def medians(runs):
    cpu = [run["server_cpu_ns_per_request"] for run in runs]
    return {
        "cpu_ns": statistics.median(cpu), "cpu_ns_least": min(cpu), "cpu_ns_most": max(cpu),
        "requests_per_s": median(runs, "requests_per_s"),
        "p50_us": median(runs, "latency_us", "p50"), "p99_us": median(runs, "latency_us", "p99"),
        "server_percent": median(runs, "server_cpu_percent"),
        "client_percent": median(runs, "client_cpu_percent"),
    }


def ratio(a, b):
    return a / b if b else float("nan")


def ratios(larder, floor, memcached):
    l, m = larder["cpu_ns"], memcached["cpu_ns"]
    above_floor = {}
    if floor:
        f = floor["cpu_ns"]
        above_floor = {"L/F": ratio(l, f), "(L-F)/(M-F)": ratio(l - f, m - f)}
    return {
        "L/M": ratio(l, m), **above_floor,
        "throughput L/M": ratio(larder["requests_per_s"], memcached["requests_per_s"]),
        "p50 L/M": ratio(larder["p50_us"], memcached["p50_us"]),
        "p99 L/M": ratio(larder["p99_us"], memcached["p99_us"]),
    }


def compare(options, runs):
    rows = {name: medians(of_server) for name, of_server in runs.items()}
    return {"servers": rows,
            "ratios": {backend: ratios(rows[f"larder {backend}"], rows.get(f"floor {backend}"),
                                       rows["memcached"]) for backend in options.io}}


def print_figures(load, figures):
    say(f"\n{load.title()}")
    say(f"  {'':14}{'CPU of a request':>30}{'requests/s':>12}{'p50':>10}{'p99':>12}"
        f"{'server':>9}{'client':>9}")
    for name, row in figures["servers"].items():
        spread = f"({row['cpu_ns_least'] / 1e3:.3f} to {row['cpu_ns_most'] / 1e3:.3f})"
        say(f"  {name:14}{row['cpu_ns'] / 1e3:8.3f} us {spread:>18}{row['requests_per_s']:12.0f}"
            f"{row['p50_us']:7.1f} us{row['p99_us']:9.1f} us{row['server_percent']:7.1f} %"
            f"{row['client_percent']:7.1f} %")
    for backend, of_backend in figures["ratios"].items():
        say(f"  {backend:8}" + "   ".join(f"{name} {value:.3f}"
                                          for name, value in of_backend.items()))


# ---- the suite

def add_options(parser, loads=LOADS):
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--warmup", type=float, default=1)
    parser.add_argument("--io", default="uring,epoll", type=lambda text: text.split(","))
    parser.add_argument("--loads", help="only these, separated by commas: " + ", ".join(
        load.name for load in loads))
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--keys", type=int, default=100_000)


def loads_of(options, all_loads):
    loads = {load.name: load for load in all_loads}
    wanted = options.loads.split(",") if options.loads else list(loads)
    if unknown := set(wanted) - set(loads):
        fail(f"no load {', '.join(sorted(unknown))}; there are {', '.join(loads)}")
    return [loads[name] for name in wanted]


def run(options, machine):
    """→ the report."""
    return run_loads(options, machine, LOADS, measure)


def run_loads(options, machine, all_loads, measure_load):
    loads = loads_of(options, all_loads)
    if options.rounds < 1 or set(options.io) - {"uring", "epoll"}:
        fail("--rounds is at least 1, --io is uring, epoll or both")
    print_machine(options, machine)
    say(f"{options.rounds} rounds of {options.seconds:g} s; {options.connections} connections, "
        f"{options.keys} keys of {KEY_BYTES} bytes, zipf 0.99")
    report = {"seconds": options.seconds, "rounds": options.rounds, "loads": {}}
    for load in loads:
        runs = measure_load(options, load)
        figures = compare(options, runs)
        print_figures(load, figures)
        report["loads"][load.name] = dict(figures, runs=runs)
    return report
