"""The queue read as a whole, fast enough for ten thousand tasks: rows are checked when they are shown.

Which open task waits for which is kept in the local table `waits`, as pairs of row numbers, and follows
each deed about a task: reading whole texts of both ends costs several times as much. A need that is not
here has the negative number of who waits for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from mnemo.light import Any
from mnemo.model import work
from mnemo.store.connections import Connection
from mnemo.store.engine import sqlite3
from mnemo.store.fold import NO_TEXTS, Texts

# Number of its row, id, priority (thousandths) and clock.
Free = tuple[int, str, int, int]


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


_FREE = f"""
SELECT id, task, priority, clock FROM tasks
WHERE run IN (
    SELECT run FROM runs r
    WHERE status = 'active' AND (spike = 1 OR plan != '') AND branch = coalesce(?, branch)
      AND NOT EXISTS (SELECT 1 FROM gates g WHERE g.run = r.run AND g.status = 'failed'))
  AND status IN ({_quoted(work.WAITING)}) AND id NOT IN (SELECT task FROM waits)
  AND task NOT IN (SELECT task FROM dispatches WHERE status IN ({_quoted(work.LIVE)}))
"""
_PAIRS = """
SELECT json_group_array(task), json_group_array(needs), max(task < needs)
FROM (SELECT task, needs FROM waits ORDER BY task DESC)
"""
_FORGET = "DELETE FROM waits"
_HELD = f"""
FROM task_dependencies d JOIN tasks t ON t.task = d.task LEFT JOIN tasks n ON n.task = d.needs
WHERE t.status IN ({_quoted(work.OPEN)}) AND coalesce(n.status, '') NOT IN ({_quoted(work.DONE)})
"""
_FILL = f"INSERT INTO waits (task, needs) SELECT t.id, coalesce(n.id, -t.id) {_HELD}"
_ONCE = "ON CONFLICT DO NOTHING"
_TOUCHED = "(SELECT :task UNION ALL SELECT task FROM task_dependencies WHERE needs = :task)"


def mark(connection: Connection) -> tuple[Any, ...]:
    """Return what no other state of any store has: the row and the hash of the newest event."""
    found = connection.execute("SELECT id, hash FROM events ORDER BY id DESC LIMIT 1").fetchone()
    return found or ()


def iter_free(connection: Connection, branch: str | None = None) -> Iterator[Free]:
    """Yield the tasks that wait for nothing and that nobody has, of runs that may go on.

    Args:
        branch: only those of its runs; None for all.
    """
    return iter(connection.execute(_FREE, (branch,)))


def load_waits(connection: Connection) -> tuple[list[int], list[int], bool]:
    """Return who waits, the last to arrive first, and beside each for whom, and whether each came later.

    Where histories were united, a task may have arrived before what it needs.
    """
    waiting, needed, early = connection.execute(_PAIRS).fetchone()
    return json.loads(waiting), json.loads(needed), not early


def list_held(connection: Connection) -> list[tuple[str, str, str]]:
    """Return each open task with what it waits for, by id, and the status of that; empty for none here."""
    return connection.execute(f"SELECT d.task, d.needs, coalesce(n.status, '') {_HELD}").fetchall()


def follow(connection: sqlite3.Connection, tasks: Sequence[str], _: Texts = NO_TEXTS) -> None:
    """Bring up to date what tasks wait for and who waits for them, after their rows changed."""
    touched = [{"task": task} for task in tasks]
    forget = f"{_FORGET} WHERE task IN (SELECT id FROM tasks WHERE task IN {_TOUCHED})"
    connection.executemany(forget, touched)
    connection.executemany(f"{_FILL} AND d.task IN {_TOUCHED} {_ONCE}", touched)


def renew(connection: sqlite3.Connection) -> None:
    """Find out anew which task waits for which."""
    connection.execute(_FORGET)
    connection.execute(f"{_FILL} {_ONCE}")
