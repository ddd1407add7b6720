# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The names of docs/stats.md, and of docs/arcus-stats.md, which are held against recordings and
against the server.

    ## stats items          a group
    | `name`, `name` | …    what it tells
    ### Absent
    | `name` | …            what memcached tells there and Larder does not
"""
import functools
import pathlib
import re

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
MEMCACHED, ARCUS = DOCS / "stats.md", DOCS / "arcus-stats.md"


@functools.cache
def _names(page):
    told, absent, group, names = {}, {}, "", set()
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("## stats"):
            group = line.removeprefix("## stats").strip()
            names = told.setdefault(group, set())
        elif line == "### Absent":
            names = absent.setdefault(group, set())
        elif line.startswith("| `"):
            names |= set(re.findall(r"`([^`]+)`", line.split("|")[1]))
    return told, absent


def told(group, page=MEMCACHED):
    """Names that the page says are told; a `…` at the end of one stands for any end."""
    return _names(page)[0][group]


@functools.cache
def absent_names(page=MEMCACHED):
    """Of all groups. A name that is told in one is absent nowhere."""
    return frozenset(set().union(*_names(page)[1].values()))
