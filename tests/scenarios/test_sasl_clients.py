# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Clients that log in by SASL: pylibmc (libmemcached) and python-binary-memcached."""
import bmemcached
import bmemcached.exceptions
import pylibmc
import pytest


@pytest.fixture
def server(serve, backend, tmp_path, monkeypatch):
    path = tmp_path / "passwords"
    path.write_text("alice:secret\n")
    monkeypatch.setenv("MEMCACHED_SASL_PWDB", str(path))
    return serve(backend, "-S")


def test_pylibmc(server):
    host, port = server.address
    client = pylibmc.Client([f"{host}:{port}"], binary=True, username="alice", password="secret")
    assert client.set("k", "v") and client.get("k") == "v"
    assert client.set_multi({f"key-{number}": number for number in range(500)}) == []
    assert client.get_multi(["key-1", "key-499", "absent"]) == {"key-1": 1, "key-499": 499}
    client.disconnect_all()


def test_pylibmc_is_refused(server):
    host, port = server.address
    client = pylibmc.Client([f"{host}:{port}"], binary=True, username="alice", password="wrong")
    with pytest.raises(pylibmc.Error):
        client.set("k", "v")


def test_bmemcached(server):
    host, port = server.address
    client = bmemcached.Client((f"{host}:{port}",), "alice", "secret")
    assert client.set("k", "v" * 100_000) and client.get("k") == "v" * 100_000
    assert client.incr("n", 1, default=5) == 5 and client.delete("k")
    client.disconnect_all()


def test_bmemcached_is_refused(server):
    host, port = server.address
    client = bmemcached.Client((f"{host}:{port}",), "alice", "wrong")
    with pytest.raises(bmemcached.exceptions.MemcachedException, match="Auth failure."):
        client.set("k", "v")
