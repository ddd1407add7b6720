# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9111, 3: which responses are stored, and what of them."""
import pytest

from caching import ASKS, ETAG, HITS, LONG_AGO, MAX_AGE, ahead, answer, check
from requirements import requirement, rows


def cc(value):
    return ("Cache-Control", value)


DIRECTIVES = [
    ("5.2.2.5", "MUST", "no-store is not stored.", [cc("no-store"), LONG_AGO], 200, ASKS),
    ("5.2.2.5", "MUST", "no-store is not stored, however fresh.",
     [cc("max-age=3600, no-store"), ("Expires", ahead(3600))], 200, ASKS),
    ("5.2.2.5", "MUST", "No-StOrE is no-store.", [cc("No-StOrE, max-age=3600")], 200, ASKS),
    ("5.2.2.5", "MUST", "no-store on another line is not stored.",
     [MAX_AGE, cc("no-store")], 200, ASKS),
    ("5.2.2.7", "MUST", "A shared cache does not store private.",
     [cc("private, max-age=3600")], 200, ASKS),
    ("5.2.2.7", "MUST", "s-maxage does not make private storable.",
     [cc("private, s-maxage=3600")], 200, ASKS),
    ("5.2.2.4", "MUST", "no-cache is not used without validation.",
     [cc("no-cache, max-age=3600")], 200, ASKS),
    ("5.2.2.4", "MUST", "No-CaChE is no-cache.", [cc("No-CaChE, max-age=3600")], 200, ASKS),
    ("5.2.2.3", "MUST",
     "must-understand stores a status that is understood, whatever no-store says.",
     [cc("must-understand, no-store, max-age=3600")], 200, HITS),
    ("5.2.2.3", "MUST", "must-understand does not store a status that is not understood.",
     [cc("must-understand, max-age=3600")], 599, ASKS),
    ("5.2.2.9", "MAY", "public without a lifetime is stored where one can be guessed.",
     [cc("public"), LONG_AGO], 200, HITS),
    ("5.2.2.2", "SHOULD", "must-revalidate is used while it is fresh.",
     [cc("max-age=3600, must-revalidate"), ETAG], 200, HITS),
    ("5.2.2.8", "SHOULD", "proxy-revalidate is used while it is fresh.",
     [cc("max-age=3600, proxy-revalidate"), ETAG], 200, HITS),
    ("5.2.2.6", "SHOULD", "no-transform is stored.", [cc("max-age=3600, no-transform")], 200, HITS),
    ("3", "MUST", "206 without what makes it a part is not stored.", [MAX_AGE], 206, ASKS),
    ("3", "MUST", "412, which is of one request, is not stored.", [MAX_AGE], 412, ASKS),
    ("3", "MUST", "416, which is of one request, is not stored.", [MAX_AGE], 416, ASKS),
    ("7.3", "MAY", "Set-Cookie does not inhibit storing what says how long it is fresh.",
     [MAX_AGE, ("Set-Cookie", "a=b")], 200, HITS),
    ("3", "SHOULD", "A download's name does not inhibit storing.",
     [MAX_AGE, ("Content-Disposition", "attachment; filename=example.txt")], 200, HITS),
]


@rows("9111", "fields, status, expected", DIRECTIVES)
def test_directive(pair, fields, status, expected):
    check(pair, fields, expected, status=status)


@requirement("9111", "3", "SHOULD", "A final response of any status that says how long it is fresh "
             "is stored.")
@pytest.mark.parametrize("status", [200, 201, 202, 203, 204, 299, 300, 301, 302, 303, 307, 308, 400,
                                    403, 404, 405, 410, 451, 499, 500, 501, 502, 503, 504, 599])
def test_a_fresh_response_of_any_status_is_stored(pair, status):
    check(pair, [MAX_AGE], HITS, status=status)


@requirement("9111", "4.2", "MUST", "A stale response of any status is not used.")
@pytest.mark.parametrize("status", [200, 203, 204, 299, 301, 302, 303, 307, 308, 400, 404, 410, 499,
                                    500, 502, 503, 504, 599])
def test_a_stale_response_of_any_status_is_not_used(pair, status):
    check(pair, [("Expires", ahead(-5000))], ASKS, status=status)


AUTHORIZATION = [
    ("3.5", "MUST", "What answers Authorization is not used for others.", MAX_AGE, ASKS),
    ("3.5", "MUST", "Expires does not allow it.", ("Expires", ahead(3600)), ASKS),
    ("3.5", "MAY", "public allows it.", cc("public, max-age=3600"), HITS),
    ("3.5", "MAY", "must-revalidate allows it.", cc("must-revalidate, max-age=3600"), HITS),
    ("3.5", "MAY", "s-maxage allows it.", cc("s-maxage=3600"), HITS),
]


