# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Many rude clients at random: any bytes, any packets, any end. Others are served, all is freed."""
import os
import random
import time

from larder_process import SLOW
from witness import Before, Witness
from wire import Wire

RUN_S = 3
CLIENTS = 8
KEYS = [b"a", b"b", b"num", b"Zm9v", b"\xff\x00", b"x" * 250, b"x" * 251]
NUMBERS = [b"0", b"1", b"-1", b"60", b"4294967296", b"18446744073709551616", b"abc", b""]
# Around every limit at which a value is kept, sent or received in another way.
SIZES = [0, 1, 5, 4096, 8190, 8192, 16385, 32769, 65537, 131072, 1048376, 1100000]
LIES = [10**9, 2**31 - 3, 2**31, 2**32]
PACKETS = [1, 2, 10, 100, 1400, 16384, 65536, 1 << 20]
ADMIN = [b"flush_all\r\n", b"flush_all 1\r\n", b"cache_memlimit 8\r\n", b"cache_memlimit 32\r\n",
         b"verbosity 1\r\n", b"quit\r\n", b"GET / HTTP/1.1\r\n", b"mn\r\n" * 3000]


class Grammar:
    def __init__(self, rng):
        self.x_rng = rng

    def command(self):
        kinds = {self.store: 6, self.meta_store: 2, self.fetch: 5, self.meta: 3, self.change: 3,
                 self.admin: 1, self.junk: 1}
        return self.x_rng.choices(list(kinds), kinds.values())[0]()

    def _key(self):
        return self.x_rng.choice(KEYS)

    def _flags(self):
        count = self.x_rng.choice([0, 2, 5, 21])
        letters = self.x_rng.choices("bcfhklOqstuvCENRTXWZMDJIxF", k=count)
        return b"".join(b" " + letter.encode() + (
            self.x_rng.choice(NUMBERS + [b"A", b"I"]) if letter in "OCENRTMDJF" else b"")
            for letter in letters)

    def _block(self):
        size = self.x_rng.choice(SIZES)
        told = self.x_rng.choice([size] * 20 + [size + 1, size + 3] + self.x_rng.choices(LIES))
        return told, self.x_rng.choice([b"v", b"1", b"\n"]) * size

    def store(self):
        size, block = self._block()
        verb = self.x_rng.choice([b"set", b"set", b"add", b"replace", b"append", b"prepend"])
        noreply = self.x_rng.choice([b"", b"", b" noreply"])
        return b"%s %s 7 0 %d%s\r\n%s\r\n" % (verb, self._key(), size, noreply, block)

    def meta_store(self):
        size, block = self._block()
        return b"ms %s %d%s\r\n%s\r\n" % (self._key(), size, self._flags(), block)

    def fetch(self):
        verb = self.x_rng.choice([b"get", b"gets", b"gat 60", b"gats 0"])
        keys = self.x_rng.choices(KEYS, k=self.x_rng.choice([0, 1, 1, 5, 40, 300]))
        return verb + b" " + b" ".join(keys) + b"\r\n"

    def meta(self):
        verb = self.x_rng.choice([b"mg ", b"md ", b"ma ", b"me "])
        return verb + self._key() + self._flags() + b"\r\n"

    def change(self):
        verb = self.x_rng.choice([b"incr ", b"decr ", b"touch ", b"delete "])
        return verb + self._key() + b" " + self.x_rng.choice(NUMBERS) + b"\r\n"

    def admin(self):
        return self.x_rng.choice(ADMIN)

    def junk(self):
        return self.x_rng.choice([self.x_rng.randbytes(100) + b"\r\n", self.x_rng.randbytes(3000),
                                  b"get " + b"j " * 100_000])


class Rude:
    """A client that sends what the grammar says, reads when it likes, and leaves as it likes."""

    def __init__(self, address, rng):
        self.x_rng = rng
        self.x_wire = Wire(address, receive_bytes=rng.choice([None, 4096]))
        self.x_unsent = bytearray()
        self.x_reads = rng.choice([0, 1, 1])

    def act(self, grammar):
        """→ whether it goes on."""
        if len(self.x_unsent) < 100_000:
            self.x_unsent += grammar.command()
        try:
            for _ in range(self.x_rng.choice([1, 5, 30])):
                count = self.x_wire.sock.send(self.x_unsent[:self.x_rng.choice(PACKETS)])
                del self.x_unsent[:count]
        except BlockingIOError:
            pass
        except OSError:
            return self._leave()
        if self.x_reads:
            self.x_wire.silence(0.0001)
        return self._leave() if self.x_wire.ended or self.x_rng.random() < 0.02 else True

    def _leave(self):
        how = self.x_rng.random()
        if how < 0.3:
            self.x_wire.reset()
        elif how < 0.4 and not self.x_wire.ended:
            try:
                self.x_wire.finish()
            except OSError:
                pass
        self.x_wire.close()
        return False

    def close(self):
        self.x_wire.close()


def test_random_streams(serve, backend):
    seed = int(os.environ.get("LARDER_SEED", random.randrange(1 << 32)))
    print(f"reproduce with LARDER_SEED={seed}")
    rng = random.Random(seed)
    evicts = [] if rng.random() < 0.7 else ["-M"]
    server = serve(backend, *evicts, memory_mb=rng.choice([8, 64]))
    before = Before(server)
    witness = Witness(server)
    grammar = Grammar(rng)
    clients = []
    deadline = time.monotonic() + RUN_S
    while time.monotonic() < deadline:
        if len(clients) < CLIENTS:
            clients.append(Rude(server.address, rng))
        one = rng.choice(clients)
        if not one.act(grammar):
            clients.remove(one)
        assert witness.x_wire.ask(b"mn\r\n") == b"MN\r\n"
    for one in clients:
        one.close()
    witness.close()
    before.await_left(limit_s=12 * SLOW)    # one whose end was not told is found after 5 s
