# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9111, 4.3: asking the origin whether a stored response holds on, and answering clients who
ask that."""
import pytest

from caching import (ETAG, HITS, LONG_AGO, MAX_AGE, STALE, ago, ahead, answer, check, is_aged,
                     said)
from requirements import requirement, rows
from scripted_origin import now, reply


# ---- asking (4.3.1)

VALIDATORS = [
    ("4.3.1", "SHOULD", "A strong ETag is asked for by If-None-Match.", '"abcdef"'),
    ("4.3.1", "SHOULD", "A weak ETag is asked for by If-None-Match.", 'W/"abcdef"'),
]


@rows("9111", "etag", VALIDATORS)
def test_an_etag_is_validated(pair, etag):
    path = pair.path(answer("first", STALE, ("ETag", etag)))
    pair.get(path)
    pair.get(path)
    assert pair.last_request(path).header("If-None-Match") == etag
    assert pair.last_request(path).header("If-Modified-Since") is None


@requirement("9111", "4.3.1", "SHOULD", "Last-Modified is asked for by If-Modified-Since, as it "
             "was written.")
def test_a_date_is_validated(pair):
    date = now(-100_000)
    path = pair.path(answer("first", STALE, ("Last-Modified", date)))
    pair.get(path)
    pair.get(path)
    assert pair.last_request(path).header("If-Modified-Since") == date
    assert pair.last_request(path).header("If-None-Match") is None


@requirement("9111", "4.3.1", "SHOULD", "Where there are both, both are asked for.")
def test_both_are_validated(pair):
    path = pair.path(answer("first", STALE, ETAG, LONG_AGO))
    pair.get(path)
    pair.get(path)
    assert pair.last_request(path).header("If-None-Match") == '"v1"'
    assert pair.last_request(path).header("If-Modified-Since") is not None


@requirement("9110", "13.1.2", "MUST", "A request without a stored response gets no condition of "
             "the cache.")
def test_nothing_stored_is_not_validated(pair):
    path = pair.path(answer("first", STALE), answer("second"))
    pair.get(path)
    pair.get(path)
    assert pair.last_request(path).header("If-None-Match") is None
    assert pair.last_request(path).header("If-Modified-Since") is None


@requirement("9111", "5.2.2.4", "MAY", "no-cache is stored, and validated each time.")
def test_no_cache_is_validated(pair):
    fields = [("Cache-Control", "max-age=3600, no-cache"), ETAG]
    path = pair.path(answer("first", *fields), reply("", *fields, status=304))
    pair.get(path)
    for count in (2, 3):
        assert pair.get(path).header("X-Answer") == "first"
        assert pair.asked(path) == count
        assert pair.last_request(path).header("If-None-Match") == '"v1"'


@requirement("9111", "5.2.2.2", "MUST", "must-revalidate is validated once it is stale.")
def test_must_revalidate_is_validated(pair):
    path = pair.path(answer("first", ("Cache-Control", "max-age=2, must-revalidate"), ETAG,
                            ("Age", "5")), reply("", ETAG, MAX_AGE, status=304))
    pair.get(path)
    assert pair.get(path).header("X-Answer") == "first"
    assert pair.last_request(path).header("If-None-Match") == '"v1"'


@requirement("9111", "5.2.1.4", "SHOULD", "no-cache of a request validates what is stored.")
@pytest.mark.parametrize("validator, field", [(ETAG, "If-None-Match"),
                                              (LONG_AGO, "If-Modified-Since")])
def test_no_cache_of_a_request_validates(pair, validator, field):
    path = pair.path(answer("first", MAX_AGE, validator), reply("", MAX_AGE, status=304))
    pair.get(path)
    assert pair.get(path, ("Cache-Control", "no-cache")).header("X-Answer") == "first"
    assert pair.last_request(path).header(field) is not None


# ---- what comes back (4.3.3, 4.3.4, 3.2)

@requirement("9111", "4.3.3", "MUST", "304: what is stored is used, and fresh again.")
@requirement("9111", "4.3.4", "MUST", "Fields that a 304 does not have stay as they were.")
def test_304_freshens(pair):
    path = pair.path(answer("first", STALE, ETAG, ("Test-Header", "A")),
                     reply("", MAX_AGE, ETAG, status=304))
    pair.get(path)
    for _ in range(2):
        again = pair.get(path)
        assert (again.status, again.body) == (200, b"first")
        assert again.header("Test-Header") == "A"
    assert pair.asked(path) == 2


@requirement("9111", "4.3.3", "MUST", "200: it is used, and takes the place of what was stored.")
def test_200_replaces(pair):
    path = pair.path(answer("first", STALE, ETAG), answer("second", MAX_AGE, ("ETag", '"v2"')),
                     answer("third"))
    pair.get(path)
    assert pair.get(path).body == b"second"
    assert pair.get(path).body == b"second"


@requirement("9111", "4.3.3", "MUST", "A server error is passed on where what is stored is not "
             "used.")
def test_5xx_is_passed_on(pair):
    path = pair.path(answer("first", STALE, ETAG), answer("second", status=503),
                     reply("", MAX_AGE, ETAG, status=304))
    pair.get(path)
    assert pair.get(path).status == 503
    assert pair.get(path).header("X-Answer") == "first"     # it was not forgotten for that


@requirement("9111", "4.3.4", "MUST", "A 304 with another strong validator updates nothing that is "
             "stored.")
def test_304_of_another(pair):
    def handler(exchange):
        if exchange.request.header("If-None-Match"):
            exchange.reply(304, "", [MAX_AGE, ("ETag", '"other"'), ("X-New", "1")])
        else:
            answer("second", MAX_AGE, ("ETag", '"other"'))(exchange)
    path = pair.path(answer("first", STALE, ETAG), handler)
    pair.get(path)
    again = pair.get(path)
    assert (again.status, again.body, again.header("X-New")) == (200, b"second", None)


UPDATED = [
    ("3.2", "MUST", f"{name} is updated by a 304.", name, a, b) for name, a, b in [
        ("Test-Header", "A", "B"), ("X-Test-Header", "A", "B"), ("Content-Foo", "A", "B"),
        ("X-Content-Foo", "A", "B"), ("Cache-Control", "max-age=0", "max-age=3600"),
        ("Content-Type", "text/plain", "text/plain;charset=utf-8"),
        ("Content-Location", "/foo", "/bar"), ("Content-MD5", "a==", "b=="),
        ("Content-Security-Policy", "default-src 'self'", "default-src 'self' cdn.example.com"),
        ("Clear-Site-Data", "cache", "cookies"), ("X-Frame-Options", "deny", "sameorigin"),
        ("Expires", "Fri, 01 Jan 2038 01:01:01 GMT", "Mon, 11 Jan 2038 11:11:11 GMT"),
        ("Set-Cookie", "a=b", "a=c"), ("Vary", "X-A", "X-B"), ("Link", "</a>", "</b>")]
]
KEPT = [
    ("3.2", "MUST", f"{name} is not updated by a 304.", name, a, b) for name, a, b in [
        ("Content-Length", "5", "10"), ("Content-Encoding", "x-a", "x-b"),
        ("Content-Range", "bytes 0-4/5", "bytes 0-9/10")]
]


def validate(pair, name, old, new):
    """A response with the field as it was, then a 304 with another: both that it makes."""
    cache = [STALE, MAX_AGE] if name != "Cache-Control" else [("X-No", "a"), ("X-No", "b")]
    path = pair.path(answer("first", cache[0], ETAG, (name, old)),
                     reply("", cache[1], ETAG, (name, new), status=304), answer("third"))
    pair.get(path)
    return pair.get(path), pair.get(path)


@rows("9111", "name, old, new", UPDATED)
def test_a_field_is_updated(pair, name, old, new):
    validated, stored = validate(pair, name, old, new)
    assert (validated.header(name), stored.header(name)) == (new, new)
    assert stored.header("X-Answer") == "first"


@rows("9111", "name, old, new", KEPT)
def test_a_field_is_kept(pair, name, old, new):
    validated, stored = validate(pair, name, old, new)
    assert (validated.header(name), stored.header(name)) == (old, old)
    assert stored.body == b"first"


@requirement("9111", "3.2", "MUST", "All lines of a field are replaced by those of the 304.")
def test_all_lines_are_replaced(pair):
    path = pair.path(answer("first", STALE, ETAG, ("X-A", "1"), ("X-A", "2"), ("x-a", "3")),
                     reply("", MAX_AGE, ETAG, ("X-a", "4"), ("X-A", "5"), status=304))
    pair.get(path)
    assert pair.get(path).all("X-A") == ["4", "5"]
    assert pair.get(path).all("X-A") == ["4", "5"]


@requirement("9111", "3.2", "MUST", "What is about the 304's connection updates nothing.")
def test_fields_of_the_connection_update_nothing(pair):
    path = pair.path(answer("first", STALE, ETAG, ("A", "1")),
                     reply("", MAX_AGE, ETAG, ("Connection", "A"), ("A", "2"), status=304))
    pair.get(path)
    assert pair.get(path).header("A") == "1"


@requirement("9111", "4.3.4", "MUST", "The age is counted from the 304 on.")
def test_the_age_is_that_of_the_304(pair):
    path = pair.path(answer("first", MAX_AGE, ("Age", "7200"), ETAG),
                     reply("", MAX_AGE, ETAG, ("Age", "60"), status=304))
    pair.get(path)
    for _ in range(2):
        assert is_aged(pair.get(path), 60)
    assert pair.asked(path) == 2


@requirement("9111", "4.3.4", "MUST", "A 304 that says no-store leaves nothing stored.")
def test_a_304_may_say_no_store(pair):
    path = pair.path(answer("first", STALE, ETAG),
                     reply("", ("Cache-Control", "no-store"), ETAG, status=304), answer("third"))
    pair.get(path)
    pair.get(path)
    assert pair.get(path).header("X-Answer") == "third"
    assert pair.last_request(path).header("If-None-Match") is None


# ---- what clients ask (4.3.2; RFC 9110, 13)

def stored(pair, *fields):
    path = pair.path(answer("first", MAX_AGE, *fields), answer("second"))
    pair.get(path)
    return path


CONDITIONS = [
    ("4.3.2", "SHOULD", "If-None-Match with the ETag is 304.", [ETAG],
     [("If-None-Match", '"v1"')], 304),
    ("4.3.2", "SHOULD", "If-None-Match with another ETag is 200.", [ETAG],
     [("If-None-Match", '"v2"')], 200),
    ("4.3.2", "SHOULD", "If-None-Match with a weak ETag is 304.", [("ETag", 'W/"v1"')],
     [("If-None-Match", 'W/"v1"')], 304),
    ("4.3.2", "SHOULD", "If-None-Match is held weakly: the stored one is strong.", [ETAG],
     [("If-None-Match", 'W/"v1"')], 304),
    ("4.3.2", "SHOULD", "If-None-Match is held weakly: the stored one is weak.",
     [("ETag", 'W/"v1"')], [("If-None-Match", '"v1"')], 304),
    ("4.3.2", "SHOULD", "If-None-Match may have it first.", [ETAG],
     [("If-None-Match", '"v1", "2", "3"')], 304),
    ("4.3.2", "SHOULD", "If-None-Match may have it in the middle.", [ETAG],
     [("If-None-Match", '"2", "v1", "3"')], 304),
    ("4.3.2", "SHOULD", "If-None-Match may have it last.", [ETAG],
     [("If-None-Match", '"2", "3", "v1"')], 304),
    ("4.3.2", "SHOULD", "If-None-Match may have several lines.", [ETAG],
     [("If-None-Match", '"2"'), ("If-None-Match", '"v1"')], 304),
    ("4.3.2", "SHOULD", "A comma within an ETag does not end it.", [("ETag", '"a,b"')],
     [("If-None-Match", '"a,b"')], 304),
    ("4.3.2", "SHOULD", "A part of an ETag is none.", [ETAG], [("If-None-Match", '"v"')], 200),
    ("4.3.2", "SHOULD", "If-None-Match: * is 304.", [ETAG], [("If-None-Match", "*")], 304),
    ("4.3.2", "SHOULD", "If-None-Match: * is 304 without an ETag, too.", [],
     [("If-None-Match", "*")], 304),
    ("4.3.2", "SHOULD", "If-None-Match is 200 where nothing stored has an ETag.", [],
     [("If-None-Match", '"v1"')], 200),
    ("4.3.2", "MUST", "If-None-Match goes before If-Modified-Since: it matches.",
     [ETAG, LONG_AGO], [("If-None-Match", '"v1"'), ("If-Modified-Since", now(-2_000_000))], 304),
    ("4.3.2", "MUST", "If-None-Match goes before If-Modified-Since: it does not match.",
     [ETAG, LONG_AGO], [("If-None-Match", '"v2"'), ("If-Modified-Since", ahead(0))], 200),
    ("4.3.2", "SHOULD", "If-Modified-Since of the Last-Modified is 304.",
     [("Last-Modified", now(-3000))], [("If-Modified-Since", now(-3000))], 304),
    ("4.3.2", "SHOULD", "If-Modified-Since behind the Last-Modified is 304.",
     [("Last-Modified", now(-3000))], [("If-Modified-Since", now(-2000))], 304),
    ("4.3.2", "SHOULD", "If-Modified-Since before the Last-Modified is 200.",
     [("Last-Modified", now(-3000))], [("If-Modified-Since", now(-4000))], 200),
    ("4.3.2", "SHOULD", "Without a Last-Modified, If-Modified-Since is held against Date: 304.",
     [("Date", ago(100))], [("If-Modified-Since", ahead(0))], 304),
    ("4.3.2", "SHOULD", "Without a Last-Modified, If-Modified-Since is held against Date: 200.",
     [("Date", ago(100))], [("If-Modified-Since", now(-2000))], 200),
    ("4.3.2", "MUST", "If-Modified-Since that is no date is overlooked.", [LONG_AGO],
     [("If-Modified-Since", "yesterday")], 200),
]


@rows("9111", "fields, asked, status", CONDITIONS)
def test_a_condition_is_answered_from_the_store(pair, fields, asked, status):
    path = stored(pair, *fields)
    answered = pair.get(path, *said(asked))
    assert (answered.status, answered.header("X-Answer")) == (status, "first")
    assert pair.asked(path) == 1


@requirement("9110", "5.6.7", "MUST", "All three forms of dates are understood.")
def test_forms_of_dates(pair):
    path = stored(pair, ("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"))
    for date in ("Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                 "Sun Nov  6 08:49:37 1994"):
        assert pair.get(path, ("If-Modified-Since", date)).status == 304
    assert pair.get(path, ("If-Modified-Since", "Sun Nov  6 08:49:36 1994")).status == 200


@requirement("9110", "15.4.5", "MUST", "304 has Cache-Control, Content-Location, Date, ETag, "
             "Expires and Vary as 200 would have them.")
def test_304_has_what_it_must(pair):
    fields = [ETAG, ("Content-Location", "/x"), ("Expires", now(3600)), ("Vary", "X-A"),
              ("Date", now(-5))]
    path = stored(pair, *fields)
    answered = pair.get(path, ("If-None-Match", '"v1"'))
    assert answered.status == 304
    for name, value in [*fields, MAX_AGE]:
        assert answered.header(name) == value
    assert answered.body == b""


@requirement("9110", "13.1.2", "MUST", "HEAD is answered 304 as GET would be.")
def test_head_is_conditional(pair):
    path = stored(pair, ETAG)
    assert pair.ask("HEAD", path, ("If-None-Match", '"v1"')).status == 304
    assert pair.asked(path) == 1


@requirement("9111", "4.3.2", "SHOULD", "A condition of a client for what is stale is answered "
             "after a validation.")
def test_a_condition_for_what_is_stale(pair):
    date = now(-3000)
    path = pair.path(answer("first", STALE, ("Last-Modified", date)),
                     reply("", MAX_AGE, ("Last-Modified", date), status=304))
    pair.get(path)
    assert pair.get(path, ("If-Modified-Since", date)).status == 304
    assert pair.last_request(path).header("If-Modified-Since") == date
    assert pair.asked(path) == 2


@requirement("9111", "4.3.2", "SHOULD", "A validation by the cache has the cache's validators, and "
             "the client is answered by its own.")
def test_other_validators_of_the_client(pair):
    path = pair.path(answer("first", STALE, ETAG), reply("", MAX_AGE, ETAG, status=304))
    pair.get(path)
    answered = pair.get(path, ("If-None-Match", '"old"'))
    assert (answered.status, answered.body) == (200, b"first")
    assert '"v1"' in pair.last_request(path).header("If-None-Match")


@requirement("9111", "4.3.2", "MUST", "If-Match is the origin's, and not judged by what is stored.")
@requirement("9110", "13.1.1", "MUST", "A cache leaves If-Match to the origin.")
@requirement("9110", "13.1.4", "MUST", "A cache leaves If-Unmodified-Since to the origin.")
@pytest.mark.parametrize("condition", [("If-Match", '"v2"'), ("If-Match", '"v1"'),
                                       ("If-Unmodified-Since", now(-5_000_000))])
def test_other_conditions_are_the_origins(pair, condition):
    path = pair.path(answer("first", MAX_AGE, ETAG, LONG_AGO), answer("second", status=412))
    pair.get(path)
    assert pair.get(path, condition).status == 412
    assert pair.last_request(path).header(condition[0]) == condition[1]
    assert pair.get(path).header("X-Answer") == "first"     # what is stored is not touched


@requirement("9110", "13.2.1", "MUST", "Conditions are overlooked where the answer would not be "
             "2xx.")
def test_conditions_of_an_error(pair):
    check(pair, [MAX_AGE, ETAG], HITS, second=[("If-None-Match", '"v1"')], status=404)


@requirement("9110", "13.2.1", "MUST", "Conditions of methods that change something are the "
             "origin's.")
def test_conditions_of_unsafe_methods(pair):
    path = stored(pair, ETAG)
    pair.ask("PUT", path, ("If-Match", '"v1"'), ("If-None-Match", "*"), body=b"x")
    assert pair.last_request(path).header("If-Match") == '"v1"'
    assert pair.last_request(path).header("If-None-Match") == "*"


# ---- HEAD (4.3.5)

@requirement("9111", "4.3.5", "SHOULD", "200 to HEAD with the same validators and length freshens "
             "what is stored.")
def test_head_freshens(pair):
    path = pair.path(answer("first", STALE, ETAG, ("X-A", "1"), ("X-B", "1")),
                     answer("head", MAX_AGE, ETAG, ("X-A", "2"), body="first"),
                     answer("third", MAX_AGE))
    pair.get(path)
    assert pair.ask("HEAD", path).header("X-Answer") == "head"
    assert pair.last_request(path).method == "HEAD"
    got = pair.get(path)
    assert (got.body, got.header("X-A"), got.header("X-B")) == (b"first", "2", "1")


@requirement("9111", "4.3.5", "SHOULD", "200 to HEAD with another validator or length makes what "
             "is stored stale.")
def test_head_invalidates(pair):
    for fields in ([MAX_AGE, ("ETag", '"v2"')], [MAX_AGE, ETAG, ("Content-Length", "6")]):
        path = pair.path(answer("first", MAX_AGE, ETAG), answer("head", *fields, body="first"),
                         answer("third", MAX_AGE))
        pair.get(path)
        pair.ask("HEAD", path, ("Cache-Control", "no-cache"))
        assert pair.get(path).header("X-Answer") == "third"


@requirement("9111", "4.3.5", "SHOULD", "Another status than 200 to HEAD changes nothing that is "
             "stored.")
def test_head_of_another_status(pair):
    path = pair.path(answer("first", MAX_AGE, ETAG), answer("head", MAX_AGE, ETAG, status=404),
                     answer("third", MAX_AGE))
    pair.get(path)
    pair.ask("HEAD", path, ("Cache-Control", "no-cache"))
    assert pair.get(path).header("X-Answer") == "first"
