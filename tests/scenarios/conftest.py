# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""What several scenarios with real clients need."""
import fcntl
import pathlib
import shutil
import subprocess

import pytest

NODE = pathlib.Path(__file__).parent / "node"
INSTALL_S = 180


@pytest.fixture(scope="session")
def node():
    """The interpreter, with the locked packages in place; scenarios run side by side."""
    found = shutil.which("node")
    assert found, "node is missing: apt-get install nodejs npm"
    installed = NODE / "node_modules" / ".package-lock.json"
    lock = NODE / "package-lock.json"
    with open(lock) as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            subprocess.run(["npm", "ci", "--prefer-offline"], cwd=NODE, check=True,
                           timeout=INSTALL_S)
    return found
