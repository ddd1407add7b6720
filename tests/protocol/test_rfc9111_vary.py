# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9111, 4.1: responses that depend on fields of the request."""
from caching import ASKS, ETAG, HITS, MAX_AGE, STALE, answer, check
from requirements import requirement, rows

ONE, TWO = [("Foo", "1")], [("Foo", "2")]
THREE = [("Foo", "1"), ("Bar", "abc"), ("Baz", "789")]

ROWS = [
    ("4.1", "MAY", "The same field selects the stored response.", ["Foo"], ONE, ONE, HITS),
    ("4.1", "MUST", "Another value does not.", ["Foo"], ONE, TWO, ASKS),
    ("4.1", "MUST", "A field that is not there is not one that is.", ["Foo"], ONE, [], ASKS),
    ("4.1", "MUST", "A field that is there is not one that is not.", ["Foo"], [], ONE, ASKS),
    ("4.1", "MUST", "An empty field is not one that is not there.", ["Foo"], [], [("Foo", "")],
     ASKS),
    ("4.1", "MAY", "A field that neither has selects it.", ["Foo"], [], [], HITS),
    ("4.1", "MAY", "Fields that Vary does not name do not count.", ["Foo"],
     [*ONE, ("Other", "2")], [*ONE, ("Other", "3")], HITS),
    ("4.1", "MAY", "Two fields, both the same.", ["Foo, Bar"], THREE[:2], THREE[:2], HITS),
    ("4.1", "MUST", "Two fields, one of which differs.", ["Foo, Bar"], THREE[:2],
     [*TWO, THREE[1]], ASKS),
    ("4.1", "MUST", "Two fields, one of which is not there.", ["Foo, Bar"], THREE[:2], ONE, ASKS),
    ("4.1", "MUST", "Two fields, none of which is there.", ["Foo, Bar"], THREE[:2], [], ASKS),
    ("4.1", "MAY", "Three fields in another order.", ["Foo, Bar, Baz"], THREE, THREE[::-1], HITS),
    ("4.1", "MUST", "Three fields in another order, one of which differs.", ["Foo, Bar, Baz"],
     THREE, [THREE[2], ("Bar", "abcde"), THREE[0]], ASKS),
    ("4.1", "MAY", "Three fields, one of which neither has.", ["Foo, Bar, Baz"],
     [THREE[0], THREE[2]], [THREE[0], THREE[2]], HITS),
    ("4.1", "MUST", "Fields on several lines of Vary count.", ["Foo", "Bar"], THREE[:2],
     [THREE[0], ("Bar", "x")], ASKS),
    ("4.1", "MUST", "The names in Vary have no case.", ["fOO"], ONE, TWO, ASKS),
    ("4.1", "MUST", "A value in another case is another value.", ["Foo"], [("Foo", "a")],
     [("Foo", "A")], ASKS),
    ("4.1", "MUST", "* matches nothing.", ["*"], ONE, ONE, ASKS),
    ("4.1", "MUST", "*, * matches nothing.", ["*, *"], ONE, ONE, ASKS),
    ("4.1", "MUST", "* on two lines matches nothing.", ["*", "*"], ONE, ONE, ASKS),
    ("4.1", "MUST", "* behind an empty member matches nothing.", [", *"], ONE, ONE, ASKS),
    ("4.1", "MUST", "* behind an empty line matches nothing.", ["", "*"], ONE, ONE, ASKS),
    ("4.1", "MUST", "* before a name matches nothing.", ["*, Foo"], ONE, ONE, ASKS),
    ("4.1", "MUST", "* behind a name matches nothing.", ["Foo, *"], ONE, ONE, ASKS),
    ("4.1", "MAY", "An empty Vary selects whatever is asked.", [""], ONE, TWO, HITS),
    ("4.1", "MAY", "Blanks around commas of a list do not count.", ["Prefer"], [("Prefer", "1,2")],
     [("Prefer", " 1, 2 ")], HITS),
    ("4.1", "MUST", "Blanks behind commas of a field that is no list count.", ["User-Agent"],
     [("User-Agent", "Foo (a,b)")], [("User-Agent", "Foo (a, b)")], ASKS),
    ("4.1", "MUST", "Blanks within a line of cookies count.", ["Cookie"], [("Cookie", "a=1, b=2")],
     [("Cookie", "a=1,  b=2")], ASKS),
    ("4.1", "MUST", "Two cookies are not one with a comma.", ["Cookie"], [("Cookie", "a=1, b=2")],
     [("Cookie", "a=1"), ("Cookie", "b=2")], ASKS),
    ("4.1", "MAY", "Two lines are the same as one with a comma.", ["Foo"], [("Foo", "1, 2")],
     [("Foo", "1"), ("Foo", "2")], HITS),
    ("4.1", "MUST", "The order of an unknown list counts.", ["Foo"], [("Foo", "1, 2")],
     [("Foo", "2, 1")], ASKS),
    ("4.1", "MAY", "The order of languages does not count.", ["Accept-Language"],
     [("Accept-Language", "en, de")], [("Accept-Language", "de, en")], HITS),
    ("4.1", "MAY", "The case of languages does not count.", ["Accept-Language"],
     [("Accept-Language", "en, de")], [("Accept-Language", "eN, De")], HITS),
    ("4.1", "MAY", "Blanks between languages do not count.", ["Accept-Language"],
     [("Accept-Language", "en, de")], [("Accept-Language", " en ,   de")], HITS),
    ("4.1", "MAY", "A weight of 1 is no weight.", ["Accept-Language"],
     [("Accept-Language", "en, de;q=0.5")], [("Accept-Language", "de;q=0.500, en;q=1.0")], HITS),
    ("4.1", "MUST", "Other weights of languages count.", ["Accept-Language"],
     [("Accept-Language", "en, de;q=0.5")], [("Accept-Language", "en;q=0.5, de")], ASKS),
    ("4.1", "MAY", "The order of codings does not count.", ["Accept-Encoding"],
     [("Accept-Encoding", "gzip, br")], [("Accept-Encoding", "br,gzip")], HITS),
]


