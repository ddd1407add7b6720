# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""-e: the items outlive the server, whether it is stopped or killed."""
import os
import pathlib
import random
import signal
import tempfile
import time

import pytest

import larder_process
import killing
from larder_process import SLOW

pytestmark = pytest.mark.skipif(larder_process.PEER != "", reason="memcached's -e is another file")

MIB = 1 << 20
ROUNDS = 10
FILL_MB = 64 if SLOW > 1 else 256
# On a shared machine of two cores; tools/killed and the notes of the decision have the figures.
MOST_S_PER_GIB = 1.0 * SLOW


@pytest.fixture
def path():
    """A name for the file, on a tmpfs where there is one."""
    shared = pathlib.Path("/dev/shm")
    folder = shared if os.access(shared, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="larder-warm-", dir=folder) as made:
        yield pathlib.Path(made) / "items"


def store(connection, key, value, flags=0, exptime=0):
    command = b"set %s %d %d %d\r\n%s\r\n" % (key, flags, exptime, len(value), value)
    assert connection.ask(command) == b"STORED\r\n"


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGTERM], ids=["usr1", "term"])
def test_a_stopped_server_has_its_items_back(serve, connect, backend, path, number):
    first = serve(backend, "-e", path)
    connection = connect(first)
    large = random.Random(1).randbytes(900_000)
    store(connection, b"short", b"value", flags=4_000_000_000)
    store(connection, b"large", large, flags=1, exptime=1000)
    store(connection, b"gone", b"soon", exptime=1)
    store(connection, b"deleted", b"x")
    assert connection.ask(b"delete deleted\r\n") == b"DELETED\r\n"
    store(connection, b"number", b"41")
    assert connection.ask(b"incr number 1\r\n") == b"42\r\n"
    before = connection.ask(b"mg short c f\r\n")
    first.terminate(number)
    first.await_exit()
    expired = time.monotonic() + 1
    second = serve(backend, "-e", path)
    assert "4 items are back" in second.stderr() or "5 items are back" in second.stderr()
    connection = connect(second)
    assert connection.ask(b"mg short c f\r\n") == before
    assert killing.look(connection, b"short") == (4_000_000_000, b"value")
    assert killing.look(connection, b"large") == (1, large)
    assert killing.look(connection, b"number") == (0, b"42")
    assert killing.look(connection, b"deleted") is None
    left = int(connection.ask(b"mg large t\r\n").split(b"t")[1])
    assert 900 < left <= 1000
    while time.monotonic() < expired:
        connection.ask(b"mn\r\n")
    assert killing.look(connection, b"gone") is None
    newer = connection.ask(b"ms short 1 c\r\n1\r\n")
    assert int(newer.split(b"c")[1]) > int(before.split(b"c")[1].split()[0])


def test_a_flush_outlives_a_kill(serve, connect, backend, path):
    first = serve(backend, "-e", path)
    connection = connect(first)
    store(connection, b"before", b"1")
    assert connection.ask(b"flush_all\r\n") == b"OK\r\n"
    store(connection, b"behind", b"2")
    first.kill()
    connection = connect(serve(backend, "-e", path))
    assert killing.look(connection, b"before") is None
    assert killing.look(connection, b"behind") == (0, b"2")


def test_killed_often_it_has_all_that_it_answered(backend, path):
    seed = random.SystemRandom().randrange(1 << 31)
    print(f"tools/killed --io {backend} --rounds {ROUNDS} --seed {seed}")

    def start():
        return larder_process.Server(backend, "-e", path).start()
    rounds = killing.Killing(start, seed)
    for _ in range(ROUNDS):
        rounds.round()
    assert rounds.answered > 100 * ROUNDS / SLOW


def test_another_limit_begins_empty_and_says_why(serve, connect, backend, path):
    first = serve(backend, "-e", path)
    store(connect(first), b"key", b"value")
    first.stop()
    second = serve(backend, "-e", path, memory_mb=128)
    assert "begins empty: it was written with -m 64, not 128" in second.stderr()
    assert killing.look(connect(second), b"key") is None


def test_it_refuses_a_file_that_it_cannot_have(serve, backend, path):
    def refusal(name):
        code, said = larder_process.Server(backend, "-e", name).run_to_end()
        assert code != 0
        return said
    path.write_bytes(b"dear diary")
    assert "was not written by larder" in refusal(path)
    assert path.read_bytes() == b"dear diary"
    assert "No such file or directory" in refusal(path.parent / "none" / "items")
    taken = path.parent / "taken"
    serve(backend, "-e", taken)
    assert "is in use by another process" in refusal(taken)


def test_it_starts_within_a_second_for_each_gib(serve, connect, backend, path):
    first = serve(backend, "-e", path, memory_mb=2 * FILL_MB)
    connection = connect(first)
    value = bytes(range(256)) * 4
    keys = FILL_MB * MIB // 1100
    for begin in range(0, keys, 1000):
        connection.send(b"".join(b"set key%d 0 0 1024 noreply\r\n%s\r\n" % (i, value)
                                 for i in range(begin, min(begin + 1000, keys))))
    assert connection.ask(b"mn\r\n") == b"MN\r\n"
    first.kill()
    began = time.monotonic()
    second = serve(backend, "-e", path, memory_mb=2 * FILL_MB)
    took_s = time.monotonic() - began
    print(f"{keys} items, {FILL_MB} MiB: {took_s:.3f} s, {took_s * 1024 / FILL_MB:.2f} s per GiB")
    assert f"{keys} items are back" in second.stderr()
    assert took_s * 1024 / FILL_MB < MOST_S_PER_GIB
    assert killing.look(connect(second), b"key%d" % (keys - 1)) == (0, value)
