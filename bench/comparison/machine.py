# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What the figures were measured on, and by which programs."""
import os
import pathlib
import platform
import re
import subprocess

from comparison.servers import fail, say

QUIET_LOAD = 0.3  # above it somebody else is at work on the machine


def processor():
    found = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return found[1] if found else platform.machine()


def version_of(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def describe_machine(options):
    return {"processor": processor(), "cores": os.cpu_count(), "kernel": platform.release(),
            "load": os.getloadavg()[0], "larder": version_of(options.larder, "version"),
            "memcached": version_of(options.memcached, "-V")}


def print_machine(options, machine):
    say(f"server on core {options.server_core}, client on core {options.client_core}")
    say(f"{machine['larder']}; {machine['memcached']}")
    say(f"{machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}, "
        f"load {machine['load']:.2f}")
    if machine["load"] > QUIET_LOAD:
        say("NOTE: the machine is not idle; these figures are rough")


def check_cores(options):
    missing = {options.server_core, options.client_core} - os.sched_getaffinity(0)
    if missing:
        fail(f"no core {', '.join(map(str, sorted(missing)))} here")
    if options.server_core == options.client_core:
        say("NOTE: server and client share a core; latencies and throughput mean nothing")


def check_binaries(options):
    if not os.access(options.larder, os.X_OK):
        fail(f"no {options.larder}: build it with tools/build release")
    if options.memcached is None or not os.access(options.memcached, os.X_OK):
        fail("no memcached: install it with tools/install bench")
