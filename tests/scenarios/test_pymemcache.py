# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""pymemcache at work: what Django and many others speak through."""
import concurrent.futures
import contextlib
import random

import pytest
from pymemcache import serde
from pymemcache.client.base import Client, PooledClient
from pymemcache.client.hash import HashClient
from pymemcache.exceptions import MemcacheServerError

from larder_process import DEADLINE_S, SLOW


def open_client(server, kind=Client, **options):
    """`with` closes it."""
    return contextlib.closing(kind(server.address, connect_timeout=DEADLINE_S, timeout=DEADLINE_S,
                                   default_noreply=False, **options))


def in_threads(number, function):
    """function(0), function(1) ... at the same time; the first failure is raised."""
    with concurrent.futures.ThreadPoolExecutor(number) as pool:
        return list(pool.map(function, range(number), timeout=60 * SLOW))


@pytest.fixture
def client(server):
    with open_client(server) as opened:
        yield opened


def test_stores(client):
    assert client.get("k") is None
    assert client.set("k", b"v")
    assert client.get("k") == b"v"
    assert not client.add("k", b"other")
    assert client.replace("k", b"new")
    assert not client.replace("absent", b"new")
    assert client.append("k", b"-end") and client.prepend("k", b"begin-")
    assert client.get("k") == b"begin-new-end"
    assert not client.append("absent", b"x")
    assert client.delete("k") and not client.delete("k")
    assert client.get("k") is None


def test_counters(client):
    client.set("n", b"41")
    assert client.incr("n", 1) == 42
    assert client.decr("n", 50) == 0
    assert client.incr("absent", 1) is None
    assert client.incr("n", 2**64 - 1) == 2**64 - 1
    assert client.incr("n", 3) == 2


def test_expiry(client):
    client.set("gone", b"v", expire=-1)
    assert client.get("gone") is None
    client.set("k", b"v", expire=1000)
    assert client.touch("k", -1) and client.get("k") is None
    assert not client.touch("k", 10)


def test_cas(client):
    client.set("k", b"1")
    value, unique = client.gets("k")
    assert value == b"1"
    assert client.cas("k", b"2", unique) is True
    assert client.cas("k", b"3", unique) is False
    assert client.cas("absent", b"3", unique) is None
    assert client.get("k") == b"2"
    found = client.gets_many(["k", "absent"])
    assert list(found) == ["k"] and client.cas("k", b"4", found["k"][1]) is True


def test_many(client):
    values = {f"key-{number}": b"%d" % number * 50 for number in range(1000)}
    assert client.set_many(values) == []
    asked = list(values) + ["absent"]
    random.Random(1).shuffle(asked)
    assert client.get_many(asked) == values
    assert client.delete_many(asked[:500])
    assert client.get_many(asked) == {key: values[key] for key in asked[500:] if key in values}
    client.flush_all()
    assert client.get_many(asked) == {}


def test_noreply(client):
    """Silent commands are in force before the next command is answered."""
    for number in range(2000):
        client.set(f"key-{number}", b"%d" % number, noreply=True)
    assert client.get("key-1999") == b"1999"
    client.set("n", b"0", noreply=True)
    for _ in range(500):
        client.incr("n", 2, noreply=True)
    assert client.get("n") == b"1000"
    client.delete("n", noreply=True)
    client.append("key-0", b"!", noreply=True)
    client.touch("key-1", -1, noreply=True)
    client.cas("key-2", b"never", b"1", noreply=True)
    assert client.get_many(["n", "key-0", "key-1", "key-2"]) == {"key-0": b"0!", "key-2": b"2"}


def test_values_of_every_size(client):
    source = random.Random(2)
    sizes = [0, 1, 2, 8191, 8192, 16383, 16384, 32768, 65535, 65536, 100_000, 524_288, 1_000_000]
    sizes += [source.randrange(1_000_000) for _ in range(20 // SLOW)]
    values = {f"size-{size}": source.randbytes(size) for size in sizes}
    for key, value in values.items():
        assert client.set(key, value)
    for key, value in values.items():
        assert client.get(key) == value, key
    for key in list(values)[:8]:
        assert client.set(key, values["size-100000"]) and client.set(key, values[key])
    assert client.get_many(list(values)) == values


def test_too_large_a_value_is_refused_and_the_old_one_gone(client):
    client.set("k", b"old")
    with pytest.raises(MemcacheServerError, match="too large"):
        client.set("k", b"x" * (1 << 20))
    assert client.get("k") is None
    assert client.set("k", b"new") and client.get("k") == b"new"


def test_serde(server):
    objects = {"dict": {"a": [1, 2.5, None]}, "int": 7, "text": "déjà vu", "bytes": b"\0\r\n\xff",
               "tuple": (1, ("x",)), "big": list(range(50_000)), "empty": b""}
    with open_client(server, serde=serde.pickle_serde) as client:
        assert client.set_many(objects) == []
        assert client.get_many(list(objects)) == objects
    with open_client(server, serde=serde.PickleSerde(pickle_version=0)) as client:
        for key, value in objects.items():
            assert client.set("z" + key, value) and client.get("z" + key) == value


def test_odd_keys(server):
    with open_client(server, allow_unicode_keys=True, key_prefix=b"app:1:") as client:
        for key in ("x" * 244, "schlüssel", "日本語", "a/b?c=d&e", "tab\x01"):
            assert client.set(key, key.encode()) and client.get(key) == key.encode()


def test_cas_loses_no_update_among_threads(server):
    """Eight threads count by gets and cas: every success is exactly one step."""
    rounds = 100 // SLOW
    with open_client(server, PooledClient, max_pool_size=8) as pool:
        pool.set("n", b"0")

        def count(_):
            done = 0
            for _ in range(rounds * 200):   # seven others may be first, but not for ever
                value, unique = pool.gets("n")
                done += bool(pool.cas("n", b"%d" % (int(value) + 1), unique))
                if done == rounds:
                    return
            raise AssertionError(f"only {done} of {rounds} succeeded")
        in_threads(8, count)
        assert pool.get("n") == b"%d" % (8 * rounds)


def test_add_is_a_lock(server):
    """Of many who add the same key at the same time, one succeeds."""
    keys = [f"lock-{number}" for number in range(200 // SLOW)]

    def compete(name):
        with open_client(server) as client:
            return [key for key in keys if client.add(key, b"%d" % name)]
    winners = [key for won in in_threads(6, compete) for key in won]
    assert sorted(winners) == sorted(keys)


def test_two_servers_behind_one_client(serve, backend):
    servers = [serve(backend), serve(backend)]
    values = {f"key-{number}": b"%d" % number for number in range(500)}
    with contextlib.closing(HashClient(
            [server.address for server in servers], connect_timeout=DEADLINE_S,
            timeout=DEADLINE_S, default_noreply=False)) as client:
        assert client.set_many(values) == []
        assert client.get_many(list(values)) == values
    shares = []
    for server in servers:
        with open_client(server) as one:
            shares.append(len(one.get_many(list(values))))
    assert sum(shares) == 500 and min(shares) > 100


def test_version_and_quit(client, server):
    expected = b"1.6.45-larder-" if server.is_larder else b"1.6."
    assert client.version().startswith(expected)
    client.quit()
    assert client.get("k") is None  # it connects again
