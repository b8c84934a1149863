"""Anchors for a claim that has none: the files and definitions that its own words name."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence

from mnemo.errors import Invalid
from mnemo.memory.naming import named_paths
from mnemo.repo.files import Tree
from mnemo.repo.paths import secret
from mnemo.repo.symbols import list_symbols, speaks

MOST_SUGGESTED = 5
MOST_NAMES = 12
MOST_PATHS = 12
LONGEST_CODE = 20_000
SEARCH_S = 0.1

_QUOTED = re.compile(r"`([^`\s]{2,80})`")
_CALLED = re.compile(r"(?<![\w./])([A-Za-z_$][\w$]*(?:(?:\.|::)[A-Za-z_$][\w$]*)*)\(\)")
_IDENTIFIER = re.compile(
    r"(?<![\w./@-])([A-Za-z_$][\w$]*(?:(?:\.|::)[A-Za-z_$][\w$]*)+"  # dotted
    r"|_*[A-Za-z][A-Za-z0-9]*_\w+"  # with an underscore inside
    r"|[A-Z]?[a-z0-9]+[A-Z]\w*)(?![\w/])"  # with a capital inside
)
_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$#][\w$]*)*")
_DEFINES = (
    r"\b(?:def|class|function|func|fn|struct|trait|interface|type|enum|const|let|var|static)\b[^\n=]*\b"
)


def suggest(code: str, tree: Tree, deadline: float | None = None) -> list[str]:
    """Return anchors, as they can be typed, for what a text names and the tree has; at most five.

    A path is suggested with the definitions in it that the text names too, else alone. A name without a path
    counts where exactly one file defines it, and where all of them could be looked at in time.

    Args:
        code: what is claimed, or what like_code() leaves of it.
        tree: the files as they are now.
        deadline: time.monotonic() until which names without a path are looked for; left out, 100 ms from now.
    """
    if not code:
        return []
    if deadline is None:
        deadline = time.monotonic() + SEARCH_S
    code = code[:LONGEST_CODE]
    paths = list(_existing(named_paths(code)[:MOST_PATHS], tree))
    names = _named(code, paths)
    found: list[str] = []
    placed: set[str] = set()
    for path in paths:
        here = _defined(path, names, tree)
        placed.update(name for name, _ in here)
        found += [f"{path}::{whole}" for _, whole in here] or [path]
    strangers = [name for name in names if name not in placed]
    if len(found) < MOST_SUGGESTED and strangers and time.monotonic() < deadline:
        found += _elsewhere(strangers, tree, deadline)
    return list(dict.fromkeys(found))[:MOST_SUGGESTED]


def _existing(paths: Iterable[str], tree: Tree) -> Iterator[str]:
    for typed in paths:
        try:
            if not _is_roundabout(typed) and not tree.exists(typed):
                continue  # most words with a dot or a slash
            path = tree.relative(typed)
            if not secret(path) and tree.exists(path) and tree.read(path) is not None:
                yield path
        except Invalid:
            continue  # a folder, a picture, or not in the repository


def _is_roundabout(typed: str) -> bool:
    """Tell whether a path is not spelled as a tree's own are, so that it has to be worked out first."""
    return typed.startswith(("/", ".")) or "/." in typed or "//" in typed or not typed.isascii()


def _named(code: str, paths: Sequence[str]) -> list[str]:
    """Return the words that are surely names of code: quoted, called, or spelled like no other word."""
    files = {path.rpartition("/")[2] for path in paths}
    found = [*_QUOTED.findall(code), *_CALLED.findall(code), *_IDENTIFIER.findall(code)]
    names = (word.removesuffix("()").replace("::", ".") for word in found)
    return list(dict.fromkeys(n for n in names if _NAME.fullmatch(n) and n not in files))[:MOST_NAMES]


def _defined(path: str, names: Sequence[str], tree: Tree) -> list[tuple[str, str]]:
    """Return which names a file defines, each with its whole dotted name."""
    text = _text(path, tree)
    if not speaks(path) or not any(name.rpartition(".")[2] in text for name in names):
        return []
    try:
        known = [symbol.name for symbol in list_symbols(text, path)]
    except Invalid:
        return []
    found: list[tuple[str, str]] = []
    for name in names:
        same = [whole for whole in known if whole == name] or [
            whole for whole in known if whole.endswith(f".{name}")
        ]
        if len(same) == 1:
            found.append((name, same[0]))
    return found


def _elsewhere(names: Sequence[str], tree: Tree, deadline: float) -> list[str]:
    """Return the definitions of names that exactly one tracked file has; none once the time is up."""
    lasts = {name: name.rpartition(".")[2] for name in names}
    defines = {name: re.compile(_DEFINES + re.escape(last) + r"\b") for name, last in lasts.items()}
    places: dict[str, list[str]] = {name: [] for name in names}
    for path in tree.list_files():
        if time.monotonic() >= deadline:
            return []
        text = _text(path, tree) if speaks(path) and not secret(path) else ""
        for name, last in lasts.items():
            # Go's methods have their receiver between the word and the name.
            if last in text and defines[name].search(text):
                places[name].append(path)
    found: list[str] = []
    for name, holders in places.items():
        if len(holders) == 1:
            found += [f"{holders[0]}::{whole}" for _, whole in _defined(holders[0], [name], tree)]
    return found


def _text(path: str, tree: Tree) -> str:
    try:
        return tree.read(path) or ""
    except Invalid:
        return ""
