# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Java's spymemcached, in text and binary, with its gathering of single gets."""
import pathlib

import pytest

from program import run

SOURCE = pathlib.Path(__file__).parent / "java" / "Spy.java"
LIBRARY = "/usr/share/java/spymemcached.jar"


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("java")
    run("javac", "-cp", LIBRARY, "-d", folder, SOURCE)
    return folder


def test_spymemcached(cache, classes):
    said = run("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
               f"{classes}:{LIBRARY}", "Spy", "%s:%d" % cache.address)
    assert [line for line in said.splitlines() if line.startswith("ok")] == ["ok TEXT", "ok BINARY"]
