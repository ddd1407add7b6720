# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9211: Cache-Status."""
import re
import threading

import pytest

from caching import ETAG, MAX_AGE, STALE, answer
from requirements import requirement
from scripted_origin import reply


def told(response):
    """The last member: its parameters by name."""
    member = (response.header("Cache-Status") or "").split(", ")[-1]
    name, *parameters = member.split("; ")
    assert name == "Larder", response
    return {key: value or True for key, _, value in (p.partition("=") for p in parameters)}


@requirement("9211", "2.1", "MUST", "hit: answered by the store, without going forward.")
@requirement("9211", "2.4", "MUST", "ttl: how long it is fresh yet.")
def test_a_hit(pair):
    path = pair.path(answer("first", MAX_AGE, ("Age", "600")))
    pair.get(path)
    status = told(pair.get(path))
    assert status["hit"] is True and 2990 <= int(status["ttl"]) <= 3000
    assert not status.keys() & {"fwd", "stored", "fwd-status", "collapsed"}


@requirement("9211", "2.1", "MUST", "304, 206 and 416 of what is stored are hits.")
def test_what_is_based_on_what_is_stored(pair):
    path = pair.path(answer("first", MAX_AGE, ETAG))
    pair.get(path)
    for asked, status in ((("If-None-Match", '"v1"'), 304), (("Range", "bytes=0-1"), 206),
                          (("Range", "bytes=99-"), 416)):
        response = pair.get(path, asked)
        assert response.status == status
        assert told(response)["hit"] is True


@requirement("9211", "2.4", "MUST", "ttl is negative where it is stale.")
def test_a_stale_hit(pair):
    path = pair.path(answer("first", ("Cache-Control", "max-age=10, stale-while-revalidate=600"),
                            ("Age", "40")))
    pair.get(path)
    status = told(pair.get(path))
    assert status["hit"] is True and int(status["ttl"]) <= -30


@requirement("9211", "2.2", "SHOULD", "fwd=uri-miss: nothing is stored for the URI.")
@requirement("9211", "2.5", "MUST", "stored: the response was stored.")
def test_a_miss(pair):
    path = pair.path(answer("first", MAX_AGE))
    status = told(pair.get(path))
    assert (status["fwd"], status["stored"]) == ("uri-miss", True)
    assert "hit" not in status
    assert status.get("fwd-status", "200") == "200"
    path = pair.path(answer("first", ("Cache-Control", "no-store")))
    assert "stored" not in told(pair.get(path))


@requirement("9211", "2.2", "SHOULD", "fwd=vary-miss: none that is stored is selected.")
def test_a_vary_miss(pair):
    path = pair.path(answer("first", MAX_AGE, ("Vary", "Foo")))
    pair.get(path, ("Foo", "1"))
    assert told(pair.get(path, ("Foo", "2")))["fwd"] == "vary-miss"


@requirement("9211", "2.2", "SHOULD", "fwd=stale: what is stored is stale.")
@requirement("9211", "2.3", "MUST", "fwd-status: what the origin answered, 304 to a validation.")
def test_a_validation(pair):
    path = pair.path(answer("first", STALE, ETAG), reply("", STALE, ETAG, status=304),
                     answer("third", MAX_AGE))
    pair.get(path)
    status = told(pair.get(path))
    assert (status["fwd"], status["fwd-status"]) == ("stale", "304")
    assert "hit" not in status
    status = told(pair.get(path))
    assert (status["fwd"], status.get("fwd-status", "200")) == ("stale", "200")


@requirement("9211", "2.2", "SHOULD", "fwd=stale and the error: what is stored masks it.")
def test_a_masked_error(pair):
    path = pair.path(answer("first", ("Cache-Control", "max-age=0, stale-if-error=60")),
                     answer("broken", status=503))
    pair.get(path)
    response = pair.get(path)
    assert response.header("X-Answer") == "first"
    assert (told(response)["fwd"], told(response)["fwd-status"]) == ("stale", "503")


@requirement("9211", "2.2", "SHOULD", "fwd=request: it is fresh, and the client wants another.")
def test_a_request_directive(pair):
    path = pair.path(answer("first", MAX_AGE))
    pair.get(path)
    assert told(pair.get(path, ("Cache-Control", "no-cache")))["fwd"] == "request"


@requirement("9211", "2.2", "SHOULD", "fwd=method: the method has to go forward.")
def test_a_method(pair):
    path = pair.path(answer("first"))
    assert told(pair.ask("POST", path, body=b""))["fwd"] == "method"


@requirement("9211", "2.6", "MUST", "collapsed: it shared the request of another.")
def test_collapsed(pair):
    gate = threading.Event()

    def handler(exchange):
        assert gate.wait(30)
        answer("first", MAX_AGE)(exchange)
    path = pair.path(handler)
    with pair.client() as one, pair.client() as two:
        one.request("GET", path)
        pair.origin.wait_for(lambda origin: origin.asked(path) == 1)
        two.request("GET", path)
        # Whoever asks behind it on the same loop is answered when both have been heard.
        assert pair.get("/nothing").status == 404
        gate.set()
        assert "collapsed" not in told(one.response())
        assert told(two.response())["collapsed"] is True


@requirement("9211", "2", "SHOULD", "What earlier caches have said stays, in front.")
def test_earlier_caches(pair):
    path = pair.path(answer("first", MAX_AGE, ("Cache-Status", "OriginCache; hit; ttl=1100")))
    for _ in range(2):
        said = pair.get(path).header("Cache-Status")
        assert re.fullmatch(r"OriginCache; hit; ttl=1100, Larder; .*", said)


@requirement("9211", "2", "SHOULD", "Responses of the edge itself have none.")
@pytest.mark.parametrize("kind", ["504", "502", "not found"])
def test_own_responses_have_none(pair, kind):
    if kind == "504":
        response = pair.get(pair.path(answer("x")), ("Cache-Control", "only-if-cached"))
        assert response.status == 504
    elif kind == "502":
        response = pair.get(pair.path(lambda exchange: exchange.reset()))
        assert response.status == 502
    else:
        response = pair.ask("PURGE", pair.path(answer("x")))
        assert response.status == 404
    assert response.header("Cache-Status") is None
