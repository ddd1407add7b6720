# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""An edge under test, with a configuration that the test gives as a dictionary.

    edge = Edge("uring", site(origin.port))      one site for every name, before one origin
    with edge: …                                 edge.port is that of the first address
"""
import json
import os
import pathlib
import signal
import tempfile

import larder_process


def upstream(*ports, **more):
    return {"servers": [{"address": f"127.0.0.1:{port}"} for port in ports], **more}


def site(*ports, name="default", functions=None, **more):
    """One site of `hosting` that has the origin servers at these ports."""
    wanted = merged({"network": {"origin": upstream(*ports)}}, functions or {})
    return {"name": name, "functions": wanted, **more}


def merged(base, changes):
    """`base` with `changes` in it, dictionary by dictionary."""
    both = dict(base)
    for key, value in changes.items():
        old = both.get(key)
        both[key] = merged(old, value) if isinstance(old, dict) else value
    return both


class Edge(larder_process.ServerProcess):
    def __init__(self, backend, *sites, threads=1, memory_mb=64, env=None):
        super().__init__()
        self.x_backend = backend
        self.x_home = tempfile.TemporaryDirectory(prefix="larder-edge-")
        self.folder = pathlib.Path(self.x_home.name)
        self.x_env = merged({
            "properties": {"coreWorkers": threads, "memoryUsage": {"cacheSize": f"{memory_mb}m"}},
            "network": {"listen": [{"address": "127.0.0.1:0"}],
                        "passiveSockets": {"maxCount": 5000}}}, env or {})
        self.write_config(*sites)

    @property
    def config_file(self):
        return self.folder / "edge.json"

    def write_config(self, *sites, functions=None):
        text = {"meta": {"defaultHosting": sites[0]["name"]}, "env": self.x_env,
                "functions": functions or {}, "hosting": list(sites)}
        self.config_file.write_text(json.dumps(text, indent=1))

    def reload(self, *sites):
        self.write_config(*sites)
        self.x_process.send_signal(signal.SIGHUP)

    def command(self):
        return larder_process.larder_command("edge", "--config", self.config_file,
                                             "--io", self.x_backend, *self._user())

    @staticmethod
    def _user():
        return ["-u", "root"] if os.getuid() == 0 else []

    def _forget(self):
        super()._forget()
        self.x_home.cleanup()
