# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Clients that log in by SASL: pylibmc, libmemcached's tools, python-binary-memcached, memjs."""
import pathlib
import re

import bmemcached
import bmemcached.exceptions
import pylibmc
import pytest

from program import run

MEMJS = pathlib.Path(__file__).parent / "node" / "login.js"


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


def tool(server, name, *words, user="alice", password="secret", ends_with=0):
    return run(name, "--servers=%s:%d" % server.address, "--binary", f"--username={user}",
               f"--password={password}", *words, ends_with=ends_with)


def test_libmemcached_tools(server, tmp_path):
    page = tmp_path / "page"
    page.write_text("text")
    tool(server, "memccp", page)
    assert tool(server, "memccat", "page").strip() == "text"
    numbers = dict(re.findall(r"^\s+(\w+): (.*)$", tool(server, "memcstat"), re.MULTILINE))
    assert int(numbers["curr_items"]) == 1 and int(numbers["pid"]) == server.pid
    tool(server, "memcrm", "page")


@pytest.mark.parametrize("user, password", [("alice", "wrong"), ("mallory", "secret")])
def test_libmemcached_tools_are_refused(server, tmp_path, user, password):
    page = tmp_path / "page"
    page.write_text("text")
    for name, word in (("memcstat", None), ("memccp", page)):
        words = [word] if word else []
        tool(server, name, *words, user=user, password=password, ends_with=1)
    assert "curr_items: 0\n" in tool(server, "memcstat")


def test_memjs(server, node):
    host, port = server.address
    assert run(node, MEMJS, f"{host}:{port}", "alice", "secret").endswith("ok\n")


def test_memjs_is_refused(server, node):
    host, port = server.address
    said = run(node, MEMJS, f"{host}:{port}", "alice", "wrong", ends_with=1)
    assert "failed: " in said, said
