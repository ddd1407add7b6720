# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""However a stream of commands is cut into pieces, the replies are the same.

    /usr/bin/python3 tests/protocol/test_splits.py --seed 7 --backend epoll --way chunks

Pieces go over a unix socket, whose sender can see that the server has taken each one before the
next is sent. So the cuts are real cuts, without a sleep.
"""
import argparse
import pathlib
import random
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import commands
import conversation
import larder_process
import replies
import wire
from recording import memcached, replaying
from recording.cases import sleeping_s

SEEDS = (1, 2, 3)
COMMANDS = 700 // larder_process.SLOW
SINGLE_BYTE_COMMANDS = 200 // larder_process.SLOW   # every byte costs some system calls
MEMORY_MB = 256

# Cutting these changes what they are about: when a line without end is too long.
ABOUT_PIECES = {"err-oversize"}


def transcript(seed, for_peer, count=COMMANDS, biggest=130_000):
    """One long stream of commands and the marker that ends it."""
    source = commands.Commands(seed, for_peer, biggest)
    batch = [source.next() for _ in range(count)]
    stream = b"".join(command.request.replace(b"@CAS@", b"%d" % (number % 3 * 2**62))
                      for number, command in enumerate(batch))
    ask, answer = conversation.marker(0)
    return stream + ask, answer


def cuts_every(count):
    return lambda stream, seed: range(count, len(stream), count)


def cuts_random(stream, seed):
    """Mostly small pieces, some of the size of a receive buffer and beyond."""
    source, at, cuts = random.Random(seed), 0, []
    while True:
        at += source.choice([1, 1, 2, 3, 5, 17, 100, 1000, 4096, 16384, 40000])
        if at >= len(stream):
            return cuts
        cuts.append(at)


def cuts_at_lines(stream, seed):
    """Between CR and LF, in front of CR and behind LF: where parsers look."""
    cuts = {at + offset for at in range(len(stream)) if stream[at] == 10 for offset in (-1, 0, 1)}
    return sorted(cut for cut in cuts if 0 < cut < len(stream))


WAYS = {"bytes": cuts_every(1), "chunks": cuts_random, "lines": cuts_at_lines}


def run(server, stream, end, cuts=()):
    with wire.Wire(server.address, timeout_s=60 * larder_process.SLOW) as connection:
        connection.send_seen(stream, cuts)
        return connection.read_through(end)


def start_local(serve, backend, folder, **options):
    """Its clock stands still, so that no reply tells how long the pieces took."""
    server = serve(backend, unix=pathlib.Path(folder) / "socket", threads=1, **options)
    with wire.Wire(server.address) as connection:
        connection.ask(b"debugtime p\r\n")      # Debian's memcached has none
    return server


def compare(serve, backend, seed, way):
    """The whole stream to one server, in pieces to another."""
    size = (SINGLE_BYTE_COMMANDS, 2000) if way == "bytes" else ()
    stream, end = transcript(seed, backend == "memcached", *size)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        servers = [start_local(serve, backend, each, memory_mb=MEMORY_MB) for each in (one, other)]
        whole = run(servers[0], stream, end)
        pieces = run(servers[1], stream, end, WAYS[way](stream, seed))
    assert replies.count(whole, 10**6) > 10, "hardly any replies"
    if not replies.same(whole, pieces, conversation.VOLATILE):
        raise AssertionError(_describe(backend, seed, way, whole, pieces))


def _describe(backend, seed, way, whole, pieces):
    theirs, ours = list(replies.walk(whole)), list(replies.walk(pieces))
    number = next((at for at, (one, other) in enumerate(zip(theirs, ours)) if not replies.same(
        one[0] + (one[1] or b""), other[0] + (other[1] or b""), conversation.VOLATILE)),
        min(len(theirs), len(ours)))
    return (f"{len(theirs)} reply lines for the whole stream, {len(ours)} for its pieces; "
            f"line {number} differs:\n"
            f"  whole  {theirs[number:number + 1]!r:.300}\n"
            f"  pieces {ours[number:number + 1]!r:.300}\n"
            f"reproduce: /usr/bin/python3 tests/protocol/test_splits.py --seed {seed} "
            f"--backend {backend} --way {way}")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("way", WAYS)
def test_pieces_change_nothing(serve, backend, seed, way):
    compare(serve, backend, seed, way)


# Recorded groups that need no time.
GROUPS = {name: cases for name, cases in memcached.load_for_larder().items()
          if not sleeping_s(cases) and name not in ABOUT_PIECES and not cases[0].args}


def _send_bytes(connection, request, _):
    """Every byte alone; of large values only the ends."""
    edges = [at for at in range(1, len(request)) if at < 5000 or at > len(request) - 50]
    connection.send_seen(request, edges)


@pytest.mark.skipif(larder_process.PEER != "", reason="1.6.18 differs from the recordings")
@pytest.mark.parametrize("group", GROUPS)
def test_recorded_replies_to_single_bytes(serve, backend, group):
    with tempfile.TemporaryDirectory() as folder:
        server = start_local(serve, backend, folder)
        replay = replaying.Replay(server.address, _send_bytes, quiet_s=0.002)
        outcomes = replay.run(GROUPS[group])
    wrong = [str(outcome) for outcome in outcomes if not outcome.is_as_recorded()]
    assert not wrong, "\n" + "\n".join(wrong)


def test_one_wrong_byte_is_found(serve, backend):
    """The comparison can fail: one byte of one value, written first and read last."""
    stream, _ = transcript(1, True)
    end = b"VALUE probe 0 1\r\n%s\r\nEND\r\n"
    streams = [b"set probe 0 0 1\r\n%s\r\n" % byte + stream.replace(b"flush_all", b"mn")
               + b"get probe\r\n" for byte in (b"a", b"b")]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        servers = [start_local(serve, backend, each, memory_mb=MEMORY_MB) for each in (one, other)]
        whole = run(servers[0], streams[0], end % b"a")
        changed = run(servers[1], streams[1], end % b"b")
    assert not replies.same(whole, changed, conversation.VOLATILE)
    assert replies.same(whole, changed.replace(end % b"b", end % b"a"), conversation.VOLATILE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="how many, counting up")
    parser.add_argument("--way", choices=WAYS, default="chunks")
    parser.add_argument("--backend", choices=["uring", "epoll", "memcached"],
                        default=larder_process.BACKENDS[0])
    given = parser.parse_args()
    for seed in range(given.seed, given.seed + given.seeds):
        started = []

        def serve(*args, **options):
            started.append(larder_process.Server(*args, **options).start())
            return started[-1]
        try:
            compare(serve, given.backend, seed, given.way)
        finally:
            for server in started:
                server.stop()
    print(f"{given.seeds} streams: the same replies in pieces")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as difference:
        sys.exit(str(difference))
