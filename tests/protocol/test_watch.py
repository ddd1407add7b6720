# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Log streams: the lines of memcached for what others do, bounded for who does not read."""
import re

import pytest

from test_stats import stats

HEAD = rb"ts=\d+\.\d+ gid=(\d+) "


def watch(connection, *streams):
    assert connection.ask(b" ".join([b"watch", *streams]) + b"\r\n") == b"OK\r\n"


def lines(connection, count):
    """Without time and number, which must rise."""
    found = [connection.read_through(b"\n") for _ in range(count)]
    heads = [re.match(HEAD, line) for line in found]
    assert all(heads), found
    numbers = [int(head[1]) for head in heads]
    assert numbers == sorted(set(numbers))
    return [line[head.end():-1] for line, head in zip(found, heads)]


def test_fetchers(server, connect):
    watcher, other = connect(server), connect(server)
    watch(watcher, b"fetchers")
    other.ask(b"set a/b 0 0 5\r\nvalue\r\n")
    other.send(b"get a/b none\r\n")
    other.read_through(b"END\r\n")
    _, hit, miss = lines(watcher, 3)
    assert re.fullmatch(rb"type=item_get key=a%2Fb status=found clsid=1 cfd=\d+ size=5", hit)
    assert re.fullmatch(rb"type=item_get key=none status=not_found clsid=0 cfd=\d+ size=0", miss)


@pytest.mark.parametrize("request_line", [
    b"set k 0 0 1\r\nv\r\n", b"add k 0 0 1\r\nv\r\n", b"append k 0 0 1\r\nv\r\n",
    b"cas k 0 0 1 1\r\nv\r\n", b"ms k 1\r\nv\r\n", b"incr k 1\r\n", b"ma k\r\n", b"delete k\r\n",
    b"md k\r\n", b"me k\r\n", b"touch k 0\r\n", b"set k 0 0 2000000\r\n",
])
def test_fetchers_see_what_changes_look_up(server, connect, request_line):
    watcher, other = connect(server), connect(server)
    watch(watcher, b"fetchers")
    other.send(request_line)
    miss, = lines(watcher, 1)
    assert re.fullmatch(rb"type=item_get key=k status=not_found clsid=0 cfd=\d+ size=0", miss)
    other.close()
    other = connect(server)
    other.send(b"set k 0 0 2\r\n12\r\n" + request_line)
    _, hit = lines(watcher, 2)
    assert re.fullmatch(rb"type=item_get key=k status=found clsid=1 cfd=\d+ size=2", hit), hit


def test_lookups_come_before_what_they_are_for(server, connect):
    watcher, other = connect(server), connect(server)
    watch(watcher, b"fetchers", b"mutations", b"deletions")
    other.ask(b"set k 0 0 1\r\nv\r\n")
    other.ask(b"delete k\r\n")
    assert [line.split()[0] for line in lines(watcher, 4)] == [
        b"type=item_get", b"type=item_store", b"type=item_get", b"type=deleted"]


@pytest.mark.parametrize("request_line, expected", [
    (b"set a 0 0 5\r\nvalue\r\n", rb"key=a status=stored cmd=set ttl=0 clsid=1 cfd=\d+ size=5"),
    (b"set a 0 100 1\r\nv\r\n", rb"key=a status=stored cmd=set ttl=(100|99) clsid=1 .*"),
    (b"replace none 0 0 3\r\nvvv\r\n", rb"key=none status=not_stored cmd=replace .* size=3"),
    (b"cas none 0 0 2 7\r\nvv\r\n", rb"key=none status=not_found cmd=cas .* size=2"),
    (b"ms a 1 MA\r\nv\r\n", rb"key=a status=not_stored cmd=append .* size=1"),
    (b"append none 0 0 50000\r\n" + 50000 * b"v" + b"\r\n",
     rb"key=none status=not_stored cmd=append .* size=50000"),
    # Refused for what is announced, before it comes.
    (b"set a 0 0 2000000\r\n", rb"key=a status=too_large cmd=set ttl=0 clsid=0 cfd=\d+ size=0"),
    (b"cas a 0 0 2000000 1\r\n", rb"key=a status=too_large cmd=cas .*"),
    (b"ms a 2000000\r\n", rb"key=a status=too_large cmd=set .*"),
])
def test_mutations(server, connect, request_line, expected):
    watcher, other = connect(server), connect(server)
    watch(watcher, b"mutations")
    other.send(request_line)
    line, = lines(watcher, 1)
    assert re.fullmatch(b"type=item_store " + expected, line), line


