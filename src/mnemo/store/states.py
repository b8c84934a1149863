"""What anchors said when they were last judged, per worktree: local, rebuilt at any time."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable

from mnemo.light import NamedTuple
from mnemo.model.anchor import Finding

Key = tuple[int, int]  # row of the assertion, position of the anchor in it

# Anchors without a path cannot be judged in time. What the watcher found of them stands in rows of its own,
# under a name that no worktree can have, so that nobody's older answer ever replaces it.
ANSWERED = ":"


class Spot(NamedTuple):
    """Where one anchor looks.

    Args:
        assertion, position: which anchor.
        type: file, grep …
        path: the file it names; empty where it looks through the whole tree.
    """

    assertion: int
    position: int
    type: str
    path: str


def put(
    connection: sqlite3.Connection, assertion: int, position: int, worktree: str, finding: Finding, now: int
) -> None:
    """Keep what one anchor said; now is the wall clock in milliseconds."""
    connection.execute(
        "INSERT INTO anchor_states (assertion, position, worktree, state, reason, path, clock) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (assertion, position, worktree) DO UPDATE SET "
        "state = excluded.state, reason = excluded.reason, path = excluded.path, clock = excluded.clock",
        (assertion, position, worktree, finding.state, finding.reason, finding.path, now),
    )


def is_about(connection: sqlite3.Connection, assertion: int, content: str) -> bool:
    """Tell whether an assertion still says what was judged; content is its object's hash."""
    found = connection.execute("SELECT object FROM assertions WHERE id = ?", (assertion,)).fetchone()
    return found is not None and found[0] == content


def list_states(connection: sqlite3.Connection, worktree: str) -> dict[Key, Finding]:
    """Return what every anchor last said in one worktree."""
    found = connection.execute(
        "SELECT assertion, position, state, reason, path FROM anchor_states WHERE worktree = ?", (worktree,)
    )
    return {(row[0], row[1]): Finding(*row[2:]) for row in found}


def find_state(
    connection: sqlite3.Connection, assertion: int, position: int, worktree: str
) -> Finding | None:
    """Return what one anchor last said in a worktree, None when it was never judged there."""
    row = connection.execute(
        "SELECT state, reason, path FROM anchor_states WHERE assertion = ? AND position = ? AND worktree = ?",
        (assertion, position, worktree),
    ).fetchone()
    return Finding(*row) if row else None


def forget_others(connection: sqlite3.Connection, worktrees: Collection[str]) -> int:
    """Drop what anchors said in working trees other than these; return how many rows that were."""
    kept = [*worktrees, *(ANSWERED + name for name in worktrees)]
    marks = ", ".join("?" * len(kept))
    return connection.execute(f"DELETE FROM anchor_states WHERE worktree NOT IN ({marks})", kept).rowcount


def list_foreign(connection: sqlite3.Connection, worktrees: Collection[str]) -> list[str]:
    """Return the working trees other than these that states are kept of."""
    found = {row[0] for row in connection.execute("SELECT DISTINCT worktree FROM anchor_states")}
    return sorted(found.difference(worktrees, (ANSWERED + name for name in worktrees)))


def list_sums(connection: sqlite3.Connection) -> dict[int, tuple[int, int]]:
    """Return claim and sum of each assertion, by its row, of claims that have anchors.

    A sum changes with the row, so that whoever has read the rows once sees which to read again.
    """
    found = connection.execute(
        "SELECT id, claim, sum FROM assertions WHERE claim IN "
        "(SELECT a.claim FROM anchors n JOIN assertions a ON a.id = n.assertion)"
    )
    return {row[0]: (row[1], row[2]) for row in found}


def list_spots(connection: sqlite3.Connection, assertions: Iterable[int]) -> list[Spot]:
    """Return where the anchors of some assertions look."""
    spots: list[Spot] = []
    for assertion in assertions:
        found = connection.execute(
            "SELECT assertion, position, type, path FROM anchors WHERE assertion = ?", (assertion,)
        )
        spots += [Spot(*row) for row in found]
    return spots
