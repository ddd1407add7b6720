# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9110, 14: ranges of what is stored, and of what is not."""
import re

import pytest

from caching import ETAG, MAX_AGE, ago, answer
from requirements import requirement, rows
from scripted_origin import now, reply

BODY = "0123456789"


def stored(pair, *fields, body=BODY):
    path = pair.path(answer("first", MAX_AGE, *fields, body=body))
    pair.get(path)
    return path


RANGES = [
    ("14.1.2", "MUST", "first-last", "bytes=0-1", "01", "0-1"),
    ("14.1.2", "MUST", "first- (to the end)", "bytes=7-", "789", "7-9"),
    ("14.1.2", "MUST", "-count (from the end)", "bytes=-3", "789", "7-9"),
    ("14.1.2", "MUST", "A last beyond the end is the end.", "bytes=8-100", "89", "8-9"),
    ("14.1.2", "MUST", "More from the end than there is, is all.", "bytes=-100", BODY, "0-9"),
    ("14.1.2", "MUST", "Numbers beyond 64 bits do not overflow.",
     "bytes=5-99999999999999999999999", "56789", "5-9"),
    ("14.1", "MUST", "The unit has no case.", "BYTES=0-1", "01", "0-1"),
    ("14.1.1", "MUST", "Blanks may stand around commas.", "bytes= 0-1 , ", "01", "0-1"),
]


@rows("9110", "wanted, body, range_", RANGES)
def test_a_range(pair, wanted, body, range_):
    path = stored(pair, ETAG)
    part = pair.get(path, ("Range", wanted))
    assert (part.status, part.body) == (206, body.encode())
    assert part.header("Content-Range") == f"bytes {range_}/10"
    assert part.header("Content-Length") == str(len(body))
    assert pair.asked(path) == 1


WHOLE = [
    ("14.2", "MUST", f"{what} is overlooked: the whole is sent.", wanted) for what, wanted in [
        ("A unit that is not known", "lines=1-2"), ("A range that is none", "bytes=x"),
        ("A last before the first", "bytes=5-2"), ("A sign", "bytes=+1-2"),
        ("An empty set", "bytes="), ("A range without an equals sign", "bytes 0-1")]
]


@rows("9110", "wanted", WHOLE)
def test_the_whole(pair, wanted):
    path = stored(pair)
    whole = pair.get(path, ("Range", wanted))
    assert (whole.status, whole.body) == (200, BODY.encode())


@requirement("9110", "14.1.2", "MUST", "The last bytes of an empty body are satisfiable: all of "
             "it.")
def test_the_end_of_nothing(pair):
    path = stored(pair, body="")
    whole = pair.get(path, ("Range", "bytes=-5"))
    assert (whole.status, whole.body) == (200, b"")
    assert pair.get(path, ("Range", "bytes=0-")).status == 416


@requirement("9110", "15.5.17", "SHOULD", "A range behind the end is 416, and says how long it is.")
@pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=100-200", "bytes=-0"])
def test_not_satisfiable(pair, wanted):
    path = stored(pair)
    refused = pair.get(path, ("Range", wanted))
    assert (refused.status, refused.header("Content-Range")) == (416, "bytes */10")


@requirement("9110", "14.6", "MUST", "Several ranges are multipart/byteranges, each with its "
             "Content-Range.")
@requirement("9110", "15.3.7.2", "MUST", "A multipart answer has no Content-Range of its own.")
def test_several(pair):
    path = stored(pair, ("Content-Type", "a/b"))
    part = pair.get(path, ("Range", "bytes=0-1,4-5,-1"))
    assert (part.status, part.header("Content-Range")) == (206, None)
    boundary = re.fullmatch(r"multipart/byteranges; boundary=(\S+)",
                            part.header("Content-Type")).group(1)
    pieces = part.body.decode().split(f"--{boundary}")[1:-1]
    assert [piece.split("\r\n\r\n")[1].strip() for piece in pieces] == ["01", "45", "9"]
    for piece, range_ in zip(pieces, ("0-1", "4-5", "9-9")):
        assert f"Content-Range: bytes {range_}/10\r\n" in piece
        assert "Content-Type: a/b\r\n" in piece


@requirement("9110", "14.2", "MAY", "Many overlapping ranges are overlooked.")
def test_too_many(pair):
    path = stored(pair)
    wanted = ",".join(["0-"] * 200)
    assert pair.get(path, ("Range", f"bytes={wanted}")).status == 200


@requirement("9110", "15.3.7", "MUST", "206 has Date, Cache-Control, ETag, Expires, "
             "Content-Location and Vary as 200 would have them.")
def test_206_has_what_it_must(pair):
    fields = [("Date", now(0)), ETAG, ("Expires", now(3600)), ("Content-Location", "/x"),
              ("Vary", "X-A")]
    path = stored(pair, *fields)
    part = pair.get(path, ("Range", "bytes=0-1"))
    for name, value in [*fields, MAX_AGE]:
        assert part.header(name) == value


