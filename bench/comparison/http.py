# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Processor time of an edge for a request, against nginx, HAProxy and Varnish.

    h2load ──► edge under test ──► origin (nginx)
    └ client's core ─┘ server's core ┘ client's core

Every edge has one thread and one core; the others are stopped (SIGSTOP) meanwhile. Rounds
alternate. What is compared is the processor time of all of a server's threads for one request.
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

COOKIE = "cookie: " + "session=" + "c" * 560   # a request of about 700 bytes
LARDERS = ("larder uring", "larder epoll")


@dataclasses.dataclass(frozen=True)
class Load:
    name: str
    path: str = "/small"
    headers: tuple = ()
    connections: int = 32
    streams: int = 1         # of each connection; more than one: HTTP/2
    tls: bool = False
    log: bool = False
    handshakes: bool = False  # a connection for each request
    peers: tuple = ("nginx", "haproxy", "varnish")
    goal: tuple = ()          # (peer, ratio) …


LOADS = [
    Load("small", goal=(("haproxy", 0.85), ("nginx", 0.60), ("varnish", 0.45))),
    Load("small700", headers=(COOKIE,),
         goal=(("haproxy", 0.85), ("nginx", 0.60), ("varnish", 0.45))),
    Load("logged", log=True, peers=("nginx",), goal=(("nginx", 0.7),)),
    Load("large", path="/large", connections=8, peers=("nginx",), goal=(("nginx", 1.1),)),
    Load("tls", tls=True, peers=("nginx",), goal=(("nginx", 0.8),)),
    Load("h2", tls=True, streams=10, peers=("nginx", "haproxy"),
         goal=(("nginx", 0.8), ("haproxy", 0.8))),
    Load("pass", path="/pass", peers=("haproxy",), goal=(("haproxy", 1.0),)),
]


def servers_of(options, load, origin_port):
    servers = [edges.larder(options, backend, origin_port, load.tls, load.log)
               for backend in options.io]
    if "nginx" in load.peers:
        servers.append(edges.nginx_cache(options, origin_port, load.tls, load.log))
    if "haproxy" in load.peers:
        servers.append(edges.haproxy(options, origin_port, load.tls, load.log))
    if "varnish" in load.peers:
        servers.append(edges.varnish(options, origin_port))
    return servers


def ask_once(options, load, server):
    """What is to be cached is cached from now on."""
    h2load(options, load, server, "-n", 2 * load.connections)


def h2load(options, load, server, *more):
    speak = [] if load.streams > 1 else ["--h1"]
    command = ["h2load", *speak, "-c", load.connections, "-m", load.streams, *more]
    for header in load.headers:
        command += ["-H", header]
    scheme = "https" if load.tls else "http"
    command.append(f"{scheme}://127.0.0.1:{server.port}{load.path}")
    core = options.client_core
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    found = re.search(r"requests: (\d+) total, .* (\d+) succeeded, (\d+) failed, (\d+) errored",
                      done.stdout)
    if done.returncode != 0 or not found:
        fail(f"h2load failed on {server.name}:\n{done.stdout}")
    if found[3] != "0" or found[4] != "0":
        fail(f"h2load on {server.name}: {found[0]}")
    return int(found[2])


def run_once(options, load, server):
    server.resume()
    before = server.cpu_s()
    requests = h2load(options, load, server, "-D", options.seconds)
    cpu_ns = (server.cpu_s() - before) * 1e9
    server.pause()
    return {"cpu_ns": cpu_ns / requests, "requests_per_s": requests / options.seconds}


def measure(options, load):
    runs = {}
    with edges.origin(options.client_core) as origin:
        servers = servers_of(options, load, origin.port)
        try:
            for server in servers:
                server.start()
                ask_once(options, load, server)
                server.pause()
            for turn in range(options.rounds):
                for server in servers:
                    say_progress(f"{load.name}, round {turn + 1} of {options.rounds}, "
                                 f"{server.name}")
                    runs.setdefault(server.name, []).append(run_once(options, load, server))
        finally:
            for server in servers:
                server.end()
    return runs


def compare(load, runs):
    medians = {name: {key: statistics.median(run[key] for run in of_server)
                      for key in of_server[0]} for name, of_server in runs.items()}
    ratios = {}
    for name in medians:
        if name in LARDERS:
            ratios[name] = {peer: medians[name]["cpu_ns"] / medians[peer]["cpu_ns"]
                            for peer in medians if peer not in LARDERS}
    return {"servers": medians, "ratios": ratios}


def print_figures(load, figures, runs):
    say(f"\n{load.name}: {load.path}, {load.connections} connections"
        f"{f' of {load.streams} streams' if load.streams > 1 else ''}"
        f"{', TLS' if load.tls else ''}{', access log' if load.log else ''}")
    for name, row in figures["servers"].items():
        spread = [run["cpu_ns"] / 1e3 for run in runs[name]]
        say(f"  {name:14}{row['cpu_ns'] / 1e3:9.2f} us ({min(spread):.2f} to {max(spread):.2f})"
            f"{row['requests_per_s']:12.0f} requests/s")
    for name, of_larder in figures["ratios"].items():
        goals = dict(load.goal)
        say(f"  {name:14}" + "   ".join(
            f"/{peer} {value:.3f}" + (f" (goal {goals[peer]})" if peer in goals else "")
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
