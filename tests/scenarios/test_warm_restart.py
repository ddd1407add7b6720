# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""-e: the items outlive the server, whether it is stopped or killed; and what becomes of files that
are damaged, another's, or have no room."""
import os
import pathlib
import random
import re
import signal
import subprocess
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
STARTS = 3
SMALL_MB = 32
OS_ERROR = 71
NOBODY = 65534
# Of a processor; tools/killed and the notes of the decision have the figures.
MOST_S_PER_GIB = 1.0 * SLOW


@pytest.fixture
def path():
    """A name for the file, on a tmpfs where there is one."""
    shared = pathlib.Path("/dev/shm")
    folder = shared if os.access(shared, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="larder-warm-", dir=folder) as made:
        yield pathlib.Path(made) / "items"


@pytest.fixture
def small(path):
    """A folder that is a tmpfs of SMALL_MB."""
    folder = path.parent / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_MB}m", "none", folder],
                             capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"who runs this may not mount: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)    # servers end later


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


# ---- files that are not as they were left

def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte, = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 64]))


LAYOUT_AT = 8
LIMITS_AT = 16


@pytest.mark.parametrize("larger, smaller", [(128, 64), (64, 128)], ids=["less", "more"])
def test_another_limit_begins_empty_and_says_why(serve, connect, backend, path, larger, smaller):
    first = serve(backend, "-e", path, memory_mb=larger)
    store(connect(first), b"key", b"value")
    first.stop()
    second = serve(backend, "-e", path, memory_mb=smaller)
    assert f"begins empty: it was written with -m {larger}, not {smaller}" in second.stderr()
    assert killing.look(connect(second), b"key") is None


@pytest.mark.parametrize("change, why", [
    (lambda path: flip(path, LAYOUT_AT), "it was written by another version"),
    (lambda path: flip(path, LIMITS_AT), "its head is damaged"),
    (lambda path: os.truncate(path, MIB), "it was cut"),
    (lambda path: os.truncate(path, LAYOUT_AT), "it was not finished"),
], ids=["version", "head", "cut", "magic"])
def test_a_changed_file_begins_empty_and_says_why(serve, connect, backend, path, change, why):
    first = serve(backend, "-e", path)
    store(connect(first), b"key", b"value")
    first.kill()
    change(path)
    second = serve(backend, "-e", path)
    assert f"begins empty: {why}\n" in second.stderr()
    connection = connect(second)
    assert killing.look(connection, b"key") is None
    store(connection, b"key", b"again")
    second.kill()
    assert killing.look(connect(serve(backend, "-e", path)), b"key") == (0, b"again")


def test_a_damaged_item_is_left_out_and_others_are_not(serve, connect, backend, path):
    first = serve(backend, "-e", path)
    connection = connect(first)
    for key in (b"first", b"second", b"third"):
        store(connection, key, b"the value of " + key)
    first.kill()
    flip(path, path.read_bytes().index(b"the value of second"))
    second = serve(backend, "-e", path)
    assert "larder: 2 items are back" in second.stderr()
    assert "larder: damaged and left out: 1 items or parts of pages" in second.stderr()
    connection = connect(second)
    assert killing.look(connection, b"second") is None
    for key in (b"first", b"third"):
        assert killing.look(connection, key) == (0, b"the value of " + key)


# ---- files that it cannot have

def refusal(backend, name, **options):
    code, said = larder_process.Server(backend, "-e", name, **options).run_to_end()
    assert code == OS_ERROR, said
    return said


def test_it_refuses_a_file_of_others(serve, backend, path):
    path.write_bytes(b"dear diary")
    assert f"{path} was not written by larder" in refusal(backend, path)
    assert path.read_bytes() == b"dear diary"
    path.chmod(0o666)
    assert f"{path} can be written to by other users" in refusal(backend, path)
    assert f"opening {path.parent}: Is a directory" in refusal(backend, path.parent)
    missing = path.parent / "none" / "items"
    assert f"opening {missing}: No such file or directory" in refusal(backend, missing)
    taken = path.parent / "taken"
    serve(backend, "-e", taken)
    assert f"{taken} is in use by another process" in refusal(backend, taken)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can have files of others")
def test_it_refuses_a_file_of_another_user(backend, path):
    path.touch()
    os.chown(path, NOBODY, NOBODY)
    assert f"{path} belongs to user {NOBODY}, not to 0" in refusal(backend, path)
    os.chown(path, 0, 0)
    path.parent.chmod(0o755)
    assert f"opening {path}: Permission denied" in refusal(backend, path, user="nobody")


