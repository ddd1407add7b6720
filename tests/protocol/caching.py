# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What the tests of RFC 9111 say again and again: two requests, and whether the origin saw both."""
import functools
import time

from larder_process import DEADLINE_S
from scripted_origin import now

HITS, ASKS = "hits", "asks"
MAX_AGE = ("Cache-Control", "max-age=3600")
STALE = ("Cache-Control", "max-age=0")
ETAG = ("ETag", '"v1"')


def ahead(seconds):
    """A date so many seconds from when the origin answers."""
    return functools.partial(now, seconds)


def ago(seconds):
    return ahead(-seconds)


LONG_AGO = ("Last-Modified", ago(1_000_000))


def said(fields):
    """As they are now: dates among them may be told as ahead() and ago()."""
    return [(name, value() if callable(value) else value) for name, value in fields]


def answer(name, *fields, status=200, body=None):
    """A handler: X-Answer says which it was, for there may be no body."""
    def handler(exchange):
        text = name if body is None else body
        exchange.reply(status, text, [*said(fields), ("X-Answer", name)])
    return handler


def is_aged(response, seconds):
    """Whether it has that Age, or what a busy machine adds."""
    return seconds <= int(response.header("Age")) <= seconds + 5


def two_answers(*fields, status=200):
    return answer("first", *fields, status=status), answer("second", *fields, status=status)


def check(pair, fields, expected, first=(), second=(), status=200):
    """The origin says `fields`; two requests with these fields; does the second one ask it?"""
    path = pair.path(*two_answers(*fields, status=status))
    assert pair.get(path, *first).header("X-Answer") == "first"
    again = pair.get(path, *second)
    assert (again.status, again.header("X-Answer")) == (
        status, "first" if expected == HITS else "second")
    assert pair.asked(path) == (1 if expected == HITS else 2)
    return again


def until(holds):
    """Asks again until it holds: what comes of time alone."""
    end = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < end, "it never held"
