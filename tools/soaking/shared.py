# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What the processes of a soak tell each other: counts, and what concerns everybody's keys."""
import multiprocessing
import time

FORK = multiprocessing.get_context("fork")
COUNTS = ("requests", "hits", "hit_bytes", "misses", "stored", "no_memory", "too_large", "peeked",
          "connections", "vanished", "half_sent", "unread", "impolite", "flushes", "dips", "rounds",
          "short_refused")


class Tally:
    """Counts of one process, which everybody may read."""

    def __init__(self):
        self.x_counts = FORK.RawArray("Q", len(COUNTS))
        self.x_places = {name: place for place, name in enumerate(COUNTS)}

    def add(self, name, count=1):
        self.x_counts[self.x_places[name]] += count

    def read(self):
        return dict(zip(COUNTS, self.x_counts))


def total(tallies):
    read = [tally.read() for tally in tallies]
    return {name: sum(one[name] for one in read) for name in COUNTS}


class Shared:
    """Of one server.

        flushed         a moment before which nothing that was stored is visible after another one
        may_refuse      the limit is so low that what is on its way in may fill it
        generations     of each lane's keys; the earlier ones belong to nobody
    """

    def __init__(self, lanes):
        self.x_flushed = FORK.Array("d", [0.0, 0.0])
        self.x_refuse_until = FORK.Value("d", 0.0)
        self.x_generations = FORK.RawArray("Q", lanes)

    def flushed(self):
        with self.x_flushed.get_lock():
            return self.x_flushed[0], self.x_flushed[1]

    def flush_was(self, begun, done):
        with self.x_flushed.get_lock():
            self.x_flushed[0], self.x_flushed[1] = begun, done

    def allow_refusals(self, until):
        self.x_refuse_until.value = until

    def may_refuse(self):
        return time.monotonic() < self.x_refuse_until.value

    def lanes(self):
        return len(self.x_generations)

    def next_generation(self, lane):
        self.x_generations[lane] += 1

    def key_name(self, lane, index):
        return b"soak:%d:%d:%d" % (lane, self.x_generations[lane], index)

    @staticmethod
    def index_of(key):
        return int(key.rstrip(b"-").rsplit(b":", 1)[1])
