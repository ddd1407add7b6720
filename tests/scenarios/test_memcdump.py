# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""memcdump, libmemcached's list of keys: it asks for the items of each slab class.

memcached shows only the cold ones of a class, four of five here; Larder shows all.
"""
from program import run


def test_memcdump(cache, tmp_path):
    server = "--servers=%s:%d" % cache.address
    files = [tmp_path / f"file-{number}" for number in range(50)]
    for file in files:
        file.write_text(file.name * 10)
    run("memccp", server, *files)
    run("memcrm", server, "file-0")
    found = run("memcdump", server).split()
    wanted = {file.name for file in files[1:]}
    assert len(set(found)) == len(found) and set(found) <= wanted
    assert len(found) == len(wanted) if cache.is_larder else len(found) > len(wanted) // 2
