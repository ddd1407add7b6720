# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""munin's memcached plugin: three graphs, whose numbers agree with what was done."""
import re

import pytest

from program import run

PLUGIN = "/usr/share/munin/plugins/memcached_"
VALUE_BYTES = 1000


@pytest.fixture
def graph(cache, tmp_path_factory):
    """graph(name) is {field: value}. munin names the graph by the link that it starts, and the
    plugin takes whatever stands behind the first `memcached_` of the whole path."""
    host, port = cache.address
    links = tmp_path_factory.mktemp("graphs")

    def ask(name):
        link = links / f"memcached_{name}"
        if not link.exists():
            link.symlink_to(PLUGIN)
        said = run(link, env={"host": host, "port": str(port), "PATH": "/usr/bin:/bin"})
        return {field: int(value) for field, value in
                re.findall(r"^memcache_(\w+)\.value (\d+)$", said, re.MULTILINE)}
    return ask


def grown(before, after):
    return {field: after[field] - before[field] for field in after}


def test_rates(graph, connect, cache):
    wire = connect(cache)
    wire.ask(b"mn\r\n")     # the connection is counted now
    before = graph("rates")
    for number in range(10):
        wire.ask(f"set key-{number} 0 0 1\r\nv\r\n".encode())
    wire.send(b"get " + b" ".join(b"key-%d" % number for number in range(15)) + b"\r\n")
    wire.read_through(b"END\r\n")
    assert grown(before, graph("rates")) == {
        "cache_hits": 10, "cache_misses": 5, "cmd_get": 15, "cmd_set": 10, "total_items": 10,
        "total_connections": 1}   # its own


def test_bytes(graph, connect, cache):
    wire = connect(cache)
    before = graph("bytes")
    wire.ask(b"set large 0 0 %d\r\n%s\r\n" % (VALUE_BYTES, b"v" * VALUE_BYTES))
    for _ in range(3):
        wire.send(b"get large\r\n")
        wire.read_through(b"END\r\n")
    change = grown(before, graph("bytes"))
    assert VALUE_BYTES < change["bytes_read"] < 2 * VALUE_BYTES
    assert change["bytes_written"] > 3 * VALUE_BYTES


def test_counters(graph, connect, cache):
    wire = connect(cache)
    before = graph("counters")
    for number in range(10):
        wire.ask(b"set new-%d 0 0 %d\r\n%s\r\n" % (number, VALUE_BYTES, b"v" * VALUE_BYTES))
    after = graph("counters")
    change = grown(before, after)
    assert change["curr_items"] == 10
    assert change["bytes_allocated"] > 10 * VALUE_BYTES
    assert after["curr_connections"] >= 2   # this one, and the plugin's
