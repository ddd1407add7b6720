# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What all examples do alike: options, a server, times, an end that tells what was wrong."""
import argparse
import contextlib
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

from client import Client

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
START_S = 10


class Wrong(Exception):
    """The server has answered something else than the model says."""


def check(is_right, what):
    if not is_right:
        raise Wrong(what)


def new_parser(about):
    parser = argparse.ArgumentParser(description=about.split("\n")[0])
    parser.add_argument("--port", type=int, help="of a running server; else one is started")
    parser.add_argument("--larder", default=str(ROOT / "build" / "release" / "larder"),
                        help="the binary to start (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    return parser


@contextlib.contextmanager
def running_server(options):
    """→ its port. One that was started here ends here."""
    if options.port:
        yield options.port
        return
    with tempfile.TemporaryDirectory(prefix="larder-example-") as folder:
        port_file = pathlib.Path(folder) / "port"
        user = ["-u", "root"] if os.getuid() == 0 else []
        server = subprocess.Popen(
            [options.larder, "cache", "--dialect", "arcus", "-t", "1", "-m", "256",
             "-l", "127.0.0.1", "-p", "-1", "-U", "0", *user],
            env=dict(os.environ, MEMCACHED_PORT_FILENAME=str(port_file)))
        try:
            yield await_port(server, port_file)
        finally:
            server.terminate()
            server.wait()


def await_port(server, port_file):
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        if port_file.exists() and (found := re.search(r"TCP INET: (\d+)\n", port_file.read_text())):
            return int(found[1])
        time.sleep(0.01)
    sys.exit("the server did not start")


class Stopwatch:
    """Times calls of a client, and not what is done between them; tells rates and bytes."""

    def __init__(self, client):
        self.x_client = client
        self.x_calls = 0
        self.x_seconds = 0
        self.x_bytes = 0

    def time(self, call, *args):
        bytes_before = self.x_client.bytes_received
        begin = time.perf_counter()
        result = call(*args)
        self.x_seconds += time.perf_counter() - begin
        self.x_bytes += self.x_client.bytes_received - bytes_before
        self.x_calls += 1
        return result

    def tell(self, what):
        """Each call was one of `what`."""
        print(f"{what:40}{self.x_calls:9}{self.x_calls / self.x_seconds:10.0f} /s"
              f"{1e6 * self.x_seconds / self.x_calls:10.1f} us"
              f"{self.x_bytes / self.x_calls:10.1f} bytes of reply", flush=True)


def forget(client, *prefixes):
    """What an earlier run has left."""
    for prefix in prefixes:
        client.ask(f"flush_prefix {prefix}")


def run(parser, example):
    """example(client, options, lot); ends the program."""
    options = parser.parse_args()
    try:
        with running_server(options) as port, Client(port) as client:
            example(client, options, random.Random(options.seed))
    except (Wrong, OSError) as wrong:
        sys.exit(f"{parser.prog}: {wrong}")
    print("all as expected")
