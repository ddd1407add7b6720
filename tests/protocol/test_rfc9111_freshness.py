# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""RFC 9111, 4.2: how long a response is fresh, and how old it is."""
import pytest

from caching import (ASKS, HITS, LONG_AGO, MAX_AGE, STALE, ago, ahead, answer, check, until)
from requirements import requirement, rows


def cc(value):
    return ("Cache-Control", value)


@requirement("9111", "4.2", "MUST", "A fresh response becomes stale when its lifetime is over.")
def test_it_becomes_stale(pair):
    path = pair.path(answer("first", MAX_AGE, ("Age", "3599")), answer("second", MAX_AGE))
    assert pair.get(path).header("X-Answer") == "first"
    until(lambda: pair.get(path).header("X-Answer") == "second")


LIFETIMES = [
    ("4.2.1", "SHOULD", "max-age is the lifetime.", [MAX_AGE], HITS),
    ("5.2.2.1", "MUST", "max-age=0 is stale at once.", [STALE], ASKS),
    ("5.2.2.10", "MUST", "s-maxage goes before a longer max-age.",
     [cc("max-age=3600, s-maxage=0")], ASKS),
    ("5.2.2.10", "MUST", "s-maxage goes before max-age, whichever comes first.",
     [cc("s-maxage=0, max-age=3600")], ASKS),
    ("5.2.2.10", "MUST", "s-maxage goes before max-age on another line.",
     [MAX_AGE, cc("s-maxage=0")], ASKS),
    ("5.2.2.10", "SHOULD", "s-maxage goes before a shorter max-age.",
     [cc("max-age=0, s-maxage=3600")], HITS),
    ("5.2.2.10", "SHOULD", "s-maxage goes before Expires.",
     [cc("max-age=0, s-maxage=3600"), ("Expires", ago(10))], HITS),
    ("5.2.2.10", "SHOULD", "s-maxage alone is a lifetime.", [cc("s-maxage=3600")], HITS),
    ("5.2.2.1", "SHOULD", "max-age goes before Expires in the past.",
     [MAX_AGE, ("Expires", ago(7200))], HITS),
    ("5.2.2.1", "SHOULD", "max-age goes before Expires that is no date.",
     [MAX_AGE, ("Expires", "0")], HITS),
    ("5.3", "MUST", "Expires in the future says nothing beside max-age=0.",
     [STALE, ("Expires", ahead(3600))], ASKS),
    ("5.3", "SHOULD", "Expires in the future is the lifetime.", [("Expires", ahead(86400))], HITS),
    ("5.3", "MUST", "Expires in the past is stale.", [("Expires", ago(86400)), LONG_AGO], ASKS),
    ("5.3", "MUST", "Expires of now is stale.", [("Expires", ahead(0)), LONG_AGO], ASKS),
    ("4.2.1", "MUST", "Expires is held against Date: earlier is stale, both in the future.",
     [("Expires", ahead(300)), ("Date", ahead(400))], ASKS),
    ("5.3", "SHOULD", "Expires counts from now where Date is no date.",
     [("Expires", ahead(100)), ("Date", "foo")], HITS),
    ("1.2.2", "SHOULD", "2147483647 seconds are understood.", [cc("max-age=2147483647")], HITS),
    ("1.2.2", "MUST", "2147483648 seconds do not overflow.", [cc("max-age=2147483648")], HITS),
    ("1.2.2", "MUST", "2147483649 seconds do not overflow.", [cc("max-age=2147483649")], HITS),
    ("1.2.2", "MUST", "99999999999 seconds do not overflow.", [cc("max-age=99999999999")], HITS),
    ("1.2.2", "MUST", "10^30 seconds do not overflow.", [cc("max-age=1" + "0" * 30)], HITS),
    ("1.2.2", "SHOULD", "Zeros may lead a number.", [cc("max-age=003600")], HITS),
    ("4.2.1", "SHOULD", "A negative max-age is stale.", [cc("max-age=-3600"), LONG_AGO], ASKS),
    ("4.2.1", "SHOULD", "max-age with letters before it is stale.",
     [cc("max-age=a3600"), LONG_AGO], ASKS),
    ("4.2.1", "SHOULD", "max-age with letters behind it is stale.",
     [cc("max-age=3600a"), LONG_AGO], ASKS),
    ("4.2.1", "SHOULD", "max-age with a fraction is stale.",
     [cc("max-age=3600.5"), LONG_AGO], ASKS),
    ("4.2.1", "SHOULD", "max-age without a value is stale.", [cc("max-age"), LONG_AGO], ASKS),
    ("5.2", "MUST", "Single quotes do not quote.", [cc("max-age='3600'"), LONG_AGO], ASKS),
    ("5.2", "SHOULD", "A quoted argument is the same as a token.", [cc('max-age="3600"')], HITS),
    ("5.2", "MUST", "Directives have no case.", [cc("MaX-aGe=3600")], HITS),
    ("5.2", "MUST", "A directive within a quoted string is none (before the real one).",
     [cc('extension="max-age=3600", max-age=0')], ASKS),
    ("5.2", "MUST", "A directive within a quoted string is none (behind the real one).",
     [cc('max-age=0, extension="max-age=3600"')], ASKS),
    ("5.2", "MUST", "An escaped quote does not end a quoted string.",
     [cc(r'extension="a\", no-store, b", max-age=3600')], HITS),
    ("5.2", "SHOULD", "A blank before the equals sign makes another directive.",
     [cc("max-age =3600")], ASKS),
    ("5.2", "SHOULD", "A blank behind the equals sign makes the value none.",
     [cc("max-age= 3600")], ASKS),
    ("5.2.3", "MUST", "Directives that are not known are overlooked.",
     [cc("foobar, max-age=3600, x=y")], HITS),
    ("5.2", "MUST", "Empty members of the list are overlooked.", [cc(", ,max-age=3600, ,")], HITS),
    ("5.2", "MUST", "Lines of one field are one list.", [cc("public"), MAX_AGE], HITS),
    ("4.2.1", "SHOULD", "Of two max-age in a line the first counts (stale).",
     [cc("max-age=0, max-age=3600")], ASKS),
    ("4.2.1", "SHOULD", "Of two max-age in a line the first counts (fresh).",
     [cc("max-age=3600, max-age=0")], HITS),
    ("4.2.1", "SHOULD", "Of two max-age in two lines the first counts.",
     [STALE, MAX_AGE], ASKS),
    ("4.2.2", "MUST", "Nothing is guessed where a lifetime is said.", [STALE, LONG_AGO], ASKS),
    ("4.2.2", "MAY", "Where nothing is said and nothing can be guessed, it is not used.", [], ASKS),
    ("4.2.2", "MAY", "A lifetime is guessed although the URI has a query and a download a name.",
     [LONG_AGO, ("Content-Disposition", "attachment; filename=a.txt")], HITS),
    ("4.2.2", "SHOULD", "What has changed just now is not guessed to stay.",
     [("Last-Modified", ago(1))], ASKS),
    ("5.4", "MAY", "Pragma in a response says nothing.",
     [MAX_AGE, ("Pragma", "no-cache")], HITS),
]


