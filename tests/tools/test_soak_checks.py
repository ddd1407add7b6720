# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""tools/soak notices what must not be: each fault of a server, played by a wire that says it."""
import random
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[1:1] = [str(ROOT / "tools"), str(ROOT / "tests"), str(ROOT / "tests" / "scenarios")]

from soaking import lane as lane_module, memory as memory_module
from soaking.lane import FOREVER, NO_MEMORY, TOO_LARGE, Lane
from soaking.memory import Memory
from soaking.shared import Shared, Tally
from soaking.values import MIB, Sizes, Wrong, joined, newest_part, written
from soaking.worker import Rules

KEY = b"soak:0:0:4"


class Said:
    """A wire on which the replies have been written beforehand."""

    def __init__(self, _):
        self.replies = b""

    def send(self, data):
        pass

    def read(self, count):
        taken, self.replies = self.replies[:count], self.replies[count:]
        return taken

    def read_line(self):
        return self.read(self.replies.index(b"\r\n") + 2)


@pytest.fixture(name="make")
def make_lane(monkeypatch):
    """make(evicts=...): a lane that knows write 7 of KEY, 100 bytes."""
    monkeypatch.setattr(lane_module, "Wire", Said)

    def make(evicts=True):
        rules = Rules(evicts, MIB, 1000, MIB // 4)
        lane = Lane(None, random.Random(1), 0, rules, Sizes(random.Random(2), MIB), Shared(1),
                    Tally())
        lane.begin()
        lane.keep(KEY, ((7, 100),), 5, FOREVER)
        lane.begin()
        return lane
    return make


def hear(lane, replies, read, *about):
    lane.wire.replies = replies
    getattr(lane, read)(*about)
    assert lane.wire.replies == b""


def hit(value, flags=5, cas=None):
    line = b"VALUE %s %d %d%s\r\n" % (KEY, flags, len(value), b"" if cas is None else b" %d" % cas)
    return line + value + b"\r\nEND\r\n"


def get(lane, replies, with_cas=False):
    hear(lane, replies, "read_get", (KEY,), with_cas)


@pytest.mark.parametrize("evicts", [True, False])
def test_what_was_stored_is_right(make, evicts):
    lane = make(evicts)
    get(lane, hit(written(KEY, 7, 100)))
    hear(lane, b"STORED\r\n", "read_join", b"append", KEY, (8, 60))
    get(lane, hit(written(KEY, 7, 100) + written(KEY, 8, 60), cas=3), with_cas=True)
    hear(lane, b"EXISTS\r\n", "read_cas", 2, KEY, ((9, 50),), 0, FOREVER)
    hear(lane, b"STORED\r\n", "read_cas", 3, KEY, ((9, 50),), 0, FOREVER)
    get(lane, hit(written(KEY, 9, 50), flags=0))
    hear(lane, b"DELETED\r\n", "read_delete", KEY)
    get(lane, b"END\r\n")


FLIPPED = bytearray(written(KEY, 7, 100))
FLIPPED[63] ^= 1


@pytest.mark.parametrize("reply", [
    hit(written(KEY, 6, 100)), hit(written(b"other", 7, 100)), hit(written(KEY, 7, 99)),
    hit(bytes(FLIPPED)), hit(written(KEY, 7, 100), flags=4), b"ERROR\r\n",
    hit(written(KEY, 7, 100)).replace(KEY, b"soak:0:0:5", 1)])
def test_another_value_is_wrong(make, reply):
    with pytest.raises(Wrong):
        get(make(), reply)


def test_a_miss_is_right_only_where_it_may_be(make):
    get(make(), b"END\r\n")
    with pytest.raises(Wrong, match="nothing may be evicted"):
        get(make(evicts=False), b"END\r\n")
    lane = make(evicts=False)
    lane.keep(KEY, ((8, 100),), 5, 0.5)     # it may have expired by now
    get(lane, b"END\r\n")


def test_what_was_missed_or_deleted_does_not_come_back(make):
    for reply, read in ((b"END\r\n", get), (b"DELETED\r\n", None)):
        lane = make()
        read(lane, reply) if read else hear(lane, reply, "read_delete", KEY)
        with pytest.raises(Wrong, match="there, though"):
            get(lane, hit(written(KEY, 7, 100)))


def test_expired_and_flushed_values_are_not_seen(make):
    lane = make()
    lane.model[KEY].high = lane.sent - 0.001
    with pytest.raises(Wrong, match="expired"):
        get(lane, hit(written(KEY, 7, 100)))
    lane = make()
    lane.x_shared.flush_was(time.monotonic(), time.monotonic())
    get(lane, hit(written(KEY, 7, 100)))    # had been asked before
    lane.begin()
    with pytest.raises(Wrong, match="flush_all"):
        get(lane, hit(written(KEY, 7, 100)))


@pytest.mark.parametrize("size, reply", [
    (100, TOO_LARGE), (2 * MIB, b"STORED\r\n"), (2 * MIB, NO_MEMORY), (100, NO_MEMORY)])
def test_refusals_must_have_a_reason(make, size, reply):
    with pytest.raises(Wrong):
        hear(make(), reply, "read_store", b"set", KEY, ((8, size),), 0, FOREVER)


def test_a_refused_set_takes_the_old_value_with_it_and_others_do_not(make):
    lane = make(evicts=False)
    hear(lane, NO_MEMORY, "read_store", b"add", b"soak:0:0:20", ((8, 100),), 0, FOREVER)
    hear(lane, NO_MEMORY, "read_join", b"append", KEY, (9, 50))
    get(lane, hit(written(KEY, 7, 100)))
    hear(lane, NO_MEMORY, "read_store", b"set", KEY, ((10, 100),), 0, FOREVER)
    with pytest.raises(Wrong):
        get(lane, hit(written(KEY, 7, 100)))


def test_numbers_are_counted_and_told_right(make):
    lane = make()
    get(lane, hit(written(KEY, 7, 100), cas=11), with_cas=True)
    with pytest.raises(Wrong, match="nothing has changed"):
        get(lane, hit(written(KEY, 7, 100), cas=12), with_cas=True)
    lane.keep(KEY, b"99", 0, FOREVER)
    hear(lane, b"100\r\n", "read_count", b"incr", KEY, 1, False)
    with pytest.raises(Wrong):
        hear(lane, b"98\r\n", "read_count", b"decr", KEY, 1, False)


def test_readers_of_others_keys_find_torn_values():
    parts = (3, 100), (9, 70), (4, 1000)
    assert newest_part(KEY, joined(KEY, parts)) == 9
    for torn in (joined(KEY, parts)[:-1], joined(KEY, parts)[1:],
                 written(KEY, 3, 100)[:60] + written(KEY, 9, 100)[60:], b"\0" * 100):
        with pytest.raises(Wrong):
            newest_part(KEY, torn)


class Idle:
    """A server of which only the memory matters."""
    pid = 0

    @staticmethod
    def fds():
        return 9


@pytest.fixture(name="resident")
def fake_resident_memory(monkeypatch):
    """What the kernel is to say, in a list of one; time is up at once."""
    resident = [5 * MIB]
    gone = type("B", (), {"x_fds": 9, "await_left": lambda: None})
    monkeypatch.setattr(memory_module, "resident_bytes", lambda _: resident[0])
    monkeypatch.setattr(memory_module, "Before", lambda server: gone)
    monkeypatch.setattr(memory_module, "LOWERED_S", 0.0)
    monkeypatch.setattr(Memory, "x_owners", lambda _: {"heap_free": 0})
    return resident


def test_memory_above_what_is_allowed_is_wrong(resident):
    memory = Memory(Idle, 64 * MIB, loops=4)
    resident[0] = (64 + 5 + 8) * MIB
    memory.look()
    memory.lower(16 * MIB)
    with pytest.raises(Wrong, match="after cache_memlimit 16"):
        memory.look()
    resident[0] = (16 + 5 + 8) * MIB
    memory.x_lowered = (16 * MIB, time.monotonic() + 60)    # there is time
    memory.look()
    assert not memory.is_lowered()      # falling
    memory.look()
    assert memory.is_lowered()
    resident[0] += MIB
    with pytest.raises(Wrong, match="29.0 allowed"):
        memory.look()


@pytest.mark.parametrize("above, right", [(1.0, True), (1.1, False)])
def test_memory_that_nobody_has_at_rest_is_wrong(resident, above, right):
    memory = Memory(Idle, 64 * MIB, loops=4)
    resident[0] = (64 + 5 + 8 + above) * MIB
    if right:
        assert memory.check_rest() == resident[0] - 64 * MIB
        return
    with pytest.raises(Wrong, match="with nobody connected"):
        memory.check_rest()
