# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""tools/tidy.py lets good code pass and names the line of every breach of the house rules."""

import pytest

from house_tree import LICENCE, Tree

GOOD_SESSION = r'''
Task serve(Socket& socket) {
  auto read = socket.read();
  co_await read;
  const auto got = co_await read;
  if (co_await read) co_return;
  auto add = [total = 0](int n) mutable { return total + n; };  // co_await f() in a comment
  log("co_await f()", 'x', 1'000'000, R"x(co_await f())x");
  co_return;
}
Awaiter operator co_await(Task task);
'''.strip().splitlines()


@pytest.fixture(name="tree")
def good_tree(tmp_path):
    tree = Tree(tmp_path)
    tree.cpp("src/io/session.cc", *GOOD_SESSION)
    tree.cpp("src/store/store.cc", "int f() { return 1; }  // co_return would be refused")
    tree.raw("tools/x.py", f"#!/usr/bin/python3\n# {LICENCE}\nprint('co_await f()')\n")
    tree.raw("build/release/bad.h", "\t")
    tree.raw("docs/page.md", "a line " + 30 * "as long as it likes ")
    return tree


def test_good_tree_passes(tree):
    failed, said = tree.check("tidy")
    assert not failed, said


@pytest.mark.parametrize("statement", [
    "co_await f();",
    "co_await socket.read();",
    "co_await this->read_;",
    "co_await peer->read;",
    "co_await io::read;",
    "co_await(read);",
    "co_await Read{1};",
    "co_await reads[0];",
    "co_await *read;",
    "auto x = 1 + co_await std::move(read);",
    "co_return co_await f();",
    "co_await\n      f();",
    "for (int i = co_await f(); i > 0; --i) {}",
])
def test_await_takes_only_a_name(tree, statement):
    tree.cpp("src/io/bad.cc", "Task f() {", f"  {statement}", "}")
    failed, said = tree.check("tidy")
    assert failed
    assert "src/io/bad.cc:3: co_await takes a plain name" in said


@pytest.mark.parametrize("statement, line", [
    ("auto task = [&]() -> Task { co_return; };", 3),
    ("start([socket] { co_await socket; });", 3),
    ("auto task = [&](int (*call)(int)) mutable {\n  if (a) {\n    co_return;\n  }\n};", 5),
])
def test_no_lambda_coroutine(tree, statement, line):
    tree.cpp("src/io/bad.cc", "void f() {", statement, "}")
    failed, said = tree.check("tidy")
    assert failed
    assert f"src/io/bad.cc:{line}: co_" in said
    assert "makes a coroutine of a lambda" in said


@pytest.mark.parametrize("room", ["base", "wire", "store"])
@pytest.mark.parametrize("line", ["Task f() { co_return; }", "Task f() { co_await g; }",
                                  "Task f() { co_yield 1; }", "#include <coroutine>"])
def test_pure_rooms_have_no_coroutine(tree, room, line):
    tree.cpp(f"src/{room}/deep/bad.h", line)
    failed, said = tree.check("tidy")
    assert failed
    assert f"src/{room}/deep/bad.h:2:" in said
    assert f"room {room} has no coroutines" in said


@pytest.mark.parametrize("path, text, complaint", [
    ("src/io/a.h", f"// {LICENCE}\n// {'x' * 98}\n", "a.h:2: line of 101 characters"),
    ("tests/a.py", f"# {LICENCE}\n# {'x' * 99}\n", "a.py:2: line of 101 characters"),
    ("src/io/a.h", f"// {LICENCE}\n\tint x;\n", "a.h:2: tab"),
    ("src/io/a.h", f"// {LICENCE}\nint x; \n", "a.h:2: blank at the end"),
    ("src/io/a.h", f"// {LICENCE}\nint x;", "a.h:2: no line end"),
    ("src/io/a.h", "#pragma once\n", "a.h:1: must be the licence line"),
    ("src/io/a.h", "", "a.h:1: must be the licence line"),
    ("tests/a.py", f"#!/usr/bin/python3\n\n# {LICENCE}\n", "a.py:2: must be the licence line"),
    ("cmake/a.cmake", f"// {LICENCE}\n", "a.cmake:1: must be the licence line"),
    ("CMakeLists.txt", "project(x)\n", "CMakeLists.txt:1: must be the licence line"),
])
def test_line_rules(tree, path, text, complaint):
    tree.raw(path, text)
    failed, said = tree.check("tidy")
    assert failed
    assert complaint in said


def test_executable_without_suffix_is_a_script(tree):
    tree.raw("run", "#!/bin/bash\necho\n")
    (tree.root / "run").chmod(0o755)
    failed, said = tree.check("tidy")
    assert failed
    assert "run:2: must be the licence line" in said


def test_hundred_characters_and_addresses_pass(tree):
    tree.cpp("src/io/a.h", "// " + "x" * 97, "// " + "한" * 97, "// https://example/" + "x" * 100)
    failed, said = tree.check("tidy")
    assert not failed, said


def test_longest_functions_and_files_are_listed(tree):
    body = ["  if (a) {", "    call([&] {", "      b();", "    });", "  }"]
    tree.cpp("src/io/long.cc", "struct S : T {", "  S(int a) : a_(a), b_{a} {", *body, "  }",
             "  S& operator=(const S& other) {", *body, *body, "  }", "};", "",
             "template <class A = int>", "A S::f(std::function<void(int)> g) const noexcept {",
             *body, *body, *body, "}", "TEST(Suite, Name) {", *body, "}",
             "int table[] = {", *["1,"] * 60, "};")
    failed, said = tree.check("tidy")
    assert not failed, said
    rows = [line.split(maxsplit=2) for line in said.splitlines() if line.startswith("  ")]
    assert ["18", "src/io/long.cc:24", "S::f"] in rows
    assert ["12", "src/io/long.cc:10", "operator="] in rows
    assert ["7", "src/io/long.cc:3", "S"] in rows
    assert ["7", "src/io/long.cc:42", "TEST(Suite, Name)"] in rows
