# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The servers under test, each started on a free port and ended by pid."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

START_S = 10


def fail(what):
    sys.exit(f"bench/versus: {what}")


def say(text=""):
    print(text, flush=True)


def say_progress(text):
    """For whoever waits at a terminal."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)


class Server:
    """One process on a core of its own. `with` starts and ends it."""

    def __init__(self, name, command, core):
        self.name = name
        self.port = None
        self.x_command = [str(word) for word in command]
        self.x_core = core
        self.x_process = None
        self.x_folder = None

    @property
    def pid(self):
        return self.x_process.pid

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *error):
        self.end()

    def start(self):
        self.x_folder = pathlib.Path(tempfile.mkdtemp(prefix="larder-versus-"))
        self.x_process = subprocess.Popen(
            self.x_command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            env=dict(os.environ, MEMCACHED_PORT_FILENAME=str(self.x_folder / "port")),
            preexec_fn=lambda: os.sched_setaffinity(0, {self.x_core}))
        self._await_port()

    def _await_port(self):
        deadline = time.monotonic() + START_S
        while self.port is None:
            if self.x_process.poll() is not None or time.monotonic() > deadline:
                fail(f"{self.name} did not start: {' '.join(self.x_command)}")
            self._read_port()

    def _read_port(self):
        time.sleep(0.01)
        try:
            found = re.search(r"TCP INET: (\d+)\n", (self.x_folder / "port").read_text())
        except FileNotFoundError:
            return
        self.port = int(found[1]) if found else None

    def pause(self):
        self.x_process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.x_process.send_signal(signal.SIGCONT)

    def resident_bytes(self):
        """As the kernel counts them: what is shared with other processes too, which is little."""
        rollup = pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Rss:\s+(\d+) kB", rollup, re.MULTILINE)[1]) * 1024

    def stats(self):
        """{name: value} of memcached's `stats`."""
        with socket.create_connection(("127.0.0.1", self.port), START_S) as connection:
            connection.sendall(b"stats\r\n")
            text = b""
            while not text.endswith(b"END\r\n"):
                piece = connection.recv(65536)
                if not piece:
                    fail(f"{self.name} has closed the connection")
                text += piece
        return dict(line.split(" ")[1:3] for line in text.decode().splitlines()[:-1])

    def end(self):
        if self.x_process is not None:
            self.resume()
            self.x_process.terminate()
            try:
                self.x_process.wait(10)
            except subprocess.TimeoutExpired:
                self.x_process.kill()
                self.x_process.wait()
        if self.x_folder is not None:
            shutil.rmtree(self.x_folder, ignore_errors=True)


def await_listener(port, name):
    deadline = time.monotonic() + START_S
    with socket.socket() as probe:
        while probe.connect_ex(("127.0.0.1", port)) != 0:
            if time.monotonic() > deadline:
                fail(f"nobody listens for {name}")
            time.sleep(0.01)


def node_arguments(memory_mb):
    """What a cache node of one thread takes, Larder's and memcached's alike."""
    user = ["-u", "root"] if os.getuid() == 0 else []
    return ["-t", 1, "-p", -1, "-U", 0, "-l", "127.0.0.1", "-m", memory_mb, *user]


def larder(options, memory_mb, *more, name="larder"):
    return Server(name, [options.larder, "cache", *node_arguments(memory_mb), *more],
                  options.server_core)


def memcached(options, memory_mb, *more):
    return Server("memcached", [options.memcached, *node_arguments(memory_mb), *more],
                  options.server_core)
