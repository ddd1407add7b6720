# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What `stats` and `config` of Arcus' dialect tell is true, and what `config` changes has changed.
The recorded conversations hold the replies; names are those of docs/arcus-stats.md.
"""
import re
import resource
import time

import pytest

import larder_process
import statistics_page
from larder_process import DEADLINE_S

pytestmark = pytest.mark.skipif(larder_process.PEER != "", reason="memcached has no collections")

ARCUS = ("--dialect", "arcus", "-g", "8", "-X", "ascii_scrub.so")

# Commands, and what each adds.
COUNTED = [
    (b"set a 0 0 1\r\nx\r\n", "cmd_set total_items"),
    (b"cas a 0 0 1 987654321\r\nx\r\n", "cmd_cas cas_badval"),
    (b"cas none 0 0 1 5\r\nx\r\n", "cmd_cas cas_misses"),
    (b"get a none\r\n", "cmd_get cmd_get get_hits get_misses"),
    (b"mget 6 2\r\na none\r\n", "cmd_get cmd_get get_hits get_misses"),
    (b"incr none 1\r\n", "cmd_incr incr_misses"),
    (b"incr a 1\r\n", "cmd_incr"),
    (b"incr n 1 0 0 5\r\n", "cmd_incr total_items"),
    (b"incr n 1\r\n", "cmd_incr incr_hits"),
    (b"decr n 1\r\n", "cmd_decr decr_hits"),
    (b"touch a 0\r\n", "cmd_touch touch_hits"),
    (b"delete a\r\n", "cmd_delete delete_hits"),
    (b"delete a\r\n", "cmd_delete delete_misses"),
    (b"lop create l 0 0 10\r\n", "cmd_lop_create lop_create_oks total_items"),
    (b"lop create l 0 0 10\r\n", "cmd_lop_create"),
    (b"lop insert l 0 1\r\ne\r\n", "cmd_lop_insert lop_insert_hits"),
    (b"lop insert none 0 1\r\ne\r\n", "cmd_lop_insert lop_insert_misses"),
    (b"lop get l 0\r\n", "cmd_lop_get lop_get_elem_hits"),
    (b"lop get l 5\r\n", "cmd_lop_get lop_get_none_hits"),
    (b"lop get none 5\r\n", "cmd_lop_get lop_get_misses"),
    (b"lop delete l 0\r\n", "cmd_lop_delete lop_delete_elem_hits"),
    (b"sop exist l 1\r\nx\r\n", "cmd_sop_exist"),
    (b"mop upsert m f 1 create 0 0 0\r\nv\r\n", "cmd_mop_insert mop_insert_hits total_items"),
    (b"bop insert b 1 1 create 0 0 0\r\n5\r\n", "cmd_bop_insert bop_insert_hits total_items"),
    (b"bop incr b 1 1\r\n", "cmd_bop_incr bop_incr_elem_hits"),
    (b"bop count b 7\r\n", "cmd_bop_count bop_count_hits"),
    (b"bop mget 3 2 1 10\r\nb c\r\n", "cmd_bop_mget bop_mget_oks"),
    (b"bop smget 3 2 1 10 unique\r\nb c\r\n", "cmd_bop_smget bop_smget_oks"),
    (b"getattr b count\r\n", "cmd_getattr getattr_hits"),
    (b"getattr none count\r\n", "cmd_getattr getattr_misses"),
    (b"setattr b maxcount=9\r\n", "cmd_setattr setattr_hits"),
    (b"flush_prefix none\r\n", "cmd_flush_prefix"),
    (b"flush_all 100\r\n", "cmd_flush"),
    (b"set s 0 -1 1\r\nx\r\n", "cmd_set total_items"),
]


@pytest.fixture
def arcus(serve, backend):
    return serve(backend, *ARCUS)


def ask(connection, request):
    """Everything that is answered to it, without an end of its own: `ready` is asked behind it."""
    connection.send(request + b"ready\r\n")
    return connection.read_through(b"READY\r\n").removesuffix(b"READY\r\n")


def pass_some_ms():
    """So that what comes is later than what was, by the server's clock too."""
    end = time.monotonic() + 0.02
    while time.monotonic() < end:
        pass


def stats(connection, group=b""):
    told = ask(connection, b"stats" + (b" " + group if group else b"") + b"\r\n")
    return dict(line.decode().split(" ", 2)[1:] for line in told.splitlines()[:-1])


def numbers(connection):
    return {name: int(value) for name, value in stats(connection).items() if value.isdigit()}


