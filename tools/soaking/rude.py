# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A client process that misbehaves: values half sent, replies unread, connections dropped.

What it must see: a value that was not sent whole was never stored, and replies that waited are
whole, in order, and of some moment after they were asked for.
"""
import random
import socket
import time
import traceback

from wire import Closed, Wire

from soaking.lane import NO_MEMORY, TOO_LARGE
from soaking.values import TINY, Wrong, fits, newest_part, written

MOST_HELD = 10          # connections at a time
UNREAD_BYTES = 8 << 20   # of replies to a connection that does not read
SHORT_S = 0.02


class Rude:
    def __init__(self, address, seed, rules, tally):
        self.x_address = address
        self.x_rng = random.Random(seed)
        self.x_rules = rules
        self.x_tally = tally
        self.x_number = 0
        self.x_wire = Wire(address)
        self.x_held = []    # (when it ends, how)
        self.x_stored = {}  # key -> the last write that was acknowledged

    def run(self, is_over):
        while not is_over():
            if len(self.x_held) < MOST_HELD:
                self.x_rng.choice((self.half_sent, self.unread, self.impolite))()
            self.end_those_before(time.monotonic())
            is_over(SHORT_S)
        self.end_those_before(float("inf"))
        for key in list(self.x_stored):
            self.drop(key)
        self.x_wire.close()

    def end_those_before(self, moment):
        due = [end for at, end in self.x_held if at <= moment]
        self.x_held = [(at, end) for at, end in self.x_held if at > moment]
        for end in due:
            end()

    def hold(self, longest_s, end):
        self.x_held.append((time.monotonic() + self.x_rng.uniform(0, longest_s), end))

    def store(self, key, size):
        """Stores a new write of it; it is forgotten where it was refused."""
        self.x_number += 1
        self.x_stored.pop(key, None)
        value = written(key, self.x_number, size)
        reply = self.x_wire.ask(b"set %s 0 0 %d\r\n%s\r\n" % (key, size, value))
        self.look_at(reply, key, size, self.x_number)

    def look_at(self, reply, key, size, number):
        if reply == b"STORED\r\n":
            self.x_stored[key] = (number, size)
        elif reply == NO_MEMORY:
            self.x_tally.add("no_memory")
        elif reply != TOO_LARGE or fits(key, size, 0, self.x_rules.item_limit):
            raise Wrong(f"{key!r}: rude set of {size} bytes: {reply!r}")

    def check(self, key):
        """It is the last write that was acknowledged, or gone."""
        self.x_wire.send(b"get %s\r\n" % key)
        line = self.x_wire.read_line()
        if line == b"END\r\n":
            return
        if key not in self.x_stored:
            raise Wrong(f"{key!r}: there, but no set of it was acknowledged: {line!r}")
        expected = b"%s\r\nEND\r\n" % written(key, *self.x_stored[key])
        value = self.x_wire.read(int(line.split()[3]) + 7)
        if value != expected:
            raise Wrong(f"{key!r}: another value than write {self.x_stored[key]}: {line!r}")

    def drop(self, key):
        self.x_stored.pop(key, None)
        self.expect(self.x_wire.ask(b"delete %s\r\n" % key), b"DELETED\r\n", b"NOT_FOUND\r\n")

    def largest(self):
        return min(self.x_rules.item_limit, 1 << 20) - 400

    # ---- a set that is sent in part, and then the rest, or not

    def half_sent(self):
        self.x_tally.add("half_sent")
        rng = self.x_rng
        key = b"rude:half:%d" % rng.randrange(1 << 40)
        self.store(key, rng.randrange(TINY, 300))
        self.x_number += 1
        number, size = self.x_number, min(int(10 ** rng.uniform(1.7, 6.1)), self.largest())
        data = b"set %s 0 0 %d\r\n%s\r\n" % (key, size, written(key, number, size))
        cut = rng.randrange(len(data))
        wire = Wire(self.x_address)
        wire.send(data[:cut])
        complete = rng.random() < 0.5
        self.hold(6, lambda: self.end_half(wire, key, (number, size), data[cut:], complete))

    def end_half(self, wire, key, write, rest, complete):
        self.check(key)     # as long as it is not whole, the old one is there
        if complete:
            wire.send(rest)
            self.x_stored.pop(key, None)
            self.look_at(wire.read_line(), key, write[1], write[0])
        elif self.x_rng.random() < 0.5:
            wire.reset()
        wire.close()
        self.check(key)
        self.drop(key)

    # ---- replies that nobody reads for a while, or ever

    def unread(self):
        self.x_tally.add("unread")
        rng = self.x_rng
        size = min(rng.choice((100, 5_000, 9_000, 70_000, 500_000)), self.largest())
        key = b"rude:unread:%d" % rng.randrange(8)
        self.store(key, size)
        first = self.x_number
        wire = Wire(self.x_address, receive_bytes=rng.choice((4096, 100_000)))
        count = rng.randrange(1, min(3000, UNREAD_BYTES // size))
        asked = wire.sock.send(b"get %s\r\n" % key * count)
        count = asked // len(b"get %s\r\n" % key)
        self.hold(15, lambda: self.end_unread(wire, key, count, first))

    def end_unread(self, wire, key, count, first):
        self.store(key, self.x_rng.randrange(TINY, self.largest()))
        if self.x_rng.random() < 0.3:
            wire.reset()
            return
        wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)   # it makes haste now
        for _ in range(count):
            line = wire.read_line()
            if line == b"END\r\n":
                continue
            newest = newest_part(key, wire.read(int(line.split()[3]) + 7)[:-7])
            if newest < first:
                raise Wrong(f"{key!r}: write {newest} was asked for after write {first}")
            first = newest
        wire.close()

    # ---- connections that do nothing useful

    def impolite(self):
        self.x_tally.add("impolite")
        rng = self.x_rng
        kind = rng.randrange(4)
        wires = [Wire(self.x_address) for _ in range(rng.randrange(1, 8))]
        for wire in wires:
            if kind == 0:
                wire.reset()
            elif kind == 1:
                wire.send(b"g" * rng.randrange(1, 2000))
            elif kind == 2:
                self.expect(wire.ask(b"bogus\r\n"), b"ERROR\r\n")
            else:
                wire.send(b"x" * 5000)
                self.expect(wire.read_to_end(), b"")
            wire.close()

    @staticmethod
    def expect(reply, *expected):
        if reply not in expected:
            raise Wrong(f"rude client: {reply!r} instead of {expected!r}")


def serve(pipe, *about):
    """The process's main function; anything that comes by the pipe ends it."""
    try:
        Rude(*about).run(lambda wait_s=0: pipe.poll(wait_s))
        pipe.send(("done", None))
    except (Wrong, Closed, TimeoutError, ConnectionError) as fault:
        pipe.send(("wrong", f"rude client: {type(fault).__name__}: {fault}"))
    except KeyboardInterrupt:
        pass
    except BaseException:  # the tool itself, or a reply that nobody expected
        pipe.send(("wrong", traceback.format_exc()))
