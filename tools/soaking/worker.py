# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""A client process: lanes side by side, each the only writer of its keys, and a look at others'.

Told by a pipe what to do (a method's name and its arguments), it answers with what came of it:
("done", result) or ("wrong", text).
"""
import collections
import random
import time
import traceback

from wire import Closed, Wire

from soaking.lane import Lane
from soaking.values import Sizes, Wrong, newest_part

Rules = collections.namedtuple("Rules", "evicts item_limit keys most_join")

DRIFT_S = 2.0
BATCH = 20      # of sets, in the steps
LONG_LIFE = 100_000, 100_000.0
SCRIPTED = 1 << 30      # keys of this index and above: nothing random happens to them
LARGEST_SCRIPTED = 60_000


class Worker:
    def __init__(self, address, seed, names, rules, shared, tally):
        self.x_address = address
        self.x_rng = random.Random(seed)
        self.x_rules = rules
        self.x_shared = shared
        self.x_tally = tally
        self.x_lanes = [Lane(address, random.Random(f"{seed}/{name}"), name, rules,
                             Sizes(random.Random(f"{seed}/{name}/sizes"), rules.item_limit),
                             shared, tally) for name in names]
        self.x_names = names
        self.x_peek = Wire(address)
        self.x_seen = {}
        self.x_next = SCRIPTED

    # ---- random commands

    def churn(self, until):
        """Random commands until then; where nothing may be evicted, the model is exact."""
        drift_at = 0.0
        while (now := time.monotonic()) < until:
            if now > drift_at:
                drift_at = now + self.x_rng.uniform(0.2, 2) * DRIFT_S
                for lane in self.x_lanes:
                    lane.drift()
            self.peek(self.turn)
            self.come_and_go()

    def turn(self):
        for lane in self.x_lanes:
            lane.send()
        for lane in self.x_lanes:
            lane.receive()

    def come_and_go(self):
        for lane in self.x_lanes:
            chance = self.x_rng.random()
            if chance < 0.02:
                lane.leave()
            elif chance < 0.025 and self.x_rules.evicts:
                lane.vanish()

    def peek(self, meanwhile):
        """Reads keys that others write at the same time: whole values, and never an older one."""
        rng = self.x_rng
        lane = rng.randrange(self.x_shared.lanes())
        keys = [self.x_shared.key_name(lane, rng.randrange(1, 200) * 16 + 4) for _ in range(10)]
        self.x_peek.send(b"get %s\r\n" % b" ".join(keys))
        meanwhile()
        while (line := self.x_peek.read_line()) != b"END\r\n":
            _, key, _, size = line.split()
            value = self.x_peek.read(int(size) + 2)[:-2]
            newest = newest_part(key, value)
            if newest is None:
                continue
            if key not in keys or newest < self.x_seen.get(key, 0):
                raise Wrong(f"{key!r}: write {newest} after write {self.x_seen.get(key)}")
            self.x_seen[key] = newest
            self.x_tally.add("peeked")
        if len(self.x_seen) > 50_000:
            self.x_seen.clear()

    # ---- steps in order, where nothing may be evicted

    def x_store(self, lane, count, ttl_s=0, keys=None, most=LARGEST_SCRIPTED):
        """Sets a batch; → (bytes stored, sets refused)."""
        before = dict.fromkeys(keys or ())
        for key in list(before) or [None] * count:
            if key is None:
                self.x_next += 1
                key = self.x_shared.key_name(lane.x_name, self.x_next)
            number, size = lane.draw_value(key)
            lane.write_set(key, (number, min(size, most)), (ttl_s, float(ttl_s or "inf")))
            before[key] = None
        lane.begin()
        lane.receive()
        stored = [key for key in before if key in lane.model]
        return sum(len(key) + lane.model[key].size() for key in stored), len(before) - len(stored)

    def fill(self, ttl_s=0, most=LARGEST_SCRIPTED):
        """New keys until a whole batch is refused; → bytes that were stored."""
        stored, refused = 0, 0
        while refused < BATCH:
            more, refused = self.x_store(self.x_rng.choice(self.x_lanes), BATCH, ttl_s, most=most)
            stored += more
        return stored

    def refill(self, wanted):
        """New keys for so many bytes; → (bytes stored, sets refused)."""
        stored = refused = 0
        while stored < wanted and refused < BATCH:
            more, refusals = self.x_store(self.x_rng.choice(self.x_lanes), BATCH)
            stored, refused = stored + more, refused + refusals
        return stored, refused

    def verify(self):
        """Every key that was acknowledged is there, whole; → how many."""
        count = 0
        for lane in self.x_lanes:
            keys = list(lane.model)
            count += len(keys)
            for at in range(0, len(keys), 50):
                lane.write_get_of(tuple(keys[at:at + 50]))
                lane.begin()
                lane.receive()
        return count

    def remove(self, share):
        """Deletes a part of the keys; → bytes that were in them."""
        removed = 0
        for lane in self.x_lanes:
            keys = [key for key in lane.model if self.x_rng.random() < share]
            removed += sum(len(key) + lane.model[key].size() for key in keys)
            self.x_in_batches(lane, keys, lane.write_delete)
        return removed

    def touch(self, share):
        """Gives a part of the keys a long life: they are there, whether it was refused or not."""
        for lane in self.x_lanes:
            keys = [key for key in lane.model if self.x_rng.random() < share]
            self.x_in_batches(lane, keys, lambda key, to=lane: to.write_touch(key, LONG_LIFE))

    def shrink(self, share):
        """Sets a part of the keys to short values; → (bytes less, sets refused)."""
        less = refused = 0
        for lane in self.x_lanes:
            keys = [key for key, entry in lane.model.items()
                    if entry.parts and entry.size() > 400 and self.x_rng.random() < share]
            less += sum(len(key) + lane.model[key].size() for key in keys)
            for at in range(0, len(keys), 50):
                stored, refusals = self.x_store(lane, 0, keys=keys[at:at + 50], most=100)
                less -= stored
                refused += refusals
        return less, refused

    def forget(self):
        """All keys have been flushed, or have expired. None may be seen again."""
        for lane in self.x_lanes:
            lane.model.clear()

    def held(self):
        return sum(len(key) + entry.size() for lane in self.x_lanes
                   for key, entry in lane.model.items())

    @staticmethod
    def x_in_batches(lane, keys, write):
        for at in range(0, len(keys), 200):
            for key in keys[at:at + 200]:
                write(key)
            lane.begin()
            lane.receive()

    # ---- told by a pipe

    def close(self):
        for lane in self.x_lanes:
            lane.wire.close()
        self.x_peek.close()


def serve(pipe, *about):
    """The process's main function."""
    try:
        worker = Worker(*about)
        while (told := pipe.recv()) is not None:
            method, *arguments = told
            pipe.send(("done", getattr(worker, method)(*arguments)))
        worker.close()
    except (Wrong, Closed, TimeoutError, ConnectionError) as fault:
        pipe.send(("wrong", f"{type(fault).__name__}: {fault}"))
    except (EOFError, KeyboardInterrupt):
        pass
    except BaseException:  # the tool itself, or a reply that nobody expected
        pipe.send(("wrong", traceback.format_exc()))
