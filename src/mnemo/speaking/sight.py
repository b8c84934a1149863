"""From where a hook looks: which claims count on this branch, and what the code says of them in time."""

from __future__ import annotations

import time

from mnemo.anchors.judge import judge as judge_anchor
from mnemo.model.anchor import Anchor, Finding
from mnemo.model.claim import View
from mnemo.repo import head as heads
from mnemo.repo.files import WorkingTree
from mnemo.repo.head import Head
from mnemo.repo.location import Place
from mnemo.retrieval.judging import Judge
from mnemo.store import branches
from mnemo.store.connections import Connection

LATE = "there was no time to check it"


def view_of(connection: Connection, head: Head, session: str, now: int) -> View:
    """Return from where memory is looked at: this branch, and what the store knows to have landed in it.

    Args:
        head: what is checked out.
        session: whose preliminary claims count.
        now: wall clock, milliseconds.
    """
    made = branches.list_made_elsewhere(connection, head.branch) if head.commit else []
    known = branches.held_by(connection, head.commit) if made else {}
    return View(head.branch, frozenset(one for one in made if known.get(one)), session, now)


def judge_of(place: Place, tree: WorkingTree, deadline: float) -> Judge:
    """Return what judges one anchor, and says `unknown` of each it has no time for.

    Args:
        place: the working tree.
        tree: its files.
        deadline: time.monotonic() from which nothing more is looked at.
    """
    under_way: list[str | None] = []

    def judge(anchor: Anchor, commit: str) -> Finding:
        if not under_way:
            under_way.append(heads.operation(place))
        if under_way[0]:
            return Finding("unknown", f"a {under_way[0]} is under way")
        if time.monotonic() >= deadline:
            return Finding("unknown", LATE)
        if anchor.type == "test":
            return Finding("unknown", f"the result of {anchor.name} was not looked at")
        return judge_anchor(anchor, tree, deadline=deadline)

    return judge
