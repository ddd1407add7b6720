# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9111, 4 and 5.2.1: what is answered from the store, and what the client may ask for."""
import threading

from caching import (ASKS, ETAG, HITS, MAX_AGE, STALE, ahead, answer, check, is_aged, until)
from requirements import requirement, rows


def cc(value):
    return ("Cache-Control", value)


DIRECTIVES = [
    ("5.2.1.1", "MUST", "max-age=0 is asked again.", [MAX_AGE], cc("max-age=0"), ASKS),
    ("5.2.1.1", "MUST", "max-age that it has passed is asked again.", [MAX_AGE, ("Age", "1800")],
     cc("max-age=600"), ASKS),
    ("5.2.1.1", "MAY", "max-age that it has not passed is served.", [MAX_AGE, ("Age", "300")],
     cc("max-age=600"), HITS),
    ("5.2.1.2", "MAY", "max-stale allows so much staleness.",
     [cc("max-age=1500"), ("Age", "2000"), ETAG], cc("max-stale=1000"), HITS),
    ("5.2.1.2", "MUST", "max-stale allows no more than that.",
     [cc("max-age=1500"), ("Age", "2000"), ETAG], cc("max-stale=100"), ASKS),
    ("5.2.1.2", "MAY", "max-stale without a value allows any staleness.",
     [cc("max-age=1500"), ("Age", "200000"), ETAG], cc("max-stale"), HITS),
    ("5.2.2.2", "MUST", "max-stale does not go before must-revalidate.",
     [cc("max-age=1500, must-revalidate"), ("Age", "2000"), ETAG], cc("max-stale=1000"), ASKS),
    ("5.2.2.8", "MUST", "max-stale does not go before proxy-revalidate.",
     [cc("max-age=1500, proxy-revalidate"), ("Age", "2000"), ETAG], cc("max-stale=1000"), ASKS),
    ("5.2.2.10", "MUST", "max-stale does not go before s-maxage.",
     [cc("s-maxage=1500"), ("Age", "2000"), ETAG], cc("max-stale=1000"), ASKS),
    ("5.2.1.3", "MUST", "min-fresh that is not left is asked again.", [cc("max-age=1500")],
     cc("min-fresh=2000"), ASKS),
    ("5.2.1.3", "MUST", "min-fresh that Age does not leave is asked again.",
     [cc("max-age=1500"), ("Age", "1000")], cc("min-fresh=1000"), ASKS),
    ("5.2.1.3", "MAY", "min-fresh that is left is served.", [cc("max-age=1500")],
     cc("min-fresh=1000"), HITS),
    ("5.2.1.4", "MUST", "no-cache is asked again.", [MAX_AGE], cc("no-cache"), ASKS),
    ("5.2.1.6", "MAY", "no-transform is served.", [MAX_AGE], cc("no-transform"), HITS),
    ("5.2.1", "MUST", "Directives that are not known are overlooked.", [MAX_AGE],
     cc("nothing-to-see-here"), HITS),
    ("5.4", "MAY", "Pragma: no-cache without Cache-Control is no-cache.", [MAX_AGE],
     ("Pragma", "no-cache"), ASKS),
    ("5.4", "MUST", "Other words in Pragma say nothing.", [MAX_AGE], ("Pragma", "foo"), HITS),
]


@rows("9111", "fields, asked, expected", DIRECTIVES)
def test_directive(pair, fields, asked, expected):
    check(pair, fields, expected, second=[asked])


@requirement("9111", "5.4", "MUST", "Cache-Control goes before Pragma.")
def test_cache_control_goes_before_pragma(pair):
    check(pair, [MAX_AGE], HITS, second=[("Pragma", "no-cache"), cc("max-age=600")])


@requirement("9111", "5.2.1.7", "SHOULD", "only-if-cached is answered from the store, or 504.")
def test_only_if_cached(pair):
    path = pair.path(answer("first", MAX_AGE))
    assert pair.get(path, cc("only-if-cached")).status == 504
    assert pair.asked(path) == 0
    pair.get(path)
    assert pair.get(path, cc("only-if-cached")).header("X-Answer") == "first"


@requirement("9111", "5.2.1.7", "SHOULD", "only-if-cached is 504 where what is stored is stale.")
def test_only_if_cached_and_stale(pair):
    path = pair.path(answer("first", STALE, ETAG))
    pair.get(path)
    assert pair.get(path, cc("only-if-cached")).status == 504
    assert pair.asked(path) == 1


# ---- what is answered (4)

@requirement("9111", "4", "MUST", "A response from the store has an Age.")
@requirement("9111", "4.2.3", "MUST", "Age grows while a response is stored.")
def test_age_grows(pair):
    path = pair.path(answer("first", MAX_AGE))
    assert pair.get(path).header("Age") is None
    first = pair.get(path)
    assert is_aged(first, 0)
    until(lambda: int(pair.get(path).header("Age")) > int(first.header("Age")))
    assert pair.asked(path) == 1


