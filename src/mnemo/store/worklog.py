"""The work log: how its entries fold and are read."""

from __future__ import annotations

import sqlite3

from mnemo.light import Any, NamedTuple
from mnemo.store import objects, rows
from mnemo.store.fold import Aggregate, Fold


class Entry(NamedTuple):
    """One row of the work log.

    Args:
        entry: its id.
        branch, commit: where it was written.
        agent, session: by whom.
        clock: when.
        message, extra: what was done; empty when the text was erased.
    """

    entry: str
    branch: str
    commit: str
    agent: str
    session: str
    clock: int
    message: str
    extra: dict[str, Any] | None


def list_entries(connection: sqlite3.Connection, branch: str, limit: int) -> list[Entry]:
    """Return a branch's newest entries, newest first; none for a limit of 0 or less."""
    if limit <= 0:
        return []
    found = list(
        rows.iter_rows(connection, "log_entries", order=f"clock DESC LIMIT {int(limit)}", branch=branch)
    )
    return [_entry(connection, row) for row in found]


def count_elsewhere(connection: sqlite3.Connection, branch: str) -> int:
    """Return how many entries other branches have."""
    return connection.execute("SELECT count(*) FROM log_entries WHERE branch != ?", (branch,)).fetchone()[0]


def list_branches(connection: sqlite3.Connection) -> list[str]:
    """Return the branches that have entries."""
    found = connection.execute("SELECT DISTINCT branch FROM log_entries ORDER BY branch")
    return [branch for (branch,) in found]


def list_commits(connection: sqlite3.Connection, branch: str) -> list[str]:
    """Return the commits at which a branch's entries were written, the newest first."""
    found = connection.execute(
        "SELECT commit_id FROM log_entries WHERE branch = ? AND commit_id != '' "
        "GROUP BY commit_id ORDER BY max(clock) DESC",
        (branch,),
    )
    return [commit for (commit,) in found]


def _entry(connection: sqlite3.Connection, row: rows.Row) -> Entry:
    payload = objects.find(connection, row["object"]) or {}
    return Entry(
        row["entry"],
        row["branch"],
        row["commit_id"],
        row["agent"],
        row["session"],
        row["clock"],
        payload.get("message", ""),
        payload.get("extra"),
    )


def _write(connection: sqlite3.Connection, fold: Fold) -> None:
    at = fold.event.at
    rows.put(
        connection,
        "log_entries",
        {
            "entry": fold.name,
            "branch": at.get("branch", ""),
            "commit_id": at.get("commit", ""),
            "worktree": at.get("worktree", ""),
            "agent": at.get("agent", ""),
            "session": at.get("session", ""),
            "clock": fold.event.clock,
            "object": fold.part["object"],
        },
    )


def _move(connection: sqlite3.Connection, fold: Fold) -> None:
    """Give an entry to another branch: the one that its own was merged into, or is called now."""
    row = rows.find(connection, "log_entries", entry=fold.name)
    if row:
        rows.put(connection, "log_entries", {**row, "branch": fold.part["branch"]})


def _clear(connection: sqlite3.Connection, name: str) -> None:
    rows.delete(connection, "log_entries", entry=name)


LOG = Aggregate(apply={"write": _write, "move": _move}, clear=_clear)
