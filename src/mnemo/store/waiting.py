"""The queue read as a whole, fast enough for ten thousand tasks: rows are checked when they are shown.

Texts of many rows are joined by SQLite and split again, which costs a third of fetching each by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from mnemo.model import work
from mnemo.store.connections import Connection

_STATUS = "SELECT task, status FROM tasks WHERE task = ?"

# Task, status, run, priority (thousandths) and clock.
Waiting = tuple[str, str, str, int, int]


def mark(connection: Connection) -> tuple[Any, ...]:
    """Return what no other state of any store has: the row and the hash of the newest event."""
    found = connection.execute("SELECT id, hash FROM events ORDER BY id DESC LIMIT 1").fetchone()
    return found or ()


def list_open(connection: Connection) -> list[Waiting]:
    """Return every task that still needs someone, the last to arrive first."""
    sql = (
        "SELECT task, status, run, priority, clock FROM tasks "
        f"WHERE status IN ({_quoted(work.OPEN)}) ORDER BY id DESC"
    )
    return connection.execute(sql).fetchall()


def open_runs(connection: Connection) -> dict[str, str]:
    """Return run -> branch of the runs whose work may be handed out: active, planned, no gate failed."""
    sql = (
        "SELECT run, branch FROM runs r WHERE status = 'active' AND (spike = 1 OR plan != '') "
        "AND NOT EXISTS (SELECT 1 FROM gates g WHERE g.run = r.run AND g.status = 'failed')"
    )
    return dict(connection.execute(sql))


def list_handed_out(connection: Connection) -> set[str]:
    """Return the tasks that have a queued or taken dispatch."""
    sql = f"SELECT task FROM dispatches WHERE status IN ({_quoted(work.LIVE)})"
    return {row[0] for row in connection.execute(sql)}


def list_done(connection: Connection) -> set[str]:
    """Return the tasks that are done."""
    sql = f"SELECT group_concat(task, ' ') FROM tasks WHERE status IN ({_quoted(work.DONE)})"
    return set(_split(connection.execute(sql).fetchone()[0]))


def needed_by(connection: Connection) -> dict[str, list[str]]:
    """Return needed task -> the tasks that need it."""
    sql = "SELECT group_concat(needs, ' '), group_concat(task, ' ') FROM task_dependencies"
    needed, tasks = connection.execute(sql).fetchone()
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each, task in zip(_split(needed), _split(tasks), strict=True):
        found[each].append(task)
    return found


def status_of(connection: Connection, tasks: Iterable[str]) -> dict[str, str]:
    """Return task -> status for those of some tasks that this store knows."""
    found = (connection.execute(_STATUS, (task,)).fetchone() for task in tasks)
    return {row[0]: row[1] for row in found if row}


def _split(joined: str | None) -> list[str]:
    return joined.split(" ") if joined else []


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
