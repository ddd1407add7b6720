# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The names of docs/stats.md, which is held against recordings and against the server.

    ## stats items          a group
    | `name`, `name` | …    what it tells
    ### Absent
    | `name` | …            what memcached tells there and Larder does not
"""
import functools
import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "stats.md"


@functools.cache
def _names():
    told, absent, group, names = {}, {}, "", set()
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("## stats"):
            group = line.removeprefix("## stats").strip()
            names = told.setdefault(group, set())
        elif line == "### Absent":
            names = absent.setdefault(group, set())
        elif line.startswith("| `"):
            names |= set(re.findall(r"`([^`]+)`", line.split("|")[1]))
    return told, absent


def told(group):
    """Names that the page says are told; a `…` at the end of one stands for any end."""
    return _names()[0][group]


@functools.cache
def absent_names():
    """Of all groups. A name that is told in one is absent nowhere."""
    return frozenset(set().union(*_names()[1].values()))
