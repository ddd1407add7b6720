# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""An edge before a scripted origin, for the tests of a whole file."""
import contextlib
import itertools

import edge_process
import http_client
import scripted_origin
from larder_process import BACKENDS  # noqa: F401: for fixtures

_paths = itertools.count()


class Pair:
    """One origin and the edge before it; each test has paths of its own."""

    def __init__(self, origin, edge):
        self.origin = origin
        self.edge = edge

    def path(self, *handlers, name="p"):
        """A new path that the origin answers by these handlers, one after the other; the last one
        goes on."""
        path = f"/{name}{next(_paths)}"
        self.origin.on(path, one_after_the_other(handlers))
        return path

    def get(self, path, *headers, **more):
        return http_client.get(self.edge.port, path, *headers, **more)

    def ask(self, method, path, *headers, **more):
        return http_client.ask(self.edge.port, method, path, *headers, **more)

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
def edge_before_origin(backend, functions=None, **options):
    with scripted_origin.Origin() as origin:
        purge = {"network": {"cache": {"purgeFrom": ["127.0.0.1"]}}}
        site = edge_process.site(origin.port,
                                 functions=edge_process.merged(purge, functions or {}))
        with edge_process.Edge(backend, site, **options) as edge:
            yield Pair(origin, edge)
