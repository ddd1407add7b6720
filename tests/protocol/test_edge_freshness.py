# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9111 over real sockets: what is stored, for how long it is used, and what is done then.

Each row: the section that requires it, what the origin says, what the first and the second request
say, and whether the second reaches the origin (`asks`) or not (`hits`).
"""
import pytest

from scripted_origin import now, reply

HITS, ASKS = "hits", "asks"
MAX_AGE = ("Cache-Control", "max-age=3600")
LONG_AGO = ("Last-Modified", now(-1_000_000))

ROWS = [
    # (section, fields of the response, fields of both requests, expected)
    ("4.2.1 max-age", [MAX_AGE], [], HITS),
    ("4.2.1 s-maxage goes before max-age", [("Cache-Control", "max-age=0, s-maxage=3600")], [],
     HITS),
    ("4.2.1 s-maxage=0 goes before max-age", [("Cache-Control", "max-age=3600, s-maxage=0")], [],
     ASKS),
    ("4.2.1 max-age goes before Expires", [MAX_AGE, ("Expires", now(-3600))], [], HITS),
    ("5.3 Expires", [("Expires", now(3600))], [], HITS),
    ("5.3 Expires in the past", [("Expires", now(-3600))], [], ASKS),
    ("5.3 Expires that is no date", [("Expires", "0"), LONG_AGO], [], ASKS),
    ("4.2.2 nothing said, nothing to guess by", [], [], ASKS),
    ("4.2.2 guessed from Last-Modified", [LONG_AGO], [], HITS),
    ("5.2.2.5 no-store", [("Cache-Control", "no-store, max-age=3600")], [], ASKS),
    ("5.2.2.7 private", [("Cache-Control", "private, max-age=3600")], [], ASKS),
    ("5.2.2.4 no-cache", [("Cache-Control", "no-cache, max-age=3600")], [], ASKS),
    ("5.2 directives have no case", [("Cache-Control", "MAX-AGE=3600")], [], HITS),
    ("5.2 a quoted argument", [("Cache-Control", 'max-age="3600"')], [], HITS),
    ("5.2 of several lines", [("Cache-Control", "public"), MAX_AGE], [], HITS),
    ("5.1 Age counts", [MAX_AGE, ("Age", "3600")], [], ASKS),
    ("5.1 Age that leaves some", [MAX_AGE, ("Age", "1800")], [], HITS),
    ("5.1 Age that is no number", [MAX_AGE, ("Age", "abc")], [], HITS),
    ("3.5 Authorization", [MAX_AGE], [("Authorization", "Basic eDp5")], ASKS),
    ("3.5 Authorization and public", [("Cache-Control", "public, max-age=3600")],
     [("Authorization", "Basic eDp5")], HITS),
    ("3.5 Authorization and must-revalidate", [("Cache-Control", "must-revalidate, max-age=3600")],
     [("Authorization", "Basic eDp5")], HITS),
    ("3.5 Authorization and s-maxage", [("Cache-Control", "s-maxage=3600")],
     [("Authorization", "Basic eDp5")], HITS),
    ("4.1 Vary: *", [MAX_AGE, ("Vary", "*")], [], ASKS),
    ("4.1 Vary: * among others", [MAX_AGE, ("Vary", "Accept, *")], [], ASKS),
    ("4.1 Vary, the same", [MAX_AGE, ("Vary", "X-A")], [("X-A", "1")], HITS),
    ("9213 3.1 CDN-Cache-Control goes before Cache-Control",
     [("Cache-Control", "no-store"), ("CDN-Cache-Control", "max-age=3600")], [], HITS),
    ("9213 3.1 and says no-store", [MAX_AGE, ("CDN-Cache-Control", "no-store")], [], ASKS),
    ("9213 2.2 unless it cannot be parsed", [MAX_AGE, ("CDN-Cache-Control", "max-age=;no-store,,")],
     [], HITS),
]


@pytest.mark.parametrize("section, response, request_fields, expected", ROWS,
                         ids=[row[0] for row in ROWS])
def test_row(pair, section, response, request_fields, expected):
    path = pair.path(reply("first", *response), reply("second", *response))
    assert pair.get(path, *request_fields).body == b"first"
    again = pair.get(path, *request_fields)
    assert again.body == (b"first" if expected == HITS else b"second")
    assert pair.asked(path) == (1 if expected == HITS else 2)


# ---- what the client asks for (5.2.1)

REQUESTS = [
    ("no-cache", [MAX_AGE], [("Cache-Control", "no-cache")], ASKS),
    ("max-age=0", [MAX_AGE], [("Cache-Control", "max-age=0")], ASKS),
    ("max-age", [MAX_AGE], [("Cache-Control", "max-age=60")], HITS),
    ("min-fresh that is left", [MAX_AGE], [("Cache-Control", "min-fresh=60")], HITS),
    ("min-fresh that is not", [MAX_AGE], [("Cache-Control", "min-fresh=7200")], ASKS),
    ("max-stale", [("Cache-Control", "max-age=0"), ("ETag", '"1"')],
     [("Cache-Control", "max-stale=60")], HITS),
    ("max-stale of what must be revalidated",
     [("Cache-Control", "max-age=0, must-revalidate"), ("ETag", '"1"')],
     [("Cache-Control", "max-stale=60")], ASKS),
    ("Pragma: no-cache (5.4)", [MAX_AGE], [("Pragma", "no-cache")], ASKS),
]


@pytest.mark.parametrize("name, response, request_fields, expected", REQUESTS,
                         ids=[row[0] for row in REQUESTS])
def test_request_directive(pair, name, response, request_fields, expected):
    path = pair.path(reply("first", *response), reply("second", *response))
    assert pair.get(path).body == b"first"
    assert pair.get(path, *request_fields).body == (b"first" if expected == HITS else b"second")


def test_only_if_cached_is_never_forwarded(pair):
    path = pair.path(reply("first", MAX_AGE))
    refused = pair.get(path, ("Cache-Control", "only-if-cached"))
    assert refused.status == 504
    assert pair.asked(path) == 0
    pair.get(path)
    assert pair.get(path, ("Cache-Control", "only-if-cached")).body == b"first"


# ---- Age (5.1) and Cache-Status (9211)

def test_a_stored_response_says_how_old_it_is(pair):
    path = pair.path(reply("x", MAX_AGE, ("Age", "30")))
    passed_on = pair.get(path).header("Age")
    assert passed_on is None or 30 <= int(passed_on) <= 33
    stored = pair.get(path)
    assert 30 <= int(stored.header("Age")) <= 33
    assert len(stored.all("Age")) == 1
    assert stored.header("Cache-Status").startswith("Larder; hit")
    assert "ttl=35" in stored.header("Cache-Status")


def test_a_fetched_response_says_why_it_was_fetched(pair):
    path = pair.path(reply("x", MAX_AGE))
    status = pair.get(path).header("Cache-Status")
    assert status.startswith("Larder; fwd=uri-miss")
    assert "stored" in status


# ---- validation (4.3)

def test_a_stale_response_is_validated_and_used_again(pair):
    path = pair.path(
        reply("first", ("Cache-Control", "max-age=0"), ("ETag", '"v1"'), ("X-A", "1")),
        reply("", ("Cache-Control", "max-age=3600"), ("ETag", '"v1"'), ("X-A", "2"), status=304),
        reply("third"))
    assert pair.get(path).body == b"first"
    validated = pair.get(path)
    assert pair.last_request(path).header("If-None-Match") == '"v1"'
    assert (validated.status, validated.body) == (200, b"first")
    assert validated.header("X-A") == "2"     # 3.2: fields of the 304 replace those that are stored
    assert pair.get(path).body == b"first"    # and it is fresh again
    assert pair.asked(path) == 2


def test_a_stale_response_that_has_changed_is_replaced(pair):
    stale = ("Cache-Control", "max-age=0")
    path = pair.path(reply("first", stale, ("Last-Modified", now(-1000))),
                     reply("second", MAX_AGE, ("Last-Modified", now(-10))))
    assert pair.get(path).body == b"first"
    assert pair.get(path).body == b"second"
    assert pair.last_request(path).header("If-Modified-Since") is not None
    assert pair.get(path).body == b"second"
    assert pair.asked(path) == 2


def test_a_clients_own_conditions_are_answered_from_the_store(pair):
    path = pair.path(reply("first", MAX_AGE, ("ETag", '"v1"'), ("Last-Modified", now(-1000))))
    pair.get(path)
    assert pair.get(path, ("If-None-Match", '"v0", W/"v1"')).status == 304
    assert pair.get(path, ("If-None-Match", '"v2"')).status == 200
    assert pair.get(path, ("If-Modified-Since", now(-10))).status == 304
    assert pair.get(path, ("If-Modified-Since", now(-5000))).status == 200
    assert pair.get(path, ("If-None-Match", '"v2"'), ("If-Modified-Since", now(-10))).status == 200

    assert pair.asked(path) == 1


# ---- Vary (4.1)

def test_variants_are_kept_beside_each_other(pair):
    def by_language(exchange):
        language = exchange.request.header("Accept-Language") or "none"
        exchange.reply(200, language, [MAX_AGE, ("Vary", "Accept-Language")])
    path = pair.path(by_language)
    for language in ("en", "de", "en", "de"):
        assert pair.get(path, ("Accept-Language", language)).body == language.encode()
    assert pair.get(path).body == b"none"
    assert pair.asked(path) == 3


# ---- invalidation (4.4)

@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "M-SEARCH"])
def test_an_unsafe_method_invalidates(pair, method):
    path = pair.path(reply("first", MAX_AGE), reply("done"), reply("second", MAX_AGE))
    assert pair.get(path).body == b"first"
    assert pair.ask(method, path, body=b"x").body == b"done"
    assert pair.get(path).body == b"second"


def test_an_unsafe_method_that_fails_invalidates_nothing(pair):
    path = pair.path(reply("first", MAX_AGE), reply("no", status=500), reply("second", MAX_AGE))
    pair.get(path)
    assert pair.ask("POST", path, body=b"x").status == 500
    assert pair.get(path).body == b"first"


def test_location_is_invalidated_on_the_same_host_only(pair):
    other = pair.path(reply("first", MAX_AGE), reply("second", MAX_AGE))
    path = pair.path(reply("done", ("Location", other)))
    pair.get(other)
    pair.ask("POST", path, body=b"x")
    assert pair.get(other).body == b"second"
    third = pair.path(reply("first", MAX_AGE), reply("second", MAX_AGE))
    pair.get(third)
    foreign = pair.path(reply("done", ("Location", f"http://other.example{third}")))
    pair.ask("POST", foreign, body=b"x")
    assert pair.get(third).body == b"first"


# ---- HEAD (9110 9.3.2)

def test_head_is_answered_from_a_stored_get(pair):
    path = pair.path(reply("first", MAX_AGE))
    pair.get(path)
    head = pair.ask("HEAD", path)
    assert (head.status, head.header("Content-Length"), head.body) == (200, "5", b"")
    assert pair.asked(path) == 1


# ---- stale responses (4.2.4, RFC 5861)

def test_stale_while_revalidate_serves_at_once_and_asks_behind_it(pair):
    stale = ("Cache-Control", "max-age=0, stale-while-revalidate=60")
    path = pair.path(reply("first", stale, ("ETag", '"1"')), reply("second", MAX_AGE))
    assert pair.get(path).body == b"first"
    assert pair.get(path).body == b"first"
    pair.origin.wait_for(lambda origin: origin.asked(path) == 2)
    deadline = 200
    while (body := pair.get(path).body) == b"first" and deadline:
        deadline -= 1
    assert body == b"second"
    assert pair.asked(path) == 2


@pytest.mark.parametrize("failure", ["500", "503", "reset"])
def test_stale_if_error(pair, failure):
    def fail(exchange):
        if failure == "reset":
            exchange.reset()
        else:
            exchange.reply(int(failure), "broken")
    path = pair.path(reply("first", ("Cache-Control", "max-age=0, stale-if-error=60"),
                           ("ETag", '"1"')), fail)
    assert pair.get(path).body == b"first"
    assert pair.get(path).body == b"first"


def test_must_revalidate_is_never_stale(pair):
    strict = ("Cache-Control", "max-age=0, must-revalidate, stale-if-error=60")
    path = pair.path(reply("first", strict, ("ETag", '"1"')), lambda exchange: exchange.reset())
    assert pair.get(path).body == b"first"
    assert pair.get(path).status in (502, 504)
