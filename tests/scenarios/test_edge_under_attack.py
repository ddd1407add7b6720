# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The edge under tools of attack and of load (slowhttptest, h2load, nghttp) and under floods of
frames: a good client beside is served in time, and the server's work and memory are bounded."""
import contextlib
import re
import socket
import subprocess
import threading
import time

import pytest
from hyperframe.frame import PingFrame, SettingsFrame

import edge_process
import larder_process
import scripted_origin
from certificates import Identity
from h2_frames import PREFACE, Frames, was_sent_away
from http_client import BrokenResponse, Client
from larder_process import DEADLINE_S, SLOW

MIB = 1 << 20
FRESH = ("Cache-Control", "max-age=600")
PAGE = b"x" * 200_000
TOOL_S = 4      # that each tool is at work
TIMEOUT_S = 2   # of the server, for heads, bodies and what it sends
ANSWERS = 10    # that a good client has at least, so that there is something to measure


class Scene:
    def __init__(self, origin, edge):
        self.origin, self.edge = origin, edge
        self.port, self.secure_port = edge.ports

    def cpu_s(self):
        """Of the server, since its start."""
        return self.edge.cpu_s()


@pytest.fixture(scope="module", name="scene", params=larder_process.BACKENDS)
def new_scene(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("identity")
    folder.chmod(0o755)
    identity = Identity(folder, "edge", hosts="DNS:example.com")
    terms = {"headTimeoutSec": TIMEOUT_S, "bodyTimeoutSec": TIMEOUT_S,
             "sendTimeoutSec": TIMEOUT_S, "keepAliveSec": 2 * TIMEOUT_S}
    network = {"listen": [{"address": "127.0.0.1:0", **terms},
                          {"address": "127.0.0.1:0", "tls": True, **terms}],
               "tls": {"certificates": [{"chainFile": str(identity.certificate),
                                         "keyFile": str(identity.key)}]}}
    with scripted_origin.Origin() as origin:
        origin.on("/", scripted_origin.reply("root", FRESH))
        origin.on("/page", scripted_origin.reply(PAGE, FRESH))
        origin.on("/echo", lambda exchange: exchange.reply(200, exchange.request.body))
        site = edge_process.site(origin.port)
        with edge_process.Edge(request.param, site, env={"network": network}) as edge:
            yield Scene(origin, edge)


@contextlib.contextmanager
def good_client(scene):
    """Asks again and again, on new connections and on one that stays. None may wait."""
    ended, slowest, faults = threading.Event(), [0.0, 0], []

    def ask():
        with Client(scene.port) as stays:
            while not ended.wait(0.02):
                for one in (stays, None):
                    began = time.monotonic()
                    assert (get(scene) if one is None else one.get("/")).body == b"root"
                    slowest[0] = max(slowest[0], time.monotonic() - began)
                    slowest[1] += 1

    def guarded():
        try:
            ask()
        except Exception as fault:  # pylint: disable=broad-exception-caught
            faults.append(fault)

    thread = threading.Thread(target=guarded)
    thread.start()
    try:
        yield
        deadline = time.monotonic() + DEADLINE_S
        while slowest[1] <= ANSWERS and not faults and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        ended.set()
        thread.join()
    print(f"slowest of {slowest[1]} answers: {1000 * slowest[0]:.1f} ms")
    assert faults == []
    assert slowest[1] > ANSWERS and slowest[0] < 3 * SLOW


def get(scene, path="/"):
    with Client(scene.port) as client:
        return client.get(path)


def tool(*command):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=(TOOL_S + 30) * SLOW, check=False)
    assert done.returncode == 0, f"{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout + done.stderr


# ---- slow clients

@pytest.mark.parametrize("mode, options", [
    ("-H", ["-i", "1"]),                                    # heads that never end
    ("-B", ["-i", "1", "-s", "8192", "-x", "10"]),          # bodies that never end
    ("-R", ["-t", "HEAD", "-a", "10", "-b", "3000"]),       # thousands of ranges
    ("-X", ["-w", "512", "-y", "1024", "-n", "5", "-z", "32", "-k", "3"])],  # readers that crawl
    ids=["heads", "bodies", "ranges", "readers"])
def test_slowhttptest(scene, mode, options):
    assert get(scene, "/page").body == PAGE
    before = scene.cpu_s()
    with good_client(scene):
        said = tool("slowhttptest", mode, "-c", "300", "-r", "150", "-l", TOOL_S, *options,
                    "-u", f"http://127.0.0.1:{scene.port}/page")
    assert "service available:   YES" in re.sub(r"\x1b\[[0-9;]*m", "", said), said
    print(f"{scene.cpu_s() - before:.2f} s of work")
    assert scene.cpu_s() - before < 2 * SLOW


def test_a_slow_loris_is_sent_home(scene):
    """A byte now and then does not hold a connection: the head as a whole has its time."""
    with Client(scene.port) as client:
        client.send("GET / HTTP/1.1\r\nHost: a\r\n")
        began = time.monotonic()
        client.socket.settimeout(0.1)
        answer = b""
        while not answer:
            with contextlib.suppress(TimeoutError):
                answer = client.some()
                break
            assert time.monotonic() - began < TIMEOUT_S + 3 * SLOW
            with contextlib.suppress(OSError):
                client.send("X-A: b\r\n")
        assert answer.startswith(b"HTTP/1.1 408 ")


