# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# ctest: serial timeout_s=900
"""Real input: every record of Debian's package lists goes in, and comes back as it was.

Tens of thousands of texts of 0.4 to 76 KB under real names, with a real client. Where the memory
is too small for all, records may be missing, but none may be wrong.
"""
import hashlib
import os
import subprocess

import pytest
from pymemcache.client.base import Client

from larder_process import DEADLINE_S, SLOW

MIB = 1 << 20
BATCH = 200
FEWEST_RECORDS = 10_000
UPDATE_S = 300
# What a process needs beside -m: code, threads, buffers. Sanitizers multiply everything.
FIXED_MIB = 48
MAX_KEY_BYTES = 250


def _dump():
    return subprocess.run(["apt-cache", "dumpavail"], capture_output=True, check=True,
                          timeout=UPDATE_S).stdout


def _field(record, name):
    start = record.find(b"\n" + name + b": ")
    if start < 0:
        return b""
    start += len(name) + 3
    return record[start:record.find(b"\n", start)]


def _key(record):
    record = b"\n" + record
    key = b":".join(_field(record, name) for name in (b"Package", b"Version", b"Architecture"))
    return key if len(key) <= MAX_KEY_BYTES else hashlib.sha256(key).hexdigest().encode()


@pytest.fixture(scope="module")
def records():
    """{key: record}; a machine without package lists fetches them first."""
    dump = _dump()
    if dump.count(b"\nPackage: ") < FEWEST_RECORDS and os.getuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], check=True, timeout=UPDATE_S,
                       stdin=subprocess.DEVNULL)
        dump = _dump()
    found = {_key(record): record + b"\n" for record in dump.split(b"\n\n") if record.strip()}
    assert len(found) >= FEWEST_RECORDS, "no package lists: apt-get update"
    return found


def _batches(items):
    items = list(items)
    return (items[at:at + BATCH] for at in range(0, len(items), BATCH))


def _open(server):
    return Client(server.address, connect_timeout=DEADLINE_S, timeout=DEADLINE_S, no_delay=True)


def _put_all(client, records):
    for batch in _batches(records.items()):
        assert client.set_many(dict(batch), noreply=False) == []


def _get_all(client, records):
    found = {}
    for batch in _batches(records):
        found.update(client.get_many(batch))
    return found


def _wrong(found, records):
    return [key for key, value in found.items() if value != records[key]]


def test_everything_comes_back(serve, backend, records):
    client = _open(serve(backend, memory_mb=1024))
    _put_all(client, records)
    found = _get_all(client, records)
    assert not _wrong(found, records)
    assert [key for key in records if key not in found] == []


def test_what_does_not_fit_is_missing_never_wrong(serve, backend, records):
    size = sum(map(len, records)) + sum(map(len, records.values()))
    memory_mb = max(8, size // MIB // 2)
    server = serve(backend, memory_mb=memory_mb)
    client = _open(server)
    for _ in range(2):      # the second time into a full memory
        _put_all(client, records)
    found = _get_all(client, records)
    assert not _wrong(found, records)
    kept = sum(len(key) + len(value) for key, value in found.items())
    assert len(found) < len(records), f"{size} bytes cannot fit into {memory_mb} MiB"
    assert kept > memory_mb * MIB // 3, f"only {kept} bytes kept in {memory_mb} MiB"
    if SLOW == 1:
        assert server.rss() < (memory_mb + FIXED_MIB) * MIB
