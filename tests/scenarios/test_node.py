# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""The npm package memcached: what express-session and connect-memcached store through."""
import pathlib
import shutil
import subprocess

import pytest

from larder_process import SLOW

FOLDER = pathlib.Path(__file__).parent / "node"
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"
INSTALL_S = 180


@pytest.fixture(scope="module")
def node():
    """The interpreter, with the locked packages in place."""
    found = shutil.which("node")
    assert found, "node is missing: apt-get install nodejs npm"
    lock = FOLDER / "package-lock.json"
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--prefer-offline"], cwd=FOLDER, check=True,
                       timeout=INSTALL_S)
    return found


def test_node_memcached(server, node):
    host, port = server.address
    done = subprocess.run([node, "--no-deprecation", str(FOLDER / "client.js"), f"{host}:{port}"],
                          capture_output=True, text=True, timeout=60 * SLOW)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    assert done.stdout.splitlines()[-1] == "ok flush"
