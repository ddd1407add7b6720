# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Every recorded reply of memcached 1.6.45, replayed on each backend.

All groups of all backends run at the same time, since most of their time is waiting for TTLs.
"""
import dataclasses
import re

import pytest

import larder_process
from golden import debian_1_6_18, deviations
from recording import cases, memcached, replaying

RECORDED = memcached.load()
FOR_LARDER = memcached.load_for_larder()
OUR_VERSION = re.compile(rb"VERSION 1\.6\.45-larder-\d+\.\d+\.\d+\r\n")
PEER = "memcached"
DIFFERS = {group: names.split() for group, names in debian_1_6_18.DIFFERS.items()}
# Most of them lack an end, and nobody waits long for it.
DIFFERS_STALL_S = 0.4


def cases_for(backend):
    if backend != PEER:
        return FOR_LARDER
    return {group: [dataclasses.replace(case, stall_s=DIFFERS_STALL_S)
                    if case.name in DIFFERS.get(group, ()) else case for case in recorded]
            for group, recorded in RECORDED.items()}


@pytest.fixture(scope="module")
def replays(request):
    with replaying.replay_selected(request, cases_for, peer=PEER) as started:
        yield started


@pytest.mark.skipif(larder_process.PEER != "", reason="the peer has a test of its own below")
@pytest.mark.parametrize("group", FOR_LARDER)
def test_replies_as_recorded(replays, backend, group):
    outcomes = replays[backend, group].result()
    faults = [str(outcome) for outcome in outcomes if not outcome.is_as_recorded()]
    for outcome in outcomes:
        for line in re.findall(rb"^VERSION .*\n", outcome.received, re.M):
            if not OUR_VERSION.fullmatch(line):
                faults.append(f"{group}/{outcome.case.name}: {line!r} is not our version")
    assert not faults, "\n" + "\n".join(faults)


def test_the_replayer_tells_debians_memcached_apart(replays):
    found = {}
    for group in RECORDED:
        for outcome in replays[PEER, group].result():
            if not outcome.is_as_recorded():
                found.setdefault(group, []).append(outcome.case.name)
    assert found == DIFFERS


def test_the_list_of_deviations_names_recorded_cases():
    cases.check_deviations(RECORDED, deviations)
    for group, name, _, _ in deviations.DEVIATIONS:
        assert name in {case.name for case in FOR_LARDER[group]}, f"{group}/{name} is excluded, too"


def test_the_list_of_exclusions_names_recorded_cases():
    for group, name, reason in deviations.EXCLUDED:
        excluded = [case for case in RECORDED.get(group, ()) if name in ("*", case.name)]
        assert excluded, f"no recorded case {group}/{name}"
        assert reason
        for case in excluded:
            assert case.args, f"{group}/{case.name}: why?"


def test_nearly_everything_is_replayed():
    """Exclusions are few: the list cannot grow to hide failures without this number moving."""
    total, replayed = (sum(map(len, groups.values())) for groups in (RECORDED, FOR_LARDER))
    assert (total, replayed) == (912, 912)
