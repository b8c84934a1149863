"""What the watcher noticed, as records for people and programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from mnemo import clock
from mnemo.model.anchor import Anchor, Finding, anchor_record, verdict
from mnemo.model.claim import Assertion
from mnemo.repo.head import Head
from mnemo.retrieval.judging import shown_anchor
from mnemo.store.states import Key

SHOWN = 120
Record = dict[str, Any]
Tell = Callable[[Record], object]


class Change(NamedTuple):
    """One anchor that says something else than before.

    Args:
        key: which.
        anchor: as it was pinned.
        before: what it said; None when it was never judged.
        after: what it says now.
    """

    key: Key
    anchor: Anchor
    before: Finding | None
    after: Finding


def is_news(before: Finding | None, after: Finding) -> bool:
    """Tell whether a finding differs from the one before in more than the lines it names."""
    if before is None or (before.state, before.path) != (after.state, after.path):
        return True
    return after.state != "ok" and before.reason != after.reason


def of_anchor(
    change: Change, assertion: Assertion, content: str, verdicts: tuple[str, str], worktree: str
) -> Record:
    """Return the record of one changed anchor.

    Args:
        change: what it said and says.
        assertion: whose anchor it is.
        content: what that claims.
        verdicts: of the claim, before and now.
        worktree: where.
    """
    return {
        "event": "anchor",
        "at": _now(),
        "worktree": worktree,
        "address": assertion.address,
        "content": content.strip().split("\n", 1)[0][:SHOWN],
        "anchor": shown_anchor(anchor_record(change.anchor), change.after),
        "from": change.before.state if change.before else "",
        "to": change.after.state,
        "reason": change.after.reason,
        "was": verdicts[0],
        "verdict": verdicts[1],
    }


def of_branch(worktree: str, before: Head, after: Head) -> Record:
    """Return the record of another branch, or another commit, that was checked out."""
    return {
        "event": "branch",
        "at": _now(),
        "worktree": worktree,
        "from": before.branch,
        "to": after.branch,
        "commit": after.commit,
    }


def of_operation(worktree: str, before: str, after: str) -> Record:
    """Return the record of a merge, rebase, … that began or ended; empty stands for none."""
    return {"event": "operation", "at": _now(), "worktree": worktree, "from": before, "to": after}


def of_watcher(state: str, reason: str, folders: int) -> Record:
    """Return the record of the watcher itself: watching, polling, following, failed or gone."""
    return {"event": "watcher", "at": _now(), "state": state, "reason": reason, "folders": folders}


def verdict_of(findings: Iterable[Finding | None]) -> str:
    """Return a claim's verdict by what its anchors last said; empty when one was never judged."""
    found = list(findings)
    known = [each.state for each in found if each]
    return verdict(known) if len(known) == len(found) else ""


def _now() -> str:
    return clock.iso(clock.from_ms(clock.now_ms()))
