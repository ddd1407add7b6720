# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Where and as whom the server listens: sockets, users, limits, and refusing to start."""
import os
import pathlib
import pwd
import re
import signal
import socket
import stat
import subprocess
import tempfile
import time

import pytest

import larder_process
from larder_process import DEADLINE_S, LARDER, SLOW, Server, ServerFault
from wire import Wire

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root has users to choose from")
larder_only = pytest.mark.skipif(larder_process.PEER != "", reason="memcached differs on purpose")


@pytest.fixture
def folder():
    """Short enough for a socket's path, and open to a server that has given up root."""
    with tempfile.TemporaryDirectory(prefix="larder-") as name:
        os.chmod(name, 0o777)
        yield pathlib.Path(name)


def serves(connection):
    connection.send(b"set k 0 0 1\r\nv\r\nget k\r\n")
    return connection.read_replies(3) == b"STORED\r\nVALUE k 0 1\r\nv\r\nEND\r\n"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_unix_socket_is_private(serve, connect, backend, folder):
    server = serve(backend, unix=folder / "s")
    assert stat.S_ISSOCK((folder / "s").stat().st_mode) and mode(folder / "s") == 0o700
    assert serves(connect(server))


@pytest.mark.parametrize("mask", ["770", "0777", "600"])
def test_unix_socket_mask(serve, connect, backend, folder, mask):
    server = serve(backend, "-a", mask, unix=folder / "s")
    assert mode(folder / "s") == int(mask, 8)
    assert serves(connect(server))


def test_stale_unix_socket_is_replaced(serve, connect, backend, folder):
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(folder / "s"))
    assert serves(connect(serve(backend, unix=folder / "s")))


@larder_only
def test_served_unix_socket_is_not_stolen(serve, connect, backend, folder):
    first = serve(backend, unix=folder / "s")
    code, said = Server(backend, unix=folder / "s").run_to_end()
    assert code != 0 and "in use" in said
    assert serves(connect(first))


@larder_only
def test_a_socket_with_a_full_backlog_is_served(backend, folder):
    with socket.socket(socket.AF_UNIX) as busy, socket.socket(socket.AF_UNIX) as waiting:
        busy.bind(str(folder / "s"))
        busy.listen(0)
        waiting.connect(str(folder / "s"))
        code, said = Server(backend, unix=folder / "s").run_to_end()
        assert code != 0 and "in use" in said
        assert (folder / "s").exists()


def test_what_is_no_socket_is_left_alone(backend, folder):
    (folder / "s").write_text("precious")
    code, said = Server(backend, unix=folder / "s").run_to_end()
    assert code != 0 and said
    assert (folder / "s").read_text() == "precious"


@larder_only
def test_unix_socket_goes_with_its_server(serve, backend, folder):
    serve(backend, unix=folder / "s").stop()
    assert not (folder / "s").exists()


def test_ipv6(serve, connect, backend):
    assert serves(connect(serve(backend, host="::1")))


def test_taken_port_is_refused(serve, connect, backend):
    first = serve(backend)
    code, said = Server(backend, port=first.port).run_to_end()
    assert code != 0 and "in use" in said
    if first.is_larder:
        assert str(first.port) in said
    assert serves(connect(first))


@larder_only
def test_who_has_the_port_is_told_of_that_port_only(serve, backend, folder):
    first = serve(backend)
    code, said = Server(backend, port=first.port).run_to_end()
    assert code != 0 and "is taken by" in said
    code, said = Server(backend, "-p", first.port, unix=folder / "missing" / "s").run_to_end()
    assert code != 0 and "No such file" in said and "is taken by" not in said


@larder_only
def test_a_server_without_an_address_is_refused(backend):
    code, said = Server(backend, port=0).run_to_end()
    assert code != 0 and "nothing to listen on" in said


@needs_root
def test_root_must_name_a_user(backend):
    code, said = Server(backend, user=None).run_to_end()
    assert code != 0 and "can't run as root without the -u switch" in said


@needs_root
def test_unknown_user_is_refused(backend):
    code, said = Server(backend, user="no-such-user-here").run_to_end()
    assert code != 0 and "no-such-user-here" in said


@needs_root
def test_root_is_given_up(serve, connect, backend):
    server = serve(backend, user="nobody")
    status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
    ids = re.search(r"^Uid:\s+(.*)$", status, re.M)[1].split()
    assert set(ids) == {str(pwd.getpwnam("nobody").pw_uid)}
    assert serves(connect(server))


