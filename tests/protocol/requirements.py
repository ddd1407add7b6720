# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The table of what RFCs require of the edge. A row is written at the test that shows it, and can
be nowhere else; docs/http-requirements.md is this table as a page:

    python3 tests/protocol/requirements.py > docs/http-requirements.md

    @requirement("9111", "4.4", "MUST", "An unsafe method invalidates its URI.")
    def test_...(pair): ...

    @rows("9111", "fields, expected", [("4.2.1", "SHOULD", "max-age …", [MAX_AGE], HITS), …])
    def test_...(pair, fields, expected): ...
"""
import importlib
import pathlib
import sys

import pytest

FOLDER = pathlib.Path(__file__).resolve().parent
PAGE = FOLDER.parent.parent / "docs" / "http-requirements.md"
LEVELS = ("MUST", "SHOULD", "MAY")
RFCS = {
    "9110": "HTTP Semantics", "9111": "HTTP Caching", "9112": "HTTP/1.1", "9113": "HTTP/2",
    "9211": "Cache-Status", "9213": "Targeted cache control",
    "5861": "stale-while-revalidate and stale-if-error",
}
HEAD = """\
# What HTTP requires of the edge

What these RFCs require of an intermediary with a shared cache, in our own words, and the test in
`tests/protocol` that shows it over sockets, before a scripted origin, on both backends, over
HTTP/1.1 and HTTP/2 (`edges.py` says what is of HTTP/1.1 alone). MAY: what is only allowed, and
done. This page is made of the tests by `tests/protocol/requirements.py`.
"""

TABLE = []     # (rfc, section, level, text, test)


def _add(rfc, section, level, text, test):
    assert rfc in RFCS and level in LEVELS, (rfc, level)
    where = f"{pathlib.Path(test.__code__.co_filename).name}: {test.__name__}"
    row = (rfc, section, level, text, where)
    assert all(row[:4] != other[:4] for other in TABLE), f"twice: {row}"
    TABLE.append(row)


def requirement(rfc, section, level, text):
    """Of one test; several may stand above each other."""
    def mark(test):
        _add(rfc, section, level, text, test)
        return test
    return mark


def rows(rfc, names, table):
    """Of a test that runs once for each row: section, level, text, then what `names` name."""
    def mark(test):
        for section, level, text, *_ in table:
            _add(rfc, section, level, text, test)
        given = [pytest.param(*data, id=f"{section} {text}") for section, _, text, *data in table]
        return pytest.mark.parametrize(names, given)(test)
    return mark


def read_all():
    """Every row there is: of all files of tests that are named by an RFC."""
    for file in sorted(FOLDER.glob("test_rfc*.py")):
        importlib.import_module(file.stem)
    return TABLE


def _order(row):
    parts = [int(part) if part.isdigit() else 99 for part in row[1].split(".")]
    return parts, LEVELS.index(row[2])


def page():
    lines = [HEAD]
    for rfc, title in RFCS.items():
        own = sorted((row for row in read_all() if row[0] == rfc), key=_order)
        lines += [f"## RFC {rfc}: {title} ({len(own)})", "",
                  "| section | | requirement | test |", "|---|---|---|---|"]
        for _, section, level, text, test in own:
            text = text.replace("|", "\\|")
            lines.append(f"| {section} | {level} | {text} | `{test}` |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.path.insert(0, str(FOLDER.parent))
    import requirements     # the one that the tests import
    print(requirements.page(), end="")
