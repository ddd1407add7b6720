# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Cases of arcus-memcached 1.15.0: how they are written, and what Larder is to answer."""
import dataclasses
import pathlib
import re

import statistics_page
from golden import arcus_deviations
from recording import cases, masks

FOLDER = pathlib.Path(arcus_deviations.__file__).resolve().parent / "arcus-1.15.0"
FILES = ("admin", "attr", "btree", "errors", "kv", "list", "map", "pipe", "prefix-scan", "set",
         "smget")
# As the recording server ran, beside what every server under test is given.
OPTIONS = ("--dialect", "arcus", "-g", "8", "-X", "ascii_scrub.so")

_KNOWN_FIELDS = {"group", "case", "send", "reply", "closed", "note", "reconnect", "sleep_s",
                 "expand", "cas_from", "cursor_from", "loop", "volatile"}
_REPEATED = re.compile(rb"<<(.)\*(\d+)>>", re.DOTALL)
_CURSOR = re.compile(rb"^(?:KEYS|PREFIXES) \d+ (\d+)\r$", re.MULTILINE)
_CAS = re.compile(rb"^VALUE \S+ \d+ \d+ (\d+)\r$", re.MULTILINE)
_SCAN = re.compile(rb"(scan (?:key|prefix)) (\d+)(.*)\r\n", re.DOTALL)


@dataclasses.dataclass
class Case(cases.Case):
    is_loop: bool = False   # send again with the cursor of each reply; `reply` is all of them
    late: bytes = b""       # as good a reply where time has passed

    def is_complete(self, inbox):
        if self.late and inbox == self.late:
            return True
        if self.is_loop or {"page", "values"} & set(self.volatile):
            return inbox.endswith(b"END\r\n")   # how many lines there are is not known
        if self.volatile:
            return inbox.count(b"\n") >= self.reply.count(b"\n")
        return len(inbox) >= len(self.reply)

    def holds(self, received):
        if self.late and received == self.late:
            return True
        same = masks.same_scan if self.is_loop else masks.same
        return same(self.reply, received, self.volatile)

    def number_in(self, received):
        found = _CAS.search(received) or _CURSOR.search(received)
        return found and found[1]

    def next_page(self, received):
        cursor = _CURSOR.search(received) if self.is_loop else None
        if not cursor or int(cursor[1]) == 0:
            return None
        return _SCAN.sub(rb"\g<1> %s\3\r\n" % cursor[1], self.template)


def _decode(fields):
    cases.refuse_unknown(fields, _KNOWN_FIELDS)

    def raw(name):
        data = fields[name].encode("latin-1")
        if fields.get("expand", False):
            data = _REPEATED.sub(lambda found: found[1] * int(found[2]), data)
        return data
    return Case(
        group=fields["group"], name=fields["case"], template=raw("send"), reply=raw("reply"),
        closed=fields["closed"], reconnect=fields.get("reconnect", False),
        sleep_s=fields.get("sleep_s", 0), args=OPTIONS,
        number_from=fields.get("cas_from", fields.get("cursor_from", "")),
        volatile=tuple(fields.get("volatile", ())), is_loop=fields.get("loop", False))


def load():
    groups = cases.load(FOLDER, FILES, _decode)
    for recorded in groups.values():
        replies = {case.name: case.reply for case in recorded}
        for case in recorded:
            if case.number_from:
                _make_template(case, case.number_in(replies[case.number_from]))
            if "values" in case.volatile:
                case.reply = _without_absent(case.reply)
    return groups


def _make_template(case, number):
    """Requests are recorded with the number that the recording server had."""
    case.template, found = re.subn(rb"(?<= )%s(?=[ \r])" % number, cases.NUMBER, case.template)
    assert found == 1, f"{case.group}/{case.name}: {number!r} {found} times"


def _without_absent(reply):
    """Without the statistics that docs/arcus-stats.md says are absent."""
    absent = statistics_page.absent_names(statistics_page.ARCUS)
    return b"".join(line for line in reply.splitlines(keepends=True)
                    if not (line.startswith(b"STAT ") and line.split(b" ")[1].decode() in absent))


def load_for_larder():
    late = arcus_deviations.LATE
    return {group: [dataclasses.replace(case, late=late.get((group, case.name), "").encode())
                    for case in recorded]
            for group, recorded in cases.deviating(load(), arcus_deviations).items()}


def unbuilt(group):
    """Names of its cases that wait for a part that is not built; `*` is all of them."""
    return {name for each, name, _ in arcus_deviations.UNBUILT if each == group}
