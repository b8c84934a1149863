"""Mending rejected work: a task of its own for what is missing, and an end to trying."""

from __future__ import annotations

from typing import Any, NamedTuple

from mnemo.ids import new_id
from mnemo.ledger import policies, states
from mnemo.ledger.names import shown
from mnemo.model import work
from mnemo.store import events, objects, queue, rows
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

KIND = "repair"
MAX_ATTEMPTS = 2
MAX_EXECUTORS = 3

Record = dict[str, Any]


class Budget(NamedTuple):
    """How often work may be mended; what the task's policy says of it wins.

    Args:
        attempts: most tasks that repair it.
        executors: most different executors that may have tried before it is given up.
    """

    attempts: int = MAX_ATTEMPTS
    executors: int = MAX_EXECUTORS


def parts_for(
    connection: Connection, task: Row, failed: list[str], budget: Budget
) -> tuple[dict[str, events.Part], str]:
    """Return what mending a rejected task means: another task below the first, or the end of trying.

    The new task asks for the same as the first one, and takes the place of the repairs that were rejected.
    While one is under way no other is made.

    Args:
        task: what was rejected; a repair's own repair goes to the task that it repairs.
        failed: what was missing.
        budget: how often it may be tried.

    Returns:
        parts of the event, and the id of the task that mends it, empty when there is none.
    """
    root = find_mended(connection, task) or task
    payload = objects.find(connection, root["object"]) or {}
    repairs = list_repairs(connection, root["task"])
    open_ones = [row for row in repairs if row["status"] in work.OPEN]
    failing = [row for row in open_ones if row["status"] == "rejected" or _is_rejected_now(row, task)]
    if len(failing) < len(open_ones):
        return {}, next(row["task"] for row in open_ones if row not in failing)
    allowed = _within(payload, budget)
    tried = _executors(connection, [root, *repairs])
    if len(repairs) >= allowed.attempts or len(tried) > allowed.executors:
        told = f"{len(repairs)} of {allowed.attempts} repairs and {len(tried)} executors did not mend it"
        cause = states.seal(connection, {"reason": f"{told}: {'; '.join(failed)}"})
        return {f"task/{root['task']}": {"do": "status", "status": "blocked", "cause": cause}}, ""
    name = new_id(work.TASK)
    gone = states.seal(connection, {"reason": f"{shown(name)} is tried instead"})
    replaced: dict[str, events.Part] = {
        f"task/{row['task']}": {"do": "status", "status": "cancelled", "cause": gone} for row in failing
    }
    asked: dict[str, object] = {
        **payload,
        "title": f"Repair: {payload.get('title', '')}",
        "body": "\n".join(["Rejected, because this is missing:", *(f"- {each}" for each in failed)]),
        "kind": KIND,
    }
    added: events.Part = {
        "do": "add",
        "run": root["run"],
        "parent": root["task"],
        "priority": root["priority"],
        "object": states.seal(connection, asked),
    }
    return {**replaced, f"task/{name}": added}, name


def passed_on(connection: Connection, task: Row) -> dict[str, events.Part]:
    """Return what the acceptance of a repair means for the task that it mends: its evidence serves both."""
    mended = find_mended(connection, task)
    if mended is None:
        return {}
    return {
        f"evidence/{row['evidence']}": {"do": "serve", "task": mended["task"], "criteria": list(numbers)}
        for row, numbers in queue.list_evidence(connection, task["task"])
        if row["status"] == "passed"
    }


def find_mended(connection: Connection, task: Row) -> Row | None:
    """Return the task that a repair mends, None for a task that is no repair."""
    is_repair = (objects.find(connection, task["object"]) or {}).get("kind") == KIND
    return queue.find_row(connection, work.TASK, task["parent"]) if is_repair and task["parent"] else None


def list_repairs(connection: Connection, task: str) -> list[Row]:
    """Return the tasks that were made to mend a task, oldest first."""
    return [
        row
        for row in rows.iter_rows(connection, "tasks", order="clock, task", parent=task)
        if (objects.find(connection, row["object"]) or {}).get("kind") == KIND
    ]


def _is_rejected_now(row: Row, task: Row) -> bool:
    """Whether a repair is the one that the verdict is about, and is in nobody's hands any more."""
    return row["task"] == task["task"] and work.can(work.TASK, row["status"], "rejected")


def _within(payload: Record, budget: Budget) -> Budget:
    told = dict(policies.read(payload.get("policy")).budget)
    return Budget(told.get("max_attempts", budget.attempts), told.get("max_executors", budget.executors))


def _executors(connection: Connection, tasks: list[Row]) -> set[str]:
    return {
        row["executor"]
        for task in tasks
        for row in queue.list_dispatches(connection, task=task["task"])
        if row["executor"]
    }
