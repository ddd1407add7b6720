# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""memcached-tool, the script that comes with memcached: every mode shows what was done."""
import re

import pytest

from program import run

TOOL = "/usr/share/memcached/scripts/memcached-tool"
KEYS = 100
VALUE = "v" * 300


@pytest.fixture
def ask(cache, connect):
    """ask(mode, ...) runs the tool against a server that has KEYS items, and nothing else."""
    wire = connect(cache)
    wire.ask(b"flush_all\r\n")
    for number in range(KEYS):
        wire.ask(f"set key-{number} 5 1000 {len(VALUE)}\r\n{VALUE}\r\n".encode())

    def start(*args):
        return run("/usr/bin/perl", TOOL, "%s:%d" % cache.address, *args)
    return start


def fields(said):
    """{name: value} of a table with two columns behind its heading."""
    return dict(line.split(maxsplit=1) for line in said.splitlines()[1:] if line.strip())


def test_display(ask):
    """The classes together have all items, and pages to hold them."""
    rows = [line.split() for line in ask("display").splitlines()[1:]]
    assert sum(int(row[4]) for row in rows) == KEYS
    assert all(int(row[3]) > 0 for row in rows if int(row[4]))


def test_stats(ask, cache):
    before = fields(ask("stats"))
    assert int(before["pid"]) == cache.pid
    assert int(before["curr_items"]) == KEYS
    run("/usr/bin/memccat", "--servers=%s:%d" % cache.address, "key-1", "key-2")
    after = fields(ask("stats"))
    assert int(after["get_hits"]) - int(before["get_hits"]) == 2
    assert int(after["cmd_set"]) == int(before["cmd_set"]) >= KEYS


def test_settings(ask):
    found = fields(ask("settings"))
    assert int(found["maxbytes"]) == 64 << 20 and int(found["num_threads"]) == 2
    assert found["evictions"] == "on" and int(found["item_size_max"]) == 1 << 20


def test_sizes(ask):
    """The histogram is off unless it was asked for at the start."""
    assert fields(ask("sizes")).get("sizes_status") == "disabled"


def test_keys(ask):
    assert set(re.findall(r"^key=(\S+) ", ask("keys"), re.MULTILINE)) == {
        f"key-{number}" for number in range(KEYS)}


def test_dump(ask):
    """A dump is commands that store everything again."""
    found = re.findall(r"^add (\S+) (\d+) (\d+) (\d+)\n(.*)$", ask("dump"), re.MULTILINE)
    assert len(found) == KEYS and {key for key, *_ in found} == {f"key-{n}" for n in range(KEYS)}
    assert {(flags, size, value.rstrip()) for _, flags, _, size, value in found} == {
        ("5", str(len(VALUE)), VALUE)}
