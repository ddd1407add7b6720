# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# ctest: serial timeout_s=600
"""One fetch for a crowd, in the sizes that are promised: 4 loops, 64 MiB."""
import threading
import time

import pytest

import edges
from http_client import Client
from larder_process import DEADLINE_S, SLOW
from scripted_origin import BodyOfBytes, reply

MAX_AGE = ("Cache-Control", "max-age=3600")
CROWD = 1_000
LEAVING = 10_000 // SLOW
PER_SOURCE = 3_000      # of the ports that one source address has
FILLS = 128             # of a site at a time, where nothing else is said
LOOPS = 4


def edge_of(backend, fills=FILLS):
    functions = {"network": {"cache": {"parallelFills": fills}}}
    env = {"network": {"passiveSockets": {"maxCount": LEAVING + 1_000}}}
    return edges.edge_before_origin(backend, functions, threads=LOOPS, env=env)


def clients_of(pair, count):
    return [Client(pair.edge.port, source=f"127.0.1.{1 + number // PER_SOURCE}")
            for number in range(count)]


def ask_all(clients, path_of):
    for number, client in enumerate(clients):
        client.request("GET", path_of(number))


def close_all(clients):
    for client in clients:
        client.close()


class Gate:
    """A handler that answers when it is opened."""

    def __init__(self, answer):
        self.x_open = threading.Event()
        self.x_answer = answer

    def __call__(self, exchange):
        assert self.x_open.wait(6 * DEADLINE_S)
        self.x_answer(exchange)

    def open(self):
        self.x_open.set()


def test_an_uncacheable_url_is_fetched_in_parallel(backend):
    """The origin answers nobody before all have come."""
    everybody = threading.Barrier(CROWD)

    def handler(exchange):
        everybody.wait(6 * DEADLINE_S)
        exchange.reply(200, "own", [("Cache-Control", "no-store")])
    with edge_of(backend, fills=CROWD) as pair:
        path = pair.path(reply("first", ("Cache-Control", "no-store")), handler)
        pair.get(path)     # from now on it is known that it cannot be stored
        clients = clients_of(pair, CROWD)
        ask_all(clients, lambda _: path)
        for client in clients:
            assert client.response().body == b"own"
        close_all(clients)


def test_who_waited_for_what_is_not_for_them_asks_in_parallel(backend):
    """Also those who came before it was known. The one whom it was for has been answered."""
    others = threading.Barrier(CROWD - 1)
    first = Gate(reply("private", ("Cache-Control", "private")))

    def handler(exchange):
        others.wait(6 * DEADLINE_S)
        exchange.reply(200, "own", [("Cache-Control", "private")])
    with edge_of(backend, fills=CROWD) as pair:
        path = pair.path(first, handler)
        clients = clients_of(pair, CROWD)
        ask_all(clients, lambda _: path)
        pair.origin.wait_for(lambda origin: origin.asked(path) == 1)
        first.open()
        bodies = [client.response().body for client in clients]
        close_all(clients)
        assert bodies.count(b"private") == 1
        assert bodies.count(b"own") == CROWD - 1


def test_a_cacheable_url_is_fetched_once(backend):
    gate = Gate(reply(b"x" * 100_000, MAX_AGE))
    with edge_of(backend) as pair:
        path = pair.path(gate)
        clients = clients_of(pair, CROWD)
        ask_all(clients, lambda _: path)
        pair.origin.wait_for(lambda origin: origin.asked(path) == 1)
        gate.open()
        for client in clients:
            assert client.response().body == b"x" * 100_000
        close_all(clients)
        assert pair.asked(path) == 1


