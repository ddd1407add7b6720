# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Cases of memcached 1.6.45: how they are written, and which of them Larder is asked for."""
import dataclasses
import pathlib

import replies
import statistics_page
from golden import deviations
from recording import cases

FOLDER = pathlib.Path(deviations.__file__).resolve().parent / "memcached-1.6.45"
FILES = ("text", "meta", "errors", "binary", "stats")

_KNOWN_FIELDS = {"group", "case", "send", "reply", "closed", "reconnect", "sleep_s", "split",
                 "wait_s", "expand", "cas_from", "send_template", "args", "volatile", "note", "hex",
                 "names"}
_CAS = b"@CAS@"      # in a recorded template


@dataclasses.dataclass
class Case(cases.Case):
    names: frozenset = None     # of statistics, before `reply`; None: the reply is whole

    def is_complete(self, inbox):
        if self.names is not None:      # how long they are is known to nobody
            return inbox.endswith(self.reply)
        if not self.volatile:
            return len(inbox) >= len(self.reply)
        # Where the reply is volatile its length is, too: then its lines are counted.
        lines = replies.count(self.reply, len(self.reply))
        return replies.count(inbox, lines) == lines

    def holds(self, received):
        return replies.same(self.reply, received, self.volatile, self.names)

    def number_in(self, received):
        return replies.first_cas(received)


def _decode(fields):
    cases.refuse_unknown(fields, _KNOWN_FIELDS)

    def raw(name):
        data = fields[name].encode("latin-1")
        for token, (unit, times) in fields.get("expand", {}).items():
            data = data.replace(token.encode("latin-1"), unit.encode("latin-1") * times)
        if fields.get("hex", False):
            data = bytes.fromhex(data.replace(_CAS, _CAS.hex().encode()).decode())
        return data.replace(_CAS, cases.NUMBER)
    return Case(
        group=fields["group"], name=fields["case"],
        template=raw("send_template" if "cas_from" in fields else "send"), reply=raw("reply"),
        closed=fields["closed"], reconnect=fields.get("reconnect", False),
        sleep_s=fields.get("sleep_s", 0), wait_s=fields.get("wait_s", 0),
        split=tuple(fields.get("split", ())), number_from=fields.get("cas_from", ""),
        volatile=tuple(fields.get("volatile", ())), args=tuple(fields.get("args", ())),
        names=frozenset(fields["names"]) if "names" in fields else None)


def load():
    return cases.load(FOLDER, FILES, _decode)


def is_excluded(case):
    return any(group == case.group and name in ("*", case.name)
               for group, name, _ in deviations.EXCLUDED)


def load_for_larder():
    """What is built, with our own replies where they deviate on purpose, and without the
    statistics that docs/stats.md says are absent.
    """
    groups = {}
    for name, recorded in cases.deviating(load(), deviations).items():
        kept = [_without_absent(case) for case in recorded if not is_excluded(case)]
        if kept:
            groups[name] = kept
    return groups


def _without_absent(case):
    if case.names is not None:
        return dataclasses.replace(case, names=case.names - statistics_page.absent_names())
    if "stat_values" in case.volatile:
        return dataclasses.replace(
            case, reply=replies.without_stats(case.reply, statistics_page.absent_names()))
    return case
