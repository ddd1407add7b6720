# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Processor time by TLS, against Debian's memcached with TLS.

    larder bench ──plain──► stunnel ──TLS──► server under test
    └────── the client's core ──────┘        its own core: its processor time is what counts

Whatever the stunnel in front does it does for both. Throughput and latency are mostly its own.
Small values only: filled with values of 4 KiB like this, Debian's memcached 1.6.18 stops answering.
"""
import dataclasses
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

from comparison import kv
from comparison import servers as node
from comparison.servers import fail

LOADS = [dataclasses.replace(load, has_floor=False) for load in kv.LOADS
         if load.name in ("depth1", "depth16")]


class Tunnel:
    """A stunnel that encrypts what comes for one server."""

    def __init__(self, folder, port, core):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        (folder / "stunnel.conf").write_text(
            f"foreground = yes\npid =\nsyslog = no\ndebug = 3\n[tls]\nclient = yes\n"
            f"accept = 127.0.0.1:{self.port}\nconnect = 127.0.0.1:{port}\n"
            "sslVersionMin = TLSv1.3\nsocket = l:TCP_NODELAY=1\nsocket = r:TCP_NODELAY=1\n")
        self.x_process = subprocess.Popen(
            ["stunnel4", folder / "stunnel.conf"], stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, {core}))

    def end(self):
        self.x_process.terminate()
        self.x_process.wait()


class BehindTunnel:
    """A server whose port is that of a tunnel to it."""

    def __init__(self, server, folder, core):
        self.x_server = server
        self.x_folder = folder
        self.x_core = core
        self.x_tunnel = None
        self.port = None
        self.name, self.pause, self.resume = server.name, server.pause, server.resume

    @property
    def pid(self):
        return self.x_server.pid

    def start(self):
        self.x_server.start()
        folder = self.x_folder / self.name.replace(" ", "-")
        folder.mkdir()
        self.x_tunnel = Tunnel(folder, self.x_server.port, self.x_core)
        self.port = self.x_tunnel.port
        node.await_listener(self.port, self.name)

    def end(self):
        if self.x_tunnel:
            self.x_tunnel.end()
        self.x_server.end()


def make_certificate(folder):
    """→ the words of -o."""
    key, certificate = folder / "key", folder / "certificate"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=bench",
                    "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    return f"ssl_chain_cert={certificate},ssl_key={key}"


def servers_of(options, folder):
    more = ["-I", f"{kv.ITEM_MB}m", "-Z", "-o", make_certificate(folder)]
    larders = [node.larder(options, kv.MEMORY_MB, *more, "--io", backend, name=f"larder {backend}")
               for backend in options.io]
    return [BehindTunnel(server, folder, options.client_core)
            for server in [*larders, node.memcached(options, kv.MEMORY_MB, *more)]]


# ---- the suite

def add_options(parser):
    kv.add_options(parser, LOADS)


def measure(options, load):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="larder-versus-tls-"))
    try:
        return kv.measure_on(options, load, servers_of(options, folder))
    finally:
        shutil.rmtree(folder)


def run(options, machine):
    """→ the report."""
    if not shutil.which("stunnel4"):
        fail("no stunnel4: install it with tools/install bench")
    return kv.run_loads(options, machine, LOADS, measure)
