# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Memcached nodes that the edge asks before its cache and the origin: Debian's, and our own."""
import contextlib
import gzip
import os
import signal
import socket
import threading
import time

import pytest

import edge_process
import edges
import http_client
import larder_process
import scripted_origin
from edge_process import merged
from larder_process import DEADLINE_S
from scripted_origin import reply

GZIP = 2    # the flag of values that are gzip
LONGEST = 8 << 20


class Node:
    """A memcached of either kind, which may be started again where it was."""

    def __init__(self, kind, port=-1):
        self.server = larder_process.Server(kind, "-I", "16m", memory_mb=128, port=port)

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *error):
        if not self.server.is_collected:
            self.server.stop()

    @property
    def port(self):
        return self.server.port

    def set(self, key, value, flags=0):
        with socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE_S) as link:
            link.sendall(b"set %s %d 0 %d\r\n%s\r\n" % (key.encode(), flags, len(value), value))
            assert link.recv(100) == b"STORED\r\n"


class Asked:
    """An edge, its origin, and where it looks for memcached."""

    def __init__(self, origin, edge, node):
        self.origin = origin
        self.edge = edge
        self.node = node

    def get(self, path, *headers, **more):
        return http_client.get(self.edge.port, path, *headers, **more)

    def is_hit(self, path):
        return is_hit(self.get(path))


def is_hit(response):
    return response.header("Cache-Status") == "Larder; hit; detail=memcached"


def policy(port, **more):
    return {"network": {"memcached": {"address": f"127.0.0.1:{port}", **more}}}


@contextlib.contextmanager
def asked(backend, port, node=None, env=None, name="default", functions=None, **memcached):
    """An edge before an origin that has `origin` for every path."""
    with scripted_origin.Origin() as origin:
        origin.otherwise = reply("origin")
        site = edge_process.site(origin.port, name=name, functions=merged(
            policy(port, **{"timeoutSec": DEADLINE_S, **memcached}), functions or {}))
        with edge_process.Edge(backend, site, env=env) as edge:
            yield Asked(origin, edge, node)


def kinds(backend):
    return ["memcached", backend]


@pytest.fixture(scope="module", params=[
    (backend, kind) for backend in edges.BACKENDS for kind in kinds(backend)],
    ids=lambda param: f"{param[0]}-{'memcached' if param[1] == 'memcached' else 'larder'}")
def both(request, tmp_path_factory):
    """One edge and one node for all tests that leave them well."""
    backend, kind = request.param
    log = tmp_path_factory.mktemp("log") / "access"
    env = {"log": {"access": [{"name": "all", "path": str(log), "format": "custom",
                               "template": "$request_uri $verdict $status $body_bytes_sent"}]}}
    functions = {"operations": {"log": {"access": "all"}},
                 "network": {"http": {"headers": [
                     {"side": "toClient", "action": "set", "name": "X-Rule", "value": "$uri"}]}}}
    with Node(kind) as node, asked(backend, node.port, node, env=env, functions=functions,
                                   gzipFlag=GZIP, contentType="text/x") as pair:
        pair.log = log
        yield pair


# ---- what the node has

def test_a_value_is_the_response(both):
    both.node.set("/hit", b"value")
    response = both.get("/hit")
    assert (response.status, response.body) == (200, b"value")
    assert response.header("Content-Type") == "text/x"
    assert response.header("Content-Length") == "5"
    assert response.header("Content-Encoding") is None
    assert response.header("X-Rule") == "/hit"
    assert is_hit(response)
    assert both.origin.asked("/hit") == 0


def test_a_value_is_asked_for_each_time(both):
    both.node.set("/changes", b"one")
    assert both.get("/changes").body == b"one"
    both.node.set("/changes", b"two")
    assert both.get("/changes").body == b"two"


@pytest.mark.parametrize("size", [0, 1, 100, 1 << 16, 1 << 20, LONGEST])
def test_a_value_of_any_size(both, size):
    value = os.urandom(size)
    both.node.set(f"/size{size}", value)
    response = both.get(f"/size{size}")
    assert is_hit(response)
    assert response.body == value


def test_a_longer_value_is_not_asked_for_but_the_node_is(both):
    both.node.set("/long", b"x" * (LONGEST + 1))
    assert both.get("/long").body == b"origin"
    both.node.set("/behind-long", b"value")
    assert both.is_hit("/behind-long")


def test_the_key_is_the_path_without_its_query(both):
    both.node.set("/query", b"value")
    assert both.get("/query?a=b").body == b"value"


