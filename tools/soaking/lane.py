# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A connection that is the only writer of its keys, and knows what each must hold.

    send()      a batch of random commands in one go, ended by `mn`
    receive()   every reply in order: what it says is checked against the model, then changes it

A reply tells of a moment between `sent` and its arrival, hence the two ends of each expiry:

    ──── surely there ────► low ··· may be there ··· high ──── surely gone ────►
"""
import time

from wire import Wire

from soaking.values import TINY, Wrong, fits, joined

TOO_LARGE = b"SERVER_ERROR object too large for cache\r\n"
NO_MEMORY = b"SERVER_ERROR out of memory storing object\r\n"
FOREVER = float("inf")
# Server and client are not on a processor all the time: how far apart they may see a moment.
SLACK_S = 1.0
MOST_PARTS = 6
BATCH_BYTES = 3 << 20
MOST_U64 = (1 << 64) - 1


class Entry:
    __slots__ = ("parts", "text", "flags", "low", "high", "made", "cas")

    def __init__(self, parts, text, flags, made):
        self.parts = parts      # (number, size) of each write that is in it, or None:
        self.text = text        # the text of a counter
        self.flags = flags
        self.made = made        # when its last change was acknowledged
        self.low = self.high = FOREVER
        self.cas = None         # if it has been told since the last change

    def size(self):
        return len(self.text) if self.parts is None else sum(size for _, size in self.parts)

    def value(self, key):
        return self.text if self.parts is None else joined(key, self.parts)


class Lane:
    def __init__(self, address, rng, name, rules, sizes, shared, tally):
        self.x_address = address
        self.x_rng = rng
        self.x_name = name
        self.x_rules = rules
        self.x_sizes = sizes
        self.x_shared = shared
        self.x_tally = tally
        self.x_number = 0
        self.x_untold = []      # entries of this batch that were stored without a reply
        self.x_ops = []
        self.x_out = []
        self.x_out_bytes = 0
        self.model = {}
        self.wire = None
        self.connect()
        self.drift()

    # ---- the connection

    def connect(self):
        if self.wire:
            self.wire.close()
        self.wire = Wire(self.x_address)
        self.x_tally.add("connections")

    def leave(self):
        """Ends the connection in one of the ways in which clients do; a new one goes on."""
        way = self.x_rng.choice(("quit", "finish", "close", "reset"))
        if way == "quit":
            self.wire.send(b"quit\r\n")
            self.wire.read_to_end()
        elif way == "finish":
            self.wire.finish()
            self.wire.read_to_end()
        elif way == "reset":
            self.wire.reset()
        self.connect()

    def vanish(self):
        """Leaves in the middle of a batch. What was done of it nobody knows: other keys now."""
        self.write_batch()
        data = b"".join(self.x_out)
        cut = self.x_rng.randrange(len(data))
        self.wire.send(data[:cut])
        if self.x_rng.random() < 0.5:
            self.wire.reset()
        self.x_tally.add("vanished")
        self.model = {}
        self.x_shared.next_generation(self.x_name)
        self.connect()

    # ---- what to ask for

    def drift(self):
        """Another mixture of commands and sizes."""
        self.x_sizes.drift()
        rng = self.x_rng
        kinds = [(self.write_get, 30), (self.write_many, 6), (self.write_meta_get, 6),
                 (self.write_set, 30), (self.write_meta_set, 6), (self.write_cas, 4),
                 (self.write_delete, 5), (self.write_touch, 4), (self.write_join, 5),
                 (self.write_count, 4)]
        self.x_kinds = [write for write, _ in kinds]
        self.x_weights = [weight * rng.choice((0.3, 1, 1, 2)) for _, weight in kinds]

    def write_batch(self):
        self.x_ops.clear()
        self.x_out.clear()
        self.x_out_bytes = 0
        count = self.x_rng.choice((1, 5, 30, 100, 250))
        for write in self.x_rng.choices(self.x_kinds, self.x_weights, k=count):
            write()
            if self.x_out_bytes > BATCH_BYTES:
                break
        self.add_op(b"mn\r\n", self.read_end)

    def send(self):
        self.write_batch()
        self.begin()

    def begin(self):
        """Sends what has been written. The moment counts from before, what is shared as well."""
        self.flushed = self.x_shared.flushed()
        self.may_refuse = self.x_shared.may_refuse()
        self.sent = time.monotonic()
        self.wire.send(b"".join(self.x_out))

    def receive(self):
        for read, *about in self.x_ops:
            read(*about)
        # Nobody told when they were stored; by now they have been.
        for entry in self.x_untold:
            entry.made = time.monotonic()
        self.x_untold.clear()
        self.x_tally.add("requests", len(self.x_ops))
        self.x_ops.clear()
        self.x_out.clear()
        self.x_out_bytes = 0

    def add_op(self, request, read, *about):
        self.x_out.append(request)
        self.x_out_bytes += len(request)
        self.x_ops.append((read, *about))

    def key(self, index=None):
        rng = self.x_rng
        if index is None:
            index = int(self.x_rules.keys * rng.random() ** 2)
        name = self.x_shared.key_name(self.x_name, index)
        # Every seventeenth is as long as a key can be.
        return name if index % 17 else name.ljust(250, b"-")

    def value_key(self):
        while True:
            index = int(self.x_rules.keys * self.x_rng.random() ** 2)
            if index % 16:
                return self.key(index)

    def joinable_key(self):
        return self.key(16 * int(self.x_rules.keys / 16 * self.x_rng.random() ** 2) + 4)

    def counter_key(self):
        return self.key(16 * int(self.x_rules.keys / 16 * self.x_rng.random() ** 2))

    def is_joinable(self, key):
        return self.x_shared.index_of(key) % 16 == 4

    def draw_value(self, key):
        """(number, size): not too short to tell its parts apart where others will be joined."""
        self.x_number += 1
        size = self.x_sizes.draw(key)
        return self.x_number, max(size, TINY) if self.is_joinable(key) else size

    def draw_flags(self):
        return self.x_rng.choice((0, 0, 0, 5, 4294967295))

    def draw_ttl(self):
        """(what to send, seconds from now). Sooner or later, or never; a few are dates."""
        rng = self.x_rng
        kind = rng.random()
        if kind < 0.6:
            return 0, FOREVER
        if kind < 0.62:
            return -1, -FOREVER
        seconds = rng.choice((1, 1, 2, 3, 5, 20, 60, 3600))
        if kind < 0.65:
            date = int(time.time()) + 1 + seconds
            return date, date - time.time()
        return seconds, float(seconds)

    def write_set(self, key=None, part=None, ttl=None):
        rng = self.x_rng
        key = key or self.value_key()
        verb = rng.choice((b"set",) * 8 + (b"add", b"replace")) if part is None else b"set"
        number, size = part or self.draw_value(key)
        flags, (ttl, ttl_s) = self.draw_flags(), ttl or self.draw_ttl()
        # Nobody tells whether it was refused, so only where only what is too large may be.
        quiet = self.x_rules.evicts and rng.random() < 0.05
        request = b"%s %s %d %d %d%s\r\n%s\r\n" % (
            verb, key, flags, ttl, size, b" noreply" if quiet else b"",
            self.new_value(key, number, size))
        if quiet and verb != b"set":
            return
        self.add_op(request, self.read_quiet if quiet else self.read_store, verb, key,
                    ((number, size),), flags, ttl_s)

    def new_value(self, key, number, size):
        return joined(key, ((number, size),))

    def write_meta_set(self):
        key = self.value_key()
        number, size = self.draw_value(key)
        flags, (ttl, ttl_s) = self.draw_flags(), self.draw_ttl()
        request = b"ms %s %d T%d F%d c\r\n%s\r\n" % (
            key, size, ttl, flags, self.new_value(key, number, size))
        self.add_op(request, self.read_store, b"ms", key, ((number, size),), flags, ttl_s)

    def write_cas(self):
        """With the number that is known, or one that surely is not its own."""
        key = self.value_key()
        entry = self.model.get(key)
        if entry is None or entry.cas is None:
            return self.add_op(b"gets %s\r\n" % key, self.read_get, (key,), True)
        cas = entry.cas if self.x_rng.random() < 0.8 else entry.cas - 1
        number, size = self.draw_value(key)
        flags, (ttl, ttl_s) = self.draw_flags(), self.draw_ttl()
        request = b"cas %s %d %d %d %d\r\n%s\r\n" % (
            key, flags, ttl, size, cas, self.new_value(key, number, size))
        self.add_op(request, self.read_cas, cas, key, ((number, size),), flags, ttl_s)

    def write_join(self):
        key = self.joinable_key()
        entry = self.model.get(key)
        if entry is None or len(entry.parts) >= MOST_PARTS or entry.size() > self.x_rules.most_join:
            return self.write_set(key, self.draw_value(key))
        verb = self.x_rng.choice((b"append", b"prepend"))
        number, size = self.draw_value(key)
        request = b"%s %s 0 0 %d\r\n%s\r\n" % (verb, key, size, self.new_value(key, number, size))
        self.add_op(request, self.read_join, verb, key, (number, size))

    def write_count(self):
        rng = self.x_rng
        key = self.counter_key()
        if key not in self.model or rng.random() < 0.1:
            text = b"%d" % rng.choice((0, 9, 99, rng.getrandbits(64)))
            ttl, ttl_s = self.draw_ttl()
            return self.add_op(b"set %s 0 %d %d\r\n%s\r\n" % (key, ttl, len(text), text),
                               self.read_store, b"set", key, text, 0, ttl_s)
        delta = rng.choice((1, 7, 1000, rng.getrandbits(40)))
        verb = rng.choice((b"incr", b"decr"))
        request = b"%s %s %d\r\n" % (verb, key, delta)
        if rng.random() < 0.3:
            request = b"ma %s M%s D%d v\r\n" % (key, b"I" if verb == b"incr" else b"D", delta)
        self.add_op(request, self.read_count, verb, key, delta, request.startswith(b"ma"))

    def write_get(self):
        key = self.key()
        with_cas = self.x_rng.random() < 0.3
        self.add_op(b"%s %s\r\n" % (b"gets" if with_cas else b"get", key), self.read_get, (key,),
                    with_cas)

    def write_many(self):
        keys = tuple({self.key(): None for _ in range(self.x_rng.randint(2, 40))})
        self.write_get_of(keys)

    def write_get_of(self, keys):
        self.add_op(b"get %s\r\n" % b" ".join(keys), self.read_get, keys, False)

    def write_meta_get(self):
        key = self.key()
        self.add_op(b"mg %s v f c s k\r\n" % key, self.read_meta_get, key)

    def write_delete(self, key=None):
        key = key or self.key()
        meta = self.x_rng.random() < 0.3
        self.add_op(b"%s %s\r\n" % (b"md" if meta else b"delete", key), self.read_delete, key)

    def write_touch(self, key=None, ttl=None):
        key = key or self.key()
        ttl, ttl_s = ttl or self.draw_ttl()
        if self.x_rng.random() < 0.5:
            self.add_op(b"touch %s %d\r\n" % (key, ttl), self.read_touch, key, ttl_s)
        else:
            self.add_op(b"gats %d %s\r\n" % (ttl, key), self.read_get, (key,), True, ttl_s)

    # ---- what the replies say

    def wrong(self, what, key):
        entry = self.model.get(key)
        known = "nothing" if entry is None else (
            f"{entry.size()} bytes, flags {entry.flags}, changed {self.sent - entry.made:.3f} s "
            f"before this batch, expires {entry.low - self.sent:.3f} s behind its start at the "
            f"earliest")
        raise Wrong(f"{key!r}: {what}; expected: {known}")

    def hit(self, key, command):
        entry = self.model.get(key)
        if entry is None:
            self.wrong(f"{command}: there, though deleted, missed before, or never stored", key)
        if self.sent > entry.high:
            self.wrong(f"{command}: there {self.sent - entry.high:.3f} s after it must have "
                       "expired", key)
        begun, done = self.flushed
        if entry.made < begun and self.sent > done:
            self.wrong(f"{command}: there after flush_all", key)
        return entry

    def miss(self, key, command):
        entry = self.model.get(key)
        if entry is not None and not self.x_rules.evicts and time.monotonic() < entry.low:
            self.wrong(f"{command}: not there, though nothing may be evicted", key)
        self.model.pop(key, None)

    def keep(self, key, content, flags, ttl_s):
        """It has been stored. Its expiry counts from some moment of this batch."""
        parts, text = (None, content) if isinstance(content, bytes) else (content, b"")
        now = time.monotonic()
        entry = Entry(parts, text, flags, now)
        self.expire(entry, ttl_s, now)
        self.model[key] = entry

    def expire(self, entry, ttl_s, now):
        entry.low = self.sent + ttl_s - SLACK_S
        entry.high = now + ttl_s + SLACK_S

    def changed(self, entry):
        entry.made = time.monotonic()
        entry.cas = None

    def told_cas(self, key, entry, cas):
        if entry.cas is not None and entry.cas != cas:
            self.wrong(f"cas {cas}, but it was {entry.cas} and nothing has changed", key)
        entry.cas = cas

    def refused(self, reply, verb, key, size, flags):
        """True: it was refused, rightly. A refused set takes the old value with it."""
        too_large = not fits(key, size, flags, self.x_rules.item_limit)
        if too_large != (reply == TOO_LARGE):
            self.wrong(f"{verb} of {size} bytes, flags {flags}: {reply!r}", key)
        if reply == NO_MEMORY:
            self.check_may_refuse(verb, key)
        elif not too_large:
            return False
        self.x_tally.add("too_large" if too_large else "no_memory")
        if verb in (b"set", b"ms"):
            self.model.pop(key, None)
        return True

    def check_may_refuse(self, verb, key):
        if self.x_rules.evicts and not (self.may_refuse or self.x_shared.may_refuse()):
            self.wrong(f"{verb}: out of memory, though there is much to evict", key)

    def read_store(self, verb, key, content, flags, ttl_s):
        reply = self.wire.read_line()
        size = len(content) if isinstance(content, bytes) else content[0][1]
        if self.refused(reply, verb, key, size, flags):
            return False
        if reply == b"NOT_STORED\r\n" and verb == b"add":
            self.hit(key, "add")
        elif reply == b"NOT_STORED\r\n" and verb == b"replace":
            self.miss(key, "replace")
        elif reply.startswith(b"HD c") if verb == b"ms" else reply == b"STORED\r\n":
            if verb == b"add":
                self.miss(key, "add")
            elif verb == b"replace":
                self.hit(key, "replace")
            self.keep(key, content, flags, ttl_s)
            if verb == b"ms":
                self.told_cas(key, self.model[key], int(reply[4:]))
            self.x_tally.add("stored")
            return True
        else:
            self.wrong(f"{verb}: {reply!r}", key)
        return False

    def read_quiet(self, verb, key, content, flags, ttl_s):
        if fits(key, content[0][1], flags, self.x_rules.item_limit):
            self.keep(key, content, flags, ttl_s)
            self.x_untold.append(self.model[key])
        else:
            self.model.pop(key, None)

    def read_cas(self, cas, key, content, flags, ttl_s):
        reply = self.wire.read_line()
        if self.refused(reply, b"cas", key, content[0][1], flags):
            return
        if reply == b"STORED\r\n":
            if self.hit(key, "cas").cas != cas:
                self.wrong(f"cas {cas}: stored over another number", key)
            self.keep(key, content, flags, ttl_s)
            self.x_tally.add("stored")
        elif reply == b"EXISTS\r\n":
            if self.hit(key, "cas").cas == cas:
                self.wrong(f"cas {cas}: refused, but it is its own number", key)
        elif reply == b"NOT_FOUND\r\n":
            self.miss(key, "cas")
        else:
            self.wrong(f"cas: {reply!r}", key)

    def read_join(self, verb, key, part):
        reply = self.wire.read_line()
        if self.refused(reply, verb, key, part[1], 0):
            return
        entry = self.model.get(key)
        if reply == b"STORED\r\n":
            entry = self.hit(key, verb)
            if not fits(key, entry.size() + part[1], entry.flags, self.x_rules.item_limit):
                self.wrong(f"{verb} to more than -I: stored", key)
            entry.parts = entry.parts + (part,) if verb == b"append" else (part,) + entry.parts
            self.changed(entry)
            self.x_tally.add("stored")
        elif reply != b"NOT_STORED\r\n":
            self.wrong(f"{verb}: {reply!r}", key)
        elif entry is None or fits(key, entry.size() + part[1], entry.flags,
                                   self.x_rules.item_limit):
            self.miss(key, verb)

    def read_count(self, verb, key, delta, meta):
        reply = self.wire.read_line()
        if reply in (b"NOT_FOUND\r\n", b"NF\r\n"):
            return self.miss(key, verb)
        if reply == NO_MEMORY:
            return self.check_may_refuse(verb, key)
        if meta:
            reply = self.wire.read_line() if reply.startswith(b"VA ") else reply
        entry = self.hit(key, verb)
        before = int(entry.text)
        after = (before + delta) & MOST_U64 if verb == b"incr" else max(0, before - delta)
        if reply != b"%d\r\n" % after:
            self.wrong(f"{verb} {delta} of {entry.text!r}: {reply!r}", key)
        entry.text = (b"%d" % after).ljust(len(entry.text))
        self.changed(entry)

    def read_get(self, keys, with_cas, ttl_s=None):
        left = iter(keys)
        while (line := self.wire.read_line()) != b"END\r\n":
            if line == NO_MEMORY and ttl_s is not None:
                return self.check_may_refuse("gats", keys[0])
            words = line.split()
            if words[0] != b"VALUE" or len(words) != 4 + with_cas:
                self.wrong(f"get: {line[:200]!r}", keys[0])
            for key in left:
                if key == words[1]:
                    break
                self.miss(key, "get")
            else:
                self.wrong(f"get of others: {line!r}", keys[0])
            entry = self.hit(key, "get")
            self.check_value(key, entry, int(words[2]), int(words[3]))
            if with_cas:
                self.told_cas(key, entry, int(words[4]))
            if ttl_s is not None:
                self.expire(entry, ttl_s, time.monotonic())
        for key in left:
            self.miss(key, "get")
            self.x_tally.add("misses")

    def check_value(self, key, entry, flags, size):
        value = self.wire.read(size + 2)
        if flags != entry.flags or value[-2:] != b"\r\n" or value[:-2] != entry.value(key):
            self.wrong(f"value of {size} bytes, flags {flags}: {describe(value[:-2])}", key)
        self.x_tally.add("hits")
        self.x_tally.add("hit_bytes", size)

    def read_meta_get(self, key):
        line = self.wire.read_line()
        if line == b"EN k%s\r\n" % key:
            self.x_tally.add("misses")
            return self.miss(key, "mg")
        words = line.split()
        size = words[1] if len(words) == 6 else b""
        if words[0] != b"VA" or [words[4:]] != [[b"s" + size, b"k" + key]]:
            self.wrong(f"mg: {line!r}", key)
        entry = self.hit(key, "mg")
        self.check_value(key, entry, int(words[2][1:]), int(size))
        self.told_cas(key, entry, int(words[3][1:]))

    def read_delete(self, key):
        reply = self.wire.read_line()
        if reply in (b"DELETED\r\n", b"HD\r\n"):
            self.hit(key, "delete")
            del self.model[key]
        elif reply in (b"NOT_FOUND\r\n", b"NF\r\n"):
            self.miss(key, "delete")
        else:
            self.wrong(f"delete: {reply!r}", key)

    def read_touch(self, key, ttl_s):
        reply = self.wire.read_line()
        if reply == b"TOUCHED\r\n":
            self.expire(self.hit(key, "touch"), ttl_s, time.monotonic())
        elif reply == b"NOT_FOUND\r\n":
            self.miss(key, "touch")
        elif reply == NO_MEMORY:
            self.check_may_refuse("touch", key)
        else:
            self.wrong(f"touch: {reply!r}", key)

    def read_end(self):
        reply = self.wire.read_line()
        if reply != b"MN\r\n":
            raise Wrong(f"unexpected behind a batch: {reply[:200]!r}")


def describe(value):
    return f"begins {value[:TINY]!r}"
