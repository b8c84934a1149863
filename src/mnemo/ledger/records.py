"""Tasks and dispatches as tools answer with them."""

from __future__ import annotations

from typing import Any

from mnemo import clock
from mnemo.ledger.names import shown
from mnemo.store import objects, queue
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

Record = dict[str, Any]


def task_record(
    connection: Connection, row: Row, *, branch: str | None = None, whole: bool = False
) -> Record:
    """Return a task: id, title, status, priority, criteria, and the ids of what it waits for.

    Args:
        row: the task.
        branch: its branch, told when it is not the one looked from.
        whole: also what it asks, for whoever takes it.
    """
    payload = objects.find(connection, row["object"]) or {}
    record: Record = {
        "id": shown(row["task"]),
        "title": payload.get("title", ""),
        "status": row["status"],
        "priority": row["priority"] / 1000,
        "criteria": payload.get("criteria", []),
        "blocked_by": [shown(each) for each in queue.list_unmet(connection, row["task"])],
    }
    if branch is not None:
        record["branch"] = branch
    if whole and payload.get("body"):
        record["body"] = payload["body"]
    reason = objects.find(connection, row["reason"]) if row["status"] == "blocked" else None
    if reason:
        record["reason"] = reason.get("reason", "")
    return record


def dispatch_record(connection: Connection, row: Row) -> Record:
    """Return a dispatch: id, task, its title and status, executor, end of the lease (UTC) and attempt."""
    task = queue.find_row(connection, "task", row["task"])
    payload = objects.find(connection, task["object"]) if task else None
    until = queue.lease_until(connection, row) if row["status"] == "claimed" else 0
    return {
        "id": shown(row["dispatch"]),
        "task": shown(row["task"]),
        "title": (payload or {}).get("title", ""),
        "status": row["status"],
        "task_status": task["status"] if task else "",
        "executor": row["executor"],
        "lease_until": moment(until) if until else None,
        "attempt": row["attempt"],
    }


def moment(ms: int) -> str:
    """Return a wall clock in milliseconds as UTC text, such as 2026-11-20T09:57:09Z."""
    return f"{clock.iso(clock.from_ms(ms))}Z"


def answer(action: str, **parts: Any) -> Record:
    """Return the record of one action with every list that a caller may rely on.

    Args:
        action: ready, add, create, take, heartbeat, complete, fail or list.
        parts: what is not empty of tasks, dispatch, dispatches, missing, notes and next.
    """
    record: Record = {"action": action, "tasks": [], "dispatch": None, "dispatches": [], "missing": []}
    record.update(parts)
    record.setdefault("next", "")
    return record
