# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# ctest: serial timeout_s=600
"""`larder bench replay` and `larder bench fill`: traces with known answers, on both servers."""
import json
import struct
import subprocess

import pytest

from larder_process import BACKENDS, LARDER, SLOW
from test_bench import fake_server

KINDS = [kind for kind in BACKENDS if kind != "memcached"] + ["memcached"]
DEPTHS = [1, 2, 3, 64]


def bench(*args, check=True):
    """Runs a tool of larder bench; → its report, or the finished process where it may fail."""
    command = [str(LARDER), "bench", args[0], "--json", *map(str, args[1:])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60 * SLOW)
    if not check:
        return done
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr}{done.stdout}"
    return json.loads(done.stdout)


def replay(server, *args, **more):
    return bench("replay", "--port", server.port, *args, **more)


def has(report, **wanted):
    assert {name: report[name] for name in wanted} == wanted


# ---- traces in files

ORACLE = b"".join(struct.pack("<IQIq", *record) for record in [
    (0, 1, 100, 2), (0, 2, 50, 5), (1, 1, 100, -1), (1, 3, 7, 4), (1, 3, 7, -1), (2, 2, 50, -1),
    (3, 2**64 - 1, 3_000_000, 7), (3, 2**64 - 1, 3_000_000, -1)])
# Object 3 is smaller than its key, and the last one larger than is ever set.
ORACLE_ANSWER = {
    "requests": 8, "gets": 8, "hits": 3, "misses": 5, "hit_ratio": 0.375, "stored": 3,
    "refused": 0, "too_large": 2, "deletes": 0,
    "bytes": 100 + 50 + 100 + 16 + 16 + 50 + 2 * 3_000_000, "hit_bytes": 100 + 16 + 50}


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_oracle_trace(serve, kind, depth, tmp_path):
    (tmp_path / "trace").write_bytes(ORACLE)
    report = replay(serve(kind), "--oracle", tmp_path / "trace", "--depth", depth)
    has(report, **ORACLE_ANSWER)


def test_packed_trace(serve, backend, tmp_path):
    (tmp_path / "trace").write_bytes(ORACLE)
    subprocess.run(["zstd", "-q", tmp_path / "trace"], check=True)
    has(replay(serve(backend), "--oracle", tmp_path / "trace.zst"), **ORACLE_ANSWER)


CSV = """time,object,key bytes,value bytes,client,operation,ttl
0,a,1,10,x,get,0
0,b,1,20,x,set,60
0,a,1,10,y,gets,0
1,b,1,20,y,get,0
1,b,1,20,y,delete,0
1,b,1,20,y,get,0
2,c,1,30,y,set,0
2,c,1,30,y,delete,0
2,c,1,30,y,delete,0
3,b,1,20,y,incr,0
"""


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_trace_of_lines(serve, kind, depth, tmp_path):
    (tmp_path / "trace").write_text(CSV)
    server = serve(kind)
    trace = ["--csv", tmp_path / "trace", "--columns", "twitter", "--depth", depth]
    has(replay(server, *trace), requests=10, gets=5, hits=3, misses=2, stored=4, deletes=3,
        bytes=11 + 11 + 21 + 21 + 21, hit_bytes=11 + 21 + 21)


def test_misses_may_be_left_alone(serve, backend, tmp_path):
    (tmp_path / "trace").write_text(CSV)
    trace = ["--csv", tmp_path / "trace", "--columns", "twitter", "--on-miss", "nothing"]
    has(replay(serve(backend), *trace), gets=5, hits=1, stored=2)


@pytest.mark.parametrize("kind", KINDS)
def test_part_of_a_trace_after_a_warm_up(serve, kind, tmp_path):
    (tmp_path / "trace").write_bytes(ORACLE)
    report = replay(serve(kind), "--oracle", tmp_path / "trace", "--warmup", 2, "--requests", 3)
    has(report, requests=3, hits=2, misses=1, stored=1)


