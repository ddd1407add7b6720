# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The Arcus dialect where the recordings ask nothing: what rows tell, and what no row can."""
import re
import time

import pytest

import larder_process
from arcus_limits import LIMITS
from arcus_transcripts import ROWS, Row
from recording import arcus
from scripted import Scripted, Step

pytestmark = pytest.mark.skipif(larder_process.PEER != "", reason="memcached has no collections")

# Behind each request: when it is answered nothing more can come.
ASK_END, END = b"version\r\n", b"VERSION 1.15.0\r\n"
LINE_BYTES = 24576
PAUSE_S = 0.04      # lets the server see what came so far


def bytes_of(text):
    return text.replace("\n", "\r\n").encode("latin-1") + b"\r\n" if text else b""


def short(data):
    return repr(data) if len(data) < 300 else f"{data[:160]!r}...{data[-80:]!r} ({len(data)} bytes)"


@pytest.fixture(scope="module")
def shared(request):
    """shared(backend): one server for all rows that change no settings."""
    servers = {}

    def server_of(backend):
        if backend not in servers:
            servers[backend] = larder_process.Server(backend, *arcus.OPTIONS).start()
        return servers[backend]
    yield server_of
    for server in servers.values():
        server.stop()


def difference(connection, row):
    """What the first reply that is not as the row tells it is; nothing when all are."""
    for send, reply in row.exchanges:
        connection.send(bytes_of(send) + ASK_END)
        received = connection.read_through(END)[:-len(END)]
        if received != bytes_of(reply):
            return (f"{row.name} ({row.why})\n  sent     {short(bytes_of(send))}\n"
                    f"  expected {short(bytes_of(reply))}\n  received {short(received)}")
    return ""


@pytest.mark.parametrize("row", [*ROWS, *LIMITS], ids=lambda row: row.name)
def test_row(shared, serve, connect, backend, row):
    server = serve(backend, *arcus.OPTIONS) if row.changes_settings else shared(backend)
    connection = connect(server)
    assert connection.ask(b"flush_all\r\n") == b"OK\r\n"
    found = difference(connection, row)
    assert not found, found


def test_without_sticky_memory_nothing_is_sticky(serve, connect, backend):
    """A value that finds no room is told apart from everything else that does."""
    client = connect(serve(backend, "--dialect", "arcus"))
    assert client.ask(b"set k 0 -1 1\r\nx\r\n") == (
        b"SERVER_ERROR out of memory storing object\r\n")
    for request in (b"lop create l 0 -1 0", b"incr n 1 0 -1 5",
                    b"bop insert b 1 1 create 0 -1 0\r\nx"):
        assert client.ask(request + b"\r\n") == b"SERVER_ERROR out of memory\r\n", request


@pytest.mark.parametrize("reply, is_right", [
    ("STORED", True), ("STORES", False), ("STORED\n", False), ("STORED\nEND", False), ("", False)])
def test_a_reply_that_is_not_of_the_row_is_found(connect, reply, is_right):
    asked = Row("a store", "by a script", (("set k 0 0 1\nx", "STORED"),))
    step = Step(bytes_of(asked.exchanges[0][0]) + ASK_END, bytes_of(reply) + END)
    with Scripted([step]) as server:
        connection = connect(server.address)
        assert bool(difference(connection, asked)) != is_right
        connection.close()


def test_rows_have_names_of_their_own_and_reasons():
    rows = [*ROWS, *LIMITS]
    assert len({row.name for row in rows}) == len(rows)
    assert all(row.why and row.exchanges for row in rows)


@pytest.fixture
def connection(serve, connect, backend):
    return connect(serve(backend, *arcus.OPTIONS, threads=1))


def send_in_two(connection, first, second):
    connection.send(first + second, [len(first)], PAUSE_S)


# What has no end yet: within its limit the server waits for it.
KEPT = {
    "24576 bytes": b"foo ".ljust(LINE_BYTES, b"w"),
    "24576 bytes of mget": b"mget ".ljust(LINE_BYTES, b"1"),
    "100 blanks of 1100 bytes": 100 * b" " + 1000 * b"w",
    "101 blanks of 1024 bytes": 101 * b" " + 923 * b"w",
    "100000 bytes of get": b"get ".ljust(100_000, b"k"),
    "100000 bytes of gets": b"gets ".ljust(100_000, b"k"),
}
CLOSED = {
    "24577 bytes": b"foo ".ljust(LINE_BYTES + 1, b"w"),
    "24577 bytes of mget": b"mget ".ljust(LINE_BYTES + 1, b"1"),
    "24577 bytes of a list's": b"lop get ".ljust(LINE_BYTES + 1, b"k"),
    "101 blanks of 1025 bytes": 101 * b" " + 924 * b"w",
}


