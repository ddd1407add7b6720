# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Perl's Cache::Memcached::Fast, a C client that pipelines and sends without waiting."""
import pathlib
import subprocess

from larder_process import SLOW

SCRIPT = pathlib.Path(__file__).parent / "perl" / "fast.pl"


def test_perl_fast(server):
    host, port = server.address
    done = subprocess.run(["/usr/bin/perl", str(SCRIPT), f"{host}:{port}"], capture_output=True,
                          text=True, timeout=60 * SLOW)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    assert "not ok" not in done.stdout and "\nok 9" in done.stdout
