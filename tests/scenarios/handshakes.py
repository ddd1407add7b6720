# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A flood of TLS handshakes at a server of one loop, and somebody who asks behind it.

    assert starves_nobody(edge, edge.port, context, 300, ask, is_answered)
"""
import contextlib
import select
import socket
import ssl
import time

from larder_process import DEADLINE_S

TRIES = 10


def starves_nobody(server, port, context, crowd, ask, is_answered):
    """Whether who asks behind a crowd's hellos is answered before most of the crowd is: ask()
    sends, is_answered() waits and judges. Whoever else is connected has been answered before.

    How far the server was then is seen only by a client that was woken in time, so one of several
    floods is enough. Where handshakes go first, the crowd is answered first in each of them.
    """
    hello = _hello(context)
    behind = []
    for _ in range(TRIES):
        behind.append(_answered_before(server, port, hello, crowd, ask, is_answered))
        if behind[-1] < crowd / 2:
            break
    print(f"answered behind {behind} of {crowd} handshakes")
    return behind[-1] < crowd / 2


def _hello(context):
    sent, received = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(received, sent).do_handshake()
    return sent.read()


def _answered_before(server, port, hello, crowd, ask, is_answered):
    """How many of the crowd have their answer when it has come."""
    before = server.fds()
    with contextlib.ExitStack() as stack:
        poll = select.poll()
        flood = [stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                 for _ in range(crowd)]
        _eventually(lambda: server.fds() >= before + crowd)
        with server.frozen():
            for raw in flood:
                raw.sendall(hello)
                poll.register(raw, select.POLLIN)
            ask()
        assert is_answered()
        early = len(poll.poll(0))
        for raw in flood:
            raw.settimeout(DEADLINE_S)
            assert raw.recv(1)      # it was a handshake
    _eventually(lambda: server.fds() <= before)
    return early


def _eventually(holds):
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)