def test_connections_that_say_nothing_hold_nobody(scene):
    with contextlib.ExitStack() as stack:
        for _ in range(500):
            stack.enter_context(socket.create_connection(("127.0.0.1", scene.port)))
        with good_client(scene):
            time.sleep(0.5)     # so that there is something to measure
        assert scene.edge.rss() < 200 * MIB * SLOW


HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"


def test_whoever_stalls_is_ended(scene):
    """Each begins something, and does not go on: in TLS, in HTTP/1.1, in HTTP/2."""
    stalls = [(scene.port, b""), (scene.secure_port, b""), (scene.secure_port, HELLO),
              (scene.port, b"GET / HT"), (scene.port, PREFACE[:10]), (scene.port, PREFACE),
              (scene.port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
              (scene.port, b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"),
              (scene.port, b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                           b"\r\n5\r\nab")]
    with contextlib.ExitStack() as stack:
        raw = []
        for port, words in stalls:
            raw.append(stack.enter_context(socket.create_connection(("127.0.0.1", port))))
            raw[-1].sendall(words)
        for kind in ("no end of a head", "no body", "half a frame"):
            h2 = stack.enter_context(Frames(scene.port))
            stalled = h2.head(1, h2.get("/echo", method="POST"), ends=False,
                              whole=kind != "no end of a head").serialize()
            h2.send(stalled[:-1] if kind == "half a frame" else stalled)
            raw.append(h2.socket)
        began = time.monotonic()
        for one in raw:
            one.settimeout(DEADLINE_S)
            with contextlib.suppress(ConnectionError):
                while one.recv(1 << 16):
                    pass
        took_s = time.monotonic() - began
    print(f"all are gone after {took_s:.1f} s")
    assert took_s < 4 * TIMEOUT_S + 3 * SLOW


# ---- tools of HTTP/2

@pytest.mark.parametrize("options", [[], ["--h1"]], ids=["h2", "h1"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_h2load(scene, options, scheme):
    port = scene.port if scheme == "http" else scene.secure_port
    said = tool("h2load", *options, "-n", 3000, "-c", 8, "-m", 20,
                "-H", ":authority: example.com", f"{scheme}://127.0.0.1:{port}/")
    assert "3000 succeeded, 0 failed, 0 errored, 0 timeout" in said
    assert "status codes: 3000 2xx" in said


def test_h2load_uploads(scene, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(b"y" * 100_000)
    said = tool("h2load", "-n", 200, "-c", 4, "-m", 10, "-d", body,
                f"http://127.0.0.1:{scene.port}/echo")
    assert "200 succeeded, 0 failed, 0 errored, 0 timeout" in said


@pytest.mark.parametrize("options", [
    [], ["-m", "20"], ["--continuation"], ["-b", "200"], ["-w", "10"], ["-W", "10"],
    ["--no-content-length"], ["--no-dep"], ["--hpack"]], ids=" ".join)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nghttp(scene, options, scheme):
    options = [] if options == ["--hpack"] else options
    port = scene.port if scheme == "http" else scene.secure_port
    said = tool("nghttp", "-nv", "--no-verify-peer", *options, f"{scheme}://127.0.0.1:{port}/page")
    statuses = re.findall(r":status: (\d+)", re.sub(r"\x1b\[[0-9;]*m", "", said))
    assert statuses and set(statuses) == {"200"}, said
    assert "error_code=NO_ERROR(0x00)" in said or "GOAWAY" not in said


def test_nghttp_with_a_body_and_a_trailer(scene, tmp_path):
    body = tmp_path / "body"
    body.write_bytes(b"z" * 300_000)
    said = tool("nghttp", "-d", body, "--trailer", "x-sum: 1", "--expect-continue",
                f"http://127.0.0.1:{scene.port}/echo")
    assert said.count("z") == 300_000


# ---- floods of frames

def flooded(scene, send, most_cpu_s=1.0):
    """Whether the server ends it when it is sent that; its work and its memory are bounded."""
    cpu_s, rss = scene.cpu_s(), scene.edge.rss()
    cut = threading.Event()
    with good_client(scene), Frames(scene.port) as h2:
        sender = threading.Thread(target=until_cut, args=(send, h2, cut))
        sender.start()
        seen = h2.until_end()
        sender.join()
        time.sleep(0.3)     # the good client's, behind the flood
    print(f"{scene.cpu_s() - cpu_s:.2f} s of work, {(scene.edge.rss() - rss) / MIB:.1f} MiB more")
    assert scene.cpu_s() - cpu_s < most_cpu_s * SLOW
    if SLOW == 1:
        assert scene.edge.rss() - rss < 20 * MIB
    assert get(scene).body == b"root"
    return was_sent_away(seen) or h2.was_reset or cut.is_set()


def until_cut(send, h2, cut):
    try:
        send(h2)
        h2.socket.shutdown(socket.SHUT_WR)
    except OSError:
        cut.set()


def test_rapid_reset(scene):
    """CVE-2023-44487."""
    scene.origin.on("/reset", scripted_origin.reply("late", ("Cache-Control", "no-store")))
    before = scene.origin.asked()

    def send(h2):
        for first in range(1, 100_001, 200):
            h2.send(*(frame for stream in range(first, first + 200, 2) for frame in (
                h2.head(stream, h2.get("/reset")), h2.reset(stream))))

    assert flooded(scene, send)
    assert scene.origin.asked() - before < 3000


def test_resets_that_the_server_is_made_to_send(scene):
    """CVE-2025-8671: each head breaks a rule, so that the server resets the stream."""
    def send(h2):
        for first in range(1, 100_001, 200):
            h2.send(*(h2.head(stream, [*h2.get("/"), ("connection", "close")])
                      for stream in range(first, first + 200, 2)))

    flooded(scene, send, most_cpu_s=3)


def test_a_continuation_flood(scene):
    """CVE-2024-27316: a head that never ends."""
    sent = [0]

    def send(h2):
        h2.send(h2.head(1, h2.get("/"), whole=False))
        some = b"".join(h2.raw(9, 0, 1, b"\x00\x03x-a\x03yyy" * 100) for _ in range(10))
        while sent[0] < 100 * MIB:
            h2.send(some)
            sent[0] += len(some)

    assert flooded(scene, send)
    assert sent[0] < 20 * MIB


def test_empty_continuations(scene):
    def send(h2):
        h2.send(h2.head(1, h2.get("/"), whole=False))
        for _ in range(1000):
            h2.send(h2.raw(9, 0, 1, b"") * 1000)

    assert flooded(scene, send)


def test_a_bomb_of_header_compression(scene):
    """One long field in the table, named a thousand times by a byte."""
    def send(h2):
        field = b"\x40\x01a\x7f\x81\x1e" + b"x" * 4000     # kept, with a value of 4000
        for stream in range(1, 400, 2):
            h2.send(h2.raw(1, 5, stream, b"\x82\x86\x84\x41\x01a" + field + b"\xbe" * 15_000))
            field = b""

    flooded(scene, send)


@pytest.mark.parametrize("frame", [
    PingFrame(0, opaque_data=b"12345678").serialize(), SettingsFrame(0).serialize(),
    SettingsFrame(0, settings={4: 1}).serialize()], ids=["ping", "settings", "a setting"])
def test_frames_that_have_to_be_answered(scene, frame):
    """CVE-2019-9512, 9515. The client reads no answer while it sends."""
    def send(h2):
        for _ in range(300):
            h2.send(frame * 1000)

    flooded(scene, send, most_cpu_s=2)


def test_empty_data(scene):
    """CVE-2019-9518."""
    def send(h2):
        h2.send(h2.head(1, h2.get("/echo", method="POST"), ends=False))
        for _ in range(300):
            h2.send(h2.data(1, ends=False).serialize() * 1000)

    flooded(scene, send, most_cpu_s=2)


def test_priorities(scene):
    """CVE-2019-9513."""
    def send(h2):
        for first in range(1, 300_000, 2000):
            h2.send(*(h2.raw(2, 0, stream, b"\0\0\0\0\x10")
                      for stream in range(first, first + 2000, 2)))

    flooded(scene, send, most_cpu_s=2)


def test_streams_of_nobody(scene):
    """Window updates and resets for what was never opened."""
    def send(h2):
        for _ in range(300):
            h2.send(h2.raw(8, 0, 7, b"\0\0\0\1") * 1000)

    assert flooded(scene, send)


def test_a_window_of_nothing_holds_nobody_else(scene):
    """CVE-2019-9511, 9517: responses that are asked for and not taken."""
    rss = scene.edge.rss()
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            h2 = stack.enter_context(Frames(scene.port, settings={4: 0}))
            h2.send(*(h2.head(stream, h2.get("/page")) for stream in range(1, 200, 2)))
        with good_client(scene):
            time.sleep(0.5)     # so that there is something to measure
        if SLOW == 1:
            assert scene.edge.rss() - rss < 100 * MIB


# ---- heads that are too large

def test_a_head_that_never_ends_is_refused_early(scene):
    with Client(scene.port) as client:
        sent = 0
        client.send("GET / HTTP/1.1\r\nHost: a\r\n")
        with contextlib.suppress(OSError):
            while sent < 10 * MIB:
                client.send("X-A: " + "y" * 1000 + "\r\n")
                sent += 1007
        assert sent < 10 * MIB
        with contextlib.suppress(ConnectionError, BrokenResponse):
            assert client.response().status == 431


def test_a_target_that_never_ends_is_refused_early(scene):
    with Client(scene.port) as client:
        client.send("GET /" + "x" * 40_000)
        assert client.response().status == 414
        assert client.is_closed()


def test_too_many_fields_are_refused(scene):
    with Client(scene.port) as client:
        client.send("GET / HTTP/1.1\r\nHost: a\r\n" + "a:b\r\n" * 5000 + "\r\n")
        assert client.response().status == 431
