# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What may differ in the lines of a reply of Arcus (tests/golden/README.md has the table).

    line ─► Line(text with a name in place of each volatile part, seconds that it tells)
"""
import re
import typing

import replies

# mask -> where it hides what: group 1 of each.
_HIDDEN = {
    "cas": (rb"^VALUE \S+ \d+ \d+ ([1-9]\d*)$",),
    "time": (rb"(?<= )(\d{14})$", rb"\b(?:acctime|curtime)=(\d+)\b", rb"\bexptime=([1-9]\d*)\b"),
    "exp": (rb"^ATTR expiretime=([1-9]\d*)$", rb"^\S+ [KLSMB] ([1-9]\d*)$"),
    "size": (rb" [klsmb]?tsz ([1-9]\d*)\b", rb"^\S+ \d+ ([1-9]\d*) \d{14}$"),
    "sample": (rb"^(\d+ .*)$",),
    "count": (rb"^(?:KEYS|PREFIXES) (\d+) \d+$",),
    "cursor": (rb"^(?:KEYS|PREFIXES) \d+ (\d+)$",),
}
_HIDDEN = {mask: tuple(re.compile(each, re.DOTALL) for each in patterns)
           for mask, patterns in _HIDDEN.items()}
# These are about whole lines: see same().
_WHOLE = {"order", "values", "page"}

_HEADER = re.compile(rb"(?:KEYS|PREFIXES) (\d+) (\d+)")
_ROW = re.compile(rb"\S+ [KLSMB] -?\d+")
_STATISTIC = re.compile(rb"STAT (\S+) .+", re.DOTALL)
# Longer lives than this are dates, and what is left of them depends on when it is asked.
_MOST_RELATIVE_S = 30 * 24 * 3600


class Line(typing.NamedTuple):
    text: bytes
    seconds: tuple

    def is_near(self, other):
        return self.text == other.text and all(
            one == two or abs(one - two) <= replies.TIME_TOLERANCE_S
            or min(one, two) > _MOST_RELATIVE_S
            for one, two in zip(self.seconds, other.seconds))


def _masked(line, volatile):
    spans = sorted((*found.span(1), mask) for mask in volatile if mask in _HIDDEN
                   for pattern in _HIDDEN[mask] for found in pattern.finditer(line))
    text, at = b"", 0
    for begin, end, mask in spans:
        text += line[at:begin] + b"<%s>" % mask.encode()
        at = end
    return Line(text + line[at:],
                tuple(int(line[begin:end]) for begin, end, mask in spans if mask == "exp"))


def _same_lines(expected, received, volatile):
    pairs = [[_masked(line, volatile) for line in lines] for lines in (expected, received)]
    if "order" in volatile:
        for lines in pairs:
            lines.sort()
    return (len(expected) == len(received)
            and all(one.is_near(other) for one, other in zip(*pairs)))


def same(expected, received, volatile):
    """Byte for byte, but for what `volatile` names."""
    unknown = set(volatile) - set(_HIDDEN) - _WHOLE
    assert not unknown, f"no rule for volatile {unknown}"
    theirs, ours = expected.split(b"\r\n"), received.split(b"\r\n")
    if "values" in volatile:
        return _tells(theirs, ours)
    if "page" in volatile:
        return (_rows(ours) is not None
                and _same_lines(*(_without_rows(lines) for lines in (theirs, ours)), volatile))
    return _same_lines(theirs, ours, volatile)


def _tells(expected, received):
    """Every statistic that was recorded, and more are welcome; what else is there is the same."""
    (names, rest), (told, our_rest) = (_statistics(lines) for lines in (expected, received))
    return names <= told and rest == our_rest


def _statistics(lines):
    names = [found[1] for line in lines if (found := _STATISTIC.fullmatch(line))]
    return set(names), [line for line in lines if not _STATISTIC.fullmatch(line)]


def same_scan(expected, received, volatile):
    """All pages of a scan: the same rows in any order, however they are spread over pages."""
    theirs, ours = (_rows(pages.split(b"\r\n")) for pages in (expected, received))
    return (theirs is not None and ours is not None
            and _same_lines(theirs, ours, (*volatile, "order")))


def _without_rows(lines):
    return [line for line in lines if not _ROW.fullmatch(line)]


def _rows(lines):
    """Of well-formed pages; None if one is not: `KEYS <rows> <cursor>`, that many rows, `END`."""
    rows, left = [], iter(lines)
    for line in left:
        header = _HEADER.fullmatch(line)
        if not header:
            return rows if line == b"" and next(left, None) is None else None
        page = [next(left, b"") for _ in range(int(header[1]))]
        if not all(_ROW.fullmatch(row) for row in page) or next(left, b"") != b"END":
            return None
        rows += page
    return None     # the last one has no line end
