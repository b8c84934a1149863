"""Reviewing a change: which claims it breaks, touches or violates, judged before and after it.

A claim is judged in two trees, and only what the change did is told: what did not hold before is not its
fault. An anchor whose files are the same in both is not judged at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from mnemo import clock, fence
from mnemo.anchors.judge import judge
from mnemo.errors import MnemoError
from mnemo.memory.verifying import live_claims
from mnemo.model.anchor import Anchor, Finding, anchor_record, anchors_of
from mnemo.model.claim import View
from mnemo.repo.files import MAX_BYTES, Tree, Unreadable
from mnemo.repo.paths import nfc
from mnemo.retrieval.judging import shown_anchor
from mnemo.store import assertions
from mnemo.store.connections import Connection

Record = dict[str, Any]
EFFECTS = ("violates", "breaks", "touches")
LONGEST = 500  # characters told of a claim
LONGEST_S = 120  # seconds that searching whole trees may take


class Unchecked(MnemoError):
    """There is nothing to check a change against."""

    exit_code = 2


class Stated(NamedTuple):
    """A claim to check a change against.

    Args:
        address, content, domain, branch: as it was claimed; "" where that is not known.
        age: how old it is, in words.
        anchors: as they were pinned.
    """

    address: str
    content: str
    domain: str
    branch: str
    age: str
    anchors: tuple[Anchor, ...]


class Change(NamedTuple):
    """A change of the files.

    Args:
        before, after: the files.
        changed: paths, before and after, of what is not the same in both.
        renamed: where files went, by their path before.
        load: makes the files of a path list cheap to read in both; called before a whole tree is searched.
    """

    before: Tree
    after: Tree
    changed: frozenset[str]
    renamed: dict[str, str]
    load: Callable[[], None]


class Part:
    """Of a tree some files only.

    Args:
        tree: the files.
        paths: those that are seen.
    """

    def __init__(self, tree: Tree, paths: Iterable[str]) -> None:
        self._tree = tree
        self._paths = frozenset(map(nfc, paths))

    def relative(self, path: str) -> str:
        """Return path as the repository names it."""
        return self._tree.relative(path)

    def exists(self, path: str) -> bool:
        """Tell whether a file is there and seen."""
        return path in self._paths and self._tree.exists(path)

    def read(self, path: str, limit: int = MAX_BYTES) -> str | None:
        """Return a file's text, None when it is missing or not seen."""
        return self._tree.read(path, limit) if path in self._paths else None

    def list_files(self) -> list[str]:
        """Return the seen files that are there."""
        return [path for path in self._tree.list_files() if path in self._paths]


def list_stated(connection: Connection, view: View) -> list[Stated]:
    """Return the live claims that somebody stands for, newest first."""
    live = [one for one in live_claims(connection, view) if one.standing == "active"]
    payloads = assertions.payloads(connection, live)
    return [
        Stated(
            one.address,
            payloads[one.object]["content"],
            one.domain,
            one.branch,
            clock.age(one.first, view.now),
            tuple(anchors_of(payloads[one.object])),
        )
        for one in live
        if one.object in payloads
    ]


def review(stated: Sequence[Stated], change: Change) -> Record:
    """Return what a change does to claims, the worst first.

    Args:
        stated: the claims.
        change: the change.

    Returns:
        {"checked": claims with anchors, "findings": [...], "before": claims that did not hold before it,
        "unjudged": claims that could not be judged}.

    Raises:
        Unchecked: none of the claims has an anchor.
    """
    anchored = [one for one in stated if one.anchors]
    if not anchored:
        has = f"None of the {len(stated)} claims has an anchor." if stated else "There are no claims."
        raise Unchecked(has, "Claim something with anchors first: mnemo claim TEXT --anchors src/a.py::name.")
    judged = _Judged(change)
    findings: list[Record] = []
    broken_before = unjudged = 0
    for one in anchored:
        told = [judged.effect(anchor) for anchor in one.anchors]
        broken_before += any(each == "before" for each, _, _ in told)
        unjudged += any(each == "unjudged" for each, _, _ in told)
        effects = [(each, anchor, now) for each, anchor, now in told if each in EFFECTS]
        if effects:
            findings.append(_finding(one, effects))
    findings.sort(key=lambda each: EFFECTS.index(each["effect"]))
    return {
        "checked": len(anchored),
        "findings": findings,
        "before": broken_before,
        "unjudged": unjudged,
    }


class _Judged:
    """Judges anchors before and after a change."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._deadline = time.monotonic() + LONGEST_S
        self._parts = [Part(tree, change.changed) for tree in (change.before, change.after)]

    def effect(self, anchor: Anchor) -> tuple[str, Anchor, Finding]:
        """Return what the change does to an anchor, and what judging it says now.

        The first is one of EFFECTS, "before" (it did not hold then either), "unjudged" or "".
        """
        change = self._change
        if anchor.type == "test" or not self._is_concerned(anchor):
            return "", anchor, Finding("ok")
        was = judge(anchor, change.before, deadline=self._deadline)
        now = judge(anchor, change.after, renamed=change.renamed.get, deadline=self._deadline)
        if {was.state, now.state} & {"unknown", "error"}:
            return "unjudged", anchor, now
        if was.state == "missing":
            return "before" if now.state == "missing" else "", anchor, now
        if now.state == "missing":
            return "violates" if anchor.absent else "breaks", anchor, now
        if was.state == "ok" and now.state == "drifted":
            return "touches", anchor, now
        if not anchor.absent and self._is_rewritten(anchor, was, now):
            what = anchor.name or "the passage"
            return "touches", anchor, now._replace(reason=now.reason or f"lines of {what} changed; it holds")
        return "", anchor, now

    def _is_concerned(self, anchor: Anchor) -> bool:
        """Tell whether the change can make any difference to an anchor."""
        if anchor.path:
            return any(
                path == anchor.path or path.startswith(f"{anchor.path}/") for path in self._change.changed
            )
        before, after = (judge(anchor, part, deadline=self._deadline).state for part in self._parts)
        if before == after:
            return False
        # Only now does it count what all the other files hold.
        self._change.load()
        return True

    def _is_rewritten(self, anchor: Anchor, was: Finding, now: Finding) -> bool:
        if not was.lines or not now.lines or anchor.type not in ("content", "symbol"):
            return False
        before = _lines(self._change.before, anchor.path, was.lines)
        return before != _lines(self._change.after, now.path or anchor.path, now.lines)


def _lines(tree: Tree, path: str, lines: tuple[int, int]) -> list[str]:
    try:
        text = tree.read(path) or ""
    except Unreadable:
        return []
    # Spaces at the margin are no change of what is said.
    return [line.strip() for line in text.split("\n")[lines[0] - 1 : lines[1]]]


def _finding(one: Stated, effects: list[tuple[str, Anchor, Finding]]) -> Record:
    worst = min((each for each, _, _ in effects), key=EFFECTS.index)
    return {
        "effect": worst,
        "address": one.address,
        "content": fence.escape(one.content.strip()[:LONGEST]),
        "domain": one.domain,
        "branch": one.branch,
        "age": one.age,
        "anchors": [
            {**shown_anchor(anchor_record(anchor), now), "effect": each} for each, anchor, now in effects
        ],
    }
