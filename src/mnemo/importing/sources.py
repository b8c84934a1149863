"""Which files of a repository tell what holds in it, what kind each is, and for which folder it speaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mnemo.light import expression

KINDS = ("agents", "claude", "gemini", "cursor", "copilot", "windsurf", "adr", "contributing")
LARGEST = 1_000_000  # bytes read of one file
MOST_RULES = 500  # claimed from one file

_ADR = (
    r"(?:.+/)?(?:adrs?|(?:architect(?:ure|ural)[-_]?)?decisions?(?:[-_](?:records?|log))?|decision-records?)"
    r"/(?:[^/]+/)?[^/]+\.(?:md|rst|markdown)"
)
# The first pattern that fits a path names its kind; `folder` is what the file speaks for.
_PATTERNS = (
    ("agents", r"(?:(?P<folder>.+)/)?\.agents/AGENTS?\.md"),
    ("agents", r"(?:(?P<folder>.+)/)?AGENTS?\.md"),
    ("claude", r"(?:(?P<folder>.+)/)?\.claude/CLAUDE(?:\.local)?\.md"),
    ("claude", r"(?:(?P<folder>.+)/)?\.claude/rules/.+\.md"),
    ("claude", r"(?:(?P<folder>.+)/)?CLAUDE(?:\.local)?\.md"),
    ("gemini", r"(?:(?P<folder>.+)/)?GEMINI\.md"),
    ("cursor", r"(?:(?P<folder>.+)/)?\.cursor/rules/.+\.mdc?"),
    ("cursor", r"(?:(?P<folder>.+)/)?\.cursor/rules\.mdc?"),
    ("cursor", r"(?:(?P<folder>.+)/)?\.cursorrules"),
    ("copilot", r"(?P<folder>)\.github/copilot-instructions\.md"),
    ("copilot", r"(?P<folder>)\.github/instructions/.+\.instructions\.md"),
    ("windsurf", r"(?:(?P<folder>.+)/)?\.windsurfrules"),
    ("windsurf", r"(?:(?P<folder>.+)/)?\.windsurf/rules/.+\.md"),
    ("adr", _ADR),
    ("contributing", r"(?P<folder>)(?:docs/|\.github/|doc/|doc/en/)CONTRIBUTING\.(?:md|rst)"),
    ("contributing", r"(?:(?P<folder>.+)/)?CONTRIBUTING\.(?:md|rst)"),
)  # fmt: skip
# Clients look for their files by exact names; docs/agent.md is a page about agents.
_ANY_CASE = ("adr", "contributing")
_COMPILED = [
    (kind, expression(pattern, re.IGNORECASE if kind in _ANY_CASE else 0)) for kind, pattern in _PATTERNS
]
_ADR_PASSED = expression(
    r"(?:readme|index|template.*|.*[-_]template|0+[-_]?template.*|toc|glossary)$", re.IGNORECASE
)
# What others wrote, and what only tests read.
_FOREIGN = frozenset(
    "node_modules vendor third_party third-party thirdparty site-packages testdata fixtures __fixtures__ "
    "skills templates cookbook .git .mnemo .venv venv dist build target".split()
)
_DEEPEST = 12


class Source(NamedTuple):
    """One file that tells what holds.

    Args:
        path: relative to the top.
        kind: one of KINDS.
        folder: the folder it speaks for; empty for the whole repository.
        tracked: whether git tracks it: what is tracked counts as the user's own.
    """

    path: str
    kind: str
    folder: str
    tracked: bool


def list_sources(tracked: Iterable[str], untracked: Iterable[str], only: Sequence[str] = ()) -> list[Source]:
    """Return the files that tell what holds, in the order in which they are read.

    A statement that stands in several files is claimed for the first: files of the whole repository come
    before those of a folder, and KINDS gives the order among them.

    Args:
        tracked, untracked: paths relative to the top.
        only: kinds that are wanted; empty for all.
    """
    found: dict[str, Source] = {}
    for paths, is_tracked in ((tracked, True), (untracked, False)):
        for path in paths:
            source = find_source(path, is_tracked)
            if source and path not in found and (not only or source.kind in only):
                found[path] = source
    return sorted(found.values(), key=_order)


def find_source(path: str, tracked: bool) -> Source | None:
    """Return what a file is to us, None when it tells nothing of the project."""
    parts = path.split("/")
    if len(parts) > _DEEPEST or _FOREIGN.intersection(part.lower() for part in parts[:-1]):
        return None
    for kind, pattern in _COMPILED:
        match = pattern.fullmatch(path)
        if match:
            if kind == "adr" and _ADR_PASSED.match(parts[-1].rpartition(".")[0]):
                return None
            return Source(path, kind, match.groupdict().get("folder") or "", tracked)
    return None


def folder_of_globs(globs: Sequence[str]) -> str:
    """Return the deepest folder that holds whatever these patterns match; empty for the whole repository.

    Args:
        globs: such as src/**/*.ts.
    """
    folders = [_literal(glob) for glob in globs]
    if not folders or [] in folders:
        return ""
    shared: list[str] = []
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "/".join(shared)


def _literal(glob: str) -> list[str]:
    found: list[str] = []
    parts = glob.strip().removeprefix("./").removeprefix("/").split("/")
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if set(part) & set("*?[]{}") or (last and "." in part) or part in ("", ".", ".."):
            break
        found.append(part)
    return found


def _order(source: Source) -> tuple[int, int, str]:
    depth = source.folder.count("/") + 1 if source.folder else 0
    return depth, KINDS.index(source.kind), source.path