def test_the_key_is_written_as_nginx_writes_it(both):
    both.node.set("/a%20b%25", b"value")
    assert both.get("/%61%20b%25").body == b"value"
    assert both.get("/x/../%61%20b%25").body == b"value"


def test_a_key_that_none_can_be_is_a_miss(both):
    assert both.get("/" + "a" * 250).body == b"origin"
    both.node.set("/" + "a" * 249, b"value")
    assert both.get("/" + "a" * 249).body == b"value"


def test_head_has_the_length_and_no_body(both):
    both.node.set("/head", b"value")
    with http_client.Client(both.edge.port) as client:
        response = client.ask("HEAD", "/head")
        assert (response.status, response.header("Content-Length")) == (200, "5")
        assert is_hit(response)
        assert client.get("/head").body == b"value"


def test_many_at_a_time_have_it(both):
    """More of them than there are connections with the node."""
    both.node.set("/many", b"value" * 1000)
    clients = [http_client.Client(both.edge.port) for _ in range(200)]
    for client in clients:
        client.request("GET", "/many")
    for client in clients:
        response = client.response()
        assert is_hit(response)
        assert response.body == b"value" * 1000
        client.close()


def test_the_log_says_that_it_is_a_hit(both):
    both.node.set("/logged", b"value")
    both.get("/logged")
    wanted = "/logged TCP_HIT 200 5\n"
    deadline = time.monotonic() + DEADLINE_S
    while wanted not in both.log.read_text():
        assert time.monotonic() < deadline, both.log.read_text()
        time.sleep(0.01)


# ---- gzip

def test_a_value_with_the_flag_is_gzip(both):
    value = gzip.compress(b"value")
    both.node.set("/gzip", value, GZIP | 1)
    response = both.get("/gzip", ("Accept-Encoding", "br, gzip"))
    assert response.header("Content-Encoding") == "gzip"
    assert response.header("Vary") == "Accept-Encoding"
    assert response.body == value


@pytest.mark.parametrize("headers", [(), (("Accept-Encoding", "br, gzip;q=0"),)])
def test_who_does_not_take_gzip_has_the_origin(both, headers):
    both.node.set("/no-gzip", gzip.compress(b"value"), GZIP)
    assert both.get("/no-gzip", *headers).body == b"origin"


def test_other_flags_do_not_matter(both):
    both.node.set("/flags", b"value", 0xFFFFFFFF - GZIP)
    response = both.get("/flags", ("Accept-Encoding", "gzip"))
    assert (response.header("Content-Encoding"), response.body) == (None, b"value")


# ---- what the origin has

def test_a_miss_goes_on_as_without_a_node(both):
    both.origin.on("/miss", reply("stored", ("Cache-Control", "max-age=60")))
    status = both.get("/miss").header("Cache-Status")
    assert status == "Larder; fwd=uri-miss; fwd-status=200; stored"
    assert both.get("/miss").header("Cache-Status").startswith("Larder; hit; ttl=")
    assert both.origin.asked("/miss") == 1
    both.node.set("/miss", b"value")
    assert both.get("/miss").body == b"value"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_the_origin_s(both, method):
    both.node.set("/method", b"value")
    assert http_client.ask(both.edge.port, method, "/method", body=b"").body == b"origin"


def test_a_request_with_a_body_is_the_origin_s(both):
    both.node.set("/body", b"value")
    assert both.get("/body", body=b"x").body == b"origin"


def test_an_upgrade_is_the_origin_s(both):
    both.node.set("/upgrade", b"value")
    response = both.get("/upgrade", ("Upgrade", "websocket"), ("Connection", "upgrade"))
    assert response.body == b"origin"


# ---- the configuration

def test_the_key_may_be_the_whole_uri(backend):
    with Node("memcached") as node, asked(backend, node.port, key="$host$request_uri") as pair:
        node.set("example.com/a?b=c", b"value")
        assert pair.get("/a?b=c").body == b"value"
        assert pair.get("/a").body == b"origin"


def test_post_is_never_asked_for(backend):
    """Whatever is configured."""
    with Node("memcached") as node, asked(backend, node.port, methods=["POST", "HEAD"]) as pair:
        node.set("/a", b"value")
        assert http_client.ask(pair.edge.port, "POST", "/a").body == b"origin"
        assert pair.get("/a").body == b"origin"
        assert is_hit(http_client.ask(pair.edge.port, "HEAD", "/a"))


