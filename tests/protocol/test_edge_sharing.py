# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What one client's request may mean for others: what is shared, and what is not."""
import datetime
import email.utils
import select
import threading

import pytest

import edges
from caching import ETAG, MAX_AGE, STALE, answer
from larder_process import DEADLINE_S
from scripted_origin import now, reply

SECRET = ("Authorization", "Basic eDp5")
NO_STORE = ("Cache-Control", "no-store")


@pytest.fixture(params=edges.WAYS, ids="-".join)
def pair(request):
    backend, protocol = request.param
    functions = {"network": {"cache": {"maxObjectSize": "1000"}}}
    with edges.edge_before_origin(backend, functions, protocol=protocol, threads=2) as both:
        yield both


@pytest.fixture(params=edges.BACKENDS)
def h1_pair(request):
    with edges.edge_before_origin(request.param) as both:
        yield both


class Gate:
    """A handler that answers when it is opened. Until then it sends 103, which whoever waits for
    that fetch is told of, and nobody else."""

    def __init__(self, handler):
        self.x_open = threading.Event()
        self.x_handler = handler

    def __call__(self, exchange):
        while not self.x_open.wait(0.01):
            exchange.send("HTTP/1.1 103 Early Hints\r\n\r\n")
        self.x_handler(exchange)

    def open(self):
        self.x_open.set()


def together(pair, path, gate, *each):
    """One client for each list of fields, of which the first has begun a fetch that the others
    join: all of them wait when it is answered."""
    clients = [pair.client() for _ in each]
    for client, fields in zip(clients, each):
        client.request("GET", path, *fields)
        assert select.select([client.socket], [], [], DEADLINE_S)[0], "nobody told it of the 103"
    gate.open()
    responses = [client.response() for client in clients]
    for client in clients:
        client.close()
    return responses


# ---- conditions

def test_its_own_date_makes_no_304_of_what_is_not_stored(pair):
    for fields in ([NO_STORE], [("Cache-Control", "private")], [], [NO_STORE, ETAG]):
        path = pair.path(answer("first", *fields))
        got = pair.get(path, ("If-Modified-Since", now(5)))
        assert (got.status, got.body) == (200, b"first")


def test_its_date_stands_for_a_missing_last_modified_of_what_is_stored(pair):
    path = pair.path(answer("first", MAX_AGE))
    date = email.utils.parsedate_to_datetime(pair.get(path).header("Date"))
    before = email.utils.format_datetime(date - datetime.timedelta(seconds=1), usegmt=True)
    assert pair.get(path, ("If-Modified-Since", pair.get(path).header("Date"))).status == 304
    assert pair.get(path, ("If-Modified-Since", before)).status == 200


def test_conditions_come_before_ranges_on_a_miss(pair):
    for fields, condition in (([MAX_AGE, ETAG], ("If-None-Match", '"v1"')),
                              ([NO_STORE, ETAG], ("If-None-Match", '"v1"')),
                              ([MAX_AGE, ("Last-Modified", now(-9000))],
                               ("If-Modified-Since", now()))):
        path = pair.path(answer("first", *fields))
        assert pair.get(path, condition, ("Range", "bytes=0-2")).status == 304
        path = pair.path(answer("first", *fields))
        got = pair.get(path, ("If-None-Match", '"other"'), ("Range", "bytes=0-2"))
        assert (got.status, got.body) in ((206, b"fir"), (200, b"first"))


def test_a_304_does_not_describe_a_body(pair):
    described = [("Content-Type", "text/plain"), ("Content-Language", "en")]
    path = pair.path(answer("first", MAX_AGE, ETAG, *described))
    assert pair.get(path).header("Content-Type") == "text/plain"
    got = pair.get(path, ("If-None-Match", '"v1"'))
    assert got.status == 304 and got.header("ETag") == '"v1"'
    assert [got.header(name) for name, _ in described] == [None, None]


def test_an_unsatisfiable_range_of_what_is_stored_has_a_date(pair):
    path = pair.path(answer("first", MAX_AGE))
    pair.get(path)
    got = pair.get(path, ("Range", "bytes=99-"))
    assert got.status == 416 and got.header("Date")


# ---- who joins a fetch

@pytest.mark.parametrize("said", ["no-cache", "max-age=0", "max-age=0, must-revalidate",
                                  "s-maxage=0"])
def test_what_may_not_be_reused_answers_nobody_who_joined(h1_pair, said):
    gate = Gate(answer("first", ("Cache-Control", said), ETAG))
    path = h1_pair.path(gate, answer("second", ("Cache-Control", said), ETAG))
    first, second = together(h1_pair, path, gate, [], [])
    assert (first.body, second.body) == (b"first", b"second")


def test_who_wants_it_newer_than_it_is_asks_itself(h1_pair):
    gate = Gate(answer("first", MAX_AGE, ("Age", "20")))
    path = h1_pair.path(gate, answer("second", MAX_AGE))
    first, second, third = together(h1_pair, path, gate, [], [("Cache-Control", "max-age=5")],
                                    [("Cache-Control", "no-cache")])
    assert (first.body, second.body) == (b"first", b"second")
    assert third.body == b"first"     # which came behind its request


def test_a_304_for_one_variant_validates_no_other(h1_pair):
    varies = ("Vary", "X-V")
    gate = Gate(lambda exchange: exchange.reply(304, headers=[ETAG, STALE, varies]))
    path = h1_pair.path(answer("old 1", STALE, ETAG, varies), answer("old 2", STALE, ETAG, varies),
                     gate, answer("new 2", STALE, ("ETag", '"v2"'), varies))
    h1_pair.get(path, ("X-V", "1"))
    h1_pair.get(path, ("X-V", "2"))
    first, second = together(h1_pair, path, gate, [("X-V", "1")], [("X-V", "2")])
    assert (first.body, second.body) == (b"old 1", b"new 2")


