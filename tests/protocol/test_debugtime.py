# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""debugtime moves the clock that expiry goes by, as memcached's own tests ask for it."""
import re

import pytest


def test_items_expire_when_the_clock_is_put_forward(server, connect):
    here, elsewhere = connect(server), connect(server)
    here.ask(b"set a 0 1000 1\r\nx\r\n")
    here.send(b"debugtime 900\r\nmg a t\r\ndebugtime 100\r\nmg a t\r\n")
    found = re.fullmatch(rb"OK\r\nHD t(\d+)\r\nOK\r\nEN\r\n", here.read_replies(4))
    assert found and 50 < int(found[1]) <= 100
    assert elsewhere.ask(b"mg a\r\n") == b"EN\r\n"


def test_a_stopped_clock_stands_still_for_all(server, connect):
    here, elsewhere = connect(server), connect(server)
    assert here.ask(b"debugtime p\r\n") == b"OK\r\n"
    here.ask(b"set a 0 100 1\r\nx\r\n")
    before = time_of(elsewhere)
    assert here.ask(b"debugtime 50\r\n") == b"OK\r\n"
    assert elsewhere.ask(b"mg a t\r\n") == b"HD t50\r\n"
    assert time_of(elsewhere) == before + 50
    assert here.ask(b"debugtime -50\r\n") == b"OK\r\n"
    assert elsewhere.ask(b"mg a t\r\n") == b"HD t100\r\n"
    assert here.ask(b"debugtime r\r\n") == b"OK\r\n"
    assert time_of(elsewhere) >= before


def time_of(connection):
    connection.send(b"stats\r\n")
    told = connection.read_through(b"END\r\n").split()
    return int(told[told.index(b"time") + 1])


@pytest.mark.parametrize("line", [b"debugtime", b"debugtime x", b"debugtime 1x"])
def test_what_is_no_time_is_refused(server, connect, line):
    assert connect(server).ask(line + b"\r\n") == b"ERROR\r\n"