@pytest.mark.parametrize("group", ["", "settings", "items", "slabs"])
def test_the_page_names_what_is_told(arcus, connect, group):
    connection = connect(arcus)
    ask(connection, b"set a 0 0 1\r\nx\r\n")
    assert set(stats(connection, group.encode())) == statistics_page.told(
        group, statistics_page.ARCUS)


def test_every_command_is_counted(arcus, connect):
    asking, speaking = connect(arcus), connect(arcus)
    names = sorted({name for _, adds in COUNTED for name in adds.split()}
                   | {name for name in numbers(asking) if name.startswith("cmd_")})
    wrong = []
    before = numbers(asking)
    for request, adds in COUNTED:
        reply = ask(speaking, request)
        now = numbers(asking)
        added = {name: now[name] - before[name] for name in names if now[name] != before[name]}
        if added != {name: adds.split().count(name) for name in adds.split()}:
            wrong.append(f"{request!r} -> {reply!r}: {added}, expected {adds}")
        before = now
    assert not wrong, "\n".join(wrong)


def test_what_the_items_come_to(arcus, connect):
    connection = connect(arcus)
    ask(connection, b"set p:s 0 -1 1000\r\n%s\r\n" % (1000 * b"s"))
    ask(connection, b"lop insert q:l 0 10000 create 0 0 0\r\n%s\r\n" % (10_000 * b"e"))
    told = numbers(connection)
    assert (told["sticky_items"], told["curr_items"], told["curr_prefixes"]) == (1, 2, 2)
    assert 1000 < told["sticky_bytes"] < 2000
    assert 11_000 < told["bytes"] < 20_000
    assert told["memory_collections"] > 10_000
    assert told["sticky_limit"] == 8 << 20


def test_reset_begins_anew(arcus, connect):
    connection = connect(arcus)
    ask(connection, b"lop create a:l 0 0 0\r\nstats detail on\r\nlop get a:l 0\r\n")
    assert ask(connection, b"stats reset\r\nstats detail dump\r\n") == b"RESET\r\nEND\r\n"
    told = numbers(connection)
    assert (told["cmd_lop_create"], told["lop_create_oks"], told["cmd_lop_get"]) == (0, 0, 0)
    assert (told["curr_items"], told["total_items"], told["stat_prefixes"]) == (1, 0, 0)


def test_who_says_quit_is_counted(arcus, connect):
    leaving, asking = connect(arcus), connect(arcus)
    leaving.send(b"quit\r\n")
    leaving.read_to_end()
    assert numbers(asking)["quit_connections"] == 1


def test_detail_can_be_forbidden(serve, backend, connect):
    connection = connect(serve(backend, *ARCUS, "-q"))
    refusal = b"CLIENT_ERROR detailed stats disabled\r\n"
    for request in (b"stats detail on\r\n", b"stats detail dump\r\n", b"stats detail\r\n"):
        assert ask(connection, request) == refusal
    assert stats(connection, b"settings")["allow_detailed"] == "no"


def test_many_prefixes_are_told_whole(arcus, connect):
    connection = connect(arcus)
    number = 3000
    ask(connection, b"stats detail on\r\nconfig max_stats_prefixes %d\r\n" % number)
    for first in range(0, number, 100):
        ask(connection, b"".join(b"set p%04d:k 0 0 1 noreply\r\nx\r\n" % n
                                 for n in range(first, first + 100)))
    for request, row in ((b"stats detail dump\r\n", rb"PREFIX (p\d+) get 0 hit 0 set 1 "),
                         (b"stats prefixes\r\n", rb"PREFIX (p\d+) itm 1 kitm 1 litm 0 ")):
        lines = ask(connection, request).split(b"\r\n")
        assert lines[-2:] == [b"END", b""]
        names = [re.match(row, line)[1] for line in lines[:-2]]
        assert sorted(names) == [b"p%04d" % n for n in range(number)]


def test_probes_of_tools_are_not_told(arcus, connect):
    connection = connect(arcus)
    told = ask(connection, b"stats detail on\r\nset arcus:zk-ping 1 0 1\r\n1\r\n"
                           b"stats prefixes\r\nstats detail dump\r\n")
    assert told == b"OK\r\nSTORED\r\nEND\r\nEND\r\n"


def test_sizes_are_counted_when_they_are_asked_for(arcus, connect):
    connection = connect(arcus)
    assert ask(connection, b"stats sizes\r\n") == b"END\r\n"
    for number, size in enumerate([1, 1, 1, 300]):
        ask(connection, b"set k%d 0 0 %d\r\n%s\r\n" % (number, size, size * b"x"))
    assert sorted(stats(connection, b"sizes").values()) == ["1", "3"]


