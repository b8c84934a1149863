"""Recovery: work that someone began and nobody finished is found, and queued again when that is asked for."""

from __future__ import annotations

from mnemo.ids import new_id
from mnemo.ledger import gates, states
from mnemo.ledger.names import get_row
from mnemo.model import work
from mnemo.store import events, queue, rows
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

BEGUN = ("claimed", "in_progress", "submitted", "verifying")


def list_begun(connection: Connection, run: str = "") -> list[Row]:
    """Return the tasks that someone began and nobody finished, oldest first.

    Args:
        run: only this run's; empty for all.

    Raises:
        NotFound: run_not_found.
    """
    where = {"run": get_row(connection, work.RUN, run)["run"]} if run else {}
    return [
        row
        for row in rows.iter_rows(connection, "tasks", order="clock, task", **where)
        if row["status"] in BEGUN
    ]


def record_plan(
    connection: Connection,
    tasks: list[Row],
    parts: dict[str, events.Part],
    *,
    at: dict[str, str],
    now: int,
) -> None:
    """Write down that a recovery was planned.

    Args:
        tasks: those begun.
        parts: what was made for them, such as evidence about their bundles.
        at: where and by whom.
        now: wall clock, milliseconds.
    """
    named: dict[str, events.Part] = {f"task/{row['task']}": {"do": "plan recovery"} for row in tasks}
    if named:
        events.record(connection, "recovery.planned", {**named, **parts}, at=at, now=now)


def requeue(
    connection: Connection, task: Row, executor: str, reason: str, *, at: dict[str, str], now: int
) -> tuple[list[Row], Row]:
    """Mark a task's live dispatches recovered and queue a fresh one; each names the other.

    Args:
        task: its row.
        executor: for whom the new dispatch is meant, empty for anyone.
        reason: why, empty for a standing phrase.
        at: where and by whom.
        now: wall clock, milliseconds.

    Returns:
        the dispatches that were recovered, and the new one.

    Raises:
        Conflict, Refused: the run hands out no work; see gates.require_open.
    """
    gates.require_open(connection, queue.find_row(connection, work.RUN, task["run"]))
    live = queue.list_live(connection, task=task["task"])
    before = [row["attempt"] for row in queue.list_dispatches(connection, task=task["task"])]
    fresh = new_id(work.DISPATCH)
    told: dict[str, object] = {"reason": reason or "recovered", "executor": executor}
    parts: dict[str, events.Part] = {
        f"dispatch/{fresh}": {
            "do": "queue",
            "task": task["task"],
            "attempt": max(before, default=0) + 1,
            "object": states.seal(connection, {**told, "recovers": [row["dispatch"] for row in live]}),
        }
    }
    successor = states.seal(connection, {"recovered_by": fresh})
    for row in live:
        parts[f"dispatch/{row['dispatch']}"] = {"do": "recover", "status": "recovered", "object": successor}
    if work.can(work.TASK, task["status"], "ready"):
        parts[f"task/{task['task']}"] = {"do": "status", "status": "ready"}
    events.record(connection, "recovery.requeued", parts, at=at, now=now)
    return (
        [get_row(connection, work.DISPATCH, row["dispatch"]) for row in live],
        get_row(connection, work.DISPATCH, fresh),
    )
