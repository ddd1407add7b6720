# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Every recorded reply of arcus-memcached 1.15.0, replayed on each backend.

All groups of all backends run at the same time, since most of their time is waiting.
"""
import pytest

import larder_process
from golden import arcus_deviations
from recording import arcus, cases, replaying

RECORDED = arcus.load()
FOR_LARDER = arcus.load_for_larder()
RECORDED_CASES = 916

pytestmark = pytest.mark.skipif(larder_process.PEER != "", reason="memcached has no collections")


@pytest.fixture(scope="module")
def replays(request):
    unbuilt = {group for group in FOR_LARDER if "*" in arcus.unbuilt(group)}
    with replaying.replay_selected(request, lambda backend: FOR_LARDER,
                                   unbuilt=unbuilt) as started:
        yield started


@pytest.mark.parametrize("group", FOR_LARDER)
def test_replies_as_recorded(replays, backend, group):
    unbuilt = arcus.unbuilt(group)
    try:
        outcomes = replays[backend, group].result()
    except larder_process.ServerFault:
        if "*" in unbuilt:
            return
        raise
    wrong = {outcome.case.name: str(outcome) for outcome in outcomes
             if not outcome.is_as_recorded()}
    if "*" in unbuilt:
        assert wrong, f"{group} is built: take it off UNBUILT"
        return
    faults = [text for name, text in wrong.items() if name not in unbuilt]
    faults += [f"{group}/{name} is as recorded: take it off UNBUILT"
               for name in sorted(unbuilt - wrong.keys())]
    assert not faults, "\n" + "\n".join(faults)


def test_the_list_of_deviations_names_recorded_cases():
    cases.check_deviations(RECORDED, arcus_deviations)
    named = {(group, name) for group, name, _, _ in arcus_deviations.DEVIATIONS}
    assert set(arcus_deviations.LATE) <= named


def test_what_is_not_built_is_named_once_and_with_a_reason():
    named = [(group, name) for group, name, _ in arcus_deviations.UNBUILT]
    assert len(set(named)) == len(named)
    for group, name, reason in arcus_deviations.UNBUILT:
        assert name == "*" or name in {case.name for case in RECORDED[group]}, f"{group}/{name}"
        assert reason, f"{group}/{name}: why?"


def test_every_case_is_replayed():
    """Nothing is hidden by leaving a file or a case out, or by another case of the same name."""
    for groups in (RECORDED, FOR_LARDER):
        assert sum(map(len, groups.values())) == RECORDED_CASES
        for group, recorded in groups.items():
            assert len({case.name for case in recorded}) == len(recorded), group


def test_the_version_is_the_recorded_one():
    """Clients go by it: no mask hides it."""
    told = [case for recorded in FOR_LARDER.values() for case in recorded
            if b"VERSION 1.15.0\r\n" in case.reply]
    assert len(told) == 17
    for case in told:
        assert not case.volatile
        assert not case.holds(case.reply.replace(b"1.15.0", b"1.15.1"))
