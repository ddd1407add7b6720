# Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
"""Reads C++ source just well enough for the house checks: no compiler, no library, one pass."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

SKIPPED_FOLDERS = {".git", ".cache", "build", "node_modules", "__pycache__"}

# In this order: what starts a comment or a literal, raw strings before plain ones. The look-behind
# keeps the digit separator of 1'000'000 from opening a character literal.
_TOKEN = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"'
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|(?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+'",
    re.DOTALL)
_PREPROCESSOR = re.compile(r'^[ \t]*#(?:[^\n\\]|\\\n|\\.)*', re.MULTILINE)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def files(root, *suffixes):
    """The files below `root` whose names end so, sorted, without built and foreign ones."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in SKIPPED_FOLDERS]
        found += [Path(folder, name) for name in names if name.endswith(suffixes)]
    return sorted(found)


def read(path):
    return path.read_text(encoding="utf-8", errors="replace")


def _spaces(text):
    return re.sub(r"[^\n]", " ", text)


def blank(text, literals=True):
    """`text` of the same shape with comments (and literals) turned into spaces."""
    def one(match):
        token = match.group()
        if token.startswith(("//", "/*")):
            return _spaces(token)
        return token[0] + _spaces(token[1:-1]) + token[-1] if literals else token
    return _TOKEN.sub(one, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def includes(text):
    """(line, '<' or '\"', path) of every #include that is not commented out."""
    text = blank(text, literals=False)
    return [(line_of(text, m.start(2)), m[1], m[2]) for m in _INCLUDE.finditer(text)]


@dataclass
class Block:
    """A pair of braces: `kind` is function, lambda, class, namespace, control or list."""
    kind: str
    head: str
    begin: int  # where the head starts
    open: int   # where the brace is
    end: int = 0

    def name(self):
        match = re.search(r"([\w:~]+|operator[^(]*)\s*(?=\()", self.head)
        name = match[1].strip() if match else self.head
        if name in ("TEST", "TEST_F", "TEST_P"):  # The arguments are the name.
            name = " ".join(self.head.split())
        return name


_ENDING = r"(?:const|noexcept(?:\([^()]*\))?|override|final|mutable|constexpr|try|&&?)"
_PARENTHESES = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
_LAMBDA = re.compile(
    r"\[[^\[\]]*\]\s*(?:<[^<>]*>\s*)?(?:" + _PARENTHESES + r")?\s*(?:" + _ENDING +
    r"\s*)*(?:->[^;]*)?$")
_FUNCTION = re.compile(
    r"\)\s*(?:" + _ENDING + r"\s*|->[^;{}]*|requires[^;{}]*|:[^:].*)*$", re.DOTALL)
_MEMBER_IN_LIST = re.compile(r"\)\s*(?:noexcept\s*)?:[^:].*[\w>]\s*$", re.DOTALL)


def _kind(head, in_function):
    head = head.strip()
    if re.match(r'(inline\s+)?namespace\b|extern\s*"', head):
        return "namespace"
    if re.match(r"(if|for|while|switch|catch)\b.*\)\s*(\[\[\w+\]\])?$|(else|do|try)$|else\b.*\)$",
                head, re.DOTALL) or re.match(r"(case\b.*|default\s*):$", head, re.DOTALL):
        return "control"
    if _LAMBDA.search(head) and not head.endswith("]]"):
        return "lambda"
    if re.search(r"\b(class|struct|union|enum)\b", head) and not head.endswith(")") and \
            not _FUNCTION.search(re.sub(r"alignas\s*\([^()]*\)", "", head)):
        return "class"
    if not head:
        return "control"
    if not in_function and _FUNCTION.search(head) and not _MEMBER_IN_LIST.search(head) and \
            not _has_initializer(head):
        return "function"
    return "list"


def _has_initializer(head):
    head = re.sub(r"\boperator\s*[^\s\w(]+|\btemplate\s*<[^{}()]*>", "", head)
    return "=" in re.sub(_PARENTHESES, "", head)


def blocks(text):
    """Every pair of braces of `text`, in the order of their ends."""
    code = _PREPROCESSOR.sub(lambda m: _spaces(m.group()), blank(text))
    stack, done = [], []
    start, depth = 0, 0  # where the statement began, open parentheses since the last brace
    depths = []
    for match in re.finditer(r"[{}();]|(?:public|private|protected)\s*:(?!:)", code):
        token, position = match.group(), match.start()
        if token == "{":
            in_function = any(b.kind in ("function", "lambda") for b in stack) and \
                not (stack and stack[-1].kind == "class")
            head = code[start:position]
            begin = start + len(head) - len(head.lstrip())
            stack.append(Block(_kind(head, in_function), head.strip(), begin, position))
            depths.append((start, depth))
            start, depth = position + 1, 0
        elif token == "}" and stack:
            block = stack.pop()
            block.end = position
            done.append(block)
            before, depth = depths.pop()
            # After a braced value the statement goes on; after a body a new one begins.
            goes_on = block.kind in ("list", "lambda") or depth > 0
            start = before if goes_on else position + 1
        elif token == "(":
            depth += 1
        elif token == ")":
            depth = max(0, depth - 1)
        elif depth == 0:
            start = match.end()
    return done