@rows("9111", "names, first, second, expected", ROWS)
def test_vary(pair, names, first, second, expected):
    check(pair, [MAX_AGE, *(("Vary", name) for name in names)], expected, first, second)


@requirement("9111", "4.1", "MAY", "A stored response in the language that is wanted most is used, "
             "though it was selected in other words.")
def test_the_language_that_is_wanted_most(pair):
    fields = [MAX_AGE, ("Vary", "Accept-Language"), ("Content-Language", "de")]
    check(pair, fields, HITS, [("Accept-Language", "en, de")],
          [("Accept-Language", "fr;q=0.5, de;q=1.0")])
    check(pair, fields, ASKS, [("Accept-Language", "en, de")],
          [("Accept-Language", "de;q=0.5, fr")])
    check(pair, fields, ASKS, [("Accept-Language", "en, de")], [("Accept-Language", "de, fr")])
    check(pair, [*fields, ("Vary", "Foo")], ASKS, [("Accept-Language", "en, de")],
          [("Accept-Language", "fr;q=0.5, de;q=1.0"), ("Foo", "1")])


def by_foo(*fields):
    return lambda exchange: answer(
        exchange.request.header("Foo") or "none", ("Vary", "Foo"), *fields)(exchange)


@requirement("9111", "4.1", "MAY", "Responses for several selections are stored beside each other.")
def test_variants_are_kept(pair):
    path = pair.path(by_foo(MAX_AGE))
    for value in ("1", "2", "1", "2"):
        assert pair.get(path, ("Foo", value)).header("X-Answer") == value
    assert pair.get(path).header("X-Answer") == "none"
    assert pair.asked(path) == 3


@requirement("9111", "4.1", "MUST", "A response without Vary does not make others forgotten, nor "
             "is it hidden by them.")
def test_a_response_without_vary(pair):
    path = pair.path(by_foo(MAX_AGE), answer("plain", MAX_AGE), answer("third", MAX_AGE))
    assert pair.get(path, ("Foo", "1")).header("X-Answer") == "1"
    assert pair.get(path, ("Foo", "2")).header("X-Answer") == "plain"
    assert pair.get(path, ("Foo", "3")).header("X-Answer") in ("plain", "third")


@requirement("9111", "4.1", "MUST", "Of several that match the latest is used.")
def test_the_latest_is_used(pair):
    path = pair.path(answer("first", MAX_AGE, ("Vary", "Foo")),
                     answer("second", MAX_AGE, ("Vary", "Bar")))
    pair.get(path, ("Foo", "1"), ("Bar", "1"))
    pair.get(path, ("Foo", "2"), ("Bar", "1"))
    assert pair.get(path, ("Foo", "1"), ("Bar", "1")).header("X-Answer") == "second"


@requirement("9111", "4.3.1", "MUST", "A validation says what selected the stored response.")
def test_a_validation_has_the_selecting_fields(pair):
    path = pair.path(by_foo(STALE, ETAG))
    for _ in range(2):
        pair.get(path, ("Foo", "1"))
    assert pair.last_request(path).header("Foo") == "1"
    assert pair.last_request(path).header("If-None-Match") == '"v1"'


@requirement("9111", "4.3.1", "MUST", "A stored response that the request does not select is not "
             "what is validated for it alone.")
def test_another_variant_is_not_validated(pair):
    path = pair.path(by_foo(MAX_AGE, ETAG))
    pair.get(path, ("Foo", "1"))
    assert pair.get(path, ("Foo", "2")).header("X-Answer") == "2"
    assert pair.last_request(path).header("If-None-Match") is None


@requirement("9111", "4.3.4", "MUST", "A 304 updates the variant that was validated, and no other.")
def test_a_304_updates_its_variant(pair):
    def handler(exchange):
        if exchange.request.header("If-None-Match"):
            exchange.reply(304, "", [MAX_AGE, ("ETag", '"1"'), ("Vary", "Foo"), ("X-New", "yes")])
        else:
            value = exchange.request.header("Foo")
            by_foo(("Cache-Control", "max-age=" + ("0" if value == "1" else "3600")),
                   ("ETag", f'"{value}"'))(exchange)
    path = pair.path(handler)
    for value in ("2", "1"):
        pair.get(path, ("Foo", value))
    again = pair.get(path, ("Foo", "1"))
    assert (again.header("X-Answer"), again.header("X-New")) == ("1", "yes")
    other = pair.get(path, ("Foo", "2"))
    assert (other.header("X-Answer"), other.header("X-New")) == ("2", None)
    assert pair.asked(path) == 3