def test_a_node_may_have_a_name(backend):
    """Name servers are not waited for: the origin has what is asked for meanwhile."""
    with Node("memcached") as node, \
            asked(backend, node.port, address=f"localhost:{node.port}") as pair:
        node.set("/a", b"value")
        comes_back(pair, "/a")


# ---- nodes that fail

def halt(pid):
    """Until all its threads have stopped."""
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)


def comes_back(pair, path):
    deadline = time.monotonic() + DEADLINE_S
    while not pair.is_hit(path):
        assert time.monotonic() < deadline, "the node is not asked again"
        time.sleep(0.05)


def test_a_node_that_is_not_there(backend):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with asked(backend, port) as pair:
        assert [pair.get("/a").body for _ in range(3)] == [b"origin"] * 3


def kind_of(backend, name):
    return backend if name == "larder" else name


@pytest.mark.parametrize("name", ["memcached", "larder"])
def test_a_node_that_dies_and_comes_back(backend, name):
    with contextlib.ExitStack() as stack:
        node = stack.enter_context(Node(kind_of(backend, name)))
        pair = stack.enter_context(asked(backend, node.port))
        node.set("/a", b"value")
        assert [pair.get("/a").body for _ in range(3)] == [b"value"] * 3
        port = node.port
        node.server.kill()
        assert [pair.get("/a").body for _ in range(3)] == [b"origin"] * 3
        again = stack.enter_context(Node(kind_of(backend, name), port=port))
        again.set("/a", b"value")
        comes_back(pair, "/a")


@pytest.mark.parametrize("name", ["memcached", "larder"])
def test_a_node_that_stalls(backend, name):
    with Node(kind_of(backend, name)) as node, asked(backend, node.port, timeoutSec=0.3) as pair:
        node.set("/a", b"value")
        comes_back(pair, "/a")
        halt(node.server.pid)
        try:
            began = time.monotonic()
            assert pair.get("/a").body == b"origin"
            assert time.monotonic() - began >= 0.29  # a loop's clock is coarse
        finally:
            os.kill(node.server.pid, signal.SIGCONT)
        comes_back(pair, "/a")


def test_a_node_that_stalls_is_not_waited_for_by_everybody(backend):
    with socket.create_server(("127.0.0.1", 0), backlog=100) as stalls, \
            asked(backend, stalls.getsockname()[1], timeoutSec=0.2) as pair:
        assert [pair.get(f"/{i}").body for i in range(40)] == [b"origin"] * 40
        stalls.settimeout(0)
        came = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                stalls.accept()[0].close()
                came += 1
        assert 1 <= came <= 20


@pytest.mark.parametrize("words", [b"garbage\r\n", b"VALUE /other 0 1\r\nx\r\nEND\r\n",
                                   b"VALUE /a 0 9\r\nshort", b"SERVER_ERROR busy\r\n", b"",
                                   b"VALUE /a 0 1\r\nx\r\nEND\r\nEND\r\n"])
def test_a_node_that_speaks_nonsense(backend, words):
    def serve(listener):
        with contextlib.suppress(OSError):
            while True:
                link = listener.accept()[0]
                with link:
                    link.recv(100)
                    link.sendall(words)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        with asked(backend, listener.getsockname()[1]) as pair:
            assert [pair.get("/a").body for _ in range(3)] == [b"origin"] * 3
        listener.shutdown(socket.SHUT_RDWR)


def test_who_leaves_gives_up_the_look_up(backend):
    with socket.create_server(("127.0.0.1", 0)) as stalls, \
            asked(backend, stalls.getsockname()[1], timeoutSec=60) as pair:
        with http_client.Client(pair.edge.port) as client:
            client.request("GET", "/a")
            stalls.settimeout(DEADLINE_S)
            link = stalls.accept()[0]
            assert link.recv(100) == b"get /a\r\n"
        link.settimeout(DEADLINE_S)
        with link, contextlib.suppress(ConnectionResetError):
            assert link.recv(100) == b""


def test_an_edge_ends_while_it_waits_for_a_node(backend):
    with socket.create_server(("127.0.0.1", 0)) as stalls, \
            asked(backend, stalls.getsockname()[1], timeoutSec=60) as pair, \
            http_client.Client(pair.edge.port) as client:
        client.request("GET", "/a")
        stalls.settimeout(DEADLINE_S)
        with stalls.accept()[0] as link:
            assert link.recv(100) == b"get /a\r\n"
            pair.edge.stop()
