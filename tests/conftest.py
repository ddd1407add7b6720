# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Fixtures of all system tests: which backends, and servers that always get stopped."""
import resource

import pytest

import larder_process
import wire


def pytest_configure(config):
    """A crowd needs descriptors, here and in the servers, which inherit the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, larder_process.DESCRIPTORS), hard))


def pytest_report_header(config):
    under_test = larder_process.PEER or larder_process.LARDER
    return (f"server under test: {under_test}, backends: {' '.join(larder_process.BACKENDS)}"
            f"{', slow' if larder_process.SLOW > 1 else ''}")


def pytest_generate_tests(metafunc):
    """A test that takes `backend` runs once for each way the server can do its I/O."""
    if "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", larder_process.BACKENDS)
    if "cache" in metafunc.fixturenames:
        kinds = dict.fromkeys([*larder_process.BACKENDS, "memcached"])
        metafunc.parametrize("cache", kinds, indirect=True, scope="module")


@pytest.fixture
def serve():
    """serve(backend, ...) starts a server; all are stopped, and must end well, after the test."""
    started = []

    def start(backend, *args, **options):
        server = larder_process.Server(backend, *args, **options)
        started.append(server.start())
        return server
    yield start
    faults = []
    for server in started:
        if not server.is_collected:
            try:
                server.stop()
            except larder_process.ServerFault as fault:
                faults.append(str(fault))
    assert not faults, "\n".join(faults)


@pytest.fixture
def server(serve, backend):
    """A server of the usual size."""
    return serve(backend)


@pytest.fixture(scope="module")
def cache(request):
    """One server for all tests of a file: Larder on each backend, then memcached, which shows that
    what the file expects is so."""
    with larder_process.Server(request.param) as server:
        yield server


@pytest.fixture
def connect():
    """connect(server) opens a raw connection; all are closed after the test."""
    opened = []

    def open_one(server, **options):
        address = server.address if isinstance(server, larder_process.Server) else server
        opened.append(wire.Wire(address, **options))
        return opened[-1]
    yield open_one
    for each in opened:
        each.close()
