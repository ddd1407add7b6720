# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Requests that go out in one write, with the replies that they must get, and their price.

    batches:  [ 50 requests │ their replies ] [ 50 requests │ their replies ] …   made before
                    │                 ▲
                    └──► server ──────┘ compared byte by byte        CPU: of all of its threads

One connection in one thread: the server has nothing else to do, and sleeps between two batches.
"""
import pathlib
import socket
import time
from typing import NamedTuple

from comparison.servers import fail

WAIT_S = 30
LONGEST_SHOWN = 200  # bytes of a wrong reply


class Batch(NamedTuple):
    requests: bytes
    replies: bytes
    count: int = 1  # requests


def join(batches):
    return Batch(b"".join(batch.requests for batch in batches),
                 b"".join(batch.replies for batch in batches),
                 sum(batch.count for batch in batches))


def in_groups(batches, size):
    """The same, so many of them in each write."""
    return [join(batches[at:at + size]) for at in range(0, len(batches), size)]


class Connection:
    def __init__(self, server):
        self.x_name = server.name
        self.x_socket = socket.create_connection(("127.0.0.1", server.port), WAIT_S)
        self.x_socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.x_room = memoryview(bytearray(2**20))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.x_socket.close()

    def ask(self, batch):
        """Fails unless the replies are the expected ones."""
        self.x_socket.sendall(batch.requests)
        wanted = len(batch.replies)
        if wanted > len(self.x_room):
            self.x_room = memoryview(bytearray(wanted))
        got = 0
        while got < wanted:
            try:
                more = self.x_socket.recv_into(self.x_room[got:wanted])
            except TimeoutError:
                more = 0
            if more == 0:
                break
            got += more
        if self.x_room[:got] != batch.replies:
            self.x_fail(batch, bytes(self.x_room[:got]))

    def x_fail(self, batch, got):
        at = next((i for i, (a, b) in enumerate(zip(got, batch.replies)) if a != b), len(got))
        begin = got.rfind(b"\n", 0, at) + 1
        fail(f"{self.x_name}: wrong replies to {batch.requests[:LONGEST_SHOWN]}, from byte {at}: "
             f"{got[begin:begin + LONGEST_SHOWN]} instead of "
             f"{batch.replies[begin:begin + LONGEST_SHOWN]}")

    def command(self, line, reply):
        self.ask(Batch(line.encode() + b"\r\n", reply.encode() + b"\r\n"))

    def page(self, line):
        """The lines of a reply that ends with END."""
        self.x_socket.sendall(line.encode() + b"\r\n")
        text = b""
        while not text.endswith(b"END\r\n"):
            piece = self.x_socket.recv(65536)
            if not piece:
                fail(f"{self.x_name} has closed the connection")
            text += piece
        return text.decode().splitlines()[:-1]


# ---- what they cost

def processor_ns(server):
    """Of all of its threads. A thread that sleeps is counted to the nanosecond."""
    tasks = pathlib.Path(f"/proc/{server.pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks)


class Price(NamedTuple):
    cpu_ns: float          # of a request
    reply_bytes: float     # of a request
    requests_per_s: float  # by this client, which is often the slower side

    def bytes_per_cpu_s(self):
        return self.reply_bytes / self.cpu_ns * 1e9


def price_of(server, connection, batches, seconds):
    """Asks them round and round."""
    for batch in batches[:len(batches) // 10 * 2]:  # an even number: inserts, deletes
        connection.ask(batch)
    requests = 0
    reply_bytes = 0
    before = processor_ns(server)
    begin = time.monotonic()
    while (passed := time.monotonic() - begin) < seconds:
        for batch in batches:
            connection.ask(batch)
            requests += batch.count
            reply_bytes += len(batch.replies)
    cpu_ns = processor_ns(server) - before
    return Price(cpu_ns / requests, reply_bytes / requests, requests / passed)
