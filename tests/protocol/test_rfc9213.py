# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9213: CDN-Cache-Control."""
from caching import ASKS, ETAG, HITS, LONG_AGO, MAX_AGE, STALE, ago, ahead, answer, check
from requirements import requirement, rows
from scripted_origin import reply


def cdn(value):
    return ("CDN-Cache-Control", value)


NO_STORE = ("Cache-Control", "no-store")

ROWS = [
    ("2.2", "MUST", "max-age is understood.", [cdn("max-age=3600")], HITS),
    ("2.2", "MUST", "max-age of 2147483648 is understood.", [cdn("max-age=2147483648")], HITS),
    ("2.2", "MUST", "max-age of 99999999999 is understood.", [cdn("max-age=99999999999")], HITS),
    ("2.2", "MUST", "max-age=0 is stale.", [cdn("max-age=0"), LONG_AGO], ASKS),
    ("2.2", "MUST", "Age counts.", [cdn("max-age=3600"), ("Age", "7200")], ASKS),
    ("2.2", "MUST", "Extensions are overlooked.", [cdn("foobar, max-age=3600")], HITS),
    ("2.2", "MUST", "It goes before Expires in the past.",
     [cdn("max-age=3600"), ("Expires", ago(100))], HITS),
    ("2.2", "MUST", "It goes before Expires that is no date.",
     [cdn("max-age=3600"), ("Expires", "0")], HITS),
    ("2.2", "MUST", "max-age=0 goes before Expires in the future.",
     [cdn("max-age=0"), ("Expires", ahead(3600))], ASKS),
    ("2.2", "MUST", "It goes before a shorter Cache-Control.", [STALE, cdn("max-age=3600")], HITS),
    ("2.2", "MUST", "It goes before a longer Cache-Control.", [MAX_AGE, cdn("max-age=0")], ASKS),
    ("2.2", "MUST", "private is not stored, whatever Cache-Control says.",
     [cdn("private"), MAX_AGE, ("Expires", ahead(3600))], ASKS),
    ("2.2", "MUST", "no-cache is validated, whatever Cache-Control says.",
     [cdn("no-cache"), MAX_AGE, ("Expires", ahead(3600))], ASKS),
    ("2.2", "MUST", "no-store is not stored, whatever Cache-Control says.",
     [cdn("no-store"), MAX_AGE, ("Expires", ahead(3600))], ASKS),
    ("2.2", "MUST", "It is stored although Cache-Control says no-store.",
     [NO_STORE, cdn("max-age=3600")], HITS),
    ("2.2", "MUST", "It is stored although Cache-Control says private.",
     [("Cache-Control", "private"), cdn("max-age=3600")], HITS),
    ("2.2", "MUST", "no-store and max-age: not stored.", [cdn("max-age=3600, no-store")], ASKS),
    ("2.2", "MUST", "no-cache and max-age: validated.", [cdn("max-age=3600, no-cache")], ASKS),
    ("2.2", "SHOULD", "s-maxage goes before max-age.", [cdn("max-age=0, s-maxage=3600")], HITS),
    ("2.2", "MUST",
     "A word that is no directive leaves nothing said: not Cache-Control's lifetime.",
     [MAX_AGE, cdn("none")], ASKS),
    ("2.1", "MUST", "What cannot be parsed is overlooked: Cache-Control's no-store holds.",
     [NO_STORE, cdn("max-age=10000, &&&&&")], ASKS),
    ("2.1", "MUST", "What cannot be parsed is overlooked: Cache-Control's max-age holds.",
     [MAX_AGE, cdn("no-store, &&&&&")], HITS),
    ("2.1", "MUST", "An empty field is overlooked.", [MAX_AGE, cdn("")], HITS),
    ("2.1", "SHOULD", "A string is no number: overlooked.", [NO_STORE, cdn('max-age="10000"')],
     ASKS),
    ("2.1", "SHOULD", "A decimal is no number of seconds: overlooked.",
     [NO_STORE, cdn("max-age=10000.5")], ASKS),
    ("2.1", "MUST", "Blanks before = cannot be parsed.", [NO_STORE, cdn("max-age =10000")], ASKS),
    ("2.1", "MUST", "Blanks behind = cannot be parsed.", [NO_STORE, cdn("max-age= 10000")], ASKS),
    ("2.1", "MUST", "A comma at the end cannot be parsed.",
     [NO_STORE, cdn("max-age=10000,")], ASKS),
    ("2.1", "MUST", "Keys are in lower case, or cannot be parsed.",
     [NO_STORE, cdn("Max-Age=10000")], ASKS),
    ("2.1", "MUST", "Parameters are overlooked.", [NO_STORE, cdn("max-age=10000;a=b")], HITS),
    ("2.1", "MUST", "Two lines are one dictionary.", [NO_STORE, cdn("max-age=0"),
                                                      cdn("max-age=3600")], HITS),
    ("2.1", "MUST", "no-store=?0 is no no-store.", [cdn("max-age=3600, no-store=?0")], HITS),
    ("2.2", "MUST", "A targeted field of others changes nothing.",
     [MAX_AGE, ("Example-Cache-Control", "no-store"), ("Surrogate-Control", "no-store")], HITS),
]


@rows("9213", "fields, expected", ROWS)
def test_cdn_cache_control(pair, fields, expected):
    check(pair, fields, expected)


@requirement("9213", "2.2", "MUST", "must-revalidate is understood: never stale.")
def test_must_revalidate(pair):
    path = pair.path(answer("first", cdn("max-age=0, must-revalidate, stale-if-error=60"), ETAG),
                     lambda exchange: exchange.reset())
    pair.get(path)
    assert pair.get(path).status == 502


@requirement("9213", "2.2", "SHOULD", "stale-while-revalidate and stale-if-error are understood.")
def test_stale(pair):
    path = pair.path(answer("first", NO_STORE, cdn("max-age=0, stale-if-error=60"), ETAG),
                     lambda exchange: exchange.reset())
    pair.get(path)
    assert pair.get(path).header("X-Answer") == "first"


@requirement("9213", "2.2", "MUST", "A 304's CDN-Cache-Control counts as a 200's does.")
def test_304(pair):
    path = pair.path(answer("first", cdn("max-age=0"), ETAG),
                     reply("", NO_STORE, cdn("max-age=3600"), ETAG, status=304))
    pair.get(path)
    for _ in range(2):
        assert pair.get(path).header("X-Answer") == "first"
    assert pair.asked(path) == 2


@requirement("9213", "3", "SHOULD", "It is passed on to caches behind.")
@requirement("9213", "2.2", "MUST", "Targeted fields of others are passed on.")
def test_it_is_passed_on(pair):
    path = pair.path(answer("first", MAX_AGE, cdn("foo"), ("Example-Cache-Control", "bar")))
    first = pair.get(path)
    assert first.header("CDN-Cache-Control") == "foo"
    assert first.header("Example-Cache-Control") == "bar"
