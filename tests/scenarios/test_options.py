# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What options come to in a running server, and that they are judged as memcached judges them."""
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

import larder_process
from larder_process import DEADLINE_S, LARDER, SLOW, Server

larder_only = pytest.mark.skipif(larder_process.PEER != "", reason="memcached has no such thing")

TOO_MANY = b"ERROR Too many open connections\r\n"


def numbers(connection):
    """`stats` as a dict."""
    connection.send(b"stats\r\n")
    lines = connection.read_through(b"END\r\n").split(b"\r\n")
    return dict(line.split(b" ", 2)[1:] for line in lines if line.startswith(b"STAT "))


def comes_true(condition):
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


# ---- connections

@larder_only
def test_connections_beyond_the_limit_are_told_so(serve, connect, backend):
    server = serve(backend, "-c", 3)
    inside = [connect(server) for _ in range(3)]
    assert all(one.ask(b"mn\r\n") == b"MN\r\n" for one in inside)
    for _ in range(4):
        assert connect(server).read_to_end() == TOO_MANY
    assert numbers(inside[0])[b"rejected_connections"] == b"4"
    inside.pop().close()
    assert comes_true(lambda: numbers(inside[0])[b"curr_connections"] == b"2")
    assert connect(server).ask(b"mn\r\n") == b"MN\r\n"


@larder_only
def test_the_limit_leaves_out_nobody_who_waits(serve, connect, backend):
    server = serve(backend, "-c", 1, "-o", "no_maxconns_fast")
    first = connect(server)
    assert first.ask(b"mn\r\n") == b"MN\r\n"
    second = connect(server)
    second.send(b"mn\r\n")
    assert comes_true(lambda: int(numbers(first)[b"listen_disabled_num"]) > 0)
    assert numbers(first)[b"rejected_connections"] == b"0"
    first.close()
    assert second.read_replies(1) == b"MN\r\n"


def test_idle_connections_are_closed(serve, connect, backend):
    server = serve(backend, "-o", "idle_timeout=4")
    idle, busy = connect(server), connect(server)
    assert idle.ask(b"version\r\n").startswith(b"VERSION ")
    began = time.monotonic()
    while not idle.ended and time.monotonic() < began + DEADLINE_S:
        assert busy.ask(b"mn\r\n") == b"MN\r\n"
        idle.fill_until(lambda: False, 0.2)
    assert idle.ended and time.monotonic() - began > 2
    assert numbers(busy)[b"idle_kicks"] == b"1"


def test_backlog(serve, connect, backend):
    """The second field of `ss -tln` is what was asked of the kernel, within its own bound."""
    server = serve(backend, "-b", 7)
    table = subprocess.run(["ss", "-tln", f"sport = :{server.port}"], capture_output=True,
                           text=True, check=True, timeout=DEADLINE_S).stdout
    assert re.search(r"LISTEN\s+0\s+7\s", table), table
    assert connect(server).ask(b"mn\r\n") == b"MN\r\n"


@pytest.mark.parametrize("protocol, first", [("ascii", b"ERROR\r\n"), ("binary", b"\x81\x0b"),
                                             ("auto", b"\x81\x0b")])
@larder_only
def test_protocol(serve, connect, backend, protocol, first):
    """0x80 begins a binary request, or a line of text that is none."""
    connection = connect(serve(backend, "-B", protocol))
    connection.send(b"\x80\x0b" + bytes(22) + b"\r\n")
    assert connection.read(len(first)) == first


@pytest.mark.parametrize("words, told", [
    ("-vv", ["new auto-negotiating client connection", "connection closed."]),
    ("-v", [])])
def test_verbose_twice_tells_of_connections(serve, connect, backend, words, told):
    server = serve(backend, words)
    one = connect(server)
    one.send(b"mn\r\nquit\r\n")
    assert one.read_to_end() == b"MN\r\n"
    for line in told:
        pattern = re.compile(rf"^<\d+ {line}", re.M)
        assert comes_true(lambda: pattern.search(server.stderr())), line
    if not told:
        assert "connection closed" not in server.stderr()


# ---- the process

@pytest.mark.parametrize("how", [b"shutdown\r\n", b"shutdown graceful\r\n"])
def test_a_client_may_end_it(serve, connect, backend, how):
    server = serve(backend, "-A")
    connection = connect(server)
    connection.send(how)
    assert connection.read_to_end() == b""
    server.await_exit()


@larder_only
def test_shutdown_answers_what_others_have_sent(serve, connect, backend):
    server = serve(backend, "-A")
    other, client = connect(server), connect(server)
    value = b"v" * 100_000
    assert other.ask(b"set k 0 0 %d\r\n%s\r\n" % (len(value), value)) == b"STORED\r\n"
    other.send(b"get k\r\n" * 50)
    head = other.read(1000)
    client.send(b"shutdown graceful\r\n")
    assert client.read_to_end() == b""
    answer = b"VALUE k 0 %d\r\n%s\r\nEND\r\n" % (len(value), value)
    assert head + other.read_to_end() == answer * 50
    server.await_exit()