@pytest.mark.parametrize("line", KEPT.values(), ids=KEPT)
def test_a_long_line_within_its_limit_is_waited_for(connection, line):
    send_in_two(connection, line, b"\r\n" + ASK_END)
    assert connection.read_line().startswith((b"ERROR ", b"CLIENT_ERROR "))
    assert connection.read_line() == END


@pytest.mark.parametrize("line", CLOSED.values(), ids=CLOSED)
def test_a_line_that_is_too_long_closes_the_connection(connection, line):
    connection.send(ASK_END)
    assert connection.read_line() == END
    connection.send(line)
    assert connection.read_to_end() == b""


@pytest.mark.parametrize("what", ["key", "prefix"])
@pytest.mark.parametrize("asked", [
    "0 count 1", "0 count 2000", f"0 match {64 * 'p'}", "0 match a*b*c*d*", "0 match ****",
    31 * "0"])
def test_limits_of_a_scan_from_below(connection, what, asked):
    connection.send(f"scan {what} {asked}\r\n".encode())
    header = rb"KEYS 0 \d+\r\n" if what == "key" else rb"PREFIXES 0 \d+\r\n"
    assert re.fullmatch(header, connection.read_line())
    assert connection.read_line() == b"END\r\n"


def scan_all(connection, request, *options):
    """All rows of a scan, page by page, without their columns behind the name."""
    names, cursor = [], 0
    for _ in range(1000):
        connection.send(b" ".join([request, b"%d" % cursor, *options]) + b"\r\n")
        _, rows, cursor = connection.read_line().split()
        cursor = int(cursor)
        names += [connection.read_line().split()[0] for _ in range(int(rows))]
        assert connection.read_line() == b"END\r\n"
        if cursor == 0:
            return names
    raise AssertionError("no end of pages")


@pytest.mark.parametrize("count", [b"100", b"2000"])
def test_pages_of_any_size_have_every_key_once(connection, count):
    made = [b"p%d:%04d" % (number % 9, number) for number in range(3000)]
    connection.send(b"".join(b"set %s 0 0 1 noreply\r\nx\r\n" % key for key in made))
    assert sorted(scan_all(connection, b"scan key", b"count", count)) == sorted(made)
    prefixes = scan_all(connection, b"scan prefix", b"count", count)
    assert sorted(prefixes) == [b"p%d" % number for number in range(9)]


def test_a_dump_has_every_key_with_its_type(connection, tmp_path):
    tmp_path.chmod(0o777)
    path = tmp_path / "dump"
    connection.send(b"set p:k 0 0 1\r\nx\r\nset q:k 0 -1 1\r\nx\r\nlop create p:l 0 0 0\r\n"
               b"sop create p:s 0 0 0\r\nmop create p:m 0 0 0\r\nbop create p:b 0 0 0\r\n")
    assert connection.read_replies(6) == 2 * b"STORED\r\n" + 4 * b"CREATED\r\n"
    assert connection.ask(b"dump start key p %s\r\n" % bytes(path)) == b"OK\r\n"
    told = await_dump(connection)
    assert told[b"dumper:success"] == b"true"
    assert told[b"dumper:dumped"] == b"5"
    assert told[b"dumper:prefix"] == b"p"
    assert told[b"dumper:filepath"] == bytes(path)
    *lines, summary = path.read_bytes().splitlines()
    assert sorted(lines) == [b"B p:b 0", b"K p:k 0", b"L p:l 0", b"M p:m 0", b"S p:s 0"]
    assert re.fullmatch(rb"DUMP SUMMARY: \{ prefix=p, count=5, elapsed=\d+ \}", summary)


def await_dump(connection):
    deadline = time.monotonic() + larder_process.DEADLINE_S
    while time.monotonic() < deadline:
        connection.send(b"stats dump\r\n")
        told = dict(re.findall(rb"STAT (\S+) ([^\r]*)\r\n", connection.read_through(b"END\r\n")))
        if told[b"dumper:status"] == b"stopped":
            return told
        time.sleep(0.01)
    raise AssertionError("the dump does not end")