@rows("9111", "field, expected", AUTHORIZATION)
def test_authorization(pair, field, expected):
    check(pair, [field], expected, first=[("Authorization", "Basic eDp5")])


@requirement("9111", "3.5", "MAY", "What was stored for others is used for Authorization.")
def test_what_is_for_all_is_for_authorization(pair):
    check(pair, [MAX_AGE], HITS, second=[("Authorization", "Basic eDp5")])


@requirement("9110", "11.6.2", "MUST", "Authorization is passed on as it is.")
def test_authorization_is_passed_on(pair):
    path = pair.path(answer("x", MAX_AGE))
    pair.get(path, ("Authorization", "FOO"))
    assert pair.last_request(path).header("Authorization") == "FOO"


@requirement("9111", "5.2.1.5", "MUST", "What answers a request with no-store is not stored.")
def test_no_store_of_a_request(pair):
    check(pair, [MAX_AGE], ASKS, first=[cc("no-store")])


@requirement("9110", "5.6.1", "MUST", "Cookie does not inhibit use.")
def test_cookie(pair):
    check(pair, [MAX_AGE], HITS, second=[("Cookie", "a=b")])


# ---- what of it is stored (3.1)

STORED = [
    ("3.1", "MUST", f"{name} is stored.", name, value) for name, value in [
        ("Test-Header", "x"), ("Content-Type", "text/plain;charset=utf-8"),
        ("Content-Encoding", "x-unknown"), ("Content-Range", "bytes 0-4/5"),
        ("Content-Location", "/bar"), ("Content-MD5", "N7UdGUp1E+RbVvZSTy1R8g=="),
        ("Content-Security-Policy", "default-src 'self'"), ("Clear-Site-Data", "cookies"),
        ("ETag", '"ghijkl"'), ("Expires", "Mon, 11 Jan 2038 11:11:11 GMT"),
        ("Public-Key-Pins", "x"), ("Set-Cookie", "a=c"), ("Set-Cookie2", "a=c"),
        ("X-Frame-Options", "sameorigin"), ("X-XSS-Protection", "1; mode=block"),
        ("Strict-Transport-Security", "max-age=1"), ("WWW-Authenticate", "Basic realm=x"),
        ("Link", "</a>; rel=next"), ("Retry-After", "5"), ("Allow", "GET"), ("X-Empty", "")]
]


@rows("9111", "name, value", STORED)
def test_a_field_is_stored(pair, name, value):
    assert check(pair, [MAX_AGE, (name, value)], HITS).header(name) == value


@requirement("9110", "5.3", "MUST", "Lines of one field keep their order, and Set-Cookie its "
             "lines.")
def test_the_order_of_lines_is_kept(pair):
    fields = [("X-A", "1"), ("Set-Cookie", "a=b, c"), ("X-A", "2"), ("Set-Cookie", "d=e")]
    again = check(pair, [MAX_AGE, *fields], HITS)
    assert again.all("X-A") == ["1", "2"]
    assert again.all("Set-Cookie") == ["a=b, c", "d=e"]


NOT_STORED = [
    ("3.1", "MUST", f"{name} is not stored.", name, value) for name, value in [
        ("Keep-Alive", "timeout=5"), ("Proxy-Authenticate", "Basic realm=x"),
        ("Proxy-Authentication-Info", "x"), ("Proxy-Authorization", "x"),
        ("Proxy-Connection", "keep-alive"), ("TE", "trailers"), ("Upgrade", "x")]
]


@rows("9111", "name, value", NOT_STORED)
def test_a_field_is_not_stored(pair, name, value):
    assert check(pair, [MAX_AGE, (name, value)], HITS).header(name) is None


@requirement("9111", "3.1", "MUST", "Fields that Connection lists are neither stored nor passed "
             "on.")
def test_listed_fields_are_not_stored(pair):
    fields = [("Connection", "a, B"), ("A", "1"), ("b", "2"), ("c", "3")]
    again = check(pair, [MAX_AGE, *fields], HITS)
    assert [again.header(name) for name in "abc"] == [None, None, "3"]


QUALIFIED = [
    ("5.2.2.4", "MUST", "Fields that no-cache names are not used without validation.",
     'no-cache="a, B"'),
    ("5.2.2.7", "MUST", "Fields that private names are not stored.", 'private="a, B"'),
]


@rows("9111", "directive", QUALIFIED)
def test_named_fields(pair, directive):
    fields = [cc(directive), MAX_AGE, ("A", "1"), ("b", "2"), ("c", "3")]
    path = pair.path(answer("first", *fields), answer("second"))
    assert pair.get(path).header("a") == "1"
    again = pair.get(path)
    assert again.header("X-Answer") == "first"
    assert [again.header(name) for name in "abc"] == [None, None, "3"]