def test_deletions(server, connect):
    watcher, other = connect(server), connect(server)
    watch(watcher, b"deletions")
    for name in (b"a", b"b"):
        other.ask(b"set %s 0 0 5\r\nvalue\r\n" % name)
    other.ask(b"delete none\r\n")
    other.ask(b"delete a\r\n")
    other.ask(b"md b I\r\n")
    other.ask(b"md b\r\n")
    assert lines(watcher, 2) == [b"type=deleted key=a cmd=delete clsid=1 size=5",
                                 b"type=deleted key=b cmd=md clsid=1 size=5"]


def test_evictions(serve, backend, connect):
    server = serve(backend, memory_mb=8)
    watcher, other = connect(server), connect(server)
    watch(watcher, b"evictions")
    for number in range(1500):
        other.send(b"set k%d 0 0 7000 noreply\r\n%s\r\n" % (number, 7000 * b"x"))
    other.ask(b"mn\r\n")
    count = min(int(stats(other)["evictions"]), 50)
    assert count > 0
    for line in lines(watcher, count):
        assert re.fullmatch(rb"type=eviction key=k\d+ fetch=no ttl=-1 la=\d+ clsid=1 size=7000",
                            line), line


def test_connections(serve, backend, connect):
    server = serve(backend, threads=3)
    watcher = connect(server)
    watch(watcher, b"connevents")
    other = connect(server)
    port = other.sock.getsockname()[1]
    came, = lines(watcher, 1)
    assert re.fullmatch(rb"type=conn_new rip=127.0.0.1 rport=%d transport=tcp cfd=\d+" % port, came)
    other.ask(b"mn\r\n")
    other.close()
    left, = lines(watcher, 1)
    assert re.fullmatch(rb"type=conn_close rip=127.0.0.1 rport=%d transport=tcp reason=normal "
                        rb"cfd=\d+" % port, left), left


@pytest.mark.parametrize("request_bytes, reason", [
    (b"quit\r\n", b"normal"),
    (b"GET / HTTP/1.1\r\n", b"error"),
    (5000 * b"x", b"error"),
    (b"\x80" * 24, b"error"),
])
def test_whom_the_server_gives_up(server, connect, request_bytes, reason):
    watcher = connect(server)
    watch(watcher, b"connevents")
    other = connect(server)
    other.send(request_bytes)
    other.read_to_end()
    _, left = lines(watcher, 2)
    assert left.startswith(b"type=conn_close ") and b" reason=" + reason + b" " in left, left


def test_several_streams_and_those_in_vain(server, connect):
    watcher, other = connect(server), connect(server)
    assert watcher.ask(b"watch bogus\r\n") == b"ERROR\r\n"
    assert watcher.ask(b"watch fetchers bogus\r\n") == b"ERROR\r\n"
    watch(watcher, b"proxyreqs", b"rawcmds")
    watch(watcher, b"deletions", b"fetchers")
    other.ask(b"set a 0 0 1\r\nv\r\n")
    other.send(b"get a\r\n")
    other.read_through(b"END\r\n")
    other.ask(b"delete a\r\n")
    assert [line.split()[0] for line in lines(watcher, 4)] == [
        *3 * [b"type=item_get"], b"type=deleted"]


def test_too_many_are_refused_until_one_leaves(server, connect):
    watchers = [connect(server) for _ in range(20)]
    for watcher in watchers:
        watch(watcher)
    late = connect(server)
    too_many = b"WATCHER_TOO_MANY log watcher limit reached\r\n"
    assert late.ask(b"watch\r\n") == too_many
    assert stats(late)["log_watchers"] == "20"
    watchers[0].close()
    while int(stats(late)["log_watchers"]) == 20:
        pass
    watch(late)


def test_who_does_not_read_is_told_what_it_missed(server, connect):
    watcher, other = connect(server, receive_bytes=4096), connect(server)
    watch(watcher, b"fetchers")
    line = b"get " + b" ".join([200 * b"k"] * 1000) + b"\r\n"
    while int(stats(other)["log_watcher_skipped"]) == 0:
        other.send(line)
        other.read_through(b"END\r\n")
    # One more line finds room when some have been read.
    missed = None
    while missed is None:
        other.send(b"get one\r\n")
        other.read_through(b"END\r\n")
        watcher.fill_until(lambda: False, 0.01)
        missed = re.search(rb"^skipped=(\d+)\nts=\d+", bytes(watcher.inbox), re.M)
    assert int(missed[1]) > 0


def test_a_server_stops_while_it_is_watched(server, connect):
    watcher, other = connect(server), connect(server)
    watch(watcher, b"fetchers", b"connevents")
    for _ in range(100):
        other.send(b"get a\r\n")
    server.stop()
