# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The protocols in datagrams (-U), beside Debian's memcached.

    /usr/bin/python3 tests/protocol/test_udp.py --seed 7 --backend epoll       repeats one
"""
import pathlib
import random
import re
import socket
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import commands
import larder_process
import peers
import test_peer
import wire
from datagrams import Datagrams, framed
from larder_process import PEER, SLOW
from peers import SEEDS, start

UDP = ("-U", "-1")
NOOP, DONE = (bytes([magic, 0x0A]) + bytes(22) for magic in (0x80, 0x81))
SENT_ID, MARK_ID = 0xAFFE, 0xBEEF

larder_only = pytest.mark.skipif(bool(PEER), reason="what memcached does otherwise")


@pytest.fixture(scope="module")
def peer():
    # One thread: two may answer in either order.
    with start(larder_process.Server, "memcached", *UDP, "-t", "1") as server:
        yield server


@pytest.fixture
def server(serve, backend):
    return start(serve, backend, *UDP)


@pytest.fixture
def client(server):
    with Datagrams(server.udp_ports[0]) as opened:
        yield opened


def value(key, data):
    return b"VALUE %s 0 %d\r\n%s\r\n" % (key, len(data), data)


def store(server, key, data):
    with wire.Wire(server.address) as connection:
        connection.send(b"set %s 0 0 %d\r\n%s\r\n" % (key, len(data), data))
        assert connection.read_line() == b"STORED\r\n"


def stats(server):
    with wire.Wire(server.address) as connection:
        connection.send(b"stats\r\n")
        told = connection.read_through(b"END\r\n").decode()
    return dict(re.findall(r"STAT (\S+) (\S+)\r\n", told))


# ---- beside memcached

# What memcached, too, answers in one message, and Larder at once.
ALIKE = [b"set k 0 0 5\r\nhello\r\n", b"get k\r\n", b"get absent\r\n",
         b"incr k 1\r\n", b"mg k v t f k O123\r\n", b"mn\r\n", b"bogus\r\n", b"",
         b"set k 0 0 5 noreply\r\nthere\r\n", b"get k\r\n", b"get k", NOOP, NOOP[:10],
         b"touch k 0\r\n", b"delete k\r\n", b"delete k noreply\r\n", b"cas k 0 0 1 1\r\nv\r\n",
         b"get k" + b"x" * 250 + b"\r\n", b"verbosity 0\r\n"]
ALIKE += [request for size in (1, 1300, 1374, 1375, 1376, 1392, 1393, 2784, 5000, 40_000)
          for request in (b"set k 0 0 %d\r\n%s\r\n" % (size, b"v" * size), b"get k\r\n")]
HEADS = [{"total": 0}, {"total": 2}, {"total": 256}, {"total": 65535}, {"sequence": 5},
         {"reserved": 9}]


def exchange(client, request, **head):
    """All datagrams that answer it; those to a marker come behind them."""
    client.send(request, request_id=SENT_ID, **head)
    client.send(b"mn\r\n", request_id=MARK_ID)
    told = [client.receive()]
    while told[-1].request_id != MARK_ID:
        told.append(client.receive())
    return told[:-1]


def test_the_same_datagrams_as_memcached(server, peer):
    with Datagrams(server.udp_ports[0]) as ours, Datagrams(peer.udp_ports[0]) as theirs:
        for request in ALIKE:
            assert exchange(ours, request) == exchange(theirs, request), request[:50]
        for head in HEADS:
            assert exchange(ours, b"mn\r\n", **head) == exchange(theirs, b"mn\r\n", **head), head


def by_udp(server):
    return Datagrams(server.udp_ports[0])


# A batch fits into a datagram.
WAY = test_peer.Way(by_udp, biggest=4000, program="test_udp.py")


def compare(server, peer, seed, batches):
    test_peer.compare(server, peer, seed, batches, WAY)


@pytest.mark.parametrize("seed", SEEDS)
def test_same_replies_as_memcached(server, peer, seed):
    compare(server, peer, seed, peers.BATCHES)


@pytest.mark.parametrize("protocol", ["ascii", "binary"])
def test_a_datagram_says_itself_what_it_speaks(serve, backend, protocol):
    for kind in dict.fromkeys([backend, "memcached"]):
        with Datagrams(serve(kind, *UDP, "-B", protocol).udp_ports[0]) as client:
            assert client.ask(b"mn\r\n") == b"MN\r\n"
            assert client.ask(NOOP) == DONE


def test_ports_are_those_of_memcached(serve, backend):
    for kind in dict.fromkeys([backend, "memcached"]):
        server = serve(kind, *UDP, host="127.0.0.1,::1")
        assert (len(server.ports), len(server.udp_ports)) == (2, 2)
        with Datagrams(server.udp_ports[1], host="::1") as client:
            assert client.ask(b"mn\r\n") == b"MN\r\n"
        assert serve(kind).udp_ports == []


# ---- Larder by itself

@larder_only
def test_all_commands_of_a_datagram_make_one_message(client):
    assert client.ask(b"set k 0 0 1\r\nv\r\nget k k\r\nmn\r\n") == (
        b"STORED\r\n" + 2 * value(b"k", b"v") + b"END\r\nMN\r\n")


@larder_only
def test_nothing_is_taken_from_another_clients_datagram(server, client):
    """memcached takes the next datagrams, whoever sent them, for the rest of the value."""
    with Datagrams(server.udp_ports[0]) as rude:
        for size in (10, 60_000, 1_000_000):
            rude.send(b"set k 0 0 %d\r\nhello" % size)
            assert client.ask(b"mn\r\n") == b"MN\r\n"
        assert rude.ask(b"set k 0 0 9999999\r\nhello") == (
            b"SERVER_ERROR object too large for cache\r\n")
        assert client.ask(b"get k\r\n") == b"END\r\n"


@larder_only
def test_a_large_value_comes_whole_to_a_reader_with_room(server, client):
    data = random.Random(1).randbytes(1_000_000)
    store(server, b"k", data)
    for _ in range(20):
        assert client.ask(b"get k\r\n") == value(b"k", data) + b"END\r\n"
    assert stats(server)["udp_cut_off"] == "0"


@larder_only
def test_readers_without_room_cost_nobody_else_anything(server):
    store(server, b"k", b"v" * 1_000_000)
    with Datagrams(server.udp_ports[0], receive_bytes=1) as slow, \
            wire.Wire(server.address) as connection:
        before = server.rss()
        for _ in range(100):
            slow.send(b"get k\r\n")
            assert connection.ask(b"mn\r\n") == b"MN\r\n"
        with Datagrams(server.udp_ports[0]) as client:
            assert client.ask(b"mn\r\n") == b"MN\r\n"
        if SLOW == 1:
            assert server.rss() - before < 8 << 20


@larder_only
@pytest.mark.skipif(SLOW > 1, reason="too much memory for a sanitizer")
def test_a_reply_of_too_many_datagrams_is_not_sent(serve, backend):
    server = serve(backend, *UDP, "-I", "128m", memory_mb=512)
    store(server, b"k", bytes(92_000_000))
    with Datagrams(server.udp_ports[0]) as client:
        client.send(b"get k\r\n")
        assert client.ask(b"mn\r\n") == b"MN\r\n"
    assert stats(server)["udp_cut_off"] == "1"


@larder_only
@pytest.mark.parametrize("seed", range(1, 4))
def test_garbage_does_no_harm(server, client, seed):
    source, made = random.Random(seed), commands.Commands(seed, for_peer=False, biggest=2000)
    with Datagrams(server.udp_ports[0]) as rude:
        for _ in range(2000 // SLOW):
            request = bytearray(b"".join(one.request for one in made.batch()))
            for _ in range(source.randrange(4)):
                request[source.randrange(len(request))] = source.randrange(256)
            rude.sock.send(source.choice([
                source.randbytes(source.randrange(100)), framed(request),
                framed(request[:source.randrange(len(request))]),
                framed(source.randbytes(source.randrange(3000))),
                framed(NOOP[:1] + source.randbytes(source.randrange(200)))]))
            assert client.ask(b"mn\r\n") == b"MN\r\n"
    assert stats(server)["curr_connections"] == "1"


def own_address():
    """Of this machine, and not loopback's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("203.0.113.1", 9))       # sends nothing
        except OSError:
            pytest.skip("this machine has no address but loopback's")
        return probe.getsockname()[0]


@larder_only
def test_a_stranger_gets_no_answer(serve, backend):
    host = own_address()
    server = serve(backend, *UDP, host=host)
    with Datagrams(server.udp_ports[0], host) as client:
        client.send(b"mn\r\n")
        assert client.silence() == b""
    assert (stats(server)["udp_strangers"], stats(server)["udp_requests"]) == ("1", "0")


@larder_only
def test_whom_the_operator_allows_gets_one(serve, backend):
    host = own_address()
    server = serve(backend, *UDP, f"--udp-allow=10.0.0.1,{host}/24", host=host)
    with Datagrams(server.udp_ports[0], host) as client:
        assert client.ask(b"mn\r\n") == b"MN\r\n"


if __name__ == "__main__":
    peers.main(__doc__, compare, *UDP)
