# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""`larder kv copy`: a node is warmed from Debian's memcached, which goes on serving."""
import base64
import json
import random
import subprocess
import time

import pytest

from larder_process import LARDER, SLOW
from wire import Wire

COUNT = 20_000 // SLOW
FAR = 3 * 365 * 24 * 3600   # seconds


def copy(source, target, *args, code=0):
    command = [str(LARDER), "kv", "copy", "--json", "--from-port", str(source.port), "--to-port",
               str(target.port), *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60 * SLOW, check=False)
    assert done.returncode == code, f"{' '.join(command)}\n{done.stderr}{done.stdout}"
    return json.loads(done.stdout)


def has(report, **wanted):
    assert {name: report[name] for name in wanted} == wanted


@pytest.fixture
def source(serve):
    return serve("memcached", "-I", "2m", memory_mb=256)


def fill(server, items):
    """{key: (flags, exptime, value)}; keys as they are, so also those that text cannot name."""
    with Wire(server.address) as wire:
        stream = b"".join(
            b"ms %s %d b F%d T%d q\r\n%s\r\n" % (base64.b64encode(key), len(value), flags, exptime,
                                                value)
            for key, (flags, exptime, value) in items.items())
        wire.send(stream + b"mn\r\n")
        assert wire.read_through(b"MN\r\n") == b"MN\r\n"


def held(server, key):
    """(flags, seconds left or -1, value), or None."""
    with Wire(server.address) as wire:
        wire.send(b"mg %s b f t s v\r\n" % base64.b64encode(key))
        line = wire.read_line()
        if line == b"EN\r\n":
            return None
        word, size, flags, left, _ = line.split()
        assert word == b"VA"
        return int(flags[1:]), int(left[1:]), wire.read(int(size) + 2)[:-2]


def check(server, items):
    for key, (flags, exptime, value) in items.items():
        found = held(server, key)
        assert found is not None, key
        left = exptime - time.time() if exptime > FAR / 2 else exptime or -1
        assert (found[0], found[2]) == (flags, value), key
        assert abs(found[1] - left) < 30, f"{key}: {found[1]} s left, expected {left}"


def some_items(count):
    rng = random.Random(7)
    return {b"key:%d" % number: (rng.choice((0, 1, 2**32 - 1)),
                                 rng.choice((0, 3600, 30 * 24 * 3600, int(time.time()) + FAR)),
                                 rng.randbytes(rng.choice((0, 1, 100, 2000))))
            for number in range(count)}


def test_every_item_comes_with_flags_and_time_to_live(source, serve, backend):
    items = some_items(COUNT)
    items[b"a space\r\n\0\xff"] = (3, 0, b"of a binary client")
    items[b"%41+/="] = (4, 3600, b"as in a URI")
    items[b"k" * 186] = (5, 0, b"the longest key that base64 can name")
    items[b"large"] = (6, 0, random.Random(8).randbytes(1_500_000))
    fill(source, items)
    target = serve(backend, "-I", "2m", memory_mb=256)
    report = copy(source, target)
    has(report, named=len(items), copied=len(items), gone=0, kept=0, refused=0, unreadable=0)
    rng = random.Random(9)
    check(target, {key: items[key] for key in rng.sample(sorted(items), 300)})
    check(target, {key: items[key] for key in items if not key.startswith(b"key:")})


def test_what_the_target_has_stays_unless_told(source, serve, backend):
    fill(source, {b"a": (1, 0, b"old"), b"b": (1, 0, b"only there")})
    target = serve(backend)
    fill(target, {b"a": (2, 0, b"newer")})
    has(copy(source, target), named=2, copied=1, kept=1)
    check(target, {b"a": (2, 0, b"newer"), b"b": (1, 0, b"only there")})
    has(copy(source, target, "--overwrite"), named=2, copied=2, kept=0)
    check(target, {b"a": (1, 0, b"old")})


def test_only_a_prefix(source, serve, backend):
    fill(source, {b"user:1": (0, 0, b"u"), b"page:1": (0, 0, b"p")})
    target = serve(backend)
    has(copy(source, target, "--prefix", "user:"), named=2, copied=1, left_out=1)
    assert held(target, b"page:1") is None


def test_a_refusal_is_told(source, serve, backend):
    fill(source, {b"large": (0, 0, b"x" * 1_500_000), b"small": (0, 0, b"s")})
    target = serve(backend)     # -I 1m
    has(copy(source, target, code=1), named=2, copied=1, refused=1)
    check(target, {b"small": (0, 0, b"s")})


def test_a_source_that_forbids_dumps_is_told(serve, backend):
    closed = serve("memcached", "-X")
    done = subprocess.run([str(LARDER), "kv", "copy", "--from-port", str(closed.port), "--to-port",
                           str(serve(backend).port)], capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 1 and "the source said: ERROR metadump not allowed" in done.stderr


def test_nobody_is_copied_into_itself(source):
    done = subprocess.run([str(LARDER), "kv", "copy", "--from-port", str(source.port), "--to-port",
                           str(source.port)], capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 1 and "the same" in done.stderr