def test_it_refuses_a_file_that_cannot_be_written_to(serve, connect, backend, small):
    first = serve(backend, "-e", small / "items", memory_mb=16)
    store(connect(first), b"key", b"value")
    first.stop()
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    said = refusal(backend, small / "items", memory_mb=16)
    assert f"opening {small / 'items'}: Read-only file system" in said
    subprocess.run(["mount", "-o", "remount,rw", small], check=True)
    again = serve(backend, "-e", small / "items", memory_mb=16)
    assert killing.look(connect(again), b"key") == (0, b"value")
    again.stop()


# ---- no room

def test_it_refuses_a_file_system_without_room(serve, connect, backend, small):
    path = small / "items"
    first = serve(backend, "-e", path, memory_mb=16)
    store(connect(first), b"key", b"value")
    first.stop()
    said = refusal(backend, path, memory_mb=2 * SMALL_MB)
    needed, = re.search(r"reserving (\d+) bytes for " + re.escape(str(path)) +
                        ": No space left on device\n", said).groups()
    assert 2 * SMALL_MB * MIB < int(needed) < 2.1 * SMALL_MB * MIB
    again = serve(backend, "-e", path, memory_mb=16)
    assert killing.look(connect(again), b"key") == (0, b"value"), "refused, it changed nothing"
    again.stop()


@pytest.mark.parametrize("args", [[], ["-M"]], ids=["evicts", "refuses"])
def test_a_file_system_that_runs_full_is_of_no_account(serve, connect, backend, small, args):
    path = small / "items"
    server = serve(backend, "-e", path, *args, memory_mb=SMALL_MB - 4)
    with open(small / "ballast", "wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(bytes(64 * 1024))
    connection = connect(server)
    values = random.Random(3)
    kept = {}
    used = 0
    for i in range(2000):
        key, value = b"key%d" % i, values.randbytes(values.choice([100, 5000, 9000, 100_000]))
        reply = connection.ask(b"set %s 7 0 %d\r\n%s\r\n" % (key, len(value), value))
        if reply == b"STORED\r\n":
            kept[key] = (7, value)
            continue
        used = used or sum(len(value) for _, value in kept.values())
        assert (reply, args) == (b"SERVER_ERROR out of memory storing object\r\n", ["-M"])
    assert used > 0.8 * (SMALL_MB - 4) * MIB or not args

    def there(of):
        found = {key: killing.look(of, key) for key in kept}
        assert all(each in (None, kept[key]) for key, each in found.items())
        return {key for key, each in found.items() if each}
    before = there(connection)
    assert before == set(kept) if args else 200 < len(before) < len(kept)
    server.kill()
    second = serve(backend, "-e", path, *args, memory_mb=SMALL_MB - 4)
    assert there(connect(second)) == before
    second.stop()


def test_its_pages_can_be_locked(serve, connect, backend, path):
    first = serve(backend, "-e", path, "-k")
    if "warning" in first.stderr():
        pytest.skip(f"who runs this may not lock memory: {first.stderr().strip()}")
    locked = re.search(r"VmLck:\s+(\d+) kB", pathlib.Path(f"/proc/{first.pid}/status").read_text())
    assert int(locked[1]) * 1024 > 64 * MIB
    store(connect(first), b"key", b"value")
    first.kill()
    assert killing.look(connect(serve(backend, "-e", path, "-k")), b"key") == (0, b"value")


def test_its_limit_goes_down_and_not_above_what_the_file_has(serve, connect, backend, path):
    connection = connect(serve(backend, "-e", path))
    assert connection.ask(b"cache_memlimit 65\r\n") == (
        b"MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust\r\n")
    assert connection.ask(b"cache_memlimit 32\r\n") == b"OK\r\n"
    assert connection.ask(b"cache_memlimit 64\r\n") == b"OK\r\n"


def test_it_starts_within_a_second_for_each_gib(serve, connect, backend, path):
    first = serve(backend, "-e", path, memory_mb=2 * FILL_MB)
    connection = connect(first)
    value = bytes(range(256)) * 4
    keys = FILL_MB * MIB // 1100
    for begin in range(0, keys, 1000):
        connection.send(b"".join(b"set key%d 0 0 1024 noreply\r\n%s\r\n" % (i, value)
                                 for i in range(begin, min(begin + 1000, keys))))
    assert connection.ask(b"mn\r\n") == b"MN\r\n"
    took_s = float("inf")
    for _ in range(STARTS):
        first.kill()
        first = serve(backend, "-e", path, memory_mb=2 * FILL_MB)
        took_s = min(took_s, first.cpu_s())     # others may have the cores meanwhile
        assert f"{keys} items are back" in first.stderr()
    print(f"{keys} items, {FILL_MB} MiB: {took_s:.3f} s, {took_s * 1024 / FILL_MB:.2f} s per GiB")
    assert took_s * 1024 / FILL_MB < MOST_S_PER_GIB
    assert killing.look(connect(first), b"key%d" % (keys - 1)) == (0, value)
