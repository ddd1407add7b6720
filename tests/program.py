# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Real programs at work against a server: run to their end, or kept running beside the test.

    run(...)                 ──► what it printed; an exit code other than 0 fails the test
    with running(...) as p:  ──► p.log() is what it has said so far; ended with the block

A program that keeps running has a process group of its own, by its pid: workers end with it.
"""
import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time

from larder_process import DEADLINE_S, SLOW

RUN_S = 60 * SLOW


def run(*command, ends_with=0, **options):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=RUN_S, check=False, **options)
    assert done.returncode == ends_with, (
        f"{command[0]} ended with {done.returncode}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


class Program:
    def __init__(self, log):
        self.x_log = log

    def log(self):
        return self.x_log.read_text(errors="replace")


@contextlib.contextmanager
def running(*command, ready, env=(), **options):
    """Start `command`, wait until ready(program) holds, and end it with the block."""
    handle, name = tempfile.mkstemp(prefix="larder-program-")
    log = pathlib.Path(name)
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                               stdout=handle, stderr=handle, env={**os.environ, **dict(env)},
                               start_new_session=True, **options)
    os.close(handle)
    program = Program(log)
    try:
        deadline = time.monotonic() + DEADLINE_S
        while not ready(program):
            assert process.poll() is None, f"{command[0]} ended at start:\n{program.log()}"
            assert time.monotonic() < deadline, f"{command[0]} is not ready:\n{program.log()}"
            time.sleep(0.002)
        yield program
        assert process.poll() is None, f"{command[0]} ended early:\n{program.log()}"
    finally:
        _end(process)
        log.unlink()


def _end(process):
    """Ends the group. Its leader is reaped last: until then the id is nobody else's."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + DEADLINE_S
    how = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while os.waitid(os.P_PID, process.pid, how) is None and time.monotonic() < deadline:
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)   # workers that outlive it, and a leader that hangs
    process.wait()