def test_cachedump_keeps_those_that_were_used_last(arcus, connect):
    connection = connect(arcus)
    for number in range(300):
        if not 3 < number < 297:
            pass_some_ms()
        ask(connection, b"set k%03d 0 0 1\r\nx\r\n" % number)

    def keys(request):
        return re.findall(rb"ITEM (\S+) ", ask(connection, request))
    assert keys(b"stats cachedump 0 3\r\n") == [b"k299", b"k298", b"k297"]
    assert keys(b"stats cachedump 0 3 backward\r\n") == [b"k000", b"k001", b"k002"]
    assert len(keys(b"stats cachedump 0 0\r\n")) == 50
    assert len(keys(b"stats cachedump 0 999\r\n")) == 200
    assert keys(b"stats cachedump 0 10 forward sticky\r\n") == []


def test_maxconns_is_in_force_at_once(arcus, connect):
    asking, second = connect(arcus), connect(arcus)
    ask(second, b"")
    assert ask(asking, b"config maxconns 2\r\n") == b"END\r\n"
    assert connect(arcus).read_to_end().startswith(b"ERROR Too many open connections")
    told = numbers(asking)
    assert (told["limit_maxconns"], told["reject_connections"]) == (2, 1)
    assert stats(asking, b"settings")["maxconns"] == "2"
    assert ask(asking, b"config maxconns 3\r\n") == b"END\r\n"
    ask(connect(arcus), b"")
    assert ask(asking, b"config maxconns 4000000000\r\n") == (
        b"CLIENT_ERROR the value is out of range\r\n")
    resource.prlimit(arcus.pid, resource.RLIMIT_NOFILE, (500, 500))
    assert ask(asking, b"config maxconns 500\r\n") == (
        b"SERVER_ERROR cannot change to the maxconns over the soft limit\r\n")


def test_maxconns_is_not_far_below_those_that_are_there(arcus, connect):
    asking = connect(arcus)
    crowd = [connect(arcus) for _ in range(30)]
    for each in crowd:
        ask(each, b"")
    assert ask(asking, b"config maxconns 15\r\n") == b"CLIENT_ERROR the value is out of range\r\n"
    assert ask(asking, b"config maxconns 30\r\n") == b"END\r\n"


def test_sticky_limit_is_in_force_at_once(arcus, connect):
    connection = connect(arcus)
    value = 450_000 * b"s"
    store = b"set s%d 0 -1 %d\r\n%s\r\n"
    refusal = b"SERVER_ERROR out of memory storing object\r\n"
    for number in range(3):
        assert ask(connection, store % (number, len(value), value)) == b"STORED\r\n"
    assert ask(connection, b"config sticky_limit 1\r\n") == b"CLIENT_ERROR bad value\r\n"
    assert ask(connection, b"config sticky_limit 2\r\n") == b"END\r\n"
    assert ask(connection, store % (3, len(value), value)) == b"STORED\r\n"
    assert ask(connection, store % (4, len(value), value)) == refusal
    assert ask(connection, b"config sticky_limit 3\r\n") == b"END\r\n"
    assert ask(connection, store % (4, len(value), value)) == b"STORED\r\n"


def test_memlimit_is_in_force_at_once(arcus, connect):
    connection = connect(arcus)
    refusal = b"CLIENT_ERROR bad value\r\n"
    assert ask(connection, b"config memlimit 7\r\nconfig memlimit 8\r\n") == refusal + b"END\r\n"
    assert ask(connection, b"config sticky_limit 9\r\n") == refusal
    for number in range(400):
        ask(connection, b"set k%d 0 0 100000\r\n%s\r\n" % (number, 100_000 * b"x"))
    deadline = time.monotonic() + DEADLINE_S
    while numbers(connection)["engine_malloced"] > 8 << 20:
        assert time.monotonic() < deadline, "more than the limit is in use"
    told = numbers(connection)
    assert told["evictions"] > 300 and told["engine_maxbytes"] == 8 << 20


def test_verbosity_is_not_a_word_of_its_own(arcus, connect):
    connection = connect(arcus)
    assert ask(connection, b"config verbosity 2\r\nconfig verbosity\r\n") == (
        b"END\r\nverbosity 2\r\nEND\r\n")
    assert stats(connection, b"settings")["verbosity"] == "2"
