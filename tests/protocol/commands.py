# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Random legal commands: the same seed gives the same conversation.

A command that carries a unique number has `@CAS@` in its request and the key that it is for,
because only the server knows the number.

With `for_peer` everything is left out in which memcached 1.6.18 differs from 1.6.45 (E, x of md,
N and s of ms), and what memcached does by accident:
- Where a counter grows by a digit or a value is appended to, it makes a new item, which has lost
  its marks (h, X, Z, base64 key) and the TTL that the same command gave it (T of ma).
- Counting from 2^63 on, it looks for a minus sign in whatever lies behind the value.
- It looks at a unique number before it looks whether a value is a number, unless that is empty.
So keys are of three kinds there: counters, keys written in base64, and the others.
"""
import base64
import dataclasses
import random

FAR_FUTURE = 2147480000     # an absolute date that every TTL rule accepts
DEAD = (-1, 2592001)        # over at once: negative, or a date in 1970
_NUMBERS = [0, 1, 2, 5, 7, 9, 10, 42, 99, 100, 999, 65536, 2**32, 2**63, 2**64 - 1]


@dataclasses.dataclass
class Command:
    request: bytes
    cas_of: bytes = b""     # the key whose unique number replaces @CAS@


class Commands:
    def __init__(self, seed, for_peer, biggest=600_000):
        self.x_random = random.Random(seed)
        self.x_for_peer = for_peer
        self.x_biggest = biggest
        self.x_keys = [self._new_key() for _ in range(14)]
        self.x_counters = [b"n%d" % number for number in range(5)]
        self.x_encoded = set(self.x_keys[::3])      # may be written in base64
        self.x_in_flight = set()    # keys whose values this batch has already asked for

    def batch(self, most=12):
        """Between one and `most` commands to be pipelined."""
        self.x_in_flight = set()
        return [self.next() for _ in range(self.x_random.randint(1, most))]

    def next(self):
        makers = [(14, self._get), (5, self._gat), (14, self._store), (6, self._join),
                  (5, self._cas), (6, self._count), (3, self._touch), (4, self._delete),
                  (16, self._mg), (14, self._ms), (6, self._md), (8, self._ma),
                  (3, self._plain), (0.4, self._flush)]
        if not self.x_for_peer:
            makers.append((1, self._flush_prefix))
        weights, functions = zip(*makers)
        return self.x_random.choices(functions, weights)[0]()

    def _new_key(self):
        """Mostly short; some of every length that is an edge, some with odd but legal bytes."""
        name = b"k%d" % self.x_random.randrange(1000)
        if self._chance(25):
            name += self.x_random.choice([b"\t", b"\x01\x7f", b"\xc3\xa9", b":/?&=%", b"\r-"])
        length = self.x_random.choice([0, 0, 0, 30, 186, 249, 250])
        return name.ljust(length, b"x")

    def _chance(self, percent):
        return self.x_random.random() * 100 < percent

    def _key(self):
        if self._chance(25):
            return self.x_random.choice(self.x_counters)
        return self.x_random.choice(self.x_keys)

    def _countable_key(self):
        """memcached counts in place unless the old value is still being sent: then the new one is
        not padded and ignores T. Which of them happens is a race there.
        """
        if not self.x_for_peer:
            return self._key()
        free = [key for key in self.x_counters if key not in self.x_in_flight]
        return self.x_random.choice(free or [b"nobody"])

    def _joinable_key(self):
        keys = self.x_keys if self.x_for_peer else self.x_counters + self.x_keys
        return self.x_random.choice([key for key in keys if not self._keeps_marks(key)])

    def _keeps_marks(self, key):
        return self.x_for_peer and key in self.x_encoded

    def _loses_marks(self, key):
        return self.x_for_peer and key in self.x_counters

    def _fetched(self, key):
        self.x_in_flight.add(key)
        return key

    def _number(self):
        number = self.x_random.choice(_NUMBERS + [self.x_random.randrange(2**64)])
        return number % 2**40 if self.x_for_peer else number

    def _value(self, key):
        """Never with a space in front: memcached then counts what lies behind the value."""
        kind = self.x_random.random() * (0.35 if self._loses_marks(key) else 1)
        if kind < 0.35:
            return str(self._number()).encode()
        if kind < 0.42:
            return b""
        if kind < 0.52:
            return self.x_random.choice([b"END\r\n", b"VALUE a 0 1\r\na\r\n", b"0042", b"12x",
                                         b"-5", b"100000000000000000000", b"9  ", b"a\r\n\r\n"])
        if kind < 0.97:
            return b"v" + self.x_random.randbytes(self.x_random.choice([0, 3, 17, 100, 900, 3000]))
        size = self.x_random.choice([9_000, 33_000, 120_000, 500_000, 600_000])
        return (b"v" + self.x_random.randbytes(63)) * (min(size, self.x_biggest) // 64)

    def _flags(self):
        return self.x_random.choice([0, 0, 1, 32, 65535, 2**31, 2**32 - 1])

    def _exptime(self):
        """Alive, or dead at once; never about to expire while the test looks."""
        return self.x_random.choice([0] * 8 + [1000, 5000, 2592000, FAR_FUTURE, *DEAD])

    def _noreply(self):
        return b" noreply" if self._chance(15) else b""

    def _line(self, line):
        """Runs of spaces separate like one, and a bare LF ends a line."""
        if self._chance(3):
            line = line.replace(b" ", b"  ")
        return line + (b"\n" if self._chance(3) else b"\r\n")

    def _command(self, line, data=None, cas_of=b""):
        return Command(self._line(line) + (b"" if data is None else data + b"\r\n"), cas_of)

    def _keys(self):
        count = self.x_random.choice([1, 1, 2, 4, 9])
        return b" ".join(self._fetched(self._key()) for _ in range(count))

    def _get(self):
        return self._command(self.x_random.choice([b"get ", b"gets "]) + self._keys())

    def _gat(self):
        word = self.x_random.choice([b"gat", b"gats"])
        return self._command(b"%s %d %s" % (word, self._exptime(), self._keys()))

    def _store(self):
        word = self.x_random.choice([b"set", b"set", b"set", b"add", b"replace"])
        return self._stored(word, self._key())

    def _join(self):
        return self._stored(self.x_random.choice([b"append", b"prepend"]), self._joinable_key())

    def _stored(self, word, key):
        value = self._value(key)
        return self._command(b"%s %s %d %d %d%s" % (
            word, key, self._flags(), self._exptime(), len(value), self._noreply()), value)

    def _cas(self):
        key = self._key()
        value = self._value(key)
        return self._command(b"cas %s %d %d %d @CAS@%s" % (
            key, self._flags(), self._exptime(), len(value), self._noreply()), value, key)

    def _count(self):
        word = self.x_random.choice([b"incr", b"decr"])
        return self._command(b"%s %s %d%s" % (
            word, self._countable_key(), self._number(), self._noreply()))

    def _touch(self):
        return self._command(b"touch %s %d%s" % (self._key(), self._exptime(), self._noreply()))

    def _delete(self):
        return self._command(b"delete %s%s%s" % (
            self._key(), self.x_random.choice([b"", b"", b" 0"]), self._noreply()))

    def _plain(self):
        return self._command(self.x_random.choice(
            [b"mn", b"mn", b"verbosity 0", b"verbosity 1 noreply", b"version", b"bogus word"]))

    def _flush(self):
        return self._command(b"flush_all" + self._noreply())

    def _flush_prefix(self):
        prefix = self._key().split(b":")[0]
        delay = self.x_random.choice([b"", b"", b" 0", b" 1000", b" -1"])
        return self._command(b"flush_prefix " + prefix + delay + self._noreply())

    # Meta commands: some flags out of the legal ones, each at most once, in any order.

    def _meta(self, word, key, length, flags, data=None, cas_of=b""):
        self.x_random.shuffle(flags)
        name = key
        may = not self.x_for_peer or key in self.x_encoded
        if may and len(key) <= 186 and self._chance(40):
            name = base64.b64encode(key)
            flags.insert(self.x_random.randint(0, len(flags)), b"b")
        line = b" ".join([word, name, *length, *flags])
        return self._command(line, data, cas_of)

    def _some(self, flags, percent=30):
        return [flag for flag in flags if self._chance(percent)]

    def _opaque(self):
        return b"O" + str(self._number()).encode()

    def _with_cas(self, flags, key, percent):
        """Maybe a condition, or a number for the result; returns the key the number is for."""
        if not self.x_for_peer and self._chance(20):
            flags.append(b"E%d" % self.x_random.randint(1, 2**63))
        if not self._chance(percent):
            return b""
        flags.append(b"C@CAS@")
        return key

    def _ttl(self, flags, percent):
        """A new TTL; memcached shows one that is already over as a huge number, so not with t."""
        exptime = self._exptime()
        return [] if b"t" in flags and exptime in DEAD else self._some([b"T%d" % exptime], percent)

    def _mg(self):
        key = self._fetched(self._key())
        flags = self._some([b"v"], 50) + self._some([b"c", b"f", b"k", b"s", b"t", b"u", b"q"])
        flags += self._some([self._opaque()], 15)
        if not self._loses_marks(key):
            flags += self._some([b"h", b"l"])
            flags += self._some([b"N%d" % self.x_random.choice([0, 1000, 2000])], 12)
            flags += self._some([b"R%d" % self.x_random.choice([30, 3000])], 10)
        flags += self._ttl(flags, 10)
        return self._meta(b"mg", key, [], flags)

    def _ms(self):
        key = self._key()
        value = self._value(key)
        flags = self._some([b"c", b"k", b"q", self._opaque(), b"F%d" % self._flags(),
                            b"T%d" % self._exptime()], 20)
        flags += [] if self._loses_marks(key) else self._some([b"I"], 20)
        if self._chance(50):
            joins = not (self._keeps_marks(key) or self._loses_marks(key))
            modes = [b"E", b"R", b"S"] + ([b"A", b"P"] if joins else [])
            flags.append(b"M" + self.x_random.choice(modes))
        if not self.x_for_peer:
            flags += self._some([b"N%d" % self.x_random.choice([0, 1000])], 20)
            flags += self._some([b"s"], 20)
        cas_of = self._with_cas(flags, key, 20)
        return self._meta(b"ms", key, [b"%d" % len(value)], flags, value, cas_of)

    def _md(self):
        key = self._key()
        flags = self._some([b"k", b"q", self._opaque()], 25)
        if self._chance(55) and not self._loses_marks(key):
            flags += [b"I"] + self._some([b"T%d" % self.x_random.choice([0, 1000, -1])], 30)
        elif not self.x_for_peer:
            flags += self._some([b"x"], 30)
        cas_of = self._with_cas(flags, key, 20)
        return self._meta(b"md", key, [], flags, None, cas_of)

    def _ma(self):
        key = self._countable_key()
        flags = self._some([b"v", b"t", b"c", b"k", self._opaque()])
        flags += self._some([b"D%d" % self._number(),
                             b"M" + self.x_random.choice([b"I", b"D", b"+", b"-"])])
        flags += [] if self.x_for_peer else self._ttl(flags, 20)
        vivifies = self._chance(30)
        if vivifies:
            flags += [b"N%d" % self.x_random.choice([0, 1000])]
            flags += self._some([b"J%d" % self._number()], 60)
        if not (vivifies and self.x_for_peer):  # q with N answers otherwise in 1.6.18
            flags += self._some([b"q"], 15)
        cas_of = self._with_cas(flags, key, 15)
        return self._meta(b"ma", key, [], flags, None, cas_of)