@rows("9111", "fields, expected", LIFETIMES)
def test_lifetime(pair, fields, expected):
    check(pair, fields, expected)


AGES = [
    ("5.1", "MUST", "Age beyond the lifetime is stale.", [("Age", "7200")], ASKS),
    ("5.1", "MUST", "Age below the lifetime is fresh.", [("Age", "1800")], HITS),
    ("4.2.3", "MUST", "Age as long as the lifetime is stale.", [("Age", "3600")], ASKS),
    ("5.1", "SHOULD", "Age that is no number is overlooked.", [("Age", "abc")], HITS),
    ("5.1", "SHOULD", "A negative Age is overlooked.", [("Age", "-7200")], HITS),
    ("5.1", "SHOULD", "Age with a fraction is overlooked.", [("Age", "7200.0")], HITS),
    ("5.1", "MUST", "Age of 2147483647 is old.", [("Age", "2147483647")], ASKS),
    ("5.1", "MUST", "Age of 2147483648 does not overflow.", [("Age", "2147483648")], ASKS),
    ("5.1", "MUST", "Age of 2147483649 does not overflow.", [("Age", "2147483649")], ASKS),
    ("5.1", "MUST", "Age of 10^30 does not overflow.", [("Age", "1" + "0" * 30)], ASKS),
    ("5.1", "SHOULD", "Of a list the first Age counts (old).", [("Age", "7200, 0")], ASKS),
    ("5.1", "SHOULD", "Of a list the first Age counts (new).", [("Age", "0, 7200")], HITS),
    ("5.1", "SHOULD", "Of two lines the first Age counts (old).",
     [("Age", "7200"), ("Age", "0")], ASKS),
    ("5.1", "SHOULD", "Of two lines the first Age counts (new).",
     [("Age", "0"), ("Age", "7200")], HITS),
    ("5.1", "SHOULD", "The same Age twice is that Age.",
     [("Age", "1800"), ("Age", "1800")], HITS),
    ("4.2.3", "MUST", "A Date of long ago is an age.", [("Date", ago(7200))], ASKS),
    ("4.2.3", "MUST", "A Date in the future is no age.", [("Date", ahead(7200))], HITS),
]


@rows("9111", "fields, expected", AGES)
def test_age(pair, fields, expected):
    check(pair, [MAX_AGE, *fields], expected)


