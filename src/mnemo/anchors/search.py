"""Anchors that look through the whole tree: a pattern anywhere, a dependency."""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import inf

from mnemo.anchors import patterns
from mnemo.errors import Invalid, QueryTimeout
from mnemo.light import TYPE_CHECKING
from mnemo.model.anchor import Anchor, Finding
from mnemo.repo.files import NotText, Tree, Unreadable, conflicted
from mnemo.repo.paths import readable, shown

if TYPE_CHECKING:
    from mnemo.repo.manifests import Dependency

# Searched files are not kept, so they may be far larger than those that are pinned.
LARGEST_SEARCHED = 32_000_000


def match_pattern(
    anchor: Anchor, path: str, text: str, deadline: float | None, left: float = patterns.TIMEOUT
) -> Finding:
    """Judge whether one file's text holds an anchor's pattern.

    Args:
        anchor: of type grep.
        path: the file.
        text: what it holds.
        deadline: time.monotonic() at which to give up with `unknown`.
        left: seconds that an expression may take before it is an `error`.
    """
    at = -1
    try:
        if anchor.regex:
            seconds = left if deadline is None else min(left, deadline - time.monotonic())
            found = patterns.search(anchor.pattern, text, seconds)
            at = found[0] if found else -1
        else:
            at = text.find(anchor.pattern)
    except QueryTimeout as problem:
        late = deadline is not None and time.monotonic() >= deadline
        return Finding("unknown" if late else "error", f"{problem.message} in {path}")
    if at < 0:
        return Finding("missing", f"{path} does not hold {shown(anchor.pattern)}")
    line = text.count("\n", 0, at) + 1
    return Finding("ok", f"{path}:{line} holds {shown(anchor.pattern)}", path, (line, line))


def search_pattern(anchor: Anchor, tree: Tree, deadline: float | None = None) -> Finding:
    """Judge a pattern that may stand in any tracked text file; the finding's path says in which it does.

    Args:
        anchor: of type grep, without a path.
        tree: the files.
        deadline: time.monotonic() at which to give up with `unknown`.
    """
    undecided: list[str] = []
    left = patterns.TIMEOUT if anchor.regex else inf
    for place, path in enumerate(_paths(anchor, tree)):
        now = time.monotonic()
        # The first file, where it was seen before, costs next to nothing.
        if place and deadline is not None and now >= deadline:
            return Finding("unknown", f"there was no time to look for {shown(anchor.pattern)} in every file")
        try:
            text = tree.read(path, LARGEST_SEARCHED) or ""
        except Unreadable as problem:
            if not isinstance(problem, NotText):
                undecided.append(problem.message)
            continue
        except Invalid:
            continue  # a tracked link that leads out of the repository
        finding = match_pattern(anchor, readable(path), text, deadline, left)
        left -= time.monotonic() - now
        if finding.state == "ok" and conflicted(text):
            undecided.append(f"{readable(path)} holds conflict markers")
        elif finding.state != "missing":
            return finding
    if undecided:
        return Finding("unknown", undecided[0])
    return Finding("missing", f"no tracked file holds {shown(anchor.pattern)}")


def search_dependency(anchor: Anchor, tree: Tree, deadline: float | None = None) -> Finding:
    """Judge a dependency: declared nearest the root, else declared deeper, else imported.

    Args:
        anchor: of type dependency.
        tree: the files.
        deadline: time.monotonic() at which to give up with `unknown`.
    """
    from mnemo.repo.imports import find_import
    from mnemo.repo.manifests import declarations

    declared = declarations(tree, anchor.name, deadline)
    if declared.dependencies:
        return _within(anchor, declared.dependencies)
    path = find_import(tree, anchor.name, deadline)
    if path is None and declared.broken:
        return Finding("error", declared.broken[0])
    if path is None:
        return Finding("missing", f"{anchor.name} is neither declared nor imported")
    if anchor.spec:
        return Finding("unknown", f"{anchor.name} is imported in {path}, but no manifest tells its version")
    return Finding("ok", f"{anchor.name} is imported in {path}")


def _within(anchor: Anchor, dependencies: list[Dependency]) -> Finding:
    """Compare what is declared with the wanted range; where that leaves it open, what is locked decides."""
    from mnemo.repo.versions import satisfies

    name, wanted = anchor.name, anchor.spec
    declared = [each for each in dependencies if not each.locked]
    if not wanted:
        return Finding("ok", f"{name} is declared in {declared[0].path}")
    for group in (declared, [each for each in dependencies if each.locked]):
        answers = [(satisfies(each.spec, wanted), each) for each in group]
        for answer, each in answers:
            if answer is False:
                return Finding("missing", f"{name} {each.spec} in {each.path} is outside {wanted}")
        if answers and all(answer for answer, _ in answers):
            return Finding("ok", f"{name} {group[0].spec} in {group[0].path} is within {wanted}")
    spec = declared[0].spec or "any version"
    return Finding("unknown", f"{declared[0].path} allows {name} {spec}, which leaves {wanted} open")


def _paths(anchor: Anchor, tree: Tree) -> Iterator[str]:
    """Give the tracked files, first the one that held the pattern when it was pinned."""
    seen = (anchor.pin or {}).get("seen")
    if isinstance(seen, str) and seen:
        yield seen
    yield from (path for path in tree.list_files() if path != seen)