@pytest.mark.parametrize("kind", KINDS)
def test_times_to_live_pass_with_the_trace(serve, kind, tmp_path):
    """Of ten seconds, two of the clock: there after 0.4 of these, gone after four."""
    (tmp_path / "trace").write_text("0,k,100,10\n2,k,100,10\n20,k,100,10\n")
    report = replay(serve(kind), "--csv", tmp_path / "trace", "--columns", "time,key,size,ttl",
                    "--speed", 5)
    has(report, gets=3, hits=1, stored=2)
    assert 4 <= report["seconds"] < 4 + 4 * SLOW


@pytest.mark.parametrize("kind", KINDS)
def test_refused_sets_are_counted(serve, kind, tmp_path):
    (tmp_path / "trace").write_bytes(ORACLE)
    report = replay(serve(kind), "--oracle", tmp_path / "trace", "--largest", 4_000_000,
                    "--depth", 1)
    has(report, hits=3, stored=3, refused=2, too_large=0)
    assert report["first_refusal"].startswith("SERVER_ERROR object too large")


# ---- generated traces

@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_generated_traces(serve, kind, depth):
    server = serve(kind)
    shape = ["--capacity", 1000, "--requests", 2000, "--depth", depth]
    has(replay(server, "--generate", "loop:0.5", *shape), gets=2000, hits=1500, stored=500)
    has(replay(server, "--generate", "scan:1", "--key-bytes", 30, *shape), hits=0, stored=2000)


@pytest.mark.parametrize("generator", ["zipf:1.2", "scan", "mixed", "twitter"])
def test_depth_changes_nothing_where_nothing_is_evicted(serve, backend, generator):
    shape = ["--generate", generator, "--capacity", 500, "--requests", 5000, "--ttl", 0]
    reports = [replay(serve(backend), *shape, "--depth", depth) for depth in (1, 5, 500)]
    assert reports[0]["hits"] > 0 and reports[0]["misses"] > 0
    for report in reports[1:]:
        has(report, **{name: reports[0][name] for name in (
            "gets", "hits", "bytes", "hit_bytes", "stored", "refused")})


def test_depth_changes_little_where_much_is_evicted(serve, backend):
    """8 MB hold some ten thousand of these objects: 64 of them later or sooner is nothing."""
    shape = ["--generate", "zipf:0.8", "--capacity", 10_000, "--requests", 50_000,
             "--warmup", 50_000, "--value-bytes", 600]
    ratios = [replay(serve(backend, memory_mb=8), *shape, "--depth", depth)["hit_ratio"]
              for depth in (1, 64)]
    assert 0.2 < ratios[0] < 0.9
    assert ratios[1] == pytest.approx(ratios[0], abs=0.005)


def test_large_values_pass_each_other(serve, backend):
    """More on its way in each direction than the sockets hold."""
    server = serve(backend, memory_mb=256)
    report = replay(server, "--generate", "loop:1", "--capacity", 100, "--requests", 300,
                    "--value-bytes", 900_000, "--depth", 64)
    has(report, hits=200, stored=100)


# ---- what must fail

@pytest.mark.parametrize("text, complaint", [
    (b"0,k,100\n0,k\n", "line 2 has not the columns"), (b"0,k,1\n" + b"x" * 5000, "line 2: "),
    (b"\n0,k,-1\n", "line 2 has not")])
def test_lines_that_cannot_be_read(serve, backend, tmp_path, text, complaint):
    (tmp_path / "trace").write_bytes(text)
    done = replay(serve(backend), "--csv", tmp_path / "trace", check=False)
    assert done.returncode == 1 and complaint in done.stderr and not done.stdout


@pytest.mark.parametrize("name, text, complaint", [
    ("cut", ORACLE[:30], "the last record has 6 bytes of 24"),
    ("trace.zst", b"this is not packed", "zstd could not unpack"), ("none", None, "opening ")])