AGES_BY_EXPIRES = [
    ("4.2.3", "MUST", "Age is held against Expires less Date, where Date is behind.",
     [("Date", ago(10)), ("Expires", ahead(10)), ("Age", "25")]),
    ("4.2.3", "MUST", "Age is held against Expires less Date, where Date is ahead.",
     [("Date", ahead(10)), ("Expires", ahead(20)), ("Age", "15")]),
]


@rows("9111", "fields", AGES_BY_EXPIRES)
def test_age_and_expires(pair, fields):
    check(pair, fields, ASKS)


DATES = [
    ("5.3", "MUST", "Expires beyond 32 bits of seconds is a date.",
     ["Tue, 19 Jan 2038 14:14:08 GMT"], HITS),
    ("5.3", "MUST", "Expires far in the future is a date.",
     ["Sun, 21 Nov 2286 04:46:39 GMT"], HITS),
    ("5.3", "MUST", "Expires in the form of RFC 850 is a date.",
     ["Thursday, 18-Aug-50 02:01:18 GMT"], HITS),
    ("5.3", "MUST", "Expires in the form of asctime is a date.",
     ["Thu Aug  8 02:01:18 2050"], HITS),
    ("5.3", "MAY", "The case of a weekday is overlooked.", ["THU, 18 Aug 2050 02:01:18 GMT"], HITS),
    ("5.3", "MAY", "The case of a month is overlooked.", ["Thu, 18 AUG 2050 02:01:18 GMT"], HITS),
    ("5.3", "MAY", "The case of GMT is overlooked.", ["Thu, 18 Aug 2050 02:01:18 gMT"], HITS),
    ("5.3", "MUST", "UTC is no zone: expired.", ["Thu, 18 Aug 2050 02:01:18 UTC"], ASKS),
    ("5.3", "MUST", "AEST is no zone: expired.", ["Thu, 18 Aug 2050 02:01:18 AEST"], ASKS),
    ("5.3", "MUST", "+0000 is no zone: expired.", ["Thu, 18 Aug 2050 02:01:18 +0000"], ASKS),
    ("5.3", "MUST", "Two digits are no year: expired.", ["Thu, 18 Aug 50 02:01:18 GMT"], ASKS),
    ("5.3", "MUST", "Without a comma: expired.", ["Thu 18 Aug 2050 02:01:18 GMT"], ASKS),
    ("5.3", "MUST", "With blanks too many: expired.", ["Thu, 18  Aug  2050 02:01:18 GMT"], ASKS),
    ("5.3", "MUST", "With dashes: expired.", ["Thu, 18-Aug-2050 02:01:18 GMT"], ASKS),
    ("5.3", "MUST", "With dots in the time: expired.", ["Thu, 18 Aug 2050 02.01.18 GMT"], ASKS),
    ("5.3", "MUST", "With an hour of one digit: expired.", ["Thu, 18 Aug 2050 2:01:18 GMT"], ASKS),
    ("5.3", "MUST", "With an hour of 25: expired.", ["Thu, 18 Aug 2050 25:01:18 GMT"], ASKS),
    ("5.3", "MUST", "With 31 November: expired.", ["Thu, 31 Nov 2050 02:01:18 GMT"], ASKS),
    ("5.3", "MUST", "0: expired.", ["0"], ASKS),
    ("5.3", "MUST", "-1: expired.", ["-1"], ASKS),
    ("5.3", "MUST", "Empty: expired.", [""], ASKS),
    ("5.3", "MUST", "Two lines that differ: expired.",
     ["Thu, 18 Aug 2050 02:01:18 GMT", "Thu, 18 Aug 2050 02:01:19 GMT"], ASKS),
]


@rows("9111", "dates, expected", DATES)
def test_expires(pair, dates, expected):
    check(pair, [LONG_AGO, *(("Expires", date) for date in dates)], expected)


@requirement("9111", "4.2.2", "MAY", "A lifetime is guessed for 200, 203, 204, 300, 301, 308, 404, "
             "405, 410, 414 and 501.")
@requirement("9110", "15.1", "MAY", "These statuses are cacheable by a guess.")
@pytest.mark.parametrize("status", [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501])
def test_a_lifetime_is_guessed(pair, status):
    check(pair, [LONG_AGO], HITS, status=status)


@requirement("9111", "4.2.2", "MUST", "For other statuses no lifetime is guessed.")
@pytest.mark.parametrize("status", [201, 202, 205, 299, 302, 303, 307, 400, 401, 403, 406, 408, 409,
                                    418, 429, 451, 500, 502, 503, 504, 599])
def test_no_lifetime_is_guessed(pair, status):
    check(pair, [LONG_AGO], ASKS, status=status)


@requirement("9111", "4.2.2", "MAY", "public makes any status one for which it is guessed.")
@pytest.mark.parametrize("status", [202, 302, 599])
def test_public_allows_a_guess(pair, status):
    check(pair, [LONG_AGO, cc("public")], HITS, status=status)
