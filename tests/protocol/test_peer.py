# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The same random conversation with Larder and with Debian's memcached: equal byte for byte.

    /usr/bin/python3 tests/protocol/test_peer.py --seed 7 --backend epoll      repeats one
    /usr/bin/python3 tests/protocol/test_peer.py --seed 100 --seeds 900        tries many
"""
import dataclasses
import pathlib
import re
import sys
import typing

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import commands
import conversation
import larder_process
import peers
import replies
import wire
from peers import BATCHES, SEEDS, Difference, start


@dataclasses.dataclass
class Way:
    """How a conversation is held: connect(server) is talked to in values of at most `biggest`."""
    connect: typing.Callable
    biggest: int
    program: str    # that repeats it


BY_STREAM = Way(lambda server: wire.Wire(server.address), 600_000, "test_peer.py")


def compare(server, peer, seed, batches, way=BY_STREAM):
    """Hold one conversation with both; raise Difference at the first unequal batch."""
    source = commands.Commands(seed, for_peer=True, biggest=way.biggest)
    with way.connect(server) as ours, way.connect(peer) as theirs:
        sides = conversation.Conversation(ours), conversation.Conversation(theirs)
        # Servers are used for many seeds, and every seed starts from nothing.
        for side in sides:
            side.hold([commands.Command(b"flush_all\r\n")])
        for number in range(batches):
            batch = source.batch()
            asked = sides[0].request(batch)
            received, expected = (side.hold(batch) for side in sides)
            if not replies.same(expected, received, conversation.VOLATILE):
                raise Difference(_describe(way, server, seed, number, asked, expected, received))


def _describe(way, server, seed, number, asked, expected, received):
    theirs, ours = (list(replies.walk(stream)) for stream in (expected, received))
    lines = [f"  {'  ' if replies.same(one, other, conversation.VOLATILE) else '≠ '}"
             f"memcached {_short(one)} | here {_short(other)}"
             for one, other in zip(_joined(theirs), _joined(ours))]
    return "\n".join([
        f"batch {number} of seed {seed} differs "
        f"({len(theirs)} reply lines of memcached, {len(ours)} here)",
        f"asked: {_short(asked, 3000)}", *lines,
        f"reproduce: /usr/bin/python3 tests/protocol/{way.program} --seed {seed} "
        f"--batches {number + 1} --backend {server.x_backend}"])


def _joined(parts):
    return [line + (data or b"") for line, data, _ in parts]


def _short(data, most=160):
    """Long keys are padded with x, see commands.py."""
    text = re.sub("x{9,}", "x~", re.sub("(4eHh){3,}", "4eHh~", repr(data)))
    return text if len(text) <= most else f"{text[:most // 2]}...{text[-most // 2:]}"


@pytest.fixture(scope="module")
def peer():
    with start(larder_process.Server, "memcached") as server:
        yield server


@pytest.mark.parametrize("seed", SEEDS)
def test_same_replies_as_memcached(serve, backend, peer, seed):
    compare(start(serve, backend), peer, seed, BATCHES)


# What random conversations have found, or find too seldom.
FINE_POINTS = {
    "touch is a fetch": [b"set k 0 0 1\r\nv", b"touch k 0", b"mg k h"],
    "gat is a fetch": [b"set k 0 0 1\r\nv", b"gat 0 k", b"mg k h"],
    "a count is no fetch": [b"set k 0 0 1\r\n5", b"incr k 1", b"ma k", b"mg k h"],
    "a refused store is no fetch": [b"set k 0 0 1\r\nv", b"add k 0 0 1\r\nw",
                                    b"cas k 0 0 1 18446744073709551615\r\nw", b"mg k h"],
    "T before R": [b"set k 0 1000 1\r\nv", b"mg k T0 R3000", b"mg k"],
    "T before R, soon over": [b"set k 0 0 1\r\nv", b"mg k T1000 R3000", b"mg k"],
    "R before T": [b"set k 0 1000 1\r\nv", b"mg k R3000 T0", b"mg k"],
    "R before T, soon over": [b"set k 0 0 1\r\nv", b"mg k R3000 T1000", b"mg k"],
    "N and R": [b"mg k N1000 R3000", b"mg k R3000", b"mg k N1000"],
    "t between": [b"set k 0 1000 1\r\nv", b"mg k t T2000 R1500", b"mg k T500 t R300 v"],
    "space ends a number": [b"set k 0 0 3\r\n9 5", b"incr k 1", b"get k"],
    "a tab, too": [b"set k 0 0 4\r\n12\tx", b"incr k 1", b"get k"],
    "and a zero byte": [b"set k 0 0 3\r\n7\0x", b"incr k 1", b"get k"],
    "a dot does not": [b"set k 0 0 3\r\n1.5", b"incr k 1", b"get k"],
    "counts keep their width": [b"set k 7 0 3\r\n100", b"decr k 1", b"get k", b"decr k 90",
                                b"get k", b"append k 0 0 1\r\n5", b"get k", b"incr k 1"],
    "stale, then counted": [b"set k 0 0 2\r\n50", b"md k I", b"ma k", b"mg k", b"mg k"],
    "stale, then touched": [b"set k 0 0 2\r\n50", b"md k I", b"touch k 500", b"mg k", b"mg k"],
    "stale, then appended": [b"set k 0 0 2\r\n50", b"md k I", b"append k 0 0 1\r\n1", b"mg k"],
    "stale, then replaced": [b"set k 0 0 2\r\n50", b"md k I", b"replace k 0 0 1\r\n1", b"mg k"],
    "stale wins with R": [b"set k 0 1000 2\r\n50", b"md k I T20", b"mg k R30 t", b"mg k R30"],
    "vivified, then added": [b"mg k N1000", b"add k 0 0 1\r\nv", b"ms k 1 ME\r\nv", b"mg k v"],
    "vivified, then appended": [b"mg k N1000 v", b"append k 0 0 1\r\nv", b"mg k v"],
    "deleted, then with old number": [b"set k 0 0 1\r\nv", b"delete k", b"ms k 1 C5\r\nv",
                                      b"cas k 0 0 1 5\r\nv"],
    "expired is absent": [b"set k 0 -1 1\r\nv", b"mg k", b"md k", b"ma k", b"add k 0 0 1\r\n1"],
    "flushed is absent": [b"set k 0 0 1\r\n1", b"flush_all", b"incr k 1", b"touch k 0", b"md k",
                          b"append k 0 0 1\r\n1", b"add k 0 0 1\r\n2", b"get k"],
}


@pytest.mark.parametrize("point", FINE_POINTS)
def test_fine_points(serve, backend, peer, point):
    with wire.Wire(start(serve, backend).address) as ours, wire.Wire(peer.address) as theirs:
        sides = conversation.Conversation(ours), conversation.Conversation(theirs)
        for line in [b"flush_all", *FINE_POINTS[point]]:
            received, expected = (side.hold([commands.Command(line + b"\r\n")]) for side in sides)
            equal = replies.same(expected, received, conversation.VOLATILE)
            assert equal, (
                f"{line!r}: memcached {expected!r}, here {received!r}")


def test_a_difference_is_found(serve, peer):
    """A server with unique numbers switched off is not the same: the comparison must say so."""
    with pytest.raises(Difference, match="reproduce: .* --seed 1 "):
        compare(start(serve, "memcached", "-C"), peer, 1, BATCHES)


if __name__ == "__main__":
    peers.main(__doc__, compare)
