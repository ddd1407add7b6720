# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# ctest: serial timeout_s=600
"""`larder bench` for a second at a time: right answers are counted, wrong ones fail the run."""
import contextlib
import json
import re
import socket
import subprocess
import threading
import time

import pytest

import edge_process
import scripted_origin
from larder_process import DEADLINE_S, LARDER, ROOT, SLOW


def bench(*args, check=True):
    """Runs a load; → its report, or the finished process where it may fail."""
    command = [str(LARDER), "bench", "--json", "--warmup", "0.1", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60 * SLOW)
    if not check:
        return done
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr}{done.stdout}"
    return json.loads(done.stdout)


@contextlib.contextmanager
def floor(*args):
    """Its port."""
    command = [str(LARDER), "bench", "floor", *map(str, args)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        first_line = process.stdout.readline()
        found = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+) by (io_uring|epoll)\n", first_line)
        assert found, f"{first_line}{process.stderr.read() if process.poll() else ''}"
        yield int(found[1])
    finally:
        process.terminate()
        assert process.wait(DEADLINE_S) == 0
        process.stdout.close()
        process.stderr.close()


@contextlib.contextmanager
def fake_server(answer):
    """A server on one connection: `answer(request line, number)` → reply, or None to hang up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve():
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
                for number, line in enumerate(lines):
                    reply = answer(line, number)
                    if reply is None:
                        return
                    connection.sendall(reply)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(DEADLINE_S)
        assert not thread.is_alive()


# ---- real servers

@pytest.mark.parametrize("protocol", ["text", "meta"])
def test_every_byte_comes_back(serve, backend, protocol):
    server = serve(backend, memory_mb=256)
    report = bench("--port", server.port, "--server-pid", server.pid, "--protocol", protocol,
                   "--verify", "--seconds", 1, "--depth", 16, "--keys", 20_000,
                   "--value-bytes", "0-300:9,1000-70000:1", "--sets", 20, "--distribution", "zipf")
    assert report["verified"] and report["errors"] == 0 and report["misses"] == 0
    assert report["requests"] == report["hits"] + report["stored"] > 1000
    assert 0.15 < report["stored"] / report["requests"] < 0.25
    assert 0 < report["latency_us"]["p50"] <= report["latency_us"]["p99"]
    assert report["server_cpu_ns_per_request"] > 100


@pytest.mark.parametrize("protocol", ["text", "meta"])
def test_multigets_tell_hits_from_misses(serve, backend, protocol):
    server = serve(backend)
    shape = ["--port", server.port, "--protocol", protocol, "--value-bytes", "50-150", "--verify"]
    bench(*shape, "--seconds", 0.1, "--keys", 1000, "--key-bytes", 20, "--sets", 0)
    # Twice as many keys as were filled, of the same names.
    report = bench(*shape, "--seconds", 0.5, "--keys", 2000, "--key-bytes", 20, "--sets", 0,
                   "--multiget", 20, "--no-fill")
    assert report["hits"] + report["misses"] == 20 * report["requests"]
    assert 0.45 < report["hits"] / (report["hits"] + report["misses"]) < 0.55


def test_unix_sockets(serve, backend, tmp_path):
    server = serve(backend, unix=tmp_path / "s")
    report = bench("--unix", server.address, "--seconds", 0.2, "--verify", "--keys", 100)
    assert report["requests"] > 0 and report["server"] == server.address


def test_client_threads_share_the_connections(serve, backend):
    server = serve(backend)
    report = bench("--port", server.port, "--seconds", 0.3, "--threads", 3, "--connections", 7,
                   "--keys", 1000, "--verify")
    assert report["misses"] == 0 and report["requests"] > 0


def test_errors_of_the_server_fail_the_run(serve, backend):
    server = serve(backend)
    done = bench("--port", server.port, "--seconds", 0.2, "--value-bytes", 1_200_000, "--keys", 10,
                 "--sets", 100, "--connections", 4, "--depth", 2, check=False)
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["errors"] > 0
    assert report["first_error"].startswith("SERVER_ERROR object too large")


# ---- by HTTP

HTTP = ["--protocol", "http", "--sets", 0, "--no-fill", "--key-bytes", 12]


def test_http_tells_hits_from_misses_and_asks_each_once(backend):
    with scripted_origin.Origin() as origin:
        origin.otherwise = scripted_origin.reply("x" * 1024, ("Cache-Control", "max-age=60"))
        with edge_process.Edge(backend, edge_process.site(origin.port)) as edge:
            once = bench("--port", edge.port, *HTTP, "--keys", 500, "--distribution", "once",
                         "--threads", 2, "--seconds", 60, "--fields", "Host: a; X-More: b")
            assert once["hits"] == len(origin.requests) == 500
            assert len({request.target for request in origin.requests}) == 500
            again = bench("--port", edge.port, *HTTP, "--keys", 500, "--distribution", "zipf",
                          "--seconds", 0.2, "--fields", "Host: a")
            assert again["hits"] == again["requests"] > 0 and len(origin.requests) == 500
        assert origin.requests[0].header("X-More") == "b"


def test_http_counts_what_is_not_there_and_what_fails(backend):
    with scripted_origin.Origin() as origin:
        with edge_process.Edge(backend, edge_process.site(origin.port)) as edge:
            for status, name in [(404, "misses"), (503, "errors")]:
                origin.otherwise = scripted_origin.reply("no", status=status)
                report = json.loads(bench("--port", edge.port, *HTTP, "--keys", 20, "--seconds",
                                          60, "--distribution", "once", check=False).stdout)
                assert report[name] == 20 and report["hits"] == 0
                assert report.get("first_error") == ("status 503" if status == 503 else None)


def test_http_only_gets():
    for words in (["--sets", 10], ["--fill"], ["--multiget", 2], ["--verify"]):
        done = bench("--port", 1, *HTTP, *words, check=False)
        assert done.returncode == 64 and "--protocol http" in done.stderr, words


# ---- the floor

@pytest.mark.parametrize("io", ["uring", "epoll"])
@pytest.mark.parametrize("shape", [
    ["--protocol", "text"], ["--protocol", "meta"], ["--value-bytes", "4096"],
    ["--value-bytes", "100000"], ["--multiget", "50"], ["--protocol", "meta", "--multiget", "50"]],
    ids=" ".join)
def test_floor_answers_any_load_of_its_shape(io, shape):
    with floor("--io", io, *shape) as port:
        report = bench("--port", port, "--no-fill", "--seconds", 0.3, "--depth", 4, *shape)
    assert report["errors"] == report["misses"] == 0
    assert report["hits"] and report["stored"]


@pytest.mark.parametrize("io", ["uring", "epoll"])
def test_floor_by_http(io):
    shape = ["--protocol", "http", "--value-bytes", 1024]
    with floor("--io", io, *shape) as port:
        report = bench("--port", port, *shape, "--sets", 0, "--no-fill", "--seconds", 0.3)
    assert report["hits"] == report["requests"] > 0


def test_floor_closes_on_another_load():
    with floor("--protocol", "text") as port:
        done = bench("--port", port, "--no-fill", "--seconds", 5, "--protocol", "meta", check=False)
    assert done.returncode == 1 and "closed a connection" in done.stderr


# ---- what must fail, and what must not be hidden

def test_wrong_bytes_fail_a_verified_run():
    """The floor's values are of the right length and of no right byte."""
    with floor("--protocol", "meta") as port:
        done = bench("--port", port, "--protocol", "meta", "--no-fill", "--sets", 0, "--seconds", 5,
                     "--verify", check=False)
    assert done.returncode == 1 and "wrong byte in the value" in done.stderr