# ---- methods

@requirement("9111", "3", "MAY", "A response to HEAD is not used for GET.")
def test_head_is_not_used_for_get(pair):
    path = pair.path(answer("first", MAX_AGE), answer("second", MAX_AGE))
    assert pair.ask("HEAD", path).header("X-Answer") == "first"
    got = pair.get(path)
    assert (got.header("X-Answer"), got.body) == ("second", b"second")


@requirement("9110", "9.3.2", "MAY", "HEAD is answered by what was stored for GET.")
def test_head_is_answered_by_get(pair):
    path = pair.path(answer("first", MAX_AGE))
    got = pair.get(path)
    head = pair.ask("HEAD", path)
    assert (head.status, head.body, head.header("Content-Length")) == (200, b"", "5")
    assert head.header("Date") == got.header("Date")
    assert pair.asked(path) == 1


@requirement("9111", "3", "MUST", "What answers a method that is not understood is not stored.")
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "M-SEARCH"])
def test_other_methods_are_not_stored(pair, method):
    path = pair.path(answer("first", MAX_AGE), answer("second", MAX_AGE))
    assert pair.ask(method, path).header("X-Answer") == "first"
    assert pair.get(path).header("X-Answer") == "second"


@requirement("9110", "9.3.3", "MAY", "What answers POST is stored for GET, where it says how long "
             "it is fresh and its Content-Location is the request's URI.")
def test_post_is_stored(pair):
    path = pair.path(lambda exchange: answer(
        exchange.request.method, ("Expires", ahead(86400)),
        ("Content-Location", exchange.request.target))(exchange))
    assert pair.ask("POST", path, body=b"12345").header("X-Answer") == "POST"
    again = pair.get(path)
    assert (again.header("X-Answer"), again.body) == ("POST", b"POST")
    assert pair.asked(path) == 1
    assert pair.ask("POST", path, body=b"12345").header("X-Answer") == "POST"
    assert pair.asked(path) == 2     # never used for another POST


@requirement("9110", "9.3.3", "MUST", "What answers POST is not stored without both.")
@requirement("9110", "8.7", "MUST", "Content-Location of another answer than 2xx does not say what "
             "GET has.")
@pytest.mark.parametrize("status, fields", [
    (200, [("Expires", ahead(86400))]), (200, [("Content-Location", "{path}"), LONG_AGO]),
    (200, [("Content-Location", "/elsewhere"), MAX_AGE]),
    (200, [("Content-Location", "{path}?x"), MAX_AGE]),
    (200, [("Content-Location", "{path}"), cc("private, max-age=3600")]),
    (200, [("Content-Location", "http://other.example{path}"), MAX_AGE]),
    (400, [("Content-Location", "{path}"), MAX_AGE])],
    ids=["no location", "guessed", "elsewhere", "other query", "private", "other host", "400"])
def test_post_is_not_stored(pair, status, fields):
    def handler(exchange):
        said = [(name, value.format(path=exchange.request.target) if isinstance(value, str)
                 else value()) for name, value in fields]
        answer(exchange.request.method, *said, status=status)(exchange)
    path = pair.path(handler)
    assert pair.ask("POST", path, body=b"12345").header("X-Answer") == "POST"
    assert pair.get(path).header("X-Answer") == "GET"


# ---- whole ones only (3.3)

@requirement("9111", "3.3", "MUST", "A response that ends early is not stored as a whole one.")
@pytest.mark.parametrize("framing", ["Content-Length: 10\r\n\r\nhello",
                                     "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"])
def test_a_truncated_response_is_not_stored(h1_pair, framing):
    def cut(exchange):
        exchange.send(f"HTTP/1.1 200 OK\r\nCache-Control: max-age=3600\r\n{framing}")
        exchange.close()
    path = h1_pair.path(cut, answer("second", MAX_AGE))
    with h1_pair.client() as client:
        client.request("GET", path)
        assert client.head().status == 200
        client.rest()
    assert h1_pair.get(path).body == b"second"


@requirement("9111", "3.3", "MUST", "A response that ends by closing is whole where nothing else "
             "is said, and stored.")
def test_a_closed_response_is_stored(pair):
    def closes(exchange):
        exchange.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=3600\r\nX-Answer: first\r\n\r\n"
                      "hello")
        exchange.close()
    path = pair.path(closes, answer("second"))
    assert pair.get(path).body == b"hello"
    again = pair.get(path)
    assert (again.header("X-Answer"), again.body) == ("first", b"hello")
