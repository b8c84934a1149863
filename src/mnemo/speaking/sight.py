"""From where a hook looks: which claims count on this branch, and what the code says of them in time."""

from __future__ import annotations

import time
from collections.abc import Callable

from mnemo.model.anchor import Anchor, Finding
from mnemo.model.claim import View
from mnemo.repo import head as heads
from mnemo.repo.head import Head
from mnemo.retrieval.judging import Judge
from mnemo.speaking.said import Where
from mnemo.store import branches
from mnemo.store.branches import Made
from mnemo.store.connections import Connection

LATE = "there was no time to check it"
MOST_ASKED = 4  # commits since which git is asked for renames in one hook


def view_of(connection: Connection, head: Head, session: str, where: Where) -> View:
    """Return from where memory is looked at: this branch, and what is known to have landed in it.

    What nobody has settled for this commit yet is asked of git, as far as one question tells it: branches
    that were merged, not those that were squashed or rebased.

    Args:
        head: what is checked out.
        session: whose preliminary claims count.
        where: the store and the files.
    """
    made = branches.list_made_elsewhere(connection, head.branch) if head.commit else []
    known = branches.held_by(connection, head.commit) if made else {}
    fresh = [one for one in made if one not in known]
    landed = _landed(connection, head, fresh, where) if fresh else set[Made]()
    return View(
        head.branch, frozenset(one for one in made if known.get(one) or one in landed), session, where.now
    )


def _landed(connection: Connection, head: Head, made: list[Made], where: Where) -> set[Made]:
    """Return the places of claims whose work HEAD holds just as it was done on their branch."""
    # Where nothing had been done on a branch yet, its commit is in every history and says nothing.
    worked = {(one.branch, one.tip) for one in branches.list_tips(connection) if one.worked}
    sure = worked.intersection(made)
    if not sure:
        return set()
    from mnemo.repo.asking import find_held

    held = find_held(where.place, {commit for _, commit in sure}, head.commit, where.deadline) or set[str]()
    return {one for one in sure if one[1] in held}


def judge_of(where: Where, until: float) -> Judge:
    """Return what judges one anchor, and says `unknown` of each it has no time for.

    Args:
        where: the store and the files.
        until: time.monotonic() from which nothing more is looked at.
    """
    under_way: list[str | None] = []
    renames: dict[str, dict[str, str] | None] = {}

    def renamed(path: str, commit: str) -> str | None:
        """Return where git says that a file went, which is asked once a commit."""
        if commit not in renames and len(renames) < MOST_ASKED:
            from mnemo.repo.asking import find_renames

            renames[commit] = find_renames(where.place, commit, until)
        return (renames.get(commit) or {}).get(path)

    def judge(anchor: Anchor, commit: str) -> Finding:
        if not under_way:
            under_way.append(heads.operation(where.place))
        if under_way[0]:
            return Finding("unknown", f"a {under_way[0]} is under way")
        if time.monotonic() >= until:
            return Finding("unknown", LATE)
        if anchor.type == "test":
            return _judge_test(anchor, where)
        found = _judged(anchor, where, renamed=lambda path: renamed(path, commit), deadline=until)
        if found.state == "missing" and commit and renames.get(commit, {}) is None:
            return Finding("unknown", f"{found.reason}; {LATE}")  # it may only have another name
        return found

    return judge


def _judged(
    anchor: Anchor,
    where: Where,
    *,
    outcome: Callable[[str, tuple[str, ...]], str | None] | None = None,
    renamed: Callable[[str], str | None] | None = None,
    deadline: float | None = None,
) -> Finding:
    """Judge an anchor; what that takes is loaded now, since most moments tell nothing that has one."""
    from mnemo.anchors.judge import judge

    return judge(anchor, where.tree, outcome=outcome, renamed=renamed, deadline=deadline)


def _judge_test(anchor: Anchor, where: Where) -> Finding:
    """Judge a test by its newest evidence: a failure stands until it is run again.

    Whether a pass was on these files takes a hash of all of them, for which there is no time.
    """
    from mnemo.store import queue

    with where.db.reading() as connection:
        found = queue.find_test(connection, anchor.name)
    if found and found[0] == "failed":
        return _judged(anchor, where, outcome=_failed)
    said = "passed when it was run last" if found else "has no result yet"
    return Finding("unknown", f"{anchor.name} {said}; whether it passes on this code was not looked at")


def _failed(_test: str, _beside: tuple[str, ...]) -> str:
    return "failed"