@pytest.mark.parametrize("reply, complaint", [
    (b"NONSENSE\r\n", "an unexpected reply: `NONSENSE`"),
    (b"END\r\nEND\r\n", "no request asked for"),
    (b"VALUE x 0 99\r\n", "another length"),
    (None, "closed a connection")])
def test_replies_that_do_not_fit_fail_the_run(reply, complaint):
    with fake_server(lambda line, number: reply if number == 5 else b"END\r\n") as port:
        done = bench("--port", port, "--connections", 1, "--no-fill", "--sets", 0, "--seconds", 5,
                     check=False)
    assert done.returncode == 1 and complaint in done.stderr


def test_open_loop_keeps_its_rate(serve, backend):
    server = serve(backend)
    report = bench("--port", server.port, "--rate", 2000, "--seconds", 1, "--keys", 100)
    assert report["requests"] + report["behind"] == pytest.approx(2000, rel=0.25)


def test_open_loop_counts_a_stall_for_each_request_due_in_it():
    """Of a server that pauses for half a second of one and a half: in the closed loop one request
    sees it, in the open one a third of all do."""
    def answer(line, number):
        if number == 200:
            time.sleep(0.5)
        return b"END\r\n"
    shape = ["--connections", 1, "--no-fill", "--sets", 0, "--seconds", 1.5, "--warmup", 0]
    with fake_server(answer) as port:
        closed = bench("--port", port, *shape)["latency_us"]
    with fake_server(answer) as port:
        opened = bench("--port", port, *shape, "--rate", 500)["latency_us"]
    assert closed["max"] > 490_000 and opened["max"] > 490_000
    assert closed["p99"] < 100_000
    assert opened["p90"] > 200_000


