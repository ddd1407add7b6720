# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The stages of a soak: at the limit, where nothing may be evicted, and with other -I."""
import time

from soaking.lane import SLACK_S
from soaking.stage import ANSWER_S, Stage
from soaking.values import KIB, MIB, Wrong

# Of what was given back, this much must fit again at once: the rest is for what differs in size.
REFILLED_SHARE = 0.7
# Of the limit, this much is keys and values when the first sets are refused.
LEAST_HELD_SHARE = 0.6
TTL_S = 2
SHORT = 40


def run_churn(options, seconds, item_limit=MIB, name="churn"):
    with Stage(options, name, "-I", item_limit, item_limit=item_limit) as stage:
        every_s = min(max(seconds / 8, 1), 25)
        turn = 0

        def event():
            nonlocal turn
            turn += 1
            if turn % 2:
                stage.dip(stage.rng.choice((0.2, 0.3, 0.5)), min(3, every_s / 2))
            else:
                stage.flush_while_busy()
        stage.churn(seconds, event, every_s)
        stage.finish()
    return stage


def run_no_eviction(options, seconds):
    with Stage(options, "no eviction", "-M", evicts=False) as stage:
        until = time.monotonic() + seconds
        while True:
            for step in (churn_keeps, touching_keeps, deleting_makes_room, overwriting_makes_room,
                         expiry_makes_room, flushing_makes_room):
                step(stage, seconds)
            stage.own.add("rounds")
            if time.monotonic() > until:
                break
        stage.finish()
    return stage


def fill(stage, ttl_s=0):
    """Until sets are refused, the shortest as well, and all that was acknowledged is there."""
    stored = sum(stage.ask("fill", ttl_s)) + sum(stage.ask("fill", ttl_s, SHORT))
    held = sum(stage.ask("held"))
    stage.keep_least("held", held / (stage.memory.limit))
    if held < LEAST_HELD_SHARE * stage.memory.limit:
        raise Wrong(f"refused with {held / MIB:.1f} MiB in keys and values")
    stage.ask("verify")
    return stored


def check_refill(stage, freed, share, how):
    results = stage.ask("refill", share * freed / len(stage.workers))
    stored, refused = map(sum, zip(*results))
    if refused:
        raise Wrong(f"{how} made {freed / MIB:.1f} MiB of room, but after {stored / MIB:.1f} MiB "
                    "sets were refused")
    stage.ask("verify")


def churn_keeps(stage, seconds):
    """The keys of fill() stay as they are while the rest of memory is fought for."""
    fill(stage)
    stage.ask("remove", 0.4)
    stage.churn(min(seconds / 4, 20))
    stage.ask("verify")


def touching_keeps(stage, _):
    """Other lengths of life need room, and there is none: nothing expires here."""
    stage.ask("remove", 1.0)
    fill(stage)
    stage.ask("touch", 0.3)
    stage.ask("verify")


def deleting_makes_room(stage, _):
    fill(stage)
    for share in (0.5, 0.2, 0.9):
        check_refill(stage, sum(stage.ask("remove", share)), REFILLED_SHARE, "deleting")


def overwriting_makes_room(stage, _):
    fill(stage)
    less, refused = map(sum, zip(*stage.ask("shrink", 0.7)))
    stage.own.add("short_refused", refused)
    stage.ask("verify")
    check_refill(stage, less, REFILLED_SHARE, "overwriting by short values")


def expiry_makes_room(stage, _):
    stage.ask("remove", 1.0)
    stored = fill(stage, TTL_S)
    expired = time.monotonic() + TTL_S + SLACK_S
    stage.tick_until(lambda: time.monotonic() > expired, ANSWER_S, "the time to live")
    stage.ask("verify")     # they are gone
    check_refill(stage, stored, REFILLED_SHARE, "expiry")


def flushing_makes_room(stage, _):
    fill(stage)
    held = sum(stage.ask("held"))
    stage.flush()
    stage.ask("forget")
    check_refill(stage, held, REFILLED_SHARE, "flush_all")


STAGES = {
    "churn": (0.66, run_churn),
    "no-eviction": (0.18, run_no_eviction),
    "small-items": (0.08, lambda options, seconds: run_churn(options, seconds, KIB, "-I 1k")),
    "large-items": (0.08, lambda options, seconds: run_churn(options, seconds, 4 * MIB, "-I 4m")),
}


def run_all(options):
    """Yields each stage when it has held. A stage by itself has all the time."""
    for name, (share, run) in STAGES.items():
        if options.only in (None, name):
            yield run(options, options.seconds * (share if options.only is None else 1))
