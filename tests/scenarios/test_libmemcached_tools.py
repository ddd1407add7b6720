# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""libmemcached's command line in both protocols: files go in, come out, are touched, removed."""
import random
import re

import pytest

from program import run

MISSING = 1


@pytest.fixture(params=[[], ["--binary"]], ids=["text", "binary"])
def tool(cache, request):
    """tool("memccat", ...) runs one against the server and returns what it printed."""
    words = ["--servers=%s:%d" % cache.address, *request.param]

    def start(name, *args, **options):
        return run(name, *words, *args, **options)
    return start


def stats(tool):
    return dict(re.findall(r"^\s+(\w+): (.*)$", tool("memcstat"), re.MULTILINE))


def test_files(tool, tmp_path):
    page = tmp_path / "page"
    page.write_text("".join(random.Random(1).choices("abcdefgh \n", k=500_000)))
    tool("memccp", "--expire=1000", page)
    assert tool("memccat", "page").rstrip("\n") == page.read_text().rstrip("\n")
    tool("memcexist", "page")
    tool("memctouch", "--expire=2000", "page")
    tool("memcrm", "page")
    tool("memcexist", "page", ends_with=MISSING)
    tool("memctouch", "--expire=2000", "page", ends_with=MISSING)


def test_numbers_that_agree_with_what_was_done(cache, tool, tmp_path):
    files = [tmp_path / f"file-{number}" for number in range(20)]
    for file in files:
        file.write_text(file.name)
    before = stats(tool)
    tool("memccp", *files)
    after = stats(tool)
    assert int(after["curr_items"]) - int(before["curr_items"]) == len(files)
    assert int(after["bytes"]) > int(before["bytes"])
    assert int(after["limit_maxbytes"]) == 64 << 20 and int(after["threads"]) == 2
    assert int(after["pid"]) == cache.pid
    tool("memcrm", *(file.name for file in files))
    assert stats(tool)["curr_items"] == before["curr_items"]


def test_ping_and_flush(cache, tool, tmp_path):
    run("memcping", "--servers=%s:%d" % cache.address)
    page = tmp_path / "page"
    page.write_text("text")
    tool("memccp", page)
    tool("memcflush")
    tool("memcexist", "page", ends_with=MISSING)
