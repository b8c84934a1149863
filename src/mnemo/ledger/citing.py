"""Which finished work cites a file."""

from __future__ import annotations

from typing import Any

from mnemo import clock, fence
from mnemo.ledger.evidence import FILE
from mnemo.ledger.names import shown
from mnemo.model import work
from mnemo.store import objects, queue
from mnemo.store.connections import Connection

Record = dict[str, Any]
MOST_READ = 2_000  # pieces of evidence looked at, newest first
MOST_TOLD = 5


def list_citing(connection: Connection, path: str, now: int) -> list[Record]:
    """Return the evidence that a file is, newest first, with the task that it serves.

    Args:
        path: relative to the top.
        now: wall clock, milliseconds.
    """
    found: list[Record] = []
    for count, row in enumerate(queue.iter_evidence(connection, "clock DESC", kind=FILE)):
        if count == MOST_READ or len(found) == MOST_TOLD:
            break
        payload = objects.find(connection, row["object"]) or {}
        if payload.get("path") != path:
            continue
        task = queue.find_row(connection, work.TASK, row["task"]) or {}
        title = (objects.find(connection, task.get("object", "")) or {}).get("title", "")
        found.append(
            {
                "evidence": shown(row["evidence"]),
                "status": row["status"],
                "task": shown(row["task"]),
                "title": fence.escape(title),
                "task_status": task.get("status", ""),
                "age": clock.age(row["clock"], now),
            }
        )
    return found
