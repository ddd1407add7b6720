# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What every recorded case has, whichever server it was recorded from.

    send ─► is_complete(inbox)? ─► holds(received) ─► number_in(received), for later cases
                  ▲                                            │
                  └────────── next_page(received), of loops ◄──┘
"""
import dataclasses
import json

NUMBER = b"@NUMBER@"    # in a template: the number to put there, which only the server knows


@dataclasses.dataclass
class Case:
    """One request with its recorded reply, bytes already expanded."""
    group: str
    name: str
    template: bytes     # NUMBER still in it where number_from is set
    reply: bytes
    closed: bool
    volatile: tuple = ()
    reconnect: bool = False
    sleep_s: float = 0
    wait_s: float = 0
    stall_s: float = 0  # of a reply that is known to lack its end; 0: as any other
    split: tuple = ()
    number_from: str = ""   # the case whose reply has the number
    args: tuple = ()    # options of the server

    def is_complete(self, inbox):
        """Whether what has come is as much as was recorded."""
        raise NotImplementedError

    def holds(self, received):
        """Whether this is the recorded reply, but for what may differ."""
        raise NotImplementedError

    def number_in(self, received):
        """The number that later cases put into their requests; or None."""
        raise NotImplementedError

    def next_page(self, received):
        """The request that goes on where this reply ended; None: it is all."""
        del received


def load(folder, names, decode):
    """All groups in file order: {name: [Case]}. `decode` makes a case of its fields."""
    groups = {}
    for name in names:
        for line in (folder / f"{name}.jsonl").read_text("ascii").splitlines():
            case = decode(json.loads(line))
            groups.setdefault(case.group, []).append(case)
    return groups


def refuse_unknown(fields, known):
    unknown = set(fields) - known
    assert not unknown, f"{fields['group']}/{fields['case']}: no rule for {unknown}"


def deviating(groups, lists):
    """The same with our own replies, as the DEVIATIONS and VOLATILE of `lists` tell them."""
    ours = {(group, name): reply.encode("latin-1") for group, name, reply, _ in lists.DEVIATIONS}
    return {group: [dataclasses.replace(
                        case, reply=ours.get((group, case.name), case.reply),
                        volatile=lists.VOLATILE.get((group, case.name), case.volatile))
                    for case in cases]
            for group, cases in groups.items()}


def check_deviations(groups, lists):
    """Each names a recorded case, once, and has another reply and a reason."""
    known = {(case.group, case.name): case for cases in groups.values() for case in cases}
    for group, name, reply, reason in lists.DEVIATIONS:
        assert (group, name) in known, f"no recorded case {group}/{name}"
        assert known[group, name].reply != reply.encode("latin-1"), f"{group}/{name}: no deviation"
        assert reason, f"{group}/{name}: why?"
    named = [(group, name) for group, name, _, _ in lists.DEVIATIONS]
    assert len(set(named)) == len(named)
    assert set(lists.VOLATILE) <= set(named)


def sleeping_s(cases):
    """What passes while nothing is done."""
    return sum(case.sleep_s + case.stall_s for case in cases)
