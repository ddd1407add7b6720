# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Replies of the text and meta protocols as a list of lines, each with its data block.

    VALUE <key> <flags> <bytes> [<cas>]\\r\\n <bytes> \\r\\n      data block: token 3
    VA <bytes> <flag>*\\r\\n <bytes> \\r\\n                       data block: token 1
    anything else\\r\\n                                         a line alone
"""
import re

# A recorded number of seconds and ours may differ by what passes between two commands.
TIME_TOLERANCE_S = 3

_META = (b"HD", b"VA", b"EN", b"NS", b"EX", b"NF")


def _data_length(line):
    tokens = line.split(b" ")
    place = {b"VALUE": 3, b"VA": 1}.get(tokens[0])
    if place is None or len(tokens) <= place or not tokens[place].strip().isdigit():
        return None
    return int(tokens[place])


def walk(stream):
    """Yield (line with its end, data with its end or None, end offset) for each complete reply."""
    at = 0
    while True:
        end = stream.find(b"\n", at) + 1
        if end == 0:
            return
        line = bytes(stream[at:end])
        length = _data_length(line)
        if length is None:
            data = None
        elif len(stream) < end + length + 2:
            return
        else:
            data = bytes(stream[end:end + length + 2])
            end += length + 2
        yield line, data, end
        at = end


def count(stream, most):
    """How many complete replies `stream` begins with, counting no further than `most`."""
    found = 0
    for found, _ in enumerate(walk(stream), 1):
        if found == most:
            break
    return found


def length(stream, number):
    """Bytes that the first `number` complete replies take."""
    end = 0
    for found, (_, _, end) in enumerate(walk(stream), 1):
        if found == number:
            break
    return end


def same(expected, received, volatile=()):
    """Byte for byte, but for what `volatile` names (see tests/golden/README.md)."""
    if not volatile:
        return expected == received
    unknown = set(volatile) - {"cas", "time", "slab", "version"}
    assert not unknown, f"no rule for volatile {unknown}"
    ours, theirs = list(walk(received)), list(walk(expected))
    if len(ours) != len(theirs) or _rest(received, ours) != _rest(expected, theirs):
        return False
    return all(_same_line(one[0], other[0], volatile) and one[1] == other[1]
               for one, other in zip(theirs, ours))


def _rest(stream, parts):
    return bytes(stream[parts[-1][2] if parts else 0:])


def _same_line(expected, received, volatile):
    if "version" in volatile and expected.startswith(b"VERSION "):
        return re.fullmatch(rb"VERSION \S+\r\n", received) is not None
    theirs = expected.rstrip(b"\r\n").split(b" ")
    ours = received.rstrip(b"\r\n").split(b" ")
    if len(theirs) != len(ours) or _line_end(expected) != _line_end(received):
        return False
    return all(one == other or _may_differ(theirs, place, one, other, volatile)
               for place, (one, other) in enumerate(zip(theirs, ours)))


def _line_end(line):
    return line[len(line.rstrip(b"\r\n")):]


def _may_differ(line, place, expected, received, volatile):
    if line[0] == b"VALUE":
        return "cas" in volatile and place == 4 and _both_set(expected, received)
    if line[0] == b"ME":
        return _may_differ_pair(expected, received, volatile)
    if line[0] not in _META or place < (2 if line[0] == b"VA" else 1):
        return False
    if expected[:1] != received[:1]:
        return False
    one, other = expected[1:], received[1:]
    if expected[:1] == b"c":
        return "cas" in volatile and _both_set(one, other)
    return expected[:1] in (b"t", b"l") and "time" in volatile and _near(one, other)


def _may_differ_pair(expected, received, volatile):
    name, _, one = expected.partition(b"=")
    other_name, _, other = received.partition(b"=")
    if name != other_name:
        return False
    if name == b"cas":
        return "cas" in volatile and _both_set(one, other)
    if name in (b"exp", b"la"):
        return "time" in volatile and _near(one, other)
    return name in (b"cls", b"size") and "slab" in volatile and other.isdigit()


def _both_set(one, other):
    """Unique numbers may differ, but whether there is one is a fact."""
    return one.isdigit() and other.isdigit() and (int(one) == 0) == (int(other) == 0)


def _near(one, other):
    """-1 (never) is not digits, hence equal or different."""
    return one.isdigit() and other.isdigit() and abs(int(one) - int(other)) <= TIME_TOLERANCE_S
