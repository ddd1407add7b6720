# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 5861: stale responses, while they are revalidated and where the origin fails."""
import threading

import pytest

from caching import ETAG, MAX_AGE, answer, until
from requirements import requirement, rows
from scripted_origin import reply


def stale(directive, age=0):
    """Stale for `age` seconds."""
    return [("Cache-Control", f"max-age=10, {directive}"), ("Age", str(10 + age)), ETAG]


@requirement("5861", "3", "MAY", "stale-while-revalidate: served at once, and revalidated behind "
             "it.")
def test_stale_while_revalidate(pair):
    gate = threading.Event()

    def handler(exchange):
        assert gate.wait(30)
        answer("second", MAX_AGE)(exchange)
    path = pair.path(answer("first", *stale("stale-while-revalidate=3600")), handler)
    pair.get(path)
    for _ in range(3):
        assert pair.get(path).header("X-Answer") == "first"
    pair.origin.wait_for(lambda origin: origin.asked(path) == 2)
    assert pair.last_request(path).header("If-None-Match") == '"v1"'
    gate.set()
    until(lambda: pair.get(path).header("X-Answer") == "second")
    assert pair.asked(path) == 2


@requirement("5861", "3", "SHOULD", "A 304 behind it makes it fresh.")
def test_a_304_behind_it(pair):
    path = pair.path(answer("first", *stale("stale-while-revalidate=3600")),
                     reply("", MAX_AGE, ETAG, ("X-New", "1"), status=304))
    pair.get(path)
    until(lambda: pair.get(path).header("X-New") == "1")
    assert pair.asked(path) == 2


@requirement("5861", "3", "MAY", "What cannot be revalidated is fetched behind it.")
def test_without_a_validator(pair):
    path = pair.path(answer("first", *stale("stale-while-revalidate=3600")[:2]),
                     answer("second", MAX_AGE))
    pair.get(path)
    assert pair.get(path).header("X-Answer") == "first"
    until(lambda: pair.get(path).header("X-Answer") == "second")


@requirement("5861", "3", "MUST", "Behind the window it is not served stale.")
def test_behind_the_window(pair):
    path = pair.path(answer("first", *stale("stale-while-revalidate=60", age=61)),
                     answer("second", MAX_AGE))
    pair.get(path)
    assert pair.get(path).header("X-Answer") == "second"


@requirement("5861", "3", "MUST", "It goes on being served while revalidations fail.")
def test_a_revalidation_that_fails(pair):
    path = pair.path(answer("first", *stale("stale-while-revalidate=3600")),
                     answer("broken", status=503), lambda exchange: exchange.reset(),
                     answer("second", MAX_AGE))
    pair.get(path)
    until(lambda: pair.get(path).header("X-Answer") == "second")
    assert pair.asked(path) == 4


FAILURES = [
    ("4", "MAY", f"stale-if-error masks {name}.", name) for name in
    ("500", "502", "503", "504", "a reset", "a close", "garbage")
]


def fail(name):
    def handler(exchange):
        if name == "a reset":
            exchange.reset()
        elif name == "a close":
            exchange.close()
        elif name == "garbage":
            exchange.send(b"\0\1\2\r\n\r\n")
            exchange.close()
        else:
            exchange.reply(int(name), "broken", [("X-Answer", "broken")])
    return handler


@rows("5861", "name", FAILURES)
def test_stale_if_error(pair, name):
    path = pair.path(answer("first", *stale("stale-if-error=3600")), fail(name))
    pair.get(path)
    for _ in range(2):
        again = pair.get(path)
        assert (again.status, again.body) == (200, b"first")


@requirement("5861", "4", "MUST", "Behind the window of stale-if-error the error is told.")
def test_behind_the_window_of_errors(pair):
    path = pair.path(answer("first", *stale("stale-if-error=60", age=61)), fail("503"))
    pair.get(path)
    assert pair.get(path).status == 503


@requirement("5861", "4", "MUST", "Statuses that are no such errors are told.")
@pytest.mark.parametrize("status", [400, 404, 410, 501, 505])
def test_other_statuses(pair, status):
    path = pair.path(answer("first", *stale("stale-if-error=3600")), answer("no", status=status))
    pair.get(path)
    assert pair.get(path).status == status


@requirement("5861", "4", "MAY", "stale-if-error of a request allows as much.")
def test_stale_if_error_of_a_request(pair):
    path = pair.path(answer("first", *stale("x", age=30)), fail("503"))
    pair.get(path)
    asked = ("Cache-Control", "stale-if-error=60")
    assert pair.get(path, asked).header("X-Answer") == "first"
    assert pair.get(path, ("Cache-Control", "stale-if-error=20")).status == 503


@requirement("5861", "4", "SHOULD", "A stale response that is served says how old it is.")
def test_stale_has_an_age(pair):
    path = pair.path(answer("first", *stale("stale-if-error=3600", age=30)), fail("503"))
    pair.get(path)
    assert int(pair.get(path).header("Age")) >= 40
