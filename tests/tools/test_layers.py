# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""tools/layers.py lets a good tree pass and names the line of every bad edge."""

import pytest

from house_tree import Tree


@pytest.fixture(name="tree")
def good_tree(tmp_path):
    tree = Tree(tmp_path)
    tree.cpp("src/base/bytes.h")
    tree.cpp("src/io/loop.h", '#include "base/bytes.h"')
    tree.cpp("src/io/uring.cc", '#include <liburing.h>', '#include "io/loop.h"')
    tree.cpp("src/wire/memcache/text.h", '#include "base/bytes.h"')
    tree.cpp("src/store/store.h", '#include "base/bytes.h"')
    tree.cpp("src/cache/cache.h", '#include "store/store.h"')
    tree.cpp("src/serve/memcache/session.h", '#include "cache/cache.h"', '#include "io/loop.h"',
             '#include "wire/memcache/text.h"')
    tree.cpp("src/app/main.cc", '#include <CLI/CLI.hpp>', '#include "serve/memcache/session.h"')
    tree.cpp("src/app/main_test.cc", '#include <CLI/CLI.hpp>')
    tree.cpp("include/larder/client.h")
    tree.cpp("src/client/client.cc", '#include "larder/client.h"')
    tree.raw("CMakeLists.txt", "larder_room(base LIBRARIES fmt::fmt)\n"
                               "larder_room(io ROOMS base LIBRARIES larder::uring)\n")
    return tree


def test_good_tree_passes(tree):
    failed, said = tree.check("layers")
    assert not failed, said


@pytest.mark.parametrize("path, include, complaint", [
    # upward, sideways, skipping a door, into the top
    ("src/base/up.h", '"io/loop.h"', "room base may not include room io"),
    ("src/io/side.h", '"store/store.h"', "room io may not include room store"),
    ("src/serve/memcache/skip.cc", '"store/store.h"', "may not include room store"),
    ("src/wire/memcache/deep.h", '"cache/cache.h"', "room wire may not include room cache"),
    ("src/cache/top.cc", '"serve/memcache/session.h"', "may not include room serve/memcache"),
    # tests are no exception
    ("src/store/store_test.cc", '"io/loop.h"', "room store may not include room io"),
    # the public header is the client's
    ("src/base/public.cc", '"larder/client.h"', "room base may not include room client"),
    # how it is written
    ("src/io/near.h", '"loop.h"', "is no path from src/"),
    ("src/io/dots.h", '"../base/bytes.h"', "is no path from src/"),
    ("src/io/gone.h", '"base/gone.h"', "is no path from src/"),
    ("src/io/angle.h", "<base/bytes.h>", 'write #include "base/bytes.h"'),
    ("src/io/source.cc", '"io/uring.cc"', "is not a header"),
    # heavy libraries and doors to the outside
    ("src/app/options.h", "<CLI/CLI.hpp>", "CLI/ is heavy: never in a header"),
    ("src/app/options.h", "<spdlog/spdlog.h>", "spdlog/ is heavy: never in a header"),
    ("src/cli/options.cc", "<CLI/CLI.hpp>", "already included in src/app/main.cc"),
    ("src/cache/ring.cc", "<liburing.h>", "belongs to io"),
    ("src/serve/memcache/secret.cc", "<openssl/ssl.h>", "belongs to io"),
    ("src/store/file.cc", "<sys/socket.h>", "room store does no input or output"),
    # no room at all
    ("src/util/strings.h", '"base/bytes.h"', "is in no room"),
    ("src/serve/session.h", '"base/bytes.h"', "is in no room"),
])
def test_bad_edge_is_refused(tree, path, include, complaint):
    tree.cpp(path, "", f"  #  include {include}")
    failed, said = tree.check("layers")
    assert failed
    line = next(line for line in said.splitlines() if line.startswith(path))
    assert complaint in line
    assert line.startswith(f"{path}:3:") or "in no room" in line


def test_commented_includes_do_not_count(tree):
    tree.cpp("src/base/quiet.h", '// #include "io/loop.h"', '/*', '#include "io/loop.h"', '*/',
             'auto text = R"(', '#include "io/loop.h"', ')";')
    # Not even inside a raw string would the compiler see it, but there the check may be strict.
    failed, said = tree.check("layers")
    assert "quiet.h:2" not in said and "quiet.h:4" not in said
    assert failed == ("quiet.h" in said)


@pytest.mark.parametrize("call, complaint", [
    ("larder_room(store ROOMS base io)", "room store may not link room io"),
    ("larder_room(util ROOMS base)", "util is no room"),
])
def test_bad_link_edge_is_refused(tree, call, complaint):
    tree.raw("CMakeLists.txt", f"# larder_room(nothing)\n{call}\n")
    failed, said = tree.check("layers")
    assert failed
    assert f"CMakeLists.txt:2: {complaint}" in said
