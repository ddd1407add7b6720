# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
# ctest: serial timeout_s=600
"""A short soak at the memory limit: tools/soak says what is checked, and runs for minutes."""
import subprocess
import sys

import pytest

import larder_process
from larder_process import LARDER, ROOT

SECONDS = 20
LIMIT_S = 280


@pytest.mark.skipif(larder_process.PEER != "", reason="its memory is bounded otherwise")
@pytest.mark.skipif(larder_process.SLOW > 1, reason="sanitizers keep memory beside that of -m")
def test_all_holds_at_the_limit(backend):
    command = [sys.executable, ROOT / "tools" / "soak", "--seconds", str(SECONDS), "--io", backend,
               "--larder", LARDER]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 0, done.stderr
    assert "all held" in done.stdout