@requirement("9110", "14.2", "MUST", "Range of another method than GET is overlooked.")
def test_range_of_head(pair):
    path = stored(pair)
    head = pair.ask("HEAD", path, ("Range", "bytes=0-1"))
    assert (head.status, head.header("Content-Length")) == (200, "10")


@requirement("9110", "13.2.2", "MUST", "A condition that makes 304 goes before Range.")
def test_304_goes_before(pair):
    path = stored(pair, ETAG)
    assert pair.get(path, ("If-None-Match", '"v1"'), ("Range", "bytes=0-1")).status == 304
    assert pair.get(path, ("If-None-Match", '"v2"'), ("Range", "bytes=0-1")).status == 206


@requirement("9110", "14.2", "MUST", "Range of what is no 200 is overlooked.")
def test_range_of_an_error(pair):
    path = pair.path(answer("first", MAX_AGE, status=404, body=BODY))
    for _ in range(2):
        assert pair.get(path, ("Range", "bytes=0-1")).status == 404


STRONG_DATE = now(-3600)
YOUNG_DATE = ago(1)     # of the test: a minute later it is strong
IF_RANGE = [
    ("13.1.5", "MUST", "If-Range with the strong ETag: 206.", [ETAG], '"v1"', 206),
    ("13.1.5", "MUST", "If-Range with another ETag: 200.", [ETAG], '"v2"', 200),
    ("13.1.5", "MUST", "If-Range with a weak ETag: 200.", [("ETag", 'W/"v1"')], 'W/"v1"', 200),
    ("13.1.5", "MUST", "If-Range with an ETag that is weak in the store: 200.",
     [("ETag", 'W/"v1"')], '"v1"', 200),
    ("13.1.5", "MUST", "If-Range with the very Last-Modified, which is strong: 206.",
     [("Last-Modified", STRONG_DATE)], STRONG_DATE, 206),
    ("13.1.5", "MUST", "If-Range with a later date: 200.",
     [("Last-Modified", STRONG_DATE)], now(-10), 200),
    ("13.1.5", "MUST", "If-Range with an earlier date: 200.",
     [("Last-Modified", STRONG_DATE)], now(-7200), 200),
    ("8.8.2.2", "MUST", "If-Range with a Last-Modified that is too young to be strong: 200.",
     [("Last-Modified", YOUNG_DATE)], YOUNG_DATE, 200),
    ("13.1.5", "MUST", "If-Range where nothing is known of what is stored: 200.", [], '"v1"', 200),
    ("13.1.5", "MUST", "If-Range with what is neither: 200.", [ETAG], "v1", 200),
]


@rows("9110", "fields, condition, status", IF_RANGE)
def test_if_range(pair, fields, condition, status):
    if condition is YOUNG_DATE:
        condition = YOUNG_DATE()
        fields = [("Last-Modified", condition)]
    path = stored(pair, *fields)
    part = pair.get(path, ("Range", "bytes=0-1"), ("If-Range", condition))
    assert (part.status, part.body) == (status, b"01" if status == 206 else BODY.encode())
    assert pair.asked(path) == 1


@requirement("9110", "13.1.5", "MUST", "If-Range without Range is overlooked.")
def test_if_range_alone(pair):
    path = stored(pair, ETAG)
    assert pair.get(path, ("If-Range", '"v2"')).status == 200


@requirement("9110", "14.2", "MAY", "An origin that knows no ranges is no hindrance: what is not "
             "stored is fetched whole, and the range served.")
def test_a_range_of_what_is_not_stored(pair):
    path = pair.path(answer("first", MAX_AGE, body=BODY))
    part = pair.get(path, ("Range", "bytes=2-3"))
    assert part.status in (200, 206)
    assert part.body == (b"23" if part.status == 206 else BODY.encode())
    assert pair.get(path).body == BODY.encode()
    assert pair.asked(path) == 1


@requirement("9110", "14.2", "MUST", "A range of what is not cacheable is the origin's.")
def test_a_range_that_is_passed_on(pair):
    def handler(exchange):
        assert exchange.request.header("Range") == "bytes=2-3"
        exchange.reply(206, "23", [("Content-Range", "bytes 2-3/10"),
                                   ("Cache-Control", "no-store")])
    path = pair.path(reply("x", ("Cache-Control", "no-store")), handler)
    pair.get(path)     # known not to be cacheable from now on
    part = pair.get(path, ("Range", "bytes=2-3"))
    assert (part.status, part.body) == (206, b"23")
    assert part.header("Content-Range") == "bytes 2-3/10"


@requirement("9110", "14.3", "MUST", "Accept-Ranges is passed on.")
def test_accept_ranges(pair):
    path = stored(pair, ("Accept-Ranges", "bytes"))
    assert pair.get(path).header("Accept-Ranges") == "bytes"
