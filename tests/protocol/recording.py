# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Recorded conversations (tests/golden) and how to hold them again.

    file ─► groups of cases ─► one server, one connection per group ─► Outcome per case
"""
import dataclasses
import json
import pathlib
import time

import replies
import statistics_page
import wire
from golden import deviations
from larder_process import SLOW, Server

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "golden" / "memcached-1.6.45"
FILES = ("text", "meta", "errors", "binary", "stats")

_KNOWN_FIELDS = {"group", "case", "send", "reply", "closed", "reconnect", "sleep_s", "split",
                 "wait_s", "expand", "cas_from", "send_template", "args", "volatile", "note", "hex",
                 "names"}

CAS = b"@CAS@"      # in a template: the number to put there

SPLIT_PAUSE_S = 0.04
# Nothing may follow a complete reply. What comes later than this spoils the next case.
QUIET_S = 0.03
# A reply that has not grown for so long will not be completed any more.
STALL_S = 1.5 * SLOW
PEER_STALL_S = 0.4


@dataclasses.dataclass
class Case:
    """One request with its recorded reply, bytes already expanded."""
    group: str
    name: str
    template: bytes     # @CAS@ still in it where cas_from is set
    reply: bytes
    closed: bool
    reconnect: bool
    sleep_s: float
    wait_s: float
    split: tuple
    cas_from: str
    volatile: tuple
    args: tuple
    names: frozenset = None     # of statistics, before `reply`; None: the reply is whole


@dataclasses.dataclass
class Outcome:
    case: Case
    received: bytes
    closed: bool
    fault: str = ""     # what went wrong beside the bytes

    def is_as_recorded(self):
        return (not self.fault and self.closed == self.case.closed
                and replies.same(self.case.reply, self.received, self.case.volatile,
                                 self.case.names))

    def __str__(self):
        case = self.case
        return (f"{case.group}/{case.name}: sent {_short(case.template)}\n"
                f"  expected {_short(case.reply)}{' and the end' if case.closed else ''}\n"
                f"  received {_short(self.received)}{' and the end' if self.closed else ''}"
                f" {self.fault}")


def _short(data):
    text = repr(data)
    return text if len(text) < 300 else f"{text[:160]}...{text[-120:]} ({len(data)} bytes)"


def _decode(fields):
    unknown = set(fields) - _KNOWN_FIELDS
    assert not unknown, f"{fields['group']}/{fields['case']}: no rule for {unknown}"

    def raw(name):
        data = fields[name].encode("latin-1")
        for token, (unit, times) in fields.get("expand", {}).items():
            data = data.replace(token.encode("latin-1"), unit.encode("latin-1") * times)
        return bytes.fromhex(data.replace(CAS, CAS.hex().encode()).decode()) if in_hex else data
    in_hex = fields.get("hex", False)
    return Case(
        group=fields["group"], name=fields["case"],
        template=raw("send_template" if "cas_from" in fields else "send"), reply=raw("reply"),
        closed=fields["closed"], reconnect=fields.get("reconnect", False),
        sleep_s=fields.get("sleep_s", 0), wait_s=fields.get("wait_s", 0),
        split=tuple(fields.get("split", ())), cas_from=fields.get("cas_from", ""),
        volatile=tuple(fields.get("volatile", ())), args=tuple(fields.get("args", ())),
        names=frozenset(fields["names"]) if "names" in fields else None)


def load():
    """All groups in file order: {name: [Case]}."""
    groups = {}
    for name in FILES:
        for line in (FOLDER / f"{name}.jsonl").read_text("ascii").splitlines():
            case = _decode(json.loads(line))
            groups.setdefault(case.group, []).append(case)
    return groups


def is_excluded(case):
    return any(group == case.group and name in ("*", case.name)
               for group, name, _ in deviations.EXCLUDED)


def load_for_larder():
    """What is built, with our own replies where they deviate on purpose, and without the
    statistics that docs/stats.md says are absent.
    """
    ours = {(group, name): reply.encode("latin-1")
            for group, name, reply, _ in deviations.DEVIATIONS}
    groups = {}
    for name, cases in load().items():
        kept = [_without_absent(dataclasses.replace(
                    case, reply=ours.get((name, case.name), case.reply),
                    volatile=deviations.VOLATILE.get((name, case.name), case.volatile)))
                for case in cases if not is_excluded(case)]
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


def sleeping_s(cases):
    return sum(case.sleep_s for case in cases)


class Replay:
    """Holds the conversation of one group with a server."""

    def __init__(self, address, send, stall_s=STALL_S, quiet_s=QUIET_S):
        self.x_address = address
        self.x_send = send      # how the bytes of a request are handed over (cut up or not)
        self.x_stall_s = stall_s
        self.x_quiet_s = quiet_s
        self.x_wire = wire.Wire(address)
        self.x_first_cas = {}   # case -> first unique number of its reply

    def run(self, cases):
        outcomes = [self._play(case) for case in cases]
        late = b"" if self.x_wire.ended else self.x_wire.silence(3 * QUIET_S)
        if late:
            outcomes[-1].fault = f"late bytes {late[:80]!r}"
        self.x_wire.close()
        return outcomes

    def _play(self, case):
        time.sleep(case.sleep_s)
        if case.reconnect or self.x_wire.ended:
            self.x_wire.close()
            self.x_wire = wire.Wire(self.x_address)
        request = case.template
        if case.cas_from:
            if case.cas_from not in self.x_first_cas:
                return Outcome(case, b"", False, f"no unique number from {case.cas_from}")
            request = request.replace(CAS, self.x_first_cas[case.cas_from])
        self.x_send(self.x_wire, request, case.split)
        received = self._collect(case)
        first_cas = replies.first_cas(received)
        if first_cas is not None:
            self.x_first_cas[case.name] = first_cas
        return Outcome(case, received, self.x_wire.ended)

    def _collect(self, case):
        inbox = self.x_wire.inbox
        if case.names is not None:
            return self._collect_stats(case)
        lines = replies.count(case.reply, len(case.reply))
        # Where the reply is volatile its length is, too: then its lines are counted.
        complete = ((lambda: replies.count(inbox, lines) == lines) if case.volatile
                    else (lambda: len(inbox) >= len(case.reply)))
        while not complete() and not self.x_wire.ended:
            before = len(inbox)
            self.x_wire.fill_until(lambda: len(inbox) != before, case.wait_s + self.x_stall_s)
            if len(inbox) == before:
                break
        self.x_wire.fill_until(lambda: False, case.wait_s + self.x_stall_s if case.closed
                               else self.x_quiet_s)
        return self.x_wire.take(len(inbox))


    def _collect_stats(self, case):
        """How long they are is known to nobody: up to the line behind them."""
        self.x_wire.fill_until(lambda: self.x_wire.inbox.endswith(case.reply),
                               case.wait_s + self.x_stall_s)
        self.x_wire.fill_until(lambda: False, self.x_quiet_s)
        return self.x_wire.take(len(self.x_wire.inbox))


def send_in_pauses(connection, request, cuts):
    """As recorded: the pauses let the server see several packets."""
    connection.send(request, cuts, SPLIT_PAUSE_S)


def replay_group(backend, cases):
    """The whole group against a fresh server; raises ServerFault if that ends badly."""
    with Server(backend, *cases[0].args, threads=1) as server:
        stall_s = STALL_S if server.is_larder else PEER_STALL_S
        return Replay(server.address, send_in_pauses, stall_s).run(cases)