def test_nobody_may_end_it_otherwise(serve, connect, backend):
    connection = connect(serve(backend))
    assert b"shutdown not enabled" in connection.ask(b"shutdown\r\n")
    assert connection.ask(b"mn\r\n") == b"MN\r\n"


@larder_only
def test_usr1_is_a_graceful_end(serve, connect, backend):
    server = serve(backend)
    connection = connect(server)
    assert connection.ask(b"mn\r\n") == b"MN\r\n"
    stderr = (server.x_folder / "stderr").open("rb")
    server.terminate(signal.SIGUSR1)
    assert connection.read_to_end() == b""
    server.await_exit()
    with stderr:
        assert b"Gracefully stopping\n" in stderr.read()


@larder_only
def test_hup_ends_nothing(serve, connect, backend):
    server = serve(backend)
    connection = connect(server)
    assert connection.ask(b"set k 0 0 1\r\nv\r\n") == b"STORED\r\n"
    for _ in range(3):
        server.terminate(signal.SIGHUP)
        assert connection.ask(b"get k\r\n", 2) == b"VALUE k 0 1\r\nv\r\nEND\r\n"


@pytest.mark.skipif(os.getuid() != 0, reason="only root may lock what it likes")
def test_memory_is_locked(serve, connect, backend):
    server = serve(backend, "-k", user="root")

    def locked_kb():
        status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
        return int(re.search(r"VmLck:\s+(\d+) kB", status)[1])
    assert comes_true(locked_kb) or "mlockall() failed" in server.stderr()
    connection = connect(server)
    value = b"v" * 500_000
    for i in range(300):    # more than -m: memory is given back and taken again
        assert connection.ask(b"set k%d 0 0 500000\r\n%s\r\n" % (i, value)) == b"STORED\r\n"
    assert connection.ask(b"get k299\r\n", 2) == b"VALUE k299 0 500000\r\n%s\r\nEND\r\n" % value


@larder_only
@pytest.mark.skipif(os.getuid() != 0, reason="only root locks as much")
def test_memory_that_cannot_be_locked_is_served_all_the_same(serve, connect, backend):
    server = serve(backend, "-k", user="nobody")
    assert comes_true(lambda: "warning: -k invalid, mlockall() failed" in server.stderr())
    assert connect(server).ask(b"mn\r\n") == b"MN\r\n"


@larder_only
def test_core_files(serve, backend):
    server = serve(backend, "-r")
    limits = pathlib.Path(f"/proc/{server.pid}/limits").read_text()
    soft, hard = re.search(r"^Max core file size\s+(\w+)\s+(\w+)", limits, re.M).groups()
    assert soft == hard


@larder_only
def test_what_has_no_effect_is_told(serve, connect, backend):
    server = serve(backend, "-f", "1.3", "-o", "modern,hashpower=20,slab_automove")
    said = server.stderr()
    for option in ("--slab-growth-factor", "-o modern", "-o hashpower", "-o slab_automove"):
        assert said.count(f"larder: {option}: without effect: ") == 1, option
    assert connect(server).ask(b"mn\r\n") == b"MN\r\n"


@larder_only
def test_debians_file_is_taken(backend, tmp_path, serve, connect):
    """As it is installed; the command line has the last word on addresses and ports."""
    conf = tmp_path / "memcached.conf"
    conf.write_text("# comment\n-d\nlogfile /var/log/memcached.log\n-m 64\n-p 11211\n-u nobody\n"
                    "-l 192.0.2.1\n-o idle_timeout=60\n-C\n")
    os.chmod(tmp_path, 0o755)
    server = serve(backend, f"--memcached-conf={conf}")
    connection = connect(server)
    assert connection.ask(b"set k 0 0 1\r\nv\r\ngets k\r\n").startswith(b"STORED")
    assert connection.read_through(b"END\r\n").endswith(b"VALUE k 0 1 0\r\nv\r\nEND\r\n")


# ---- as memcached judges them

