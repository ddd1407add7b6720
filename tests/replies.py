# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Replies of all protocols as a list of lines or heads, each with its data block.

    VALUE <key> <flags> <bytes> [<cas>]\\r\\n <bytes> \\r\\n      data block: token 3
    VA <bytes> <flag>*\\r\\n <bytes> \\r\\n                       data block: token 1
    anything else\\r\\n                                         a line alone
    81 opcode key:2 extras:1 type:1 status:2 body:4 opaque:4 cas:8 <body bytes>      binary
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


BINARY = 0x81
HEAD_BYTES = 24
_CAS = slice(16, 24)    # of a head
_VERSION, _STAT = 0x0b, 0x10


def _body_length(head):
    return int.from_bytes(head[8:12], "big")


def walk(stream):
    """Yield (line with its end or head, data with its end or None, end offset) for each reply."""
    at = 0
    while True:
        if stream[at:at + 1] == bytes([BINARY]):
            end = at + HEAD_BYTES
            head = bytes(stream[at:end])
            if len(head) < HEAD_BYTES or len(stream) < end + _body_length(head):
                return
            end += _body_length(head)
            yield head, bytes(stream[at + HEAD_BYTES:end]), end
            at = end
            continue
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


def same(expected, received, volatile=(), names=None):
    """Byte for byte, but for what `volatile` names (see tests/golden/README.md). With `names`,
    statistics of those names stand before `expected`; more are welcome.
    """
    if names is not None:
        told = stat_names(received)
        if "number_in_name" in volatile:
            told, names = ({re.sub(r"\d+", "1", name) for name in each} for each in (told, names))
        return told >= names and re.sub(rb"STAT \S+ [^\r]*\r\n", b"", received) == expected
    if not volatile:
        return expected == received
    if "order" in volatile:
        return sorted(expected.splitlines()) == sorted(received.splitlines())
    unknown = set(volatile) - {"cas", "time", "slab", "version", "stat_values"}
    assert not unknown, f"no rule for volatile {unknown}"
    ours, theirs = list(walk(received)), list(walk(expected))
    if "stat_values" in volatile:
        return _stat_names(ours) >= _stat_names(theirs)
    if len(ours) != len(theirs) or _rest(received, ours) != _rest(expected, theirs):
        return False
    return all(_same_reply(one, other, volatile) for one, other in zip(theirs, ours))


def _same_reply(expected, received, volatile):
    (line, data, _), (our_line, our_data, _) = expected, received
    if line[:1] != bytes([BINARY]):
        return _same_line(line, our_line, volatile) and data == our_data
    if "version" in volatile and line[1] == our_line[1] == _VERSION:
        return our_line[6:8] == line[6:8] and bool(our_data)
    if "cas" in volatile and any(line[_CAS]) == any(our_line[_CAS]):
        our_line = our_line[:_CAS.start] + line[_CAS]
    return line == our_line and data == our_data


def stat_names(received):
    """Of a text reply."""
    return {name.decode() for name in re.findall(rb"^STAT (\S+) [^\r]*\r$", received, re.M)}


def without_stats(stream, names):
    """Binary statistics but for those of `names`."""
    kept = b""
    for head, data, _ in walk(stream):
        if data[:int.from_bytes(head[2:4], "big")].decode() not in names:
            kept += head + data
    return kept


def _stat_names(parts):
    """Of binary statistics, the empty one at the end included."""
    return {data[:int.from_bytes(head[2:4], "big")] for head, data, _ in parts
            if head[:2] == bytes([BINARY, _STAT])}


def first_cas(stream):
    """The first unique number of the replies, as a request of their protocol has it; or None."""
    for line, _, _ in walk(stream):
        if line[:1] == bytes([BINARY]):
            if any(line[_CAS]):
                return line[_CAS]
            continue
        tokens = line.split()
        found = tokens[4:5] if tokens and tokens[0] == b"VALUE" else [
            token[1:] for token in tokens[1:] if token[:1] == b"c" and token[1:].isdigit()]
        if found:
            return found[0]
    return None


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
    is_dump = line[0].startswith(b"key=")
    if line[0] == b"ME" or is_dump:
        return _may_differ_pair(expected, received, volatile, are_dates=is_dump)
    if line[0] not in _META or place < (2 if line[0] == b"VA" else 1):
        return False
    if expected[:1] != received[:1]:
        return False
    one, other = expected[1:], received[1:]
    if expected[:1] == b"c":
        return "cas" in volatile and _both_set(one, other)
    return expected[:1] in (b"t", b"l") and "time" in volatile and _near(one, other)


def _may_differ_pair(expected, received, volatile, are_dates):
    name, _, one = expected.partition(b"=")
    other_name, _, other = received.partition(b"=")
    if name != other_name:
        return False
    if name == b"cas":
        return "cas" in volatile and _both_set(one, other)
    if name in (b"exp", b"la"):
        near = one.isdigit() and other.isdigit() if are_dates else _near(one, other)
        return "time" in volatile and near
    return name in (b"cls", b"size") and "slab" in volatile and other.isdigit()


def _both_set(one, other):
    """Unique numbers may differ, but whether there is one is a fact."""
    return one.isdigit() and other.isdigit() and (int(one) == 0) == (int(other) == 0)


def _near(one, other):
    """-1 (never) is not digits, hence equal or different."""
    return one.isdigit() and other.isdigit() and abs(int(one) - int(other)) <= TIME_TOLERANCE_S