# ---- requests that are nobody else's

@pytest.mark.parametrize("fields", [[SECRET], [NO_STORE], [SECRET, ("Cache-Control", "no-cache")]])
def test_a_request_that_cannot_be_stored_keeps_nothing_from_others(pair, fields):
    path = pair.path(answer("own", MAX_AGE), answer("for all", MAX_AGE), answer("third", MAX_AGE))
    assert pair.get(path, *fields).body == b"own"
    assert pair.get(path).body == b"for all"
    assert pair.get(path).body == b"for all"
    assert pair.asked(path) == 2


@pytest.mark.parametrize("fields", [[("Cache-Control", "no-cache, no-store")],
                                    [("Cache-Control", "max-age=0"), SECRET]])
@pytest.mark.parametrize("validator", [[], [ETAG]])
def test_a_request_that_cannot_be_stored_evicts_nothing(pair, fields, validator):
    path = pair.path(answer("for all", MAX_AGE, *validator), answer("own", MAX_AGE))
    pair.get(path)
    assert pair.get(path, *fields).body == b"own"
    assert pair.get(path).body == b"for all"
    assert pair.asked(path) == 2


def test_a_304_to_credentials_leaves_what_is_stored(pair):
    path = pair.path(answer("for all", MAX_AGE, ETAG),
                     lambda exchange: exchange.reply(304, headers=[ETAG, MAX_AGE]),
                     answer("third", MAX_AGE))
    pair.get(path)
    assert pair.get(path, SECRET, ("Cache-Control", "max-age=0")).body == b"for all"
    assert pair.get(path).body == b"for all"
    assert pair.asked(path) == 2


def test_requests_with_credentials_do_not_wait_for_one_another(pair):
    gate = Gate(reply("later", MAX_AGE))
    path = pair.path(reply("first", MAX_AGE), gate)
    pair.get(path, SECRET)     # it is known from now on
    clients = [pair.client() for _ in range(10)]
    for client in clients:
        client.request("GET", path, SECRET)
    pair.origin.wait_for(lambda origin: origin.asked(path) == 11)
    gate.open()
    for client in clients:
        assert client.response().body == b"later"
        client.close()


def test_only_if_cached_never_asks_the_origin(pair):
    path = pair.path(answer("first", MAX_AGE, ETAG))
    only = ("Cache-Control", "only-if-cached")
    assert pair.get(path, only, ("If-Match", '"v1"')).status == 504
    assert pair.get(path, only).status == 504
    assert pair.asked(path) == 0


# ---- errors

@pytest.mark.parametrize("validator", [[], [ETAG]])
def test_stale_instead_of_an_error_as_long_as_it_may_be(pair, validator):
    path = pair.path(answer("good", ("Cache-Control", "max-age=0, stale-if-error=60"), *validator),
                     answer("bad", status=503))
    pair.get(path)
    for _ in range(4):
        got = pair.get(path)
        assert (got.status, got.body) == (200, b"good")
    assert pair.asked(path) == 5


# ---- heads and bodies

def test_a_body_of_unknown_length_that_becomes_too_long_is_not_stored(pair):
    def chunked(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n"
                      "1f4\r\n" + "a" * 500 + "\r\n" + "1f5\r\n" + "b" * 501 + "\r\n0\r\n\r\n")
    path = pair.path(chunked)
    for asked in (1, 2):
        assert pair.get(path).body == b"a" * 500 + b"b" * 501
        assert pair.asked(path) == asked


def test_what_connection_lists_chooses_no_variant(h1_pair):
    def by_language(exchange):
        language = exchange.request.header("Accept-Language") or "none"
        exchange.reply(200, language, [MAX_AGE, ("Vary", "Accept-Language")])
    path = h1_pair.path(by_language)
    french = ("Accept-Language", "fr")
    got = h1_pair.get(path, french, ("Connection", "Accept-Language"))
    assert got.body == b"none"
    assert h1_pair.get(path, french).body == b"fr"
    assert h1_pair.get(path).body == b"none"
    assert h1_pair.asked(path) == 2


def test_a_body_of_no_bytes_is_none(h1_pair):
    path = h1_pair.path(answer("first", MAX_AGE))
    for _ in range(2):
        assert h1_pair.get(path, ("Content-Length", "0")).body == b"first"
    assert h1_pair.asked(path) == 1


# ---- rules for what comes from the origin

@pytest.fixture(params=edges.BACKENDS)
def ruled_pair(request):
    rules = [{"side": "fromOrigin", "action": "remove", "name": "X-Secret"},
             {"side": "fromOrigin", "action": "set", "name": "Cache-Control",
              "value": "max-age=3600"}]
    functions = {"network": {"http": {"headers": rules}}}
    with edges.edge_before_origin(request.param, functions) as both:
        yield both


def test_rules_hold_for_a_304_as_well(ruled_pair):
    secret = ("X-Secret", "internal")
    path = ruled_pair.path(answer("first", ETAG, secret),
                           lambda exchange: exchange.reply(304, headers=[ETAG, secret]))
    assert ruled_pair.get(path).header("X-Secret") is None
    for _ in range(2):
        got = ruled_pair.get(path, ("Cache-Control", "no-cache"))
        assert (got.body, got.header("X-Secret")) == (b"first", None)
        assert "larder" in got.header("Via")


def test_rules_decide_how_long_it_is_fresh(ruled_pair):
    path = ruled_pair.path(answer("first", NO_STORE), answer("second"))
    assert [ruled_pair.get(path).body for _ in range(2)] == [b"first", b"first"]