GOOD = """-U 1|-U -1
-p 0|-p -1|-U 0|-s /s|-a 700|-A|-l 127.0.0.1|-l 127.0.0.1,::1|-d|-u nobody|-r|-k|-m 100|-M
-c 10|-v|-vv|-P /p|-f 1.25|-n 48|-L|-D :|-t 4|-R 20|-C|-b 1024|-B ascii|-B binary|-B auto
-I 2m|-F|-X|-W|-N 2|--port=1|--unix-mask=700|--enable-shutdown|--listen=::1|--daemon
--enable-coredumps|--user=nobody|--memory-limit=64|--disable-evictions|--conn-limit=9
--lock-memory|--verbose|--pidfile=p|--slab-growth-factor=2|--slab-min-size=9
--enable-largepages|--threads=2|--max-reqs-per-event=3|--disable-cas|--listen-backlog=9
--protocol=auto|--max-item-size=1k|--disable-flush-all|--disable-dumping|--disable-watch
--napi-ids=1|--unix-socket=s|--udp-port=0|-o maxconns_fast|-o no_maxconns_fast
-o hashpower=20|-o tail_repair_time=10|-o hash_algorithm=xxh3|-o no_lru_crawler
-o lru_crawler|-o lru_crawler_sleep=100|-o lru_crawler_tocrawl=0|-o read_buf_mem_limit=16
-o resp_obj_mem_limit=1|-o no_lru_maintainer|-o lru_maintainer|-o hot_lru_pct=20
-o warm_lru_pct=40|-o hot_max_factor=0.2|-o warm_max_factor=2|-o temporary_ttl=61
-o idle_timeout=0|-o slab_chunk_max=512|-o watcher_logbuf_size=256|-o worker_logbuf_size=64
-o track_sizes|-o no_hashexpand|-o modern|-o no_modern|-o sock_cookie_id=1|-o slab_reassign
-o no_slab_reassign|-o slab_automove|-o slab_automove=1|-o slab_automove_ratio=0.8
-o slab_automove_window=30|-o slab_automove_freeratio=0.01|-o inline_ascii_resp
-o no_inline_ascii_resp|-o drop_privileges|-o no_drop_privileges|-o ext_page_size=64
-o ext_wbuf_size=4|-o ext_threads=1|-o ext_item_size=512|-o ext_item_age=1|-o ext_low_ttl=1
-o ext_drop_unread|-o ext_recache_rate=1|-o ext_compact_under=1|-o ext_drop_under=1
-o ext_max_frag=0.8|-o ext_max_sleep=1|-o modern,hashpower=16,maxconns_fast=1"""
BAD = """-Q|--bogus|-R 0|-R x|-f 1|-f x|-n 0|-n x|-t 0|-t x|-c 0|-c x|-N 0|-o bogus|-o bogus=1
-o hashpower|-o hashpower=11|-o hashpower=33|-o hash_algorithm|-o hash_algorithm=x
-o tail_repair_time|-o tail_repair_time=9|-o lru_crawler_sleep|-o lru_crawler_sleep=2000000
-o lru_crawler_tocrawl|-o lru_crawler_tocrawl=x|-o hot_lru_pct|-o hot_lru_pct=80
-o hot_lru_pct=0|-o warm_lru_pct=80|-o hot_max_factor|-o hot_max_factor=0
-o warm_max_factor=0|-o temporary_ttl|-o idle_timeout|-o watcher_logbuf_size
-o watcher_logbuf_size=x|-o worker_logbuf_size=x|-o slab_automove=3|-o slab_automove_ratio
-o slab_automove_ratio=0|-o slab_automove_window=2|-o read_buf_mem_limit
-o read_buf_mem_limit=x|-o ext_page_size|-o ext_page_size=x|-o ext_path|-o modern,bogus"""


def judged(command, option):
    """Both look at options in their order, and print the version when all are good."""
    done = subprocess.run([*command, *option.split(), "-V"], capture_output=True, text=True,
                          check=False, timeout=DEADLINE_S * SLOW)
    return done.returncode, done.stdout.startswith("memcached 1.6.")


@larder_only
@pytest.mark.parametrize("options, status", [(GOOD, 0), (BAD, 1)], ids=["good", "bad"])
def test_options_are_judged_as_memcached_judges_them(options, status):
    expected = (status, status == 0)
    for option in re.split(r"[|\n]", options):
        peer = larder_process.memcached_binary()
        assert judged([peer], option) == expected, f"memcached {option}"
        assert judged([LARDER, "cache"], option) == expected, f"larder {option}"


@larder_only
@pytest.mark.parametrize("option", ["-o ext_path=/f:1G", "-o proxy_config=/f"])
def test_what_is_not_there_is_refused(backend, option):
    code, said = Server(backend, *option.split()).run_to_end()
    assert code == 1 and said.startswith("larder: larder cache: "), said


@larder_only
@pytest.mark.parametrize("options", ["-S -B ascii", "-B auto -S", "-Y passwords -B binary",
                                     "-B auto -Y passwords"])
def test_exit_status_of_a_protocol_that_cannot_ask_for_passwords(backend, options):
    for binary in (backend, "memcached"):
        code, said = Server(binary, *options.split()).run_to_end()
        assert code == 64 and "You cannot allow the" in said, said


@larder_only
@pytest.mark.skipif(os.getuid() != 0, reason="only root has users to choose from")
@pytest.mark.parametrize("user, status", [(None, 64), ("no-such-user-here", 67)])
def test_exit_status_of_a_wrong_user(backend, user, status):
    assert Server(backend, user=user).run_to_end()[0] == status
    assert Server("memcached", user=user).run_to_end()[0] == status


@larder_only
def test_exit_status_of_a_taken_port(serve, backend):
    port = serve(backend).port
    assert Server(backend, port=port).run_to_end()[0] == 71
    assert Server("memcached", port=port).run_to_end()[0] == 71
