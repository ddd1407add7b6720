# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The table of requirements, its page, and the tests that it names (requirements.py)."""
import importlib

import requirements


def test_the_page_is_the_table():
    assert requirements.PAGE.read_text() == requirements.page(), (
        "python3 tests/protocol/requirements.py > docs/http-requirements.md")


def test_every_rfc_has_rows():
    assert {row[0] for row in requirements.read_all()} == set(requirements.RFCS)


def test_every_row_has_a_test():
    """One that pytest runs: a function of that file by that name."""
    for *_, where in requirements.read_all():
        file, name = where.split(": ")
        assert name.startswith("test_")
        module = importlib.import_module(file.removesuffix(".py"))
        assert callable(getattr(module, name, None)), where
