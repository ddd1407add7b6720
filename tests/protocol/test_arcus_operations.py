# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What operators do with a server of the Arcus dialect: scan, dump, scrub, cmdlog, lqdetect, help,
shutdown. What 1.15.0 says to them is replayed by test_golden_arcus.py; here is what it came to.
"""
import os
import re
import time

import pytest

import larder_process

pytestmark = pytest.mark.skipif(larder_process.PEER != "", reason="memcached has none of these")

ARCUS = ("--dialect", "arcus", "-g", "8")
SCRUB = ("-X", "ascii_scrub.so")


@pytest.fixture
def client(serve, connect, backend):
    return connect(serve(backend, *ARCUS, *SCRUB))


@pytest.fixture
def folder(tmp_path):
    """One that a server which has given up root may write to."""
    os.chmod(tmp_path, 0o777)
    for parent in tmp_path.parents:
        if parent.name.startswith("pytest"):
            os.chmod(parent, 0o755)
    return tmp_path


def ask(client, command):
    """The reply of a command that has one line."""
    return client.ask(command.encode() + b"\r\n").decode()


def told(client, command):
    """A report: lines that begin with a tab, then an empty one."""
    client.send(command.encode() + b"\r\n")
    return client.read_through(b"\n\r\n").decode()


def rows(client, command):
    client.send(command.encode() + b"\r\n")
    return client.read_through(b"END\r\n").decode().splitlines()[:-1]


def stats(client, group):
    return dict(row.split(" ", 2)[1:] for row in rows(client, f"stats {group}"))


def put(client, *keys, exptime=0):
    for key in keys:
        client.send(f"set {key} 0 {exptime} 1 noreply\r\nx\r\n".encode())
    assert ask(client, "ready") == "READY\r\n"


def scanned(client, what, options=""):
    """All rows, and the sizes of the pages."""
    cursor, all_rows, pages = "0", [], []
    while True:
        head, *page = rows(client, f"scan {what} {cursor} {options}")
        _, count, cursor = head.split()
        assert int(count) == len(page)
        all_rows += page
        pages.append(len(page))
        if cursor == "0":
            return all_rows, pages


def until(holds):
    deadline = time.monotonic() + larder_process.DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline


# ---- scan


def test_scan_tells_every_type(client):
    put(client, "k")
    for create in ("lop create l 0 0 0", "sop create s 0 100 0", "mop create m 0 -1 0",
                   "bop create b 0 0 0"):
        assert ask(client, create) == "CREATED\r\n"
    all_rows, _ = scanned(client, "key")
    assert sorted(all_rows) in (["b B 0", "k K 0", "l L 0", "m M -1", f"s S {left}"]
                                for left in (100, 99))
    assert scanned(client, "key", "type M match ?")[0] == ["m M -1"]


def test_scan_tells_every_key_once_while_others_come(client):
    put(client, *(f"stays:{number}" for number in range(3000)))
    cursor, seen, guests = "0", [], 0
    while True:
        head, *page = rows(client, f"scan key {cursor} count 30 match stays:*")
        seen += page
        put(client, *(f"guest:{guests + number}" for number in range(50)))
        guests += 50
        cursor = head.split()[2]
        if cursor == "0":
            break
    assert sorted(seen) == sorted(f"stays:{number} K 0" for number in range(3000))


def test_scan_of_prefixes_is_paged(client):
    put(client, "plain", "arcus:qos-kv", *(f"p{number}:a" for number in range(100)), "p7:b")
    all_rows, pages = scanned(client, "prefix", "count 7")
    assert max(pages) == 7
    names = sorted(row.split()[0] for row in all_rows)
    assert names == sorted(["<null>", *(f"p{number}" for number in range(100))])
    p7 = next(row for row in all_rows if row.startswith("p7 "))
    assert re.fullmatch(r"p7 2 [1-9]\d* 20\d{12}", p7)


def test_scan_with_a_cursor_of_no_scan(client):
    assert ask(client, f"scan key {1 << 63}") == "CLIENT_ERROR invalid cursor.\r\n"


# ---- dump


def dumped(client, folder, arguments, name="keys"):
    assert ask(client, f"dump start key {arguments} {folder / name}") == "OK\r\n"
    until(lambda: stats(client, "dump")["dumper:status"] == "stopped")
    *lines, summary = (folder / name).read_text().splitlines()
    return sorted(lines), summary


def test_dump_of_all_keys(client, folder):
    put(client, "k", "red:1", "arcus:qos-kv")
    assert ask(client, "bop create red:b 0 0 0") == "CREATED\r\n"
    lines, summary = dumped(client, folder, "")
    assert lines == ["B red:b 0", "K k 0", "K red:1 0"]
    assert re.fullmatch(r"DUMP SUMMARY: { prefix=<all>, count=3, elapsed=\d+ }", summary)
    said = stats(client, "dump")
    assert said.pop("dumper:last_run").isdecimal()
    assert said == {"dumper:status": "stopped", "dumper:success": "true", "dumper:mode": "key",
                    "dumper:dumped": "3", "dumper:prefix": "<all>",
                    "dumper:filepath": str(folder / "keys")}


def test_dump_of_a_prefix(client, folder):
    put(client, "k", "red:1", "blue:1")
    assert dumped(client, folder, "red")[0] == ["K red:1 0"]
    lines, summary = dumped(client, folder, "<null>")
    assert lines == ["K k 0"] and "prefix=<null>, count=1" in summary


def test_dump_overwrites_nothing_but_plain_files(client, folder):
    (folder / "target").write_text("kept")
    os.symlink(folder / "target", folder / "link")
    os.mkfifo(folder / "pipe")
    for path in (folder / "link", folder / "pipe", folder, "/dev/null", folder / "no" / "folder"):
        assert ask(client, f"dump start key {path}") == (
            "SERVER_ERROR failed. refer to the reason in server log.\r\n")
    assert (folder / "target").read_text() == "kept"
    assert ask(client, "dump stop") == "OK\r\n"


def test_dump_wants_a_mode(client, folder):
    assert ask(client, f"dump start value {folder}/a") == (
        "CLIENT_ERROR bad command line format\r\n")


# ---- scrub


def test_scrub_reclaims_what_has_expired(client):
    put(client, *(f"stays{number}" for number in range(500)))
    put(client, *(f"goes{number}" for number in range(200)), exptime=-2)
    assert ask(client, "scrub") == "OK\r\n"
    until(lambda: stats(client, "scrub")["scrubber:status"] == "stopped")
    said = stats(client, "scrub")
    assert said["scrubber:run_mode"] == "scrub"
    # The store may have reclaimed some by itself meanwhile.
    assert int(said["scrubber:visited"]) == 500 + int(said["scrubber:cleaned"])
    assert int(stats(client, "")["curr_items"]) == 500


def test_scrub_is_busy(client):
    put(client, *(f"k{number}" for number in range(20_000)))
    client.send(b"config scrub_count 16\r\nscrub\r\nscrub\r\n")
    assert client.read_replies(3) == b"END\r\nOK\r\nBUSY\r\n"


def test_without_the_extension_there_is_no_scrub(serve, connect, backend):
    client = connect(serve(backend, *ARCUS))
    for command in ("scrub", "scrub stale", "foo", "get", "zkensemble get", "", "   ", 29 * "x "):
        assert ask(client, command) == "ERROR unknown command\r\n", command
    # One byte more than was announced: what is left of it is an empty line.
    client.send(b"set k 0 0 1\r\nxy\r\n")
    assert client.read_replies(2) == b"CLIENT_ERROR bad data chunk\r\nERROR unknown command\r\n"


def test_with_an_extension_what_no_command_is_has_a_reason(client):
    for command, reply in ((b"\n", b"ERROR no arguments\r\n"),
                           (b"  \r\n", b"ERROR no arguments\r\n"),
                           (29 * b"x " + b"\r\n", b"ERROR too many arguments\r\n")):
        client.send(command)
        assert client.read_line() == reply


# ---- cmdlog


def test_cmdlog_writes_every_command_once(serve, connect, backend, folder):
    server = serve(backend, *ARCUS)
    client = connect(server)
    assert told(client, "cmdlog stats") == "\tCommand logging stats : not started\n\r\n"
    assert told(client, f"cmdlog start {folder}") == "\tcommand logging started.\n\r\n"
    assert told(client, f"cmdlog start {folder}") == "\tcommand logging already started.\n\r\n"
    put(client, "a")
    client.send(b"set large 0 0 300000\r\n" + 300_000 * b"x" + b"\r\n")
    assert client.read_line() == b"STORED\r\n"
    client.send(b"lop insert l 0 1 create 0 0 0 pipe\r\nx\r\nlop insert l 0 1\r\ny\r\n")
    assert client.read_replies(4).endswith(b"END\r\n")
    client.send(4 * b"get large\r\n")
    for _ in range(4):
        client.read_through(b"END\r\n")
    assert told(client, "cmdlog stop") == "\tcommand logging stopped.\n\r\n"
    assert told(client, "cmdlog stop") == "\tcommand logging already stopped.\n\r\n"
    report = told(client, "cmdlog stats")
    assert "stopped by explicit request\n" in report
    assert "skipped commands : 0\n" in report and "log files : 1\n" in report
    server.stop()   # what is unsent is written by then
    [path] = folder.iterdir()
    assert re.fullmatch(rf"command_{server.port}_\d{{8}}_\d{{6}}_0\.log", path.name)
    commands = []
    for line in path.read_text().splitlines():
        assert re.match(r"\d\d:\d\d:\d\d\.\d{6} 127\.0\.0\.1 .", line), line
        commands.append(line.split(" ", 2)[2])
    # It is on before its own start is answered.
    assert commands[:2] == 2 * [f"cmdlog start {folder}"]
    assert commands[2:] == ["set a 0 0 1 noreply", "ready", "set large 0 0 300000",
                            "lop insert l 0 1 create 0 0 0 pipe", "lop insert l 0 1",
                            *4 * ["get large"]]
    assert f"entered commands : {len(commands)}\n" in report


def test_cmdlog_wants_a_folder(client, folder):
    assert told(client, f"cmdlog start {folder}/missing") == (
        "\tcommand logging failed to start.\n\r\n")
    assert told(client, "cmdlog") == "\t* Usage: cmdlog [start [path] | stop | stats]\n\r\n"


# ---- lqdetect


def test_lqdetect_shows_who_touches_many_elements(client):
    client.send(b"".join(b"lop insert l -1 1 create 0 0 0\r\nx\r\n"
                         b"bop insert b %d 1 create 0 0 0\r\nx\r\n" % number
                         for number in range(50)))
    client.read_replies(100)
    assert told(client, "lqdetect stats") == "\tLong query detection stats : not started\n\r\n"
    assert told(client, "lqdetect start 50") == "\tlong query detection started.\n\r\n"
    assert told(client, "lqdetect start") == "\tlong query detection already started.\n\r\n"
    assert len(rows(client, "lop get l 0..-1")) == 51
    assert len(rows(client, "lop get l 0..48")) == 50
    assert ask(client, "bop count b 0..99") == "COUNT=50\r\n"
    assert len(rows(client, "bop gbp b desc 0..49")) == 51
    assert ask(client, "bop delete b 0..99") == "DELETED\r\n"
    shown = told(client, "lqdetect show")
    for name, count in (("lop get", 1), ("bop count", 1), ("bop gbp", 1), ("bop delete", 1),
                        ("lop insert", 0), ("sop get", 0)):
        assert f"\t{name} command entered count : {count}\n" in shown
    assert re.search(r"\t\d\d:\d\d:\d\d\.\d{6} 127\.0\.0\.1 <50> lop get l 0\.\.-1\n", shown)
    assert "<50> bop delete b 0..99\n" in shown
    assert told(client, "lqdetect stop") == "\tlong query detection stopped.\n\r\n"
    report = told(client, "lqdetect stats")
    assert "long query commands : 4\n" in report and "detection standard : 50\n" in report


def test_lqdetect_wants_a_number(client):
    for number in ("0", "x", "-1"):
        assert ask(client, f"lqdetect start {number}") == (
            "CLIENT_ERROR bad command line format\r\n")


# ---- help, shutdown


@pytest.mark.parametrize("topic", "kv list set map btree attr scan admin".split())
def test_help_knows_its_topics(client, topic):
    text = told(client, f"help {topic}")
    assert "Usage" not in text
    assert all(line.startswith("\t") for line in text[:-2].splitlines())


def test_shutdown_ends_the_process(serve, connect, backend):
    for seconds in ("0", ""):
        server = serve(backend, *ARCUS)
        client = connect(server)
        assert ask(client, f"shutdown {seconds}") == "OK\r\n"
        assert client.read_to_end() == b""
        server.await_exit()


def test_shutdown_is_denied_when_it_is_due(client):
    assert ask(client, "shutdown 601") == "CLIENT_ERROR invalid arguments\r\n"
    assert ask(client, "shutdown x") == "CLIENT_ERROR invalid arguments\r\n"
    assert ask(client, "shutdown 600") == "OK\r\n"
    assert ask(client, "shutdown 300") == "OK\r\n"
    client.send(b"shutdown 1\r\nshutdown 5\r\n")
    assert client.read_replies(2) == b"OK\r\nDENIED\r\n"
