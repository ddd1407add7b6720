# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The same random conversation with Larder and with Debian's memcached: equal byte for byte.

    /usr/bin/python3 tests/protocol/test_peer.py --seed 7 --backend epoll      repeats one
    /usr/bin/python3 tests/protocol/test_peer.py --seed 100 --seeds 900        tries many
"""
import argparse
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import commands
import conversation
import larder_process
import replies
import wire

SEEDS = range(1, 9)
BATCHES = 150 // larder_process.SLOW
MEMORY_MB = 1024    # nothing may be evicted
# Its background threads hold items for a moment, which changes what a count does to them.
CALM = ("-o", "no_lru_maintainer,no_lru_crawler")


class Difference(AssertionError):
    pass


def start(maker, backend, *args):
    return maker(backend, *args, *(CALM if backend == "memcached" else ()), memory_mb=MEMORY_MB)


def compare(server, peer, seed, batches):
    """Hold one conversation with both; raise Difference at the first unequal batch."""
    source = commands.Commands(seed, for_peer=True)
    with wire.Wire(server.address) as ours, wire.Wire(peer.address) as theirs:
        sides = conversation.Conversation(ours), conversation.Conversation(theirs)
        # Servers are used for many seeds, and every seed starts from nothing.
        for side in sides:
            side.hold([commands.Command(b"flush_all\r\n")])
        for number in range(batches):
            batch = source.batch()
            asked = sides[0].request(batch)
            received, expected = (side.hold(batch) for side in sides)
            if not replies.same(expected, received, conversation.VOLATILE):
                raise Difference(_describe(server, seed, number, asked, expected, received))


def _describe(server, seed, number, asked, expected, received):
    theirs, ours = (list(replies.walk(stream)) for stream in (expected, received))
    lines = [f"  {'  ' if replies.same(one, other, conversation.VOLATILE) else '≠ '}"
             f"memcached {_short(one)} | here {_short(other)}"
             for one, other in zip(_joined(theirs), _joined(ours))]
    return "\n".join([
        f"batch {number} of seed {seed} differs "
        f"({len(theirs)} reply lines of memcached, {len(ours)} here)",
        f"asked: {_short(asked, 3000)}", *lines,
        f"reproduce: /usr/bin/python3 tests/protocol/test_peer.py --seed {seed} "
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


def test_a_difference_is_found(serve, peer):
    """A server with unique numbers switched off is not the same: the comparison must say so."""
    with pytest.raises(Difference, match="reproduce: .* --seed 1 "):
        compare(start(serve, "memcached", "-C"), peer, 1, BATCHES)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="how many, counting up")
    parser.add_argument("--batches", type=int, default=BATCHES)
    parser.add_argument("--backend", choices=["uring", "epoll", "memcached"],
                        default=larder_process.BACKENDS[0])
    given = parser.parse_args()
    with start(larder_process.Server, "memcached") as theirs, \
            start(larder_process.Server, given.backend) as ours:
        for seed in range(given.seed, given.seed + given.seeds):
            compare(ours, theirs, seed, given.batches)
    print(f"{given.seeds} conversations of {given.batches} batches: no difference")


if __name__ == "__main__":
    try:
        main()
    except Difference as difference:
        sys.exit(str(difference))
