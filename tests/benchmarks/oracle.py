"""What is true of an anchor, told from the texts alone; nothing is shared with what judges in earnest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple


class Known(NamedTuple):
    """What was claimed, and how the text was then.

    Args:
        address: the claim's.
        kind: file, grep, content or symbol.
        path: the file it was pinned to.
        commit: what was checked out then.
        said: the pattern, the definition's name, or the passage's lines joined.
        text: the file as it was.
        body: the definition's lines as they were.
    """

    address: str
    kind: str
    path: str
    commit: str
    said: str
    text: str
    body: str = ""


def read(path: Path) -> str | None:
    """Return a file's text with plain line ends; None when it is gone."""
    try:
        return path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    except (FileNotFoundError, NotADirectoryError):
        return None


def holds(known: Known, top: Path, renamed: Mapping[str, str]) -> bool | None:
    """Tell whether a claim is still true; None where the texts leave it open.

    Args:
        known: the claim.
        top: the working tree.
        renamed: where files of the claim's commit are now.
    """
    text = read(top / known.path)
    if text is not None:
        return says(known, text)
    text = read(top / renamed[known.path]) if known.path in renamed else None
    if text is None:
        return False
    if says(known, text) is False:
        return False
    # A file that was renamed and rewritten too may be another file to git.
    return True if text == known.text else None


def says(known: Known, text: str) -> bool | None:
    """Tell whether a text still says what was pinned."""
    if known.kind == "file":
        return True
    if known.kind == "grep":
        return known.said in text
    if known.kind == "content":
        return _holds_passage(known, text)
    return _defines(known, text) if known.path.endswith(".py") else _spells(known, text)


def lines_of(text: str) -> list[str]:
    """Return what a text's lines say: without indentation and empty lines."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def count(passage: list[str], text: str) -> int:
    """Return how often some lines stand in a text one after the other."""
    lines, size = lines_of(text), len(passage)
    return sum(lines[at : at + size] == passage for at in range(len(lines) - size + 1))


def _holds_passage(known: Known, text: str) -> bool | None:
    passage = lines_of(known.said)
    found = count(passage, text)
    if not found:
        return False
    if lines_of(text) == lines_of(known.text):
        return True
    return True if count(passage, known.text) == 1 else None  # which of the copies changed?


def _defines(known: Known, text: str) -> bool | None:
    try:
        now, then = (list(_bodies(ast.parse(source), known.said)) for source in (text, known.text))
    except (SyntaxError, ValueError):
        return None
    return now == then


def _bodies(tree: ast.AST, name: str) -> Iterator[str]:
    """Give what every definition of a dotted name says, as Python writes it anew."""
    first, _, rest = name.partition(".")
    for node in ast.iter_child_nodes(tree):
        scope = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if scope and node.name == first:
            if rest:
                yield from _bodies(node, rest)
            else:
                yield ast.unparse(_Undocumented().visit(node))
        elif not scope and not isinstance(node, ast.expr):
            yield from _bodies(node, name)


class _Undocumented(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Take the docstrings out."""
        body = getattr(node, "body", None)
        named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        first = body[0] if named and body else None
        if isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str):
            node.body = body[1:] or [ast.Pass()]  # type: ignore[attr-defined]
        return super().generic_visit(node)


def _spells(known: Known, text: str) -> bool | None:
    """Tell whether a definition's letters are still there; comments, commas and quotes leave it open."""
    if _letters(known.body) in _letters(text):
        return True
    return None if _letters(_bare(known.body)) in _letters(_bare(text)) else False


def _letters(text: str) -> str:
    return "".join(text.split())


def _bare(text: str) -> str:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"//.*|[,;'\"()]", "", text)
