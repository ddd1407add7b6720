# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Who has to say who they are: -Y, beside Debian's memcached, and what SIGHUP reads again."""
import signal
import time

import pytest

import larder_process
from larder_process import DEADLINE_S
from wire import Wire

LOGIN = b"set x 0 0 12\r\nalice secret\r\n"
LARDER_ONLY = pytest.mark.skipif(larder_process.PEER != "", reason="not what memcached does")

# Each on a connection of its own, with its reply lines; memcached's where nothing else is said.
ALIKE = [
    (b"version\r\n", 1),
    (b"quit\r\n", 1),
    (b"\r\n", 1),
    (b"get a\r\n", 1),
    (b"GET / HTTP/1.1\r\n", 1),
    (b"add x 0 0 12\r\n", 1),
    (b"SET x 0 0 12\r\n", 1),
    (b"set x 0 0\r\n", 1),
    (b"set x 0 0 -1\r\n", 1),
    (b"set x 0 0 12x\r\n", 1),
    (b"set\tx 0 0 0 12\r\n", 1),
    (LOGIN, 1),
    (b"set x 0 0 12\nalice secret\r\n", 1),
    (b"set x 0 0 12 noreply\r\nalice secret\r\nget a\r\n", 2),
    (b"set x y z 12 noreply q r\r\nalice secret\r\n", 1),
    (b"set " + b"k" * 300 + b" 0 0 12\r\nalice secret\r\n", 1),
    (b"set x 0 0 5\r\nhello\r\n", 1),
    (b"set x 0 0 0\r\n\r\n", 1),
    (b"set x 0 0 12\r\nalice secretXX", 1),
    (b"set x 0 0 11\r\nalice wrong\r\n", 1),
    (b"set x 0 0 12\r\nalice Secret\r\n", 1),
    (b"set x 0 0 9\r\nalice bob\r\n", 1),
    (b"\x80\x0a" + b"\0" * 22 + b"\n", 1),
    (b"a" * 2049, 0),
    (b"get " + b"a " * 2000, 0),
]


@pytest.fixture
def passwords(tmp_path):
    path = tmp_path / "passwords"
    path.write_text("alice:secret\nbob:two words\n")
    return path


def answer(server, request, lines):
    with Wire(server.address) as connection:
        connection.send(request)
        return connection.read_replies(lines) if lines else connection.read_to_end()


def test_as_memcached(serve, backend, passwords):
    server, peer = serve(backend, "-Y", passwords), serve("memcached", "-Y", passwords)
    for request, lines in ALIKE:
        assert answer(server, request, lines) == answer(peer, request, lines), request[:60]


@LARDER_ONLY
def test_every_login_is_answered(serve, connect, backend, passwords):
    """However packets fall: memcached forgets a refusal with a login behind it."""
    connection = connect(serve(backend, "-Y", passwords))
    connection.send(b"set x 0 0 11\r\nalice wrong\r\nset x 0 0 13\r\nbob two words\r\nget x\r\n")
    assert connection.read_replies(3) == (
        b"CLIENT_ERROR authentication failure\r\nSTORED\r\nEND\r\n")


@LARDER_ONLY
def test_a_reload(serve, backend, passwords):
    server = serve(backend, "-Y", passwords)
    with Wire(server.address) as before:
        assert before.ask(LOGIN) == b"STORED\r\n"
        passwords.write_text("alice:changed\n")
        server.terminate(signal.SIGHUP)
        deadline = time.monotonic() + DEADLINE_S
        while answer(server, LOGIN, 1) == b"STORED\r\n":
            assert time.monotonic() < deadline, "not read again"
        assert answer(server, b"set x 0 0 13\r\nalice changed\r\n", 1) == b"STORED\r\n"
        assert before.ask(b"mn\r\n") == b"MN\r\n"       # who is in stays in


@LARDER_ONLY
def test_a_reload_of_nonsense(serve, backend, passwords):
    server = serve(backend, "-Y", passwords)
    passwords.write_text("nonsense\n")
    server.terminate(signal.SIGHUP)
    deadline = time.monotonic() + DEADLINE_S
    while "has a malformed entry. Should be 'user:password'" not in server.stderr():
        assert time.monotonic() < deadline, "says nothing"
    assert answer(server, LOGIN, 1) == b"STORED\r\n"


@LARDER_ONLY
@pytest.mark.parametrize("text, complaint", [
    (None, "Could not open authfile [{}] for reading, error No such file or directory"),
    ("alice\n", "Authfile [{}] has a malformed entry. Should be 'user:password'")],
    ids=["absent", "malformed"])
def test_a_file_that_is_no_good(backend, tmp_path, text, complaint):
    path = tmp_path / "bad"
    if text:
        path.write_text(text)
    code, said = larder_process.Server(backend, "-Y", path).run_to_end()
    assert code == 71 and complaint.format(path) in said


def test_logins_are_counted_as_by_memcached(serve, backend, passwords):
    told = []
    for server in (serve(backend, "-Y", passwords), serve("memcached", "-Y", passwords)):
        for refused in (b"set x 0 0 11\r\nalice wrong\r\n", b"set x 0 0 9\r\nalice bob\r\n"):
            assert answer(server, refused, 1).startswith(b"CLIENT_ERROR ")
        with Wire(server.address) as connection:
            assert connection.ask(LOGIN) == b"STORED\r\n"
            connection.send(b"stats\r\n")
            lines = connection.read_through(b"END\r\n").splitlines()
        told.append([line for line in lines if line.startswith(b"STAT auth_")])
    assert told[0] == told[1] == [b"STAT auth_cmds 3", b"STAT auth_errors 2"]