def test_a_purge_during_a_fill_wins(backend):
    """Whoever reads along gets all of the old one, and nobody gets it later."""
    more = threading.Event()
    size = 1 << 20

    def handler(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                      f"Content-Length: {size}\r\n\r\n")
        exchange.send(b"o" * (size // 2))
        assert more.wait(6 * DEADLINE_S)
        exchange.send(b"o" * (size // 2))
    with edge_of(backend) as pair:
        path = pair.path(handler, reply("new", MAX_AGE))
        clients = clients_of(pair, 100)
        ask_all(clients, lambda _: path)
        for client in clients:
            assert client.head().status == 200
        pair.ask("PURGE", path)
        assert pair.get(path).body == b"new"     # while the old one is still on its way
        more.set()
        for client in clients:
            assert client.exactly(size) == b"o" * size
        close_all(clients)
        assert pair.get(path).body == b"new"
        assert pair.asked(path) == 2


def test_readers_on_every_loop_get_each_byte_before_the_origin_has_ended(backend):
    """A new connection goes to the loop that has the fewest: all have some of these."""
    taken = [threading.Event() for _ in range(20)]

    def handler(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                      f"Content-Length: {len(taken)}\r\n\r\n")
        for number, each in enumerate(taken):
            exchange.send(b"%c" % (ord("a") + number))
            assert each.wait(6 * DEADLINE_S)
    with edge_of(backend) as pair:
        path = pair.path(handler)
        clients = clients_of(pair, 4 * LOOPS)
        ask_all(clients, lambda _: path)
        for client in clients:
            assert client.head().status == 200
        for number, each in enumerate(taken):
            for client in clients:
                assert client.exactly(1) == b"%c" % (ord("a") + number)
            each.set()
        close_all(clients)
        assert pair.asked(path) == 1


def whole(body):
    return reply(body, MAX_AGE)


def chunked(body):
    def handler(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(body), 1 << 20):
            piece = body[start:start + (1 << 20)]
            exchange.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        exchange.send("0\r\n\r\n")
    return handler


def in_parts(body):
    return BodyOfBytes(len(body), MAX_AGE, ("Accept-Ranges", "bytes"))


@pytest.mark.parametrize("answer, size_mib, most_fetches", [
    (whole, 4, 1),          # it is stored
    (whole, 48, 2 * LOOPS), # too long for that: each has his own
    (chunked, 48, 1),       # nobody knows that before it is here: whoever stalls is cut
    (in_parts, 48, None),   # each at his own pace, most parts together
], ids=["stored", "long", "of_unknown_length", "in_parts"])
def test_a_stalled_reader_delays_nobody(backend, answer, size_mib, most_fetches):
    size = size_mib << 20
    gate = Gate(answer(b"y" * size))
    with edge_of(backend) as pair:
        path = pair.path(gate)
        clients = clients_of(pair, 2 * LOOPS)
        ask_all(clients, lambda _: path)
        pair.origin.wait_for(lambda origin: origin.asked(path) == 1)
        gate.open()
        clients[0].head()     # and no more
        began = time.monotonic()
        taken = []
        readers = [threading.Thread(target=read_all, args=(client, size, taken))
                   for client in clients[1:]]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(6 * DEADLINE_S)
        assert taken == [size] * len(readers)
        assert time.monotonic() - began < DEADLINE_S
        if most_fetches is not None:
            assert pair.asked(path) <= most_fetches
        close_all(clients)


def read_all(client, size, taken):
    response = client.head()
    if response.header("Transfer-Encoding") == "chunked":
        taken.append(client.skip_chunks())
    else:
        client.skip(size)
        taken.append(size)


class Stuck:
    """A handler that begins a response and never ends it, and knows how often that goes on."""

    def __init__(self, *headers):
        self.x_head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        self.x_changed = threading.Condition()
        self.open = 0
        self.most = 0

    def __call__(self, exchange):
        self.count(1)
        try:
            exchange.send(f"HTTP/1.1 200 OK\r\n{self.x_head}Content-Length: {4 << 20}\r\n\r\n")
            exchange.send(b"z" * 16384)
            exchange.close()
            exchange.socket.recv(1)     # the edge has given it up
        finally:
            self.count(-1)

    def count(self, change):
        with self.x_changed:
            self.open += change
            self.most = max(self.most, self.open)
            self.x_changed.notify_all()

    def wait_for(self, number):
        with self.x_changed:
            assert self.x_changed.wait_for(lambda: self.open == number, 6 * DEADLINE_S), vars(self)


def test_ten_thousand_that_leave_early_leave_no_fill_of_one_url(backend):
    stuck = Stuck(MAX_AGE)
    with edge_of(backend) as pair:
        path = pair.path(stuck)
        before = pair.edge.fds()
        clients = clients_of(pair, LEAVING)
        ask_all(clients, lambda _: path)
        for client in clients:
            client.head()
        assert stuck.open == 1
        close_all(clients)
        stuck.wait_for(0)
        assert stuck.most == 1
        wait_until(lambda: pair.edge.fds() <= before + LOOPS)


def test_ten_thousand_that_leave_early_leave_no_fill_of_their_own(backend):
    """Most of them wait for their turn when they leave."""
    stuck = Stuck(MAX_AGE)
    with edge_of(backend) as pair:
        paths = [pair.path(stuck) for _ in range(LEAVING)]
        before = pair.edge.fds()
        clients = clients_of(pair, LEAVING)
        ask_all(clients, lambda number: paths[number])
        stuck.wait_for(FILLS)
        assert pair.edge.rss() < 300 << 20
        close_all(clients)
        stuck.wait_for(0)
        wait_until(lambda: pair.edge.fds() <= before + LOOPS)
        stuck.wait_for(0)
        assert stuck.most < 2 * FILLS     # one ends here before the origin sees that
        path = pair.path(reply("next", MAX_AGE))     # it is the turn of others
        assert pair.get(path).body == b"next"


def test_a_thousand_that_leave_early_leave_nothing_that_was_theirs_alone(backend):
    stuck = Stuck(("Cache-Control", "no-store"))
    with edge_of(backend) as pair:
        path = pair.path(stuck)
        before = pair.edge.fds()
        clients = clients_of(pair, CROWD)
        ask_all(clients, lambda _: path)
        stuck.wait_for(CROWD)
        close_all(clients)
        stuck.wait_for(0)
        wait_until(lambda: pair.edge.fds() <= before + LOOPS)


def wait_until(holds):
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
