# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""examples/: each runs to its end, small, and tells when an answer is wrong."""
import contextlib
import socket
import sys
import threading

import pytest

from larder_process import DEADLINE_S, LARDER, ROOT
from program import run

ARCUS = ROOT / "examples" / "arcus"
FEED = ["--users", 60, "--follows", 20, "--posts", 500, "--reads", 100, "--kept", 5]
EXAMPLES = [("feed_by_pull.py", FEED), ("feed_by_push.py", FEED),
            ("ranking.py", ["--players", 300, "--scores", 500, "--asks", 200])]


def example(name, shape, *args, ends_with=0):
    return run(sys.executable, "-B", ARCUS / name, *shape, *args, ends_with=ends_with)


@pytest.mark.parametrize("name, shape", EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_runs_twice_against_a_server(serve, backend, name, shape):
    server = serve(backend, "--dialect", "arcus")
    for seed in (1, 2):  # the second finds what the first has left
        said = example(name, shape, "--port", server.port, "--seed", seed)
        assert said.endswith("all as expected\n") and "/s" in said and "bytes" in said


@pytest.mark.parametrize("name, shape", EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_starts_a_server_of_its_own(name, shape):
    assert example(name, shape, "--larder", LARDER).endswith("all as expected\n")


@contextlib.contextmanager
def relay(server, instead_of, wrong):
    """Its port. What the server answers to the one connection is changed on the way."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def forward(source, sink, change):
            with contextlib.suppress(OSError):
                while piece := source.recv(65536):
                    sink.sendall(change(piece))
                sink.shutdown(socket.SHUT_WR)

        def serve():
            client, _ = listener.accept()
            with client, socket.create_connection(server.address) as other:
                requests = threading.Thread(target=forward, args=(client, other, bytes))
                requests.start()
                forward(other, client, lambda piece: piece.replace(instead_of, wrong))
                requests.join(DEADLINE_S)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(DEADLINE_S)
        assert not thread.is_alive()


@pytest.mark.parametrize("name, shape, instead_of, wrong", [
    (*EXAMPLES[0], b" of user ", b" or user "), (*EXAMPLES[1], b" of user ", b" or user "),
    (*EXAMPLES[2], b"POSITION=", b"POSITION=1")], ids=[name for name, _ in EXAMPLES])
def test_tells_a_wrong_answer(serve, backend, name, shape, instead_of, wrong):
    server = serve(backend, "--dialect", "arcus")
    with relay(server, instead_of, wrong) as port:
        example(name, shape, "--port", port, ends_with=1)