def test_files_that_are_no_trace(serve, backend, tmp_path, name, text, complaint):
    if text is not None:
        (tmp_path / name).write_bytes(text)
    done = replay(serve(backend), "--oracle", tmp_path / name, check=False)
    assert done.returncode == 1 and complaint in done.stderr and not done.stdout


@pytest.mark.parametrize("reply", [b"NONSENSE\r\n", b"END\r\nEND\r\n", b"VALUE x 0 1\r\n", None])
def test_replies_that_do_not_fit(reply):
    with fake_server(lambda line, number: reply) as port:
        done = bench("replay", "--port", port, "--generate", "loop:1", "--requests", 5,
                     "--depth", 1, check=False)
    assert done.returncode == 1 and done.stderr.startswith("larder bench replay: ")


@pytest.mark.parametrize("args", [
    [], ["--generate", "zipf"], ["--generate", "scan", "--csv", "x"], ["--generate", "loop:0"],
    ["--generate", "scan", "--depth", "0"], ["--csv", "x", "--columns", "key"],
    ["--generate", "scan", "--speed", "-1"], ["--generate", "scan", "--ttl", "x"],
    ["--generate", "scan", "--on-miss", "x"], ["--nonsense"]], ids=" ".join)
def test_wrong_arguments_are_refused(args):
    done = bench("replay", *args, check=False)
    assert done.returncode == 64 and not done.stdout
    assert done.stderr.startswith("larder bench replay: ")


# ---- fill

@pytest.mark.parametrize("kind", KINDS)
def test_fill_counts_what_is_held(serve, kind):
    server = serve(kind)
    report = bench("fill", "--port", server.port, "--keys", 5000, "--key-bytes", 24,
                   "--value-bytes", "10-100", "--ttl", 100, "--rounds", 3, "--order", "random",
                   "--threads", 2, "--count")
    has(report, keys=5000, stored=15_000, refused=0, held=5000)
    # Half as many keys have other names, and these are counted without being set.
    has(bench("fill", "--port", server.port, "--keys", 10_000, "--key-bytes", 24, "--rounds", 0,
              "--count"), stored=0, held=5000)


@pytest.mark.parametrize("kind", KINDS)
def test_fill_counts_what_was_evicted(serve, kind):
    server = serve(kind, memory_mb=8)
    report = bench("fill", "--port", server.port, "--keys", 100_000, "--value-bytes", 200,
                   "--count")
    # memcached refuses some when its lists are not yet in order.
    assert report["stored"] + report["refused"] == 100_000 and report["refused"] < 5000
    assert 10_000 < report["held"] < 40_000
    again = bench("fill", "--port", server.port, "--keys", 100_000, "--rounds", 0, "--count")
    assert again["held"] == report["held"]


@pytest.mark.parametrize("kind", KINDS)
def test_fill_gives_its_time_to_live(serve, kind):
    server = serve(kind)
    shape = ["--port", server.port, "--keys", 100, "--count"]
    has(bench("fill", *shape, "--ttl", 1, "--rounds", 0), held=0)
    has(bench("fill", *shape, "--ttl", 1000), held=100)
    has(bench("fill", *shape, "--ttl", 1), stored=100)
    # Until the second is over, however long that takes.
    while bench("fill", *shape, "--rounds", 0)["held"] != 0:
        pass


def test_fill_counts_refusals(serve, backend):
    report = bench("fill", "--port", serve(backend).port, "--keys", 3, "--value-bytes", 1_200_000,
                   "--count")
    has(report, stored=0, refused=3, held=0)
    assert report["first_refusal"].startswith("SERVER_ERROR object too large")


@pytest.mark.parametrize("args", [["--order", "x"], ["--rounds", "10001"], ["--keys", "0"],
                                  ["--value-bytes", "x"]], ids=" ".join)
def test_fill_refuses_wrong_arguments(args):
    done = bench("fill", *args, check=False)
    assert done.returncode == 64 and done.stderr.startswith("larder bench fill: ")
