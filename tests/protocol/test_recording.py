# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The replayer of Arcus' recordings itself, without Larder: it takes what may differ, and finds
every byte that may not.

A scripted server stands in, whose replies are the recorded ones with everything masked changed.
"""
import dataclasses
import re

import pytest

from recording import arcus, masks, replaying
from scripted import Scripted, Step

GROUPS = arcus.load()
FAST_S = 0.003      # nothing is computed here: a reply comes whole, at once
OTHER_CAS = b"777"
OTHER_CURSOR = b"4711"

# mask, recorded, replies that are as good, replies that are not
MASKS = [
    ("cas", b"VALUE k 1 2 35\r\nAA\r\nEND\r\n",
     [b"VALUE k 1 2 18446744073709551615\r\nAA\r\nEND\r\n"],
     [b"VALUE k 1 2 0\r\nAA\r\nEND\r\n", b"VALUE k 1 2 x\r\nAA\r\nEND\r\n",
      b"VALUE k 1 2\r\nAA\r\nEND\r\n", b"VALUE k 2 2 35\r\nAA\r\nEND\r\n",
      b"VALUE k 1 2 35\r\nAB\r\nEND\r\n", b"VALUE k 1 2 35\r\nAA\r\n"]),
    ("time", b"red 4 12 20261120104110\r\n",
     [b"red 4 12 20270101000000\r\n"],
     [b"red 4 12 2026112010411\r\n", b"red 4 12 0\r\n", b"red 5 12 20261120104110\r\n"]),
    ("time",
     b"ITEM a [acctime=4, exptime=0]\r\nITEM b [acctime=4, exptime=9]\r\nEND [curtime=4]\r\n",
     [b"ITEM a [acctime=0, exptime=0]\r\nITEM b [acctime=1, exptime=2]\r\nEND [curtime=99]\r\n"],
     [b"ITEM a [acctime=4, exptime=5]\r\nITEM b [acctime=4, exptime=9]\r\nEND [curtime=4]\r\n",
      b"ITEM a [acctime=4, exptime=0]\r\nITEM b [acctime=4, exptime=0]\r\nEND [curtime=4]\r\n",
      b"ITEM b [acctime=4, exptime=0]\r\nITEM b [acctime=4, exptime=9]\r\nEND [curtime=4]\r\n",
      b"ITEM a [acctime=-, exptime=0]\r\nITEM b [acctime=4, exptime=9]\r\nEND [curtime=4]\r\n"]),
    ("exp", b"OK\r\nATTR expiretime=100\r\nEND\r\n",
     [b"OK\r\nATTR expiretime=99\r\nEND\r\n", b"OK\r\nATTR expiretime=97\r\nEND\r\n"],
     [b"OK\r\nATTR expiretime=96\r\nEND\r\n", b"OK\r\nATTR expiretime=0\r\nEND\r\n",
      b"OK\r\nATTR expiretime=-1\r\nEND\r\n", b"OK\r\nATTR Expiretime=100\r\nEND\r\n"]),
    ("exp", b"ATTR expiretime=0\r\nEND\r\n", [], [b"ATTR expiretime=1\r\nEND\r\n"]),
    ("exp", b"ATTR expiretime=2147483639\r\nEND\r\n",
     [b"ATTR expiretime=2204828728\r\nEND\r\n"], [b"ATTR expiretime=100\r\nEND\r\n"]),
    ("order", b"VALUE 3 2\r\n4 Rome\r\n3 Ann\r\nEND\r\n",
     [b"VALUE 3 2\r\n3 Ann\r\n4 Rome\r\nEND\r\n"],
     [b"VALUE 3 2\r\n3 Ann\r\n3 Ann\r\nEND\r\n", b"VALUE 3 2\r\n3 Ann\r\nEND\r\n",
      b"VALUE 3 2\r\n3 Ann\r\n4 Roma\r\nEND\r\n", b"VALUE 3 2\n3 Ann\r\n4 Rome\r\nEND\r\n"]),
    ("sample", b"VALUE 11 2\r\n5 green\r\n3 Red\r\nEND\r\n",
     [b"VALUE 11 2\r\n4 blue\r\n5 green\r\nEND\r\n"],
     [b"VALUE 11 2\r\n5 green\r\nEND\r\n", b"VALUE 11 2\r\n5 green\r\n3 Red\r\nDELETED\r\n",
      b"VALUE 11 1\r\n5 green\r\n3 Red\r\nEND\r\n", b"VALUE 11 2\r\n5 green\r\nRed\r\nEND\r\n"]),
    ("size", b"PREFIX r itm 3 litm 0 tsz 296 ltsz 0\r\n<null> 1 88 20261120104110\r\n",
     [b"PREFIX r itm 3 litm 0 tsz 7 ltsz 0\r\n<null> 1 1234 20261120104110\r\n"],
     [b"PREFIX r itm 4 litm 0 tsz 296 ltsz 0\r\n<null> 1 88 20261120104110\r\n",
      b"PREFIX r itm 3 litm 0 tsz 0 ltsz 0\r\n<null> 1 88 20261120104110\r\n",
      b"PREFIX r itm 3 litm 0 tsz 296 ltsz 5\r\n<null> 1 88 20261120104110\r\n",
      b"PREFIX r itm 3 litm 0 tsz 296 ltsz 0\r\n<null> 2 88 20261120104110\r\n",
      b"PREFIX r itm 3 litm 0 tsz 296 ltsz 0\r\n<null> 1 0 20261120104110\r\n"]),
    ("values", b"STAT pid 1\r\nSTAT version 1.15.0\r\nEND\r\n",
     [b"STAT pid 2\r\nSTAT more 3\r\nSTAT version x\r\nEND\r\n"],
     [b"STAT pid 2\r\nEND\r\n", b"STAT pic 1\r\nSTAT version 1.15.0\r\nEND\r\n",
      b"STAT pid 1\r\nSTAT version 1.15.0\r\n", b"STAT pid\r\nSTAT version 1.15.0\r\nEND\r\n",
      b"STAT pid 1\r\nSTAT version 1.15.0\r\nEND\r\nEND\r\n"]),
    ("count", b"PREFIXES 4 80\r\nEND\r\n", [b"PREFIXES 0 80\r\nEND\r\n"],
     [b"PREFIXES 4 81\r\nEND\r\n", b"PREFIXES x 80\r\nEND\r\n", b"KEYS 4 80\r\nEND\r\n"]),
    ("cursor", b"KEYS 0 80\r\nEND\r\n", [b"KEYS 0 0\r\nEND\r\n"],
     [b"KEYS 1 80\r\nEND\r\n", b"KEYS 0\r\nEND\r\n", b"KEYS 0 x\r\nEND\r\n"]),
    ("page", b"KEYS 1 80\r\na K 0\r\nEND\r\n",
     [b"KEYS 1 80\r\nb L 5\r\nEND\r\n"],
     [b"KEYS 1 80\r\nEND\r\n", b"KEYS 1 80\r\na X 0\r\nEND\r\n", b"KEYS 1 80\r\na K 0\r\n",
      b"KEYS 1 80\r\na K 0\r\nb K 0\r\nEND\r\n", b"KEYS 2 80\r\na K 0\r\nb K 0\r\nEND\r\n"]),
]
PAGES = b"KEYS 1 8\r\na K 0\r\nEND\r\nKEYS 2 0\r\nb S 9\r\nc L 0\r\nEND\r\n"


@pytest.mark.parametrize("mask, recorded, good, bad", MASKS,
                         ids=[f"{mask}-{at}" for at, (mask, *_) in enumerate(MASKS)])
def test_a_mask_hides_its_part_and_nothing_else(mask, recorded, good, bad):
    assert masks.same(recorded, recorded, (mask,))
    for reply in good:
        assert masks.same(recorded, reply, (mask,)), reply
        assert not masks.same(recorded, reply, ()), f"{reply}: no mask is needed"
    for reply in bad:
        assert not masks.same(recorded, reply, (mask,)), reply


def test_every_mask_of_the_recordings_is_looked_at():
    used = {mask for cases in GROUPS.values() for case in cases for mask in case.volatile}
    assert used == {mask for mask, *_ in MASKS}


@pytest.mark.parametrize("reply", [
    b"KEYS 3 0\r\nc L 0\r\na K 0\r\nb S 9\r\nEND\r\n",
    b"KEYS 0 5\r\nEND\r\nKEYS 3 0\r\nc L 0\r\na K 0\r\nb S 8\r\nEND\r\n"])
def test_rows_may_be_on_any_page(reply):
    assert masks.same_scan(PAGES, reply, ("exp",))


@pytest.mark.parametrize("reply", [
    b"KEYS 2 0\r\nc L 0\r\na K 0\r\nEND\r\n",                           # one is missing,
    b"KEYS 4 0\r\nc L 0\r\na K 0\r\nb S 9\r\nc L 0\r\nEND\r\n",         # one comes twice,
    b"KEYS 3 0\r\nc L 0\r\na K 0\r\nb M 9\r\nEND\r\n",                  # has another type,
    b"KEYS 3 0\r\nc L 0\r\na K 1\r\nb S 9\r\nEND\r\n",                  # another life
    b"KEYS 2 0\r\nc L 0\r\na K 0\r\nb S 9\r\nEND\r\n",                  # too few are promised,
    b"KEYS 4 0\r\nc L 0\r\na K 0\r\nb S 9\r\nEND\r\n",                  # or too many
    b"KEYS 3 0\r\nc L 0\r\na K 0\r\nb S 9\r\n",                         # no end
    b"KEYS 3 0\r\nc L 0\r\na K 0\r\nb S 9\r\nEND",
    b"KEYS 3 0\r\nc L 0\r\na K 0\r\nb S 9\r\nEND\r\nmore\r\n"])
def test_a_scan_with_other_rows_or_a_broken_page_is_found(reply):
    assert not masks.same_scan(PAGES, reply, ("exp",))


def other(case):
    """The reply with everything that is masked in it changed."""
    reply = case.reply
    for mask in case.volatile:
        reply = CHANGES[mask](reply)
    return reply


def _reverse(reply):
    return b"".join(reversed(reply.splitlines(keepends=True)))


def _change(pattern, replacement):
    return lambda reply: re.sub(pattern, replacement, reply, flags=re.MULTILINE)


# Lines are turned around last, so that a request for their first number has it at the same place.
CHANGES = {
    "cas": _change(rb"^(VALUE \S+ \d+ \d+) \d+\r$", rb"\1 %s\r" % OTHER_CAS),
    "time": lambda reply: _change(rb"(acctime|curtime)=\d+", rb"\1=99")(
        _change(rb" \d{14}\r$", rb" 20300102030405\r")(reply)),
    "exp": lambda reply: re.sub(rb"(?<=expiretime=)[1-9]\d*",
                                lambda found: b"%d" % (int(found[0]) - 1 or 1), reply),
    "size": _change(rb"(tsz) [1-9]\d*", rb"\1 31"),
    "sample": _change(rb"^\d+ .*\r$", b"6 purple\r"),
    "values": _change(rb"^(STAT \S+) .*\r$", rb"\1 other\r"),
    "page": _change(rb"^(KEYS) \d+ (\d+)\r\n(?:\S+ [KLSMB] -?\d+\r\n)*", rb"\1 1 \2\r\nz K 0\r\n"),
    "count": lambda reply: reply,   # of the rows of the page
    "cursor": _change(rb"^(KEYS|PREFIXES) (\d+) \d+\r$", rb"\1 \2 %s\r" % OTHER_CURSOR),
    "order": _reverse,
}


def steps_of(case, reply):
    """What the replayer sends for a case, and what it is to be answered."""
    request = case.template.replace(
        arcus.cases.NUMBER, OTHER_CURSOR if case.number_from == "page-1" else OTHER_CAS)
    if not case.is_loop:
        return [Step(request, reply, case.closed)]
    # Two pages where the recording has nine: the first is empty.
    rows = [line for line in reply.splitlines(keepends=True)
            if not line.startswith((b"KEYS ", b"END"))]
    return [Step(request, b"KEYS 0 %s\r\nEND\r\n" % OTHER_CURSOR),
            Step(request.replace(b" 0 ", b" %s " % OTHER_CURSOR, 1),
                 b"KEYS %d 0\r\n%sEND\r\n" % (len(rows), b"".join(rows)), case.closed)]


def faults_of(cases, replies):
    """Names of the cases that the replayer finds different when these are the replies."""
    steps = [step for case, reply in zip(cases, replies) for step in steps_of(case, reply)]
    hurried = [dataclasses.replace(case, sleep_s=0) for case in cases]
    with Scripted(steps) as server:
        replay = replaying.Replay(server.address, replaying.send_in_pauses, stall_s=0.3,
                                  quiet_s=FAST_S)
        outcomes = replay.run(hurried)
    assert not server.fault
    return [outcome.case.name for outcome in outcomes if not outcome.is_as_recorded()]


@pytest.mark.parametrize("group", GROUPS)
def test_replies_that_differ_where_they_may_pass(group):
    cases = GROUPS[group]
    replies = [other(case) for case in cases]
    assert faults_of(cases, replies) == []


def one_byte_off(reply):
    """Its last capital, or else digit, by one. No mask hides capitals: those of END, STORED, ..."""
    letters = [at for at, byte in enumerate(reply) if chr(byte).isupper()]
    last = letters[-1] if letters else max(at for at, byte in enumerate(reply)
                                           if chr(byte).isdigit())
    return reply[:last] + bytes([reply[last] ^ 1]) + reply[last + 1:]


@pytest.mark.parametrize("group", GROUPS)
def test_a_byte_that_may_not_differ_is_found(group):
    """In every third reply, so that the others show that only those are found."""
    cases = GROUPS[group]
    wrong = {at for at, case in enumerate(cases) if at % 3 == 1 and case.reply and not case.is_loop}
    replies = [one_byte_off(other(case)) if at in wrong else other(case)
               for at, case in enumerate(cases)]
    assert faults_of(cases, replies) == [cases[at].name for at in sorted(wrong)]


def test_a_connection_that_is_not_closed_is_found():
    case = dataclasses.replace(GROUPS["kv"][0], closed=True)
    with Scripted([Step(case.template, case.reply, False), Step(b"version\r\n", b"")]) as server:
        replay = replaying.Replay(server.address, replaying.send_in_pauses, 0.1, FAST_S)
        outcomes = replay.run([case, dataclasses.replace(case, template=b"version\r\n")])
    assert not outcomes[0].is_as_recorded()


def test_what_comes_behind_a_complete_reply_is_found():
    cases = GROUPS["set"][:2]
    assert faults_of(cases, [cases[0].reply + b"\r\n", cases[1].reply]) == [cases[0].name]
