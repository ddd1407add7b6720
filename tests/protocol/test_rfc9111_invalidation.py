# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9111, 4.4: what an unsafe method takes away."""
import pytest

from caching import ETAG, MAX_AGE, STALE, answer
from requirements import requirement, rows

METHODS = ["POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "PROPPATCH"]


@requirement("9111", "4.4", "MUST", "A successful unsafe request invalidates its URI, methods that "
             "nobody knows included.")
@pytest.mark.parametrize("method", METHODS)
def test_the_uri_is_invalidated(pair, method):
    path = pair.path(answer("first", MAX_AGE), answer("changed"), answer("second", MAX_AGE))
    pair.get(path)
    assert pair.ask(method, path, body=b"abc").header("X-Answer") == "changed"
    assert pair.get(path).header("X-Answer") == "second"


@requirement("9111", "4.4", "MUST", "A redirection counts as success.")
@pytest.mark.parametrize("status", [201, 204, 301, 303, 307])
def test_statuses_that_invalidate(pair, status):
    path = pair.path(answer("first", MAX_AGE), answer("changed", status=status), answer("second"))
    pair.get(path)
    assert pair.ask("POST", path, body=b"abc").status == status
    assert pair.get(path).header("X-Answer") == "second"


@requirement("9111", "4.4", "MAY", "A request that fails invalidates nothing.")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_a_failure_does_not_invalidate(pair, method, status):
    path = pair.path(answer("first", MAX_AGE), answer("no", status=status), answer("second"))
    pair.get(path)
    assert pair.ask(method, path, body=b"abc").status == status
    assert pair.get(path).header("X-Answer") == "first"


@requirement("9111", "4.4", "MUST", "Safe methods invalidate nothing.")
@pytest.mark.parametrize("method", ["OPTIONS", "HEAD"])
def test_safe_methods_do_not_invalidate(pair, method):
    path = pair.path(answer("first", MAX_AGE), answer("second"))
    pair.get(path)
    pair.ask(method, path)
    assert pair.get(path).header("X-Answer") == "first"


@requirement("9111", "4.4", "MAY", "Location and Content-Location are invalidated, too.")
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "M-SEARCH"])
@pytest.mark.parametrize("field", ["Location", "Content-Location"])
@pytest.mark.parametrize("form", ["{path}", "http://example.com{path}", "//example.com{path}",
                                  "HTTP://EXAMPLE.COM:80{path}", "../{name}", "{name}#part",
                                  "./{name}", "/x/../{name}"])
def test_named_uris_are_invalidated(pair, method, field, form):
    other = pair.path(answer("first", MAX_AGE), answer("second"))
    named = form.format(path=other, name=other[1:])
    path = pair.path(answer("changed", (field, named)), name="f/" if form[:2] == ".." else "p")
    pair.get(other)
    pair.ask(method, path, body=b"abc")
    assert pair.get(other).header("X-Answer") == "second"


@requirement("9111", "4.4", "MUST", "A URI of another origin is not invalidated.")
@pytest.mark.parametrize("where", ["http://other.example{path}", "//other.example{path}",
                                   "http://example.com:81{path}", "https://example.com{path}",
                                   "http://example.com@other.example{path}"])
def test_foreign_uris_are_not_invalidated(pair, where):
    other = pair.path(answer("first", MAX_AGE), answer("second"))
    path = pair.path(answer("changed", ("Location", where.format(path=other))))
    pair.get(other)
    pair.ask("POST", path, body=b"abc")
    assert pair.get(other).header("X-Answer") == "first"


@requirement("9111", "4.4", "MUST", "All variants of the URI are invalidated.")
def test_all_variants_are_invalidated(pair):
    changed = []

    def handler(exchange):
        if exchange.request.method == "POST":
            changed.append(True)
        answer("new" if changed else "old", MAX_AGE, ("Vary", "Foo"))(exchange)
    path = pair.path(handler)
    for value in ("1", "2"):
        assert pair.get(path, ("Foo", value)).header("X-Answer") == "old"
    pair.ask("POST", path, body=b"abc")
    for value in ("1", "2"):
        assert pair.get(path, ("Foo", value)).header("X-Answer") == "new"


FAILURES = [
    ("4.2.4", "MUST", "must-revalidate is never served stale: an error is told.",
     "must-revalidate"),
    ("4.2.4", "MUST", "proxy-revalidate is never served stale: an error is told.",
     "proxy-revalidate"),
    ("4.2.4", "MUST", "s-maxage is never served stale: an error is told.", "s-maxage=0"),
    ("4.2.4", "MUST", "no-cache is never served without validation: an error is told.", "no-cache"),
]


@rows("9111", "directive", FAILURES)
def test_never_stale(pair, directive):
    path = pair.path(answer("first", ("Cache-Control", f"max-age=0, {directive}"), ETAG),
                     lambda exchange: exchange.reset())
    pair.get(path)
    assert pair.get(path).status == 502


@requirement("9111", "4.2.4", "MUST", "A stale response is not used where nobody allows it.")
def test_stale_is_not_used(pair):
    path = pair.path(answer("first", STALE, ETAG), lambda exchange: exchange.reset())
    pair.get(path)
    assert pair.get(path).status == 502
