# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""memccapable, libmemcached's own check of a server: every command, in both protocols."""
import re

from program import run

TESTS = 54


def test_memccapable(cache):
    host, port = cache.address
    said = run("memccapable", "-h", host, "-p", port)
    assert len(re.findall(r"\[pass\]", said)) == TESTS, said
