# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Perl's Cache::Memcached::Fast, a C client that pipelines and sends without waiting."""
import pathlib

from program import run

SCRIPT = pathlib.Path(__file__).parent / "perl" / "fast.pl"


def test_perl_fast(server):
    host, port = server.address
    said = run("/usr/bin/perl", SCRIPT, f"{host}:{port}")
    assert "not ok" not in said and "\nok 9" in said