@pytest.mark.parametrize("args", [["--depth", "0"], ["--protocol", "binary"], ["--sets", "101"],
                                  ["--value-bytes", "9-1"], ["--key-bytes", "3"],
                                  ["--seconds", "0"], ["--threads", "33"], ["--nonsense"],
                                  ["word"]],
                         ids=" ".join)
def test_wrong_arguments_are_refused_before_anything_is_sent(args):
    done = subprocess.run([str(LARDER), "bench", *args], capture_output=True, text=True)
    assert done.returncode == 64 and done.stderr.startswith("larder bench: ") and not done.stdout


def versus(tmp_path, suite, *args):
    """The figures of so short a run mean nothing; that there are some is what is tested."""
    command = [str(ROOT / "bench" / "versus"), suite, "--larder", str(LARDER),
               "--json", str(tmp_path / "json"), *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100 * SLOW)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return json.loads((tmp_path / "json").read_text())


def test_versus_compares(tmp_path):
    report = versus(tmp_path, "kv", "--rounds", 1, "--seconds", 0.1, "--warmup", 0, "--keys", 500)
    floored = ["depth1", "depth16", "value4k", "multiget50"]
    assert list(report["loads"]) == [*floored, "open50", "open80", "get64k", "set64k", "get1m",
                                     "set1m"]
    for name, load in report["loads"].items():
        floors = {"floor uring", "floor epoll"} if name in floored else set()
        assert set(load["servers"]) == {"larder uring", "larder epoll", "memcached", *floors}
        assert all(row["cpu_ns"] > 0 for row in load["servers"].values())
        assert all(("L/F" in ratios) == bool(floors) for ratios in load["ratios"].values())
        assert set(load["ratios"]) == {"uring", "epoll"}


def test_versus_compares_hits(tmp_path):
    report = versus(tmp_path, "hits", "--rounds", 1, "--requests", 5000, "--warmup", 20_000,
                    "--mb", 12, "--loads", "zipf:1.0,scan,loop:3,twitter")
    match = report["match"]
    assert match["memcached_items"] > 1000 and match["larder_items"] > 1000
    assert 0.8 * match["memcached_items"] < match["fewer_larder_items"] <= match["memcached_items"]
    assert list(report["loads"]) == ["zipf:1.0", "scan", "loop:3", "twitter"]
    for name, load in report["loads"].items():
        assert [run["trace"] for run in load["runs"][0].values()] == [name] * 3
        assert len({run["gets"] for run in load["runs"][0].values()}) == 1
        for who in ("larder", "larder, as many items"):
            assert load["hits"][who]["points"] == pytest.approx(
                load["hits"][who]["percent"] - load["hits"]["memcached"]["percent"], abs=0.01)
    for name in ("zipf:1.0", "scan", "twitter"):
        assert all(row["percent"] > 10 for row in report["loads"][name]["hits"].values())


def test_versus_compares_memory(tmp_path):
    report = versus(tmp_path, "memory", "--mb", 32, "--values", "100,500", "--overwrites", 2)
    assert list(report["values"]) == ["100", "500"]
    for value, figures in report["values"].items():
        memcached, larder = (figures["servers"][name] for name in ("memcached", "larder"))
        # 24 bytes of key, 56 of header with cas: there is no room for more, nor would much less do.
        assert 0.5 < memcached["items"] * (int(value) + 24 + 56) / (32 << 20) < 1
        assert larder["resident_bytes"] <= memcached["resident_bytes"]
        for row in (memcached, larder):
            assert row["keys_set"] >= 1.25 * row["items"]
            assert 0 < row["items_overwritten"] <= row["items_before_overwriting"] <= row["items"]