def test_pid_file(serve, backend, folder):
    server = serve(backend, "-P", folder / "pid")
    deadline = time.monotonic() + DEADLINE_S
    while not (folder / "pid").exists() or not (folder / "pid").read_text().strip():
        assert time.monotonic() < deadline, "no pid file"
        time.sleep(0.01)
    assert (folder / "pid").read_text().strip() == str(server.pid)


def test_daemon(backend, folder):
    """-d returns at once; the server lives on without a terminal and ends by SIGTERM."""
    command = Server(backend, "-d", "-P", folder / "pid", user="nobody").command()
    env = dict(os.environ, MEMCACHED_PORT_FILENAME=str(folder / "port"))
    subprocess.run(command, check=True, timeout=DEADLINE_S, env=env, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + DEADLINE_S
    while not all((folder / name).exists() and (folder / name).read_text().endswith("\n")
                  for name in ("pid", "port")):
        assert time.monotonic() < deadline, "the daemon does not serve"
        time.sleep(0.01)
    pid = int((folder / "pid").read_text())
    try:
        port = int(re.search(r"TCP INET: (\d+)", (folder / "port").read_text())[1])
        with Wire(("127.0.0.1", port)) as connection:
            assert serves(connection)
            assert os.getsid(pid) == pid
    finally:
        os.kill(pid, signal.SIGTERM)
    while pathlib.Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline + larder_process.STOP_S, "the daemon does not end"
        time.sleep(0.01)
    assert not (folder / "pid").exists()


@larder_only
def test_a_daemon_removes_its_relative_socket(backend, folder):
    """-d changes the folder behind the socket that was named relative to the old one."""
    command = [LARDER, "cache", "-d", "-s", "s", "-P", folder / "pid", "-u", "root",
               "--io", backend]
    subprocess.run(command, check=True, timeout=DEADLINE_S, cwd=folder,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + DEADLINE_S
    while not (folder / "pid").exists():
        assert time.monotonic() < deadline, "the daemon does not serve"
        time.sleep(0.01)
    pid = int((folder / "pid").read_text())
    os.kill(pid, signal.SIGTERM)
    while pathlib.Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline + larder_process.STOP_S, "the daemon does not end"
        time.sleep(0.01)
    assert not (folder / "s").exists()


@larder_only
def test_called_memcached_it_is_the_cache(folder, backend):
    """The binary under memcached's name needs no subcommand."""
    (folder / "memcached").symlink_to(LARDER)
    server = Server(backend)
    command = server.command()
    server.command = lambda: [str(folder / "memcached"), *command[2:]]
    with server:
        with Wire(server.address) as connection:
            assert serves(connection)


@larder_only
def test_help_and_version():
    for arguments, expected in ((["cache", "-h"], "--io"), (["cache", "-V"], "1.6.45-larder-")):
        done = subprocess.run([LARDER, *arguments], capture_output=True, text=True, check=True,
                              timeout=DEADLINE_S)
        assert expected in done.stdout


@pytest.mark.parametrize("arguments", [
    ["-t", "0"], ["-t", "x"], ["-m", "-1"], ["-c", "0"], ["-I", "1"], ["-I", "2g"], ["--bogus"],
    ["-l", ""], ["-l", ","]])
@larder_only
def test_nonsense_is_refused(backend, arguments):
    code, said = Server(backend, *arguments).run_to_end()
    assert code != 0 and said


@larder_only
def test_more_connections_than_allowed_wait(serve, connect, backend):
    """no_maxconns_fast: one more waits in the backlog, and is served when another leaves."""
    allowed = 40
    server = serve(backend, "-c", allowed, "-o", "no_maxconns_fast")
    inside = [connect(server) for _ in range(allowed)]
    assert all(serves(connection) for connection in inside)
    waiting = connect(server)
    waiting.send(b"get k\r\n")
    assert waiting.silence(0.3) == b""
    assert all(serves(connection) for connection in inside)
    inside[7].close()
    assert waiting.read_replies(2) == b"VALUE k 0 1\r\nv\r\nEND\r\n"
    inside[8].send(b"quit\r\n")
    assert serves(connect(server))


def test_a_server_that_fails_is_noticed(backend):
    """The fixture itself: a server that dies is a failure, not a silence."""
    with pytest.raises(ServerFault, match="ended badly"):
        with Server(backend) as server:
            server.x_process.kill()
            server.x_process.wait(DEADLINE_S * SLOW)
    with pytest.raises(ServerFault, match="exited with"):
        Server(backend, "--no-such-option").start()
