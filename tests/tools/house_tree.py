# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Small source trees for the tests of the house checks, and the checks run over them."""

import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / "tools"
LICENCE = "Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0"


class Tree:
    def __init__(self, root):
        self.root = root

    def raw(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)
        return self

    def cpp(self, path, *lines):
        return self.raw(path, "\n".join([f"// {LICENCE}", *lines, ""]))

    def check(self, tool):
        """(failed, what it printed) of tools/<tool>.py over this tree."""
        done = subprocess.run([sys.executable, TOOLS / f"{tool}.py", "--root", self.root],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60, check=False)
        assert done.returncode in (0, 1), done.stdout
        return done.returncode == 1, done.stdout