@requirement("9111", "5.1", "MUST", "Age that came is what is counted from, by max-age and "
             "Expires.")
def test_age_is_counted_on(pair):
    for lifetime in (MAX_AGE, ("Expires", ahead(86400))):
        path = pair.path(answer("first", lifetime, ("Age", "30")))
        pair.get(path)
        assert is_aged(pair.get(path), 30)
        until(lambda path=path: int(pair.get(path).header("Age")) > 30)


@requirement("9111", "5.1", "MUST", "Age that an earlier cache has said is told on.")
def test_age_is_told_on(pair):
    path = pair.path(answer("first", MAX_AGE, ("Age", "30")))
    assert is_aged(pair.get(path), 30)
    path = pair.path(answer("first", cc("no-store"), ("Age", "30")))
    assert is_aged(pair.get(path), 30)


@requirement("9110", "6.6.1", "MUST", "Date and Expires of a stored response stay as they were.")
def test_date_stays(pair):
    path = pair.path(answer("first", ("Date", ahead(-100)), ("Expires", ahead(3600))))
    first, again = pair.get(path), pair.get(path)
    assert again.header("X-Answer") == "first" and pair.asked(path) == 1
    assert [again.header(name) for name in ("Date", "Expires")] == [
        first.header(name) for name in ("Date", "Expires")]


@requirement("9110", "6.6.1", "MUST", "What came without a Date gets one.")
def test_what_has_no_date_gets_one(pair):
    def handler(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nab")
    path = pair.path(handler)
    assert pair.get(path).header("Date") == pair.get(path).header("Date") is not None
    assert pair.ask("POST", path, body=b"").header("Date") is not None


@requirement("9111", "2", "MUST", "Another query is another URI.")
@requirement("9111", "2", "MAY", "The same query is the same URI.")
def test_the_query_counts(pair):
    path = pair.path(answer("first", MAX_AGE), answer("second", MAX_AGE))
    assert pair.get(path + "?a=1").header("X-Answer") == "first"
    assert pair.get(path + "?a=2").header("X-Answer") == "second"
    assert pair.get(path + "?a=1").header("X-Answer") == "first"
    assert pair.get(path).header("X-Answer") == "second"


@requirement("9110", "4.2.3", "MUST", "Another host is another URI; its case and the usual port do "
             "not count.")
def test_the_host_counts(pair):
    path = pair.path(answer("first", MAX_AGE), answer("second", MAX_AGE))
    for host, name in (("a.example", "first"), ("b.example", "second"), ("A.Example", "first"),
                       ("a.example:80", "first"), ("a.example:81", "second")):
        assert pair.get(path, host=host).header("X-Answer") == name


@requirement("9110", "4.2.3", "MUST", "The case of a path counts.")
def test_the_case_of_a_path_counts(pair):
    path = pair.path(answer("first", MAX_AGE), name="Case")
    pair.get(path)
    assert pair.get(path.lower()).status == 404


@requirement("9111", "4", "MUST", "A request with an unsafe method is written through.")
def test_unsafe_methods_are_written_through(pair):
    path = pair.path(answer("first", MAX_AGE), answer("second"), answer("third"))
    pair.get(path)
    assert pair.ask("POST", path, body=b"x").header("X-Answer") == "second"
    assert pair.ask("PUT", path, body=b"x").header("X-Answer") == "third"


@requirement("9111", "4", "MAY", "Requests for the same URI are one request to the origin.")
def test_requests_are_collapsed(pair):
    gate = threading.Event()

    def handler(exchange):
        assert gate.wait(30)
        answer("first", MAX_AGE)(exchange)
    path = pair.path(handler)
    clients = [pair.client() for _ in range(5)]
    for client in clients:
        client.request("GET", path)
    pair.origin.wait_for(lambda origin: origin.asked(path) == 1)
    gate.set()
    for client in clients:
        assert client.response().header("X-Answer") == "first"
        client.close()
    assert pair.asked(path) == 1


@requirement("9111", "3.4", "MAY", "A range of a whole stored response is served from it.")
def test_ranges_are_served(pair):
    path = pair.path(answer("first", MAX_AGE, ("X-A", "1"), body="0123456789A"))
    pair.get(path)
    for wanted, body in (("0-1", b"01"), ("1-", b"123456789A"), ("-1", b"A")):
        part = pair.get(path, ("Range", f"bytes={wanted}"))
        assert (part.status, part.body, part.header("X-A")) == (206, body, "1")
    assert pair.asked(path) == 1
