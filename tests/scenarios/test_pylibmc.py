# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""pylibmc in both protocols: the C library libmemcached, with its own parser and buffering."""
import concurrent.futures
import random

import pylibmc
import pytest

from larder_process import SLOW

PROTOCOLS = {"text": False, "binary": True}


def open_client(server, binary=False, **behaviors):
    host, port = server.address
    behaviors = {"tcp_nodelay": True, "cas": True, "receive_timeout": 10_000_000 * SLOW,
                 "send_timeout": 10_000_000 * SLOW, **behaviors}
    return pylibmc.Client([f"{host}:{port}"], binary=binary, behaviors=behaviors)


def is_stored(store, key):
    """A refusal is False in text, and NotFound where binary tells more."""
    try:
        return store(key, "x")
    except pylibmc.NotFound:
        return False


@pytest.fixture(params=PROTOCOLS)
def client(server, request):
    opened = open_client(server, PROTOCOLS[request.param])
    yield opened
    opened.disconnect_all()


def test_stores(client):
    assert client.get("k") is None
    assert client.set("k", "v") and client.get("k") == "v"
    assert not client.add("k", "w") and client.replace("k", "x")
    assert not is_stored(client.replace, "absent")
    assert client.set("b", b"mid") and client.append("b", b">") and client.prepend("b", b"<")
    assert client.get("b") == b"<mid>"
    assert client.delete("k") and not client.delete("k")
    assert client.touch("b", 100) and not client.touch("absent", 100)


def test_types_and_compression(client):
    objects = {"int": 12, "bool": True, "float": 2.5, "text": "ü", "bytes": b"\r\n\0",
               "list": [1, {"a": "b"}], "none": None, "long": "ab" * 200_000}
    for key, value in objects.items():
        assert client.set(key, value, min_compress_len=1000)
    assert client.get_multi(list(objects)) == objects


def test_counters(client):
    client.set("n", 5)
    assert client.incr("n") == 6 and client.incr("n", 10) == 16 and client.decr("n", 6) == 10
    assert client.get("n") == 10
    client.set("m", 1)
    client.incr_multi(["n", "m"], delta=4)
    assert client.get_multi(["n", "m"]) == {"n": 14, "m": 5}
    with pytest.raises(pylibmc.NotFound):
        client.incr("absent")


def test_expiry(client):
    assert client.set("k", "v", time=1000) and client.get("k") == "v"
    assert client.set("k", "v", time=2_592_001)  # a date in 1970
    assert client.get("k") is None


def test_cas(client):
    client.set("k", "1")
    value, unique = client.gets("k")
    assert value == "1" and unique
    assert client.cas("k", "2", unique)
    assert not client.cas("k", "3", unique)
    assert client.get("k") == "2"


def test_multi(client):
    values = {f"key-{number}": "x" * number for number in range(1500)}
    assert client.set_multi(values) == []
    assert client.get_multi(list(values) + ["absent"]) == values
    assert client.delete_multi([f"key-{number}" for number in range(700)])
    assert len(client.get_multi(list(values))) == 800
    assert client.add_multi({"key-1": "n", "key-1000": "n"}) == ["key-1000"]
    assert client.flush_all() and client.get_multi(list(values)) == {}


def test_a_megabyte(client):
    """1 MiB is the limit of an item with its key and header, so that a value must be smaller."""
    largest = random.Random(1).randbytes((1 << 20) - 512)
    assert client.set("large", largest) and client.get("large") == largest
    with pytest.raises(pylibmc.TooBig):
        client.set("large", largest + bytes(1024))
    assert client.get("large") is None  # the refused value did not leave the old one


def test_buffered_requests(server):
    """Buffering and noreply put many commands into few packets."""
    client = open_client(server, no_block=True, buffer_requests=True, _noreply=True, cas=False)
    for number in range(3000):
        client.set(f"key-{number}", b"%d" % number)
    client.disconnect_all()     # flushes
    reader = open_client(server)
    keys = [f"key-{number}" for number in range(3000)]
    expected = {key: key[4:].encode() for key in keys}
    assert reader.get_multi(keys) == expected
    reader.disconnect_all()


def test_threads_share_a_pool(server):
    pool = pylibmc.ClientPool(open_client(server), 4)

    def work(number):
        source = random.Random(number)
        for _ in range(150 // SLOW):
            with pool.reserve(block=True) as client:
                value = source.randbytes(source.choice([10, 1000, 40_000]))
                client.set(f"mine-{number}", value)
                assert client.get(f"mine-{number}") == value
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8), timeout=60 * SLOW))
