# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Processor time of an edge for a request, against nginx, HAProxy and Varnish.

    client ──► edge under test ──► origin (nginx)
    └ client's core ─┘ server's core ┘ client's core

Every edge has one thread and one core; the others are stopped (SIGSTOP) meanwhile. Rounds
alternate. What is compared is the processor time of all of a server's threads for one request; of
open loops the latency, at a share of the rate at which the slowest peer answered a closed one.

The client is `larder bench`, by TLS h2load, and for handshakes openssl.
"""
import dataclasses
import os
import re
import statistics
import subprocess

from comparison import http_servers as edges
from comparison.kv import loads_of
from comparison.machine import print_machine
from comparison.servers import fail, say, say_progress
from comparison.tool import bench

KEY_BYTES = 18    # with them a request is one of 50 bytes, and no field but Host
KEYS = 1000       # what is cached
MANY_KEYS = 10_000_000   # more than a round asks for
PADDING = "; X-Padding: " + "p" * 637   # a request of 700 bytes
LARDERS = ("larder uring", "larder epoll")
ALL_PEERS = ("nginx", "haproxy", "varnish")


@dataclasses.dataclass(frozen=True)
class Load:
    name: str
    title: str
    peers: tuple = ALL_PEERS
    goal: tuple = ()          # (peer, ratio) …
    origin: str = "cacheable"
    body_bytes: int = edges.ONE_KIB
    fields: str = "Host: larder"
    keys: int = KEYS
    once: bool = False        # no URL is asked for twice
    connections: int = 32
    streams: int = 1          # of each connection; more than one: HTTP/2
    tls: bool = False
    log: bool = False
    handshakes: bool = False  # and nothing else
    percent: int = 0          # of the slowest peer's capacity: an open loop


LOADS = [
    Load("small", "cached KiB, requests of 50 bytes",
         goal=(("haproxy", 0.85), ("nginx", 0.60), ("varnish", 0.45))),
    Load("small700", "cached KiB, requests of 700 bytes", fields="Host: larder" + PADDING,
         goal=(("haproxy", 0.85), ("nginx", 0.60), ("varnish", 0.45))),
    Load("logged", "cached KiB, access log", log=True, peers=("nginx",), goal=(("nginx", 0.7),)),
    Load("open60", "cached KiB, open loop at 60 % of the slowest peer's capacity", percent=60),
    Load("large", "cached MiB", keys=16, body_bytes=2**20, connections=8, peers=("nginx",),
         goal=(("nginx", 1.1),)),
    Load("tls", "cached KiB by TLS 1.3", tls=True, peers=("nginx",), goal=(("nginx", 0.8),)),
    Load("handshakes", "full handshakes of TLS 1.3", tls=True, handshakes=True, peers=("nginx",),
         goal=(("nginx", 1.05),)),
    Load("h2", "cached KiB by HTTP/2", tls=True, streams=10, peers=("nginx", "haproxy"),
         goal=(("nginx", 0.8), ("haproxy", 0.8))),
    Load("miss", "a KiB that is not cached yet, and is then", once=True, peers=("nginx",),
         goal=(("nginx", 1.0),)),
    Load("pass", "a KiB that must not be cached", origin="uncacheable", peers=("haproxy",),
         goal=(("haproxy", 1.0),)),
]


def servers_of(options, load, origin_port):
    makers = {"nginx": edges.nginx_cache, "haproxy": edges.haproxy, "varnish": edges.varnish}
    larders = [edges.larder(options, backend, origin_port, load.tls, load.log)
               for backend in options.io]
    return larders + [makers[peer](options, origin_port, load.tls, load.log)
                      for peer in load.peers]


# ---- clients; each → requests, and what else it tells

def ask_by_bench(options, load, server, seconds, turn=0, rate=0):
    # Keys of another length are other URLs: so no round asks for what one before has cached.
    told = bench(options, server, "--protocol", "http", "--sets", 0, "--no-fill", "--warmup", 0,
                 "--connections", load.connections, "--fields", load.fields,
                 "--keys", MANY_KEYS if load.once else load.keys,
                 "--key-bytes", KEY_BYTES + (turn if load.once else 0),
                 "--distribution", "once" if load.once else "zipf:0.99",
                 "--seconds", seconds, "--rate", rate)
    if told["misses"]:
        fail(f"{server.name} answered {told['misses']} requests with 404")
    return told["requests"], {"p50_us": told["latency_us"]["p50"],
                              "p99_us": told["latency_us"]["p99"]}


def on_client_core(options, *command):
    core = options.client_core
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                          preexec_fn=lambda: os.sched_setaffinity(0, {core}))


def ask_by_h2load(options, load, server, seconds):
    speak = [] if load.streams > 1 else ["--h1"]
    done = on_client_core(options, "h2load", *speak, "-c", load.connections, "-m", load.streams,
                          "-D", seconds, f"https://127.0.0.1:{server.port}/one")
    found = re.search(r"requests: (\d+) total, .* (\d+) succeeded, (\d+) failed, (\d+) errored",
                      done.stdout)
    if done.returncode != 0 or not found or found[3] != "0" or found[4] != "0":
        fail(f"h2load failed on {server.name}:\n{done.stdout}")
    return int(found[2]), {}


def shake_hands(options, load, server, seconds):
    done = on_client_core(options, "openssl", "s_time", "-connect", f"127.0.0.1:{server.port}",
                          "-new", "-tls1_3", "-time", seconds)
    found = re.search(r"(\d+) connections in \d+ real seconds", done.stdout)
    if done.returncode != 0 or not found:
        fail(f"openssl s_time failed on {server.name}:\n{done.stdout}")
    return int(found[1]), {}


def ask(options, load, server, **how):
    if load.handshakes:
        return shake_hands(options, load, server, options.seconds)
    if load.tls:
        return ask_by_h2load(options, load, server, options.seconds)
    return ask_by_bench(options, load, server, options.seconds, **how)


# ---- runs

def warm(options, load, server):
    """What is to be cached is cached from now on."""
    if load.tls:
        ask_by_h2load(options, load, server, 1)
    elif not load.once:
        bench(options, server, "--protocol", "http", "--sets", 0, "--no-fill", "--warmup", 0,
              "--fields", load.fields, "--keys", load.keys, "--key-bytes", KEY_BYTES,
              "--connections", min(load.connections, load.keys), "--distribution", "once")


def run_once(options, load, server, **how):
    server.resume()
    before = server.cpu_s()
    requests, more = ask(options, load, server, **how)
    cpu_ns = (server.cpu_s() - before) * 1e9
    server.pause()
    return {"cpu_ns": cpu_ns / requests, "requests_per_s": requests / options.seconds, **more}


def rate_of(options, load, peers):
    """Requests a second; 0: as they are answered."""
    if not load.percent:
        return 0
    say_progress(f"{load.name}, the peers' capacities")
    capacities = [run_once(options, load, peer)["requests_per_s"] for peer in peers]
    return round(min(capacities) * load.percent / 100)


def measure(options, load):
    runs = {}
    with edges.origin(options.client_core, load.origin, load.body_bytes) as origin:
        servers = servers_of(options, load, origin.port)
        try:
            for server in servers:
                server.start()
                warm(options, load, server)
                server.pause()
            how = {"rate": rate_of(options, load, servers[len(options.io):])} if load.percent \
                else {}
            for turn in range(options.rounds):
                if load.once:
                    how["turn"] = turn
                for server in servers:
                    say_progress(f"{load.name}, round {turn + 1} of {options.rounds}, "
                                 f"{server.name}")
                    runs.setdefault(server.name, []).append(
                        run_once(options, load, server, **how))
        finally:
            for server in servers:
                server.end()
    return runs


# ---- figures

def compare(load, runs):
    medians = {name: {key: statistics.median(run[key] for run in of_server)
                      for key in of_server[0]} for name, of_server in runs.items()}
    what = "p99_us" if load.percent else "cpu_ns"
    ratios = {}
    for name in medians:
        if name in LARDERS:
            ratios[name] = {peer: medians[name][what] / medians[peer][what]
                            for peer in medians if peer not in LARDERS}
    return {"servers": medians, "ratios": ratios}


def print_figures(load, figures, runs):
    streams = f" of {load.streams} streams" if load.streams > 1 else ""
    say(f"\n{load.name}: {load.title}; {load.connections} connections{streams}")
    for name, row in figures["servers"].items():
        spread = [run["cpu_ns"] / 1e3 for run in runs[name]]
        latency = f"   p50 {row['p50_us']:.0f}, p99 {row['p99_us']:.0f} us" if "p99_us" in row \
            else ""
        say(f"  {name:14}{row['cpu_ns'] / 1e3:9.2f} us ({min(spread):.2f} to {max(spread):.2f})"
            f"{row['requests_per_s']:12.0f} requests/s{latency}")
    for name, of_larder in figures["ratios"].items():
        goals = dict(load.goal)
        what = "p99 " if load.percent else ""
        say(f"  {name:14}" + "   ".join(
            f"{what}/{peer} {value:.3f}" + (f" (goal {goals[peer]})" if peer in goals else "")
            for peer, value in of_larder.items()))


def add_options(parser):
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--io", default="uring,epoll", type=lambda text: text.split(","))
    parser.add_argument("--loads", help="only these, separated by commas: " + ", ".join(
        load.name for load in LOADS))


def run(options, machine):
    """→ the report."""
    edges.check_peers()
    print_machine(options, machine)
    report = {"loads": {}}
    for load in loads_of(options, LOADS):
        runs = measure(options, load)
        figures = compare(load, runs)
        print_figures(load, figures, runs)
        report["loads"][load.name] = dict(figures, runs=runs)
    return report
