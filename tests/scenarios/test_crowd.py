# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# ctest: serial timeout_s=900
"""Many clients, slow clients, rude clients: the others are served and nothing is left behind."""
import random
import resource

import larder_process
from larder_process import SLOW
from witness import Before, Witness

CROWD = 15_000 // SLOW
WAVE = 500              # below every backlog
PER_SOURCE = 3_000      # of the ports that one source address has
ROOM_PER_IDLE_KIB = 4
KEYS = 100
LORIS = 200
LORIS_MIB = 12          # 40 of them announce 100 kB each
BIG = 900_000


def value_of(number):
    return b"value-%d." % number * (number + 1)


def fill(connection):
    for number in range(KEYS):
        value = value_of(number)
        assert connection.ask(b"set key-%d %d 0 %d\r\n%s\r\n" % (
            number, number, len(value), value)) == b"STORED\r\n"


def answer_of(number):
    value = value_of(number)
    return b"VALUE key-%d %d %d\r\n%s\r\nEND\r\n" % (number, number, len(value), value)


def source_of(number):
    return f"127.0.1.{1 + number // PER_SOURCE}"


def test_fifteen_thousand_connections(serve, connect, backend):
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft > CROWD + 500, f"ulimit -n is {soft}: {larder_process.DESCRIPTORS} are needed"
    server = serve(backend, "-c", CROWD + 100)
    before = Before(server)
    witness = Witness(server)
    fill(connect(server))
    crowd = []
    for start in range(0, CROWD, WAVE):
        wave = [connect(server, source=source_of(number))
                for number in range(start, min(start + WAVE, CROWD))]
        crowd += wave
        ask_everybody(wave, start)
        witness.look()
    assert server.fds() >= CROWD
    if SLOW == 1:
        assert before.grown_mib() < CROWD * ROOM_PER_IDLE_KIB / 1024
    # All are still here and get theirs, in another order.
    random.Random(1).shuffle(crowd)
    ask_everybody(crowd, 7)
    witness.look()
    for connection in crowd:
        connection.close()
    witness.look()
    witness.close()
    before.await_left(others=1)     # the one that filled it
    connect(server).ask(b"mn\r\n")


def ask_everybody(connections, first):
    for number, connection in enumerate(connections, first):
        connection.send(b"get key-%d\r\n" % (number % KEYS))
    for number, connection in enumerate(connections, first):
        expected = answer_of(number % KEYS)
        assert connection.read(len(expected)) == expected


def test_nothing_is_left_of_a_crowd(serve, connect, backend):
    """The second crowd needs no more than the first: nothing is kept for each connection."""
    server = serve(backend, "-c", CROWD + 100)
    fill(connect(server))
    before = Before(server)
    sizes = []
    for _ in range(3):
        crowd = [connect(server, source=source_of(number)) for number in range(3_000 // SLOW)]
        ask_everybody(crowd, 0)
        for connection in crowd:
            connection.close()
        before.await_left()
        sizes.append(before.grown_mib())
    before.check_nothing_is_left()
    if SLOW == 1:
        assert sizes[2] < sizes[0] + 4, f"grown by {sizes} MiB"


def test_slow_loris(serve, connect, backend):
    """One byte per packet of lines and values that never end."""
    server = serve(backend)
    before = Before(server)
    witness = Witness(server)
    endless = [b"get " + b"k" * 200, b"set k 0 0 100000\r\n" + b"v" * 200,
               b"gets " + b"key " * 60, b"ms k 5000 k\r\n" + b"v" * 200, b"mg " + b"k" * 200]
    slow = [connect(server) for _ in range(LORIS)]
    for place in range(120):
        for number, connection in enumerate(slow):
            text = endless[number % len(endless)]
            connection.send(text[place:place + 1])
        witness.look()
    assert all(connection.silence(0) == b"" and not connection.ended for connection in slow)
    if SLOW == 1:
        assert before.grown_mib() < LORIS_MIB
    for connection in slow:
        connection.close()
    witness.close()
    before.check_nothing_is_left()


def test_half_closed(serve, connect, backend):
    """Who sends requests and then closes that direction still gets every reply."""
    server = serve(backend)
    before = Before(server)
    writer = connect(server)
    fill(writer)
    big = random.Random(1).randbytes(BIG)
    writer.ask(b"set big 0 0 %d\r\n%s\r\n" % (BIG, big))
    big_answer = b"VALUE big 0 %d\r\n%s\r\nEND\r\n" % (BIG, big)
    for count in (1, 10, 500):
        reader = connect(server)
        numbers = [number % KEYS for number in range(count)]
        reader.send(b"".join(b"get key-%d\r\n" % number for number in numbers))
        reader.send(b"get big\r\n" * 8 + b"set half 0 0 1\r\nh\r\n" + b"get unfinis")
        reader.finish()
        expected = b"".join(map(answer_of, numbers)) + big_answer * 8 + b"STORED\r\n"
        assert reader.read_to_end() == expected
    assert writer.ask(b"get half\r\n", 2) == b"VALUE half 0 1\r\nh\r\nEND\r\n"
    writer.close()
    before.await_left()


def test_reset(serve, connect, backend):
    """RST while a value is on its way, in either direction, and in silence."""
    server = serve(backend)
    witness = Witness(server)
    witness.look()
    before = Before(server)
    connect(server).ask(b"set big 0 0 %d\r\n%s\r\n" % (BIG, b"b" * BIG))
    for round_number in range(60 // SLOW):
        rude = [connect(server) for _ in range(6)]
        rude[0].send(b"get big\r\n" * 20)
        rude[1].send(b"get big\r\n" * 20)
        rude[1].read(100_000 + round_number * 999)
        rude[2].send(b"set big-%d 0 0 %d\r\n" % (round_number, BIG) + b"x" * 300_000)
        rude[3].send(b"get unfinished-li")
        rude[4].send(b"set k 0 0 5 noreply\r\nab")
        for connection in rude:
            connection.reset()
        witness.look()
    before.await_left(others=1)     # the witness was counted; the one that stored stays
    with connect(server) as other:
        expected = b"VALUE big 0 %d\r\n%s\r\nEND\r\n" % (BIG, b"b" * BIG)
        other.send(b"get big\r\n")
        assert other.read(len(expected)) == expected
        missing = b" ".join(b"big-%d" % number for number in range(60))
        assert other.ask(b"get " + missing + b" k\r\n") == b"END\r\n"
    witness.close()
