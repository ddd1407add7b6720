# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""An edge before a scripted origin, for the tests of a whole file.

Tests take `pair`, which speaks HTTP/1.1 and HTTP/2 on each backend, or `h1_pair`. What is by its
nature of HTTP/1.1 alone takes the latter: bytes that are no frames (lines, chunks, lengths that
contradict each other), Connection and what it names, Upgrade, closing instead of framing,
pipelining, HTTP/1.0. HTTP/2 has none of that (RFC 9113, 8.1, 8.2.2).
"""
import contextlib
import itertools

import edge_process
import h2_client
import http_client
import scripted_origin
from larder_process import BACKENDS  # noqa: F401: for fixtures

PROTOCOLS = {"h1": http_client, "h2": h2_client}
WAYS = [(backend, protocol) for backend in BACKENDS for protocol in PROTOCOLS]

_paths = itertools.count()


class Pair:
    """One origin and the edge before it; each test has paths of its own."""

    def __init__(self, origin, edge, protocol="h1"):
        self.origin = origin
        self.edge = edge
        self.protocol = protocol
        self.x_client = PROTOCOLS[protocol]

    def path(self, *handlers, name="p"):
        """A new path that the origin answers by these handlers, one after the other; the last one
        goes on."""
        path = f"/{name}{next(_paths)}"
        self.origin.on(path, one_after_the_other(handlers))
        return path

    def client(self, **more):
        return self.x_client.Client(self.edge.port, **more)

    def get(self, path, *headers, **more):
        return self.x_client.get(self.edge.port, path, *headers, **more)

    def ask(self, method, path, *headers, **more):
        return self.x_client.ask(self.edge.port, method, path, *headers, **more)

    def asked(self, path):
        return self.origin.asked(path)

    def last_request(self, path):
        return [r for r in self.origin.requests if r.target.split("?")[0] == path][-1]


def one_after_the_other(handlers):
    left = list(handlers)

    def handler(exchange):
        (left.pop(0) if len(left) > 1 else left[0])(exchange)
    return handler


@contextlib.contextmanager
def edge_before_origin(backend, functions=None, protocol="h1", **options):
    with scripted_origin.Origin() as origin:
        purge = {"network": {"cache": {"purgeFrom": ["127.0.0.1"]}}}
        site = edge_process.site(origin.port,
                                 functions=edge_process.merged(purge, functions or {}))
        with edge_process.Edge(backend, site, **options) as edge:
            yield Pair(origin, edge, protocol)
