# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What an edge needs in memory for a stored URL, beyond the bytes that it must keep.

    a million URLs, each asked for once ─► resident memory
    a million others                    ─► resident memory: the slope is between the two, so that
                                           what the process has anyhow does not count

Of the slope of an URL its key (the path), the origin's head and its body are taken away.
"""
import socket

from comparison import http_servers as edges
from comparison.machine import print_machine
from comparison.servers import say, say_progress
from comparison.tool import bench

KEY_BYTES = 24
CONNECTIONS = 32
GOAL_BYTES = 256
MAX_SECONDS = 3600   # it ends when all are asked for


def head_bytes_of(origin):
    """Of an answer, and its body."""
    with socket.create_connection(("127.0.0.1", origin.port)) as connection:
        connection.sendall(b"GET /x HTTP/1.1\r\nHost: larder\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer.index(b"\r\n\r\n") + 4


def ask_each_once(options, server, key_bytes):
    bench(options, server, "--protocol", "http", "--sets", 0, "--no-fill", "--warmup", 0,
          "--connections", CONNECTIONS, "--keys", options.urls, "--key-bytes", key_bytes,
          "--distribution", "once", "--seconds", MAX_SECONDS)


def measure(options, backend, origin):
    with edges.larder(options, backend, origin.port, memory=options.memory) as server:
        resident = []
        for turn in range(2):
            # Keys of another length are other URLs.
            say_progress(f"{server.name}, {options.urls} URLs, round {turn + 1} of 2")
            ask_each_once(options, server, KEY_BYTES + turn)
            resident.append(server.resident_bytes())
    return (resident[1] - resident[0]) / options.urls


def add_options(parser):
    parser.add_argument("--urls", type=int, default=1_000_000)
    parser.add_argument("--memory", default="6g", help="of the cache: enough for two million")
    parser.add_argument("--io", default="uring,epoll", type=lambda text: text.split(","))


def run(options, machine):
    """→ the report."""
    edges.check_peers()
    print_machine(options, machine)
    report = {}
    with edges.origin(options.client_core) as origin:
        kept = 1 + KEY_BYTES + 1 + head_bytes_of(origin) + edges.ONE_KIB
        for backend in options.io:
            slope = measure(options, backend, origin)
            say(f"larder {backend}: {slope:.0f} bytes for an URL, {slope - kept:.0f} beyond its "
                f"key, head and body ({kept}; goal {GOAL_BYTES})")
            report[backend] = {"slope": slope, "kept": kept}
    return report
