# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""SASL beside Debian's memcached: with libsasl's own database, and with a file of passwords.

memcached of Debian knows no MEMCACHED_SASL_PWDB: with both of ours, its database is the measure.
"""
import signal
import struct
import subprocess
import time

import pytest

import larder_process
from larder_process import DEADLINE_S
from test_peer_binary import NOOP, VERSION, packet
from wire import Wire

LARDER_ONLY = pytest.mark.skipif(larder_process.PEER != "", reason="not what memcached does")
LIST, AUTH, STEP, GET, QUIT = 0x20, 0x21, 0x22, 0x00, 0x07
PLAIN = b"PLAIN"
GOOD, BAD = b"\0alice\0secret", b"\0alice\0wrong"
OK, REFUSED = 0x00, 0x20


def auth(message=b"", mechanism=PLAIN):
    return packet(AUTH, mechanism, value=message)


def step(message):
    return packet(STEP, PLAIN, value=message)


# Requests of a connection, how many replies they have, and whether it closes.
ALIKE = [
    ([packet(LIST)], 1, False),
    ([packet(NOOP)], 1, True),
    ([packet(QUIT)], 1, True),
    ([packet(GET, b"k")], 1, True),
    ([packet(GET, b"k" * 300)], 1, True),
    ([packet(0x70)], 1, True),
    ([packet(LIST, b"k")], 1, True),
    ([packet(VERSION, b"k")], 1, True),
    ([packet(AUTH, b"", value=GOOD)], 1, True),
    ([struct.pack(">BBHBBHIIQ", 0x80, 0, 9, 0, 0, 0, 3, 7, 0) + bytes(9)], 1, True),
    ([auth(GOOD), packet(NOOP)], 2, False),
    ([auth(GOOD, b"plain"), packet(NOOP)], 2, False),
    ([auth(b"alice" + GOOD), packet(NOOP)], 2, False),
    ([auth(BAD), packet(NOOP)], 2, True),
    ([auth(BAD), auth(BAD), auth(GOOD), packet(NOOP)], 4, False),
    ([auth(b"bob" + GOOD)], 1, False),
    ([auth(b"alice")], 1, False),
    ([auth(GOOD + b"\0x")], 1, False),
    ([auth(b"\0alice\0")], 1, False),
    ([auth(b"\0\0secret")], 1, False),
    ([auth(b"\0mallory\0secret")], 1, False),
    ([auth(b"\0alice\0" + b"s" * 10_000)], 1, False),
    ([auth(b"", b"CRAM-MD5")], 1, False),
    ([auth(GOOD, b"P" * 32)], 1, False),
    ([auth(GOOD, b"P" * 33), auth(GOOD), packet(NOOP)], 3, False),
    ([auth(), step(GOOD), packet(NOOP)], 3, False),
    ([auth(), step(BAD), packet(NOOP)], 3, True),
    ([step(GOOD)], 1, False),
    ([auth(GOOD), packet(LIST), packet(NOOP)], 3, True),
    ([auth(GOOD), auth(BAD), packet(NOOP)], 3, True),
    ([b"version\r\n" + bytes(24)], 0, True),
]


@pytest.fixture
def database(tmp_path, monkeypatch):
    """libsasl's, with alice in it; the servers that are started then use it."""
    (tmp_path / "memcached.conf").write_text(
        f"mech_list: plain\npwcheck_method: auxprop\nsasldb_path: {tmp_path}/db\n")
    subprocess.run(["saslpasswd2", "-p", "-c", "-a", "memcached", "-f", tmp_path / "db", "alice"],
                   input=b"secret", check=True)
    monkeypatch.setenv("SASL_CONF_PATH", str(tmp_path))


@pytest.fixture
def passwords(tmp_path, monkeypatch):
    path = tmp_path / "passwords"
    path.write_text("bob:other\nalice:secret\n")
    monkeypatch.setenv("MEMCACHED_SASL_PWDB", str(path))
    return path


def reply(connection):
    head = connection.read(24)
    return head + connection.read(struct.unpack(">I", head[8:12])[0])


def conversation(server, requests, count, closes):
    with Wire(server.address) as connection:
        connection.send(b"".join(requests))
        said = [reply(connection) for _ in range(count)]
        if closes:
            said.append(connection.read_to_end())
        return said


def status(server, *requests):
    """Of the last reply."""
    said = conversation(server, requests, len(requests), False)
    return struct.unpack(">H", said[-1][6:8])[0]


def compare(server, peer):
    for requests, count, closes in ALIKE:
        ours, theirs = (conversation(each, requests, count, closes) for each in (server, peer))
        assert ours == theirs, requests


def test_as_memcached(serve, backend, database):
    compare(serve(backend, "-S"), serve("memcached", "-S"))


@LARDER_ONLY
def test_as_memcached_with_a_file(serve, backend, database, passwords):
    compare(serve(backend, "-S"), serve("memcached", "-S"))


@LARDER_ONLY
def test_the_file_is_read_again(serve, backend, passwords):
    server = serve(backend, "-S")
    assert status(server, auth(GOOD)) == OK and status(server, auth(b"\0bob\0other")) == OK
    passwords.write_text("alice:changed\n")
    server.terminate(signal.SIGHUP)
    deadline = time.monotonic() + DEADLINE_S
    while status(server, auth(GOOD)) == OK:
        assert time.monotonic() < deadline, "not read again"
    assert status(server, auth(b"\0alice\0changed"), packet(NOOP)) == OK


@LARDER_ONLY
def test_who_is_in_may_ask_anew(serve, backend, database):
    """memcached refuses every login of a connection after the first."""
    server = serve(backend, "-S")
    assert status(server, auth(GOOD), auth(GOOD), packet(NOOP)) == OK
    assert status(server, auth(GOOD), auth(BAD), auth(GOOD), packet(NOOP)) == OK


@LARDER_ONLY
def test_many_at_once(serve, connect, backend, database):
    """They wait for libsasl's one thread; each gets its own answer."""
    server = serve(backend, "-S")
    connections = [connect(server) for _ in range(100)]
    for number, connection in enumerate(connections):
        connection.send(auth(GOOD if number % 2 else BAD))
    for number, connection in enumerate(connections):
        assert struct.unpack(">H", reply(connection)[6:8])[0] == (OK if number % 2 else REFUSED)


@LARDER_ONLY
def test_no_two_ways(backend, tmp_path):
    code, said = larder_process.Server(backend, "-S", "-Y", tmp_path / "file").run_to_end()
    assert code == 64
    assert "You cannot allow the BINARY protocol while using ascii authentication tokens." in said
