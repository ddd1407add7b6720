# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A server in a file that is killed in the middle of its work, again and again.

    Lane (a thread, a connection, keys of its own)      what a key may be
      before a command is sent                          as it was, or as the command makes it
      its reply has come                                as the command makes it
      killed                                            as it was left above: looked at byte by byte
"""
import random
import signal
import threading

import wire

NOTHING = None
KEYS = 60


class Lane(threading.Thread):
    """Changes its keys until the server is gone; `may_be` then says what the next one may have."""

    def __init__(self, number, address, seed, may_be, flushed=()):
        """`flushed`: what the keys of all lanes may be; of the only lane of a round."""
        super().__init__()
        self.x_number = number
        self.x_address = address
        self.x_random = random.Random(seed)
        self.may_be = may_be
        self.x_flushed = flushed
        self.answered = 0
        self.fault = None

    def run(self):
        try:
            with wire.Wire(self.x_address) as connection:
                while True:
                    self._change(connection)
        except (OSError, wire.Closed):
            pass    # killed
        except Exception as fault:  # pylint: disable=broad-except
            self.fault = fault

    def _change(self, connection):
        dice = self.x_random.random()
        if dice < 0.01:
            self._flush(connection, b"flush_prefix lane%d\r\n" % self.x_number, [self.may_be])
        elif self.x_flushed and dice < 0.02:
            self._flush(connection, b"flush_all\r\n", self.x_flushed)
        elif dice < 0.1:
            self._count(connection)
        else:
            self._change_value(connection, self.x_random.random())

    def _flush(self, connection, command, flushed):
        for may_be in flushed:
            for key, possible in may_be.items():
                may_be[key] = possible | {NOTHING}
        assert connection.ask(command) == b"OK\r\n"
        for may_be in flushed:
            for key in may_be:
                may_be[key] = {NOTHING}
        self.answered += 1

    def _count(self, connection):
        key = b"lane%d:count" % self.x_number
        old, = self.may_be.get(key, {NOTHING})
        if old is NOTHING:
            self._ask(connection, key, old, (0, b"7"), b"set %s 0 0 1\r\n7\r\n" % key,
                      b"STORED\r\n")
        else:
            number = b"%d" % (int(old[1]) + 1)
            self._ask(connection, key, old, (0, number), b"incr %s 1\r\n" % key, number + b"\r\n")

    def _change_value(self, connection, dice):
        key = b"lane%d:%d" % (self.x_number, self.x_random.randrange(KEYS))
        before = self.may_be.get(key, {NOTHING})
        assert len(before) == 1, f"{key} was not looked at"
        old, = before
        flags = self.x_random.randrange(1 << 32)
        if dice < 0.15:
            self._ask(connection, key, old, NOTHING, b"delete %s\r\n" % key,
                      b"DELETED\r\n" if old else b"NOT_FOUND\r\n")
        elif dice < 0.25 and old and len(old[1]) < 500_000:
            more = self._value(300)
            self._ask(connection, key, old, (old[0], old[1] + more),
                      b"append %s 0 0 %d\r\n%s\r\n" % (key, len(more), more), b"STORED\r\n")
        elif dice < 0.35:
            self._ask(connection, key, old, old, b"touch %s 10000\r\n" % key,
                      b"TOUCHED\r\n" if old else b"NOT_FOUND\r\n")
        else:
            value = self._value(200_000 if dice > 0.97 else 20_000 if dice > 0.9 else 600)
            self._ask(connection, key, old, (flags, value),
                      b"set %s %d 0 %d\r\n%s\r\n" % (key, flags, len(value), value),
                      b"STORED\r\n")

    def _value(self, most):
        return self.x_random.randbytes(self.x_random.randrange(most))

    def _ask(self, connection, key, old, new, request, expected):
        self.may_be[key] = {old, new}
        reply = connection.ask(request)
        assert reply == expected, (request[:80], reply)
        self.may_be[key] = {new}
        self.answered += 1


def look(connection, key):
    """(flags, value), or NOTHING."""
    connection.send(b"get %s\r\n" % key)
    head = connection.read_line()
    if head == b"END\r\n":
        return NOTHING
    _, name, flags, size = head.split()
    assert name == key, head
    value = connection.read(int(size))
    assert connection.read(7) == b"\r\nEND\r\n", head
    return int(flags), value


class Killing:
    """Rounds of one file; start() is called for a server on it, which is to be started."""

    def __init__(self, start, seed, lanes=4):
        self.x_start = start
        self.x_random = random.Random(seed)
        self.x_may_be = [{} for _ in range(lanes)]
        self.answered = 0
        self.undecided = 0   # were in the middle of a change

    def round(self):
        """Work, a kill, another server, a look at every key."""
        server = self.x_start()
        seconds = self.x_random.uniform(0.02, 0.4)
        if self.x_random.random() < 0.25:
            lanes = [Lane(0, server.address, self.x_random.random(), self.x_may_be[0],
                          self.x_may_be)]
        else:
            lanes = [Lane(i, server.address, self.x_random.random(), may_be)
                     for i, may_be in enumerate(self.x_may_be)]
        for lane in lanes:
            lane.start()
        lanes[0].join(seconds)
        server.kill()
        for lane in lanes:
            lane.join()
            assert lane.fault is None, lane.fault
            self.answered += lane.answered
        self._check()

    def _check(self):
        server = self.x_start()
        with wire.Wire(server.address) as connection:
            for may_be in self.x_may_be:
                for key, possible in may_be.items():
                    found = look(connection, key)
                    assert found in possible, (
                        f"{key} is {str(found)[:100]}, not one of {str(possible)[:300]}")
                    self.undecided += len(possible) - 1
                    may_be[key] = {found}
        server.terminate(signal.SIGUSR1)
        server.await_exit()
