# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What `stats` tells is true: the same counts as memcached's after the same commands, bytes as they
were sent, names as docs/stats.md has them.
"""
import re
import struct
import subprocess
import time

import pytest

import statistics_page
from larder_process import DEADLINE_S

TOOL = "/usr/share/memcached/scripts/memcached-tool"

# Commands, and what each adds. Debian's memcached must agree.
TEXT = [
    (b"set a 0 0 1\r\nx\r\n", "cmd_set total_items"),
    (b"set a 0 0 1\r\ny\r\n", "cmd_set total_items"),
    (b"add a 0 0 1\r\ny\r\n", "cmd_set"),
    (b"add b 0 0 1\r\ny\r\n", "cmd_set total_items"),
    (b"replace none 0 0 1\r\ny\r\n", "cmd_set"),
    (b"append a 0 0 1\r\ny\r\n", "cmd_set total_items"),
    (b"prepend none 0 0 1\r\ny\r\n", "cmd_set"),
    (b"cas none 0 0 1 5\r\nx\r\n", "cmd_set cas_misses"),
    (b"cas a 0 0 1 987654321\r\nx\r\n", "cmd_set cas_badval"),
    (b"get a\r\n", "cmd_get get_hits"),
    (b"get none\r\n", "cmd_get get_misses"),
    (b"gets a none a\r\n", "cmd_get cmd_get cmd_get get_hits get_hits get_misses"),
    (b"gat 0 a\r\n", "cmd_touch touch_hits"),
    (b"gats 0 none\r\n", "cmd_touch touch_misses"),
    (b"touch a 0\r\n", "cmd_touch touch_hits"),
    (b"touch none 0\r\n", "cmd_touch touch_misses"),
    (b"delete b\r\n", "delete_hits"),
    (b"delete b\r\n", "delete_misses"),
    (b"set n 0 0 1\r\n8\r\n", "cmd_set total_items"),
    (b"incr n 1\r\n", "incr_hits"),
    (b"decr n 1\r\n", "decr_hits"),
    (b"incr none 1\r\n", "incr_misses"),
    (b"decr none 1\r\n", "decr_misses"),
    (b"incr a 1\r\n", ""),
    (b"set big 0 0 2000000\r\n" + 2_000_000 * b"x" + b"\r\n", "store_too_large"),
    (b"set gone 0 -1 1\r\nx\r\n", "cmd_set total_items"),
    (b"get gone\r\n", "cmd_get get_misses get_expired"),
    (b"set gone 0 -1 1\r\nx\r\n", "cmd_set total_items"),
    (b"delete gone\r\n", "delete_misses get_expired"),
    (b"mg a v\r\n", "cmd_get get_hits"),
    (b"mg none v\r\n", "cmd_get get_misses"),
    (b"mg a v T0\r\n", "cmd_touch touch_hits"),
    (b"mg made v N30\r\n", "cmd_get get_hits total_items"),
    (b"ms c 1\r\nx\r\n", "cmd_set total_items"),
    (b"ms c 1 C987654321\r\nx\r\n", "cmd_set cas_badval"),
    (b"ms none 1 C1\r\nx\r\n", "cmd_set cas_misses"),
    (b"ms c 1 ME\r\nx\r\n", "cmd_set"),
    (b"ma n\r\n", "incr_hits"),
    (b"ma n MD\r\n", "decr_hits"),
    (b"ma none\r\n", "incr_misses"),
    (b"ma new N30\r\n", "total_items"),
    (b"md c I\r\n", ""),
    (b"md c\r\n", "delete_hits"),
    (b"md c\r\n", "delete_misses"),
    (b"flush_all 100\r\n", "cmd_flush"),
    (b"verbosity 0\r\n", ""),
    (b"mn\r\n", ""),
    (b"bogus\r\n", ""),
]


def _binary(opcode, key=b"", extras=b"", value=b"", cas=0):
    head = struct.pack(">BBHBBHIIQ", 0x80, opcode, len(key), len(extras), 0, 0,
                       len(key) + len(extras) + len(value), 0, cas)
    return head + extras + key + value


_COUNT = struct.Struct(">QQI")
BINARY = [
    (_binary(0x01, b"a", bytes(8), b"x"), "cmd_set total_items"),
    (_binary(0x01, b"a", bytes(8), b"x", 987654321), "cmd_set cas_badval"),
    (_binary(0x01, b"none", bytes(8), b"x", 5), "cmd_set cas_misses"),
    (_binary(0x02, b"a", bytes(8), b"x"), "cmd_set"),
    (_binary(0x00, b"a"), "cmd_get get_hits"),
    (_binary(0x0c, b"none"), "cmd_get get_misses"),
    (_binary(0x1c, b"a", bytes(4)), "cmd_touch touch_hits"),
    (_binary(0x1d, b"none", bytes(4)), "cmd_touch touch_misses"),
    (_binary(0x04, b"a", cas=3), ""),
    (_binary(0x04, b"a"), "delete_hits"),
    (_binary(0x04, b"a"), "delete_misses"),
    (_binary(0x05, b"bn", _COUNT.pack(1, 7, 0)), "total_items"),
    (_binary(0x05, b"bn", _COUNT.pack(1, 7, 0)), "incr_hits"),
    (_binary(0x06, b"bn", _COUNT.pack(1, 7, 0)), "decr_hits"),
    (_binary(0x06, b"none", _COUNT.pack(1, 7, 0xffffffff)), "decr_misses"),
    (_binary(0x08), "cmd_flush"),
    (_binary(0x0a), ""),
]
COMMANDS = [(request, adds, kind) for kind, rows in (("text", TEXT), ("binary", BINARY))
            for request, adds in rows]
COUNTS = sorted({name for _, adds, _ in COMMANDS for name in adds.split()})


def stats(connection, group=b""):
    connection.send(b"stats" + (b" " + group if group else b"") + b"\r\n")
    told = connection.read_through(b"END\r\n")
    lines = (line.split(b" ", 2) for line in told.splitlines()[:-1])
    return {name.decode(): value.decode() for _, name, value in lines}


def binary_stats(connection, group):
    connection.send(_binary(0x10, group))
    told = {}
    while True:
        head = connection.read(24)
        key_bytes, all_bytes = int.from_bytes(head[2:4], "big"), int.from_bytes(head[8:12], "big")
        body = connection.read(all_bytes).decode()
        if not body:
            return told
        told[body[:key_bytes]] = body[key_bytes:]


def counts(connection):
    told = stats(connection)
    return {name: int(told[name]) for name in COUNTS}


def _after(server, connect):
    """What each command added, by asking behind it."""
    asking = connect(server)
    speaking = {"text": connect(server), "binary": connect(server)}
    added = []
    before = counts(asking)
    for request, _, kind in COMMANDS:
        speaking[kind].send(request)
        if request.startswith((b"get", b"gat")):
            speaking[kind].read_through(b"END\r\n")
        else:
            speaking[kind].read_replies(1)
        now = counts(asking)
        added.append({name: now[name] - before[name] for name in COUNTS
                      if now[name] != before[name]})
        before = now
    return added


def _expected():
    return [{name: adds.split().count(name) for name in adds.split()} for _, adds, _ in COMMANDS]


def _differences(added):
    return [f"{request[:40]!r}: {got}, expected {want}"
            for (request, _, _), got, want in zip(COMMANDS, added, _expected()) if got != want]


def test_every_command_is_counted(server, connect):
    assert not _differences(_after(server, connect))


def test_memcached_counts_the_same(serve, connect):
    calm = serve("memcached", "-o", "no_lru_maintainer,no_lru_crawler")
    assert not _differences(_after(calm, connect))


def test_counts_are_the_sum_of_all_loops(serve, backend, connect):
    server = serve(backend, threads=4)
    for _ in range(12):
        connect(server).ask(b"get none\r\n")
    told = stats(connect(server))
    assert (told["get_misses"], told["total_connections"]) == ("12", "13")


def test_reset_begins_anew(server, connect):
    connection = connect(server)
    connection.ask(b"set a 0 0 1\r\nx\r\n")
    connection.send(b"get a none\r\n")
    connection.read_through(b"END\r\n")
    assert connection.ask(b"stats reset\r\n") == b"RESET\r\n"
    told = stats(connection)
    assert [told[name] for name in ("cmd_get", "get_hits", "cmd_set", "total_items",
                                    "total_connections")] == 5 * ["0"]
    assert (told["curr_items"], told["curr_connections"]) == ("1", "1")
    connection.ask(b"get none\r\n")
    told = stats(connection)
    assert (told["cmd_get"], told["get_misses"], told["get_hits"]) == ("1", "1", "0")
    assert int(told["bytes_read"]) == len(b"stats\r\nget none\r\nstats\r\n")


def test_bytes_are_counted_as_they_pass(serve, backend, connect):
    server = serve(backend, threads=1)
    asking, speaking = connect(server), connect(server)
    speaking.ask(b"version\r\n")
    before = stats(asking)
    value = 300_000 * b"v"
    request = b"set k 0 0 %d\r\n%s\r\nget k\r\n" % (len(value), value)
    reply = b"STORED\r\nVALUE k 0 %d\r\n%s\r\nEND\r\n" % (len(value), value)
    speaking.send(request)
    assert speaking.read(len(reply)) == reply
    speaking.ask(b"mn\r\n")     # the kernel has told by then that the reply is sent
    after = stats(asking)
    assert int(after["bytes_read"]) - int(before["bytes_read"]) == len(request + b"mn\r\nstats\r\n")
    told = int(after["bytes_written"]) - int(before["bytes_written"]) - len(reply)
    assert 1000 < told < 10_000, "one reply to stats"


@pytest.mark.parametrize("group", ["", "settings", "items", "slabs", "sizes"])
def test_the_page_names_what_is_told(server, connect, group):
    connection = connect(server)
    connection.ask(b"set a 0 0 1\r\nx\r\n")
    assert set(stats(connection, group.encode())) == statistics_page.told(group)


def test_sizes_are_counted_when_they_are_asked_for(serve, backend, connect):
    connection = connect(serve(backend, "-o", "track_sizes"))
    assert connection.ask(b"stats sizes\r\n") == b"END\r\n"
    for number, size in enumerate([1, 1, 1, 300, 5000]):
        connection.ask(b"set k%d 0 0 %d\r\n%s\r\n" % (number, size, size * b"x"))
    small, middle, large = sorted((int(size), int(items)) for size, items in
                                  stats(connection, b"sizes").items())
    assert [items for _, items in (small, middle, large)] == [3, 1, 1]
    assert small[0] % 32 == 0 and small[0] <= 64 + 32
    assert 300 <= middle[0] <= 300 + 96 and 5000 <= large[0] <= 5000 + 96


def test_sizes_of_more_items_than_a_turn_looks_at(server, connect):
    connection = connect(server)
    number = 20_000
    connection.send(b"".join(b"set k%05d 0 0 1 noreply\r\nx\r\n" % n for n in range(number)))
    assert stats(connection, b"sizes") == {"sizes_status": "disabled"}
    assert stats(connection, b"sizes_enable") == {"sizes_status": "enabled"}
    sizes = stats(connection, b"sizes")
    assert sum(int(items) for items in sizes.values()) == number
    assert binary_stats(connect(server), b"sizes") == sizes
    assert stats(connection, b"sizes_disable") == {"sizes_status": "disabled"}


def test_what_is_evicted_and_what_expires_is_counted(serve, backend, connect):
    server = serve(backend, memory_mb=8)
    connection = connect(server)
    for number in range(3000):
        connection.send(b"set k%d 0 0 7000 noreply\r\n%s\r\n" % (number, 7000 * b"x"))
    connection.ask(b"mn\r\n")
    told = {name: int(value) for name, value in stats(connection).items() if value.isdigit()}
    assert told["evictions"] == told["evicted_unfetched"] == 3000 - told["curr_items"] > 0
    assert told["evicted_active"] == 0 and told["direct_reclaims"] > 0
    assert told["total_items"] == told["cmd_set"] == 3000
    items = stats(connection, b"items")
    assert int(items["items:1:evicted"]) == told["evictions"]
    assert int(items["items:1:number"]) == told["curr_items"]


def test_who_is_too_many_and_refused_is_counted(serve, backend, connect):
    server = serve(backend, "-c", 1)
    asking = connect(server)
    assert stats(asking)["rejected_connections"] == "0"
    connect(server).read_to_end()
    told = stats(asking)
    assert (told["rejected_connections"], told["total_connections"]) == ("1", "1")
    assert (told["accepting_conns"], told["listen_disabled_num"]) == ("1", "0")


def test_who_is_too_many_and_waits_is_counted(serve, backend, connect):
    server = serve(backend, "-c", 2, "-o", "no_maxconns_fast")
    asking = connect(server)
    told = stats(asking)
    assert (told["accepting_conns"], told["listen_disabled_num"]) == ("1", "0")
    second = connect(server)
    second.ask(b"mn\r\n")
    told = stats(asking)
    assert (told["accepting_conns"], told["listen_disabled_num"]) == ("0", "1")
    third = connect(server)
    third.send(b"mn\r\n")
    second.close()
    third.read_replies(1)
    told = stats(asking)
    assert (told["total_connections"], told["listen_disabled_num"]) == ("3", "2")


def conns(connection):
    found = {}
    for name, value in stats(connection, b"conns").items():
        number, _, part = name.partition(":")
        found.setdefault(number, {})[part] = value
    return list(found.values())


def test_conns_of_all_loops_are_told(serve, backend, connect):
    server = serve(backend, threads=3)
    asking, others = connect(server), [connect(server) for _ in range(8)]
    for other in others:
        other.ask(b"mn\r\n")
    others[0].send(b"set k 0 0 500000\r\nbegin")
    deadline = time.monotonic() + DEADLINE_S
    states = []
    while "conn_nread" not in states:
        assert time.monotonic() < deadline, "its loop has not read it"
        told = conns(asking)
        states = [one["state"] for one in told]
    own = f"tcp:127.0.0.1:{server.port}"
    assert sorted(states)[:2] == ["conn_listening", "conn_nread"]
    assert states.count("conn_read") == 7 and states.count("conn_parse_cmd") == 1
    for one in told:
        assert int(one["secs_since_last_cmd"]) <= 10
        if one["state"] == "conn_listening":
            assert one["addr"] == own and "listen_addr" not in one
        else:
            assert one["listen_addr"] == own and one["addr"] != own


def test_conns_of_a_unix_socket(serve, backend, connect, tmp_path):
    server = serve(backend, unix=tmp_path / "s")
    told = conns(connect(server))
    assert {one["addr"] for one in told if one["state"] == "conn_listening"} == {
        f"unix:{tmp_path}/s"}
    # The one that the server was waited for with may be there still.
    assert {one["listen_addr"] for one in told if "listen_addr" in one} == {f"unix:{tmp_path}/s"}


def test_a_server_stops_while_conns_are_asked_for(serve, backend, connect):
    server = serve(backend, threads=4)
    crowd = [connect(server) for _ in range(20)]
    for each in crowd:
        each.send(200 * b"stats conns\r\n")
    server.stop()


def test_binary_conns_are_those_of_text(server, connect):
    binary, text = connect(server), connect(server)
    told = conns(text)
    assert len(binary_stats(binary, b"conns")) == sum(map(len, told))


def test_memcached_tool_reads_all_of_it(serve, connect):
    server = serve("auto")
    connection = connect(server)
    connection.ask(b"set a 3 0 5\r\nvalue\r\n")
    for mode, expected in [("display", r"1\s+\d+B\s+\d+s\s+\d+\s+1\s+no\s+0\s+0\s+0"),
                           ("stats", r"curr_items\s+1\b"),
                           ("settings", r"item_size_max\s+1048576"),
                           ("sizes", r"sizes_status\s+disabled"),
                           ("keys", r"key=a exp=-1 "),
                           ("dump", r"add a 3 0 5\nvalue|add a 3 0 5\r\nvalue")]:
        told = subprocess.run([TOOL, f"127.0.0.1:{server.port}", mode], capture_output=True,
                              timeout=20, check=True, text=True)
        assert re.search(expected, told.stdout), (mode, told.stdout, told.stderr)
