"""What is known of branches on which something was claimed: local, so that memory can follow a merge."""

from __future__ import annotations

from collections.abc import Iterable

from mnemo import ids
from mnemo import json_light as json
from mnemo.light import Any, NamedTuple
from mnemo.store.engine import sqlite3

Made = tuple[str, str]  # the branch and the commit on which something was claimed


class Tip(NamedTuple):
    """A commit that a branch was seen at.

    Args:
        branch: its name then.
        tip: the commit.
        worked: whether the branch had work of its own by then.
        work: what it did since it left the default branch, as its finder wrote it down; empty when unknown.
        landed: the commit with which that work came into another history; empty as long as nobody saw it.
    """

    branch: str
    tip: str
    worked: bool
    work: dict[str, Any]
    landed: str = ""


def list_made_elsewhere(connection: sqlite3.Connection, branch: str) -> list[Made]:
    """Return where branch-scoped claims of other branches were made.

    The index is walked from one distinct pair to the next, because there are few pairs and many claims.

    Args:
        branch: the one that is checked out.
    """
    found: list[Made] = []
    last: Made | None = ("", "")
    while last := _next_pair(connection, *last):
        if last[0] != branch and last[1]:
            found.append(last)
    return found


def held_by(connection: sqlite3.Connection, head: str) -> dict[Made, bool]:
    """Return what is known of which claims' work a head's history holds."""
    found = connection.execute("SELECT branch, commit_id, holds FROM contained WHERE head = ?", (head,))
    return {(branch, commit): bool(holds) for branch, commit, holds in found}


def remember_held(connection: sqlite3.Connection, head: str, known: dict[Made, bool]) -> None:
    """Keep which claims' work a head's history holds, so that git is asked once."""
    connection.executemany(
        "INSERT INTO contained (head, branch, commit_id, holds) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (head, branch, commit_id) DO UPDATE SET holds = excluded.holds",
        [(head, *made, int(holds)) for made, holds in known.items()],
    )


def list_tips(connection: sqlite3.Connection) -> list[Tip]:
    """Return every commit that a branch was seen at; a row that a flipped bit changed is none."""
    found = connection.execute("SELECT branch, tip, worked, work, landed, sum FROM tips ORDER BY branch, tip")
    return [
        Tip(branch, tip, bool(worked), json.loads(work), landed)
        for branch, tip, worked, work, landed, total in found
        if ids.check(branch, tip, worked, work, landed) == total
    ]


def put_tips(connection: sqlite3.Connection, tips: Iterable[Tip]) -> None:
    """Keep what commits branches were seen at."""
    rows = [(one.branch, one.tip, int(one.worked), json.dumps(one.work), one.landed) for one in tips]
    connection.executemany(
        "INSERT INTO tips (branch, tip, worked, work, landed, sum) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (branch, tip) DO UPDATE SET worked = excluded.worked, work = excluded.work, "
        "landed = excluded.landed, sum = excluded.sum",
        [(*row, ids.check(*row)) for row in rows],
    )


def _next_pair(connection: sqlite3.Connection, branch: str, commit: str) -> Made | None:
    """Return the next branch and commit that branch-scoped claims have; both steps are one seek each."""
    chosen = "SELECT branch, commit_id FROM assertions WHERE scope = 'branch' AND"
    here = f"{chosen} branch = ? AND commit_id > ? ORDER BY commit_id LIMIT 1"
    beyond = f"{chosen} branch > ? ORDER BY branch, commit_id LIMIT 1"
    return (
        connection.execute(here, (branch, commit)).fetchone()
        or connection.execute(beyond, (branch,)).fetchone()
    )
