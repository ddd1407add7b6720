# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Holding recorded conversations with a server, and all groups at the same time."""
import concurrent.futures
import contextlib
import dataclasses
import time

import wire
from larder_process import SLOW, Server
from recording import cases as recorded

SPLIT_PAUSE_S = 0.04
# Nothing may follow a complete reply. What comes later than this spoils the next case.
QUIET_S = 0.03
# A reply that has not grown for so long will not be completed any more.
STALL_S = 5 * SLOW
PEER_STALL_S = 5
# Of a loop. Arcus takes nine for an index of 65536 buckets.
MOST_PAGES = 1000
WORKERS = 16


@dataclasses.dataclass
class Outcome:
    case: recorded.Case
    received: bytes
    closed: bool
    fault: str = ""     # what went wrong beside the bytes

    def is_as_recorded(self):
        return (not self.fault and self.closed == self.case.closed
                and self.case.holds(self.received))

    def __str__(self):
        case = self.case
        return (f"{case.group}/{case.name}: sent {_short(case.template)}\n"
                f"  expected {_short(case.reply)}{' and the end' if case.closed else ''}\n"
                f"  received {_short(self.received)}{' and the end' if self.closed else ''}"
                f" {self.fault}")


def _short(data):
    text = repr(data)
    return text if len(text) < 300 else f"{text[:160]}...{text[-120:]} ({len(data)} bytes)"


class Replay:
    """Holds the conversation of one group with a server."""

    def __init__(self, address, send, stall_s=STALL_S, quiet_s=QUIET_S):
        self.x_address = address
        self.x_send = send      # how the bytes of a request are handed over (cut up or not)
        self.x_stall_s = stall_s
        self.x_quiet_s = quiet_s
        self.x_wire = wire.Wire(address)
        self.x_numbers = {}     # case -> the number of its reply, for the requests of others

    def run(self, cases, until_wrong=False):
        outcomes = []
        for case in cases:
            outcomes.append(self._play(case))
            if until_wrong and not outcomes[-1].is_as_recorded():
                break
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
        if case.number_from:
            if case.number_from not in self.x_numbers:
                return Outcome(case, b"", False, f"no number from {case.number_from}")
            request = request.replace(recorded.NUMBER, self.x_numbers[case.number_from])
        pages = [self._ask(case, request)]
        while (request := case.next_page(pages[-1])) and not self.x_wire.ended:
            if len(pages) == MOST_PAGES:
                return Outcome(case, b"".join(pages), False, "no end of pages")
            pages.append(self._ask(case, request))
        number = case.number_in(pages[0])
        if number is not None:
            self.x_numbers[case.name] = number
        return Outcome(case, b"".join(pages), self.x_wire.ended)

    def _ask(self, case, request):
        self.x_send(self.x_wire, request, case.split)
        inbox = self.x_wire.inbox
        stall_s = case.stall_s or self.x_stall_s
        while not case.is_complete(inbox) and not self.x_wire.ended:
            before = len(inbox)
            self.x_wire.fill_until(lambda: len(inbox) != before,
                                   case.wait_s + (stall_s if before else self.x_stall_s))
            if len(inbox) == before:
                break
        self.x_wire.fill_until(lambda: False, case.wait_s + stall_s if case.closed
                               else self.x_quiet_s)
        return self.x_wire.take(len(inbox))


def send_in_pauses(connection, request, cuts):
    """As recorded: the pauses let the server see several packets."""
    connection.send(request, cuts, SPLIT_PAUSE_S)


def replay_group(backend, cases, until_wrong=False):
    """The whole group (or up to the first reply that differs) against a fresh server; raises
    ServerFault if that ends badly.
    """
    with Server(backend, *cases[0].args, threads=1) as server:
        stall_s = STALL_S if server.is_larder else PEER_STALL_S
        return Replay(server.address, send_in_pauses, stall_s).run(cases, until_wrong)


@contextlib.contextmanager
def replay_selected(request, cases_for, peer=None, unbuilt=()):
    """{(backend, group): future of its outcomes} for the tests of the file of `request` that were
    selected; cases_for(backend) tells all groups. A test without a backend wants those of `peer`.
    Groups that are not built are replayed up to the first reply that differs.
    """
    wanted = {}
    for item in request.session.items:
        if item.path == request.path and "replays" in item.fixturenames:
            chosen = item.callspec.params if hasattr(item, "callspec") else {}
            backend = chosen.get("backend", peer)
            groups = cases_for(backend)
            names = [chosen["group"]] if "group" in chosen else groups
            wanted |= {(backend, name): groups[name] for name in names}
    longest_first = sorted(wanted, key=lambda one: -recorded.sleeping_s(wanted[one]))
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        yield {one: pool.submit(replay_group, one[0], wanted[one], one[1] in unbuilt)
               for one in longest_first}
