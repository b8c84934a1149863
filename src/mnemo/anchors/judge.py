"""Judging: what the code says of an anchor in this moment."""

from __future__ import annotations

from collections.abc import Callable

from mnemo.anchors import passages
from mnemo.anchors.search import LARGEST_SEARCHED, match_pattern, search_dependency, search_pattern
from mnemo.errors import Invalid, QueryTimeout
from mnemo.light import NamedTuple
from mnemo.model.anchor import TYPES, WAS, Anchor, Finding
from mnemo.repo.files import MAX_BYTES, Tree, Unreadable, conflicted
from mnemo.repo.paths import shown
from mnemo.repo.symbols import find_span, find_symbol

Outcome = Callable[[str, tuple[str, ...]], "str | None"]
Renamed = Callable[[str], "str | None"]
Moved = Callable[[Anchor], "str | None"]

OPPOSITES = {"ok": "missing", "drifted": "missing", "missing": "ok"}


class Sight(NamedTuple):
    """What judging may look at, as judge() takes it.

    Args:
        tree: the files.
        outcome: of tests.
        renamed: by git.
        moved: to another file.
        deadline: of searches.
    """

    tree: Tree
    outcome: Outcome | None
    renamed: Renamed | None
    moved: Moved | None
    deadline: float | None


def judge(
    anchor: Anchor,
    tree: Tree,
    *,
    outcome: Outcome | None = None,
    renamed: Renamed | None = None,
    moved: Moved | None = None,
    deadline: float | None = None,
) -> Finding:
    """Return what the code says of an anchor now; whatever a file holds or lacks is a finding, not an error.

    Args:
        anchor: pinned.
        tree: the files.
        outcome: "passed" or "failed" for a test id by the newest evidence on the code that its claim names,
            None without any.
        renamed: a path's new path when git sees a rename, else None.
        moved: the file a definition or passage went to unchanged, else None; left out, nobody looks.
        deadline: time.monotonic() at which a search through the whole tree gives up with `unknown`.
    """
    sight = Sight(tree, outcome, renamed, moved, deadline)
    try:
        finding = _follow(anchor, sight)
    except QueryTimeout as problem:
        return Finding("unknown", problem.message)
    except Invalid as problem:
        return Finding("error", problem.message)
    if anchor.absent:
        opposite = OPPOSITES.get(finding.state, finding.state)
        return Finding(opposite, "" if opposite == "ok" else finding.reason, "", finding.lines)
    # Of what simply holds there is nothing to say.
    return finding._replace(reason="") if finding.state == "ok" and not finding.path else finding


def _follow(anchor: Anchor, sight: Sight) -> Finding:
    """Judge an anchor where it is, else where its file was renamed to, else where its definition went."""
    finding = _judge_here(anchor, sight)
    if finding.state != "missing" or not anchor.path or (anchor.absent and anchor.type == "file"):
        return finding
    if sight.renamed and not sight.tree.exists(anchor.path):
        new = sight.renamed(anchor.path) or _where_it_was(anchor, sight.renamed)
        if new and new != anchor.path:
            there = _judge_here(anchor._replace(path=new), sight)
            rest = f"; {there.reason}" if there.state != "ok" else ""
            return there._replace(path=new, reason=f"{anchor.path} is now {new}{rest}")
    if sight.moved and _was_there(anchor) and not anchor.absent:
        new = sight.moved(anchor)
        there = _judge_here(anchor._replace(path=new), sight) if new else finding
        if there.state == "ok":
            reason = f"{anchor.name or 'the passage'} moved from {anchor.path} to {new}"
            return there._replace(path=new, reason=reason)
    return finding


def _where_it_was(anchor: Anchor, renamed: Renamed) -> str | None:
    """Return where a file is now that was followed before, by the name under which it was claimed."""
    was = (anchor.pin or {}).get(WAS)
    return renamed(was) if isinstance(was, str) and was else None


def _judge_here(anchor: Anchor, sight: Sight) -> Finding:
    if anchor.type == "test":
        return _judge_test(anchor, sight)
    if anchor.type == "dependency":
        return search_dependency(anchor, sight.tree, sight.deadline)
    if anchor.type == "grep" and not anchor.path:
        return search_pattern(anchor, sight.tree, sight.deadline)._replace(path="")
    if anchor.type not in TYPES:
        return Finding("unknown", f"this version cannot judge anchors of type {shown(anchor.type)}")
    try:
        text = sight.tree.read(anchor.path, LARGEST_SEARCHED if anchor.type == "grep" else MAX_BYTES)
    except Unreadable:
        if anchor.type != "file":
            raise
        return Finding("ok", f"{anchor.path} exists")
    if text is None:
        word = "no longer exists" if _was_there(anchor) else "does not exist"
        return Finding("missing", f"{anchor.path} {word}")
    if conflicted(text):
        return Finding("unknown", f"{anchor.path} holds conflict markers")
    if anchor.type == "grep":
        return match_pattern(anchor, anchor.path, text, sight.deadline)._replace(path="")
    try:
        return _IN_TEXT[anchor.type](anchor, text)
    except Unreadable as problem:
        return Finding("error", f"{anchor.path}: {problem.message}")


def _was_there(anchor: Anchor) -> bool:
    return not {"copies", "body"}.isdisjoint(anchor.pin or {})


def _judge_file(anchor: Anchor, text: str) -> Finding:
    return Finding("ok", f"{anchor.path} exists")


def _judge_content(anchor: Anchor, text: str) -> Finding:
    path, passage = anchor.path, passages.from_pin(anchor.pin)
    if passage is None:
        asked = str((anchor.pin or {}).get("lines", "asked for")).strip("[]").replace(", ", "-")
        return Finding("missing", f"{path} had no text on lines {asked} to pin")
    size = passages.count(passage)
    match = passages.find(passage, text, lambda name: find_span(text, name, path))
    if match is None:
        what = "its line is" if size == 1 else f"its {size} lines are"
        return Finding("missing", f"{what} {'no longer' if passage.copies else 'not'} in {path}")
    lines = (match.first, match.last)
    place = f"{path}:{match.first}-{match.last}"
    if match.whole or anchor.absent:
        return Finding("ok", f"{place} holds it", lines=lines)
    changed = f"{match.changed} of {size} lines changed at" if match.changed else "lines were added inside"
    return Finding("drifted", f"{changed} {place}", lines=lines)


def _judge_symbol(anchor: Anchor, text: str) -> Finding:
    symbol, pinned = find_symbol(text, anchor.name, anchor.path), _was_there(anchor)
    if symbol is None:
        word = "no longer" if pinned else "not"
        return Finding("missing", f"{anchor.name} is {word} defined in {anchor.path}")
    lines = (symbol.first, symbol.last)
    if anchor.absent or (anchor.pin or {}).get("body") == symbol.body_hash:
        return Finding("ok", f"{anchor.path}:{symbol.first} defines {anchor.name}", lines=lines)
    what = "changed" if pinned else "was not there to be pinned"
    return Finding("drifted", f"{anchor.name} in {anchor.path} {what}", lines=lines)


def _judge_test(anchor: Anchor, sight: Sight) -> Finding:
    outcome = sight.outcome(anchor.name, anchor.beside) if sight.outcome else None
    if outcome == "passed":
        return Finding("ok", f"{anchor.name} passed")
    if outcome == "failed":
        return Finding("missing", f"{anchor.name} failed")
    return Finding("unknown", f"there is no result of {anchor.name} on this code yet")


_IN_TEXT = {"file": _judge_file, "content": _judge_content, "symbol": _judge_symbol}
