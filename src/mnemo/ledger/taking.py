"""Handing work out: dispatches are queued and taken, each at most once."""

from __future__ import annotations

from collections.abc import Mapping

from mnemo.errors import Invalid, NotFound
from mnemo.ids import new_id
from mnemo.ledger import gates, leases
from mnemo.ledger.names import get_row, shown
from mnemo.ledger.tasks import list_ready, require_startable
from mnemo.model import work
from mnemo.store import events, objects, queue
from mnemo.store.connections import Connection
from mnemo.store.queue import Base
from mnemo.store.rows import Row


def create(
    connection: Connection,
    task: str,
    *,
    at: dict[str, str],
    now: int,
    reason: str = "",
    handed: Mapping[str, object] | None = None,
) -> Row:
    """Queue a dispatch for a task; the one that is queued already is returned again.

    Args:
        task: its id.
        at: where and by whom.
        now: wall clock, milliseconds.
        reason: why it is handed out, as names.text gave it.
        handed: what is kept with it besides, such as the executor that it is meant for.

    Raises:
        Conflict: someone holds the task, or it cannot be started.
    """
    leases.recover_expired(connection, at=at, now=now)
    wanted = get_row(connection, work.TASK, task)
    live = queue.list_live(connection, task=wanted["task"])
    if live and live[0]["status"] == "claimed":
        raise leases.taken_by_another(connection, live[0])
    if live:
        return live[0]
    require_startable(connection, wanted)
    sealed = objects.seal({"reason": reason, **(handed or {})})
    objects.put(connection, sealed)
    name, part = _new(connection, wanted)
    parts: dict[str, events.Part] = {f"dispatch/{name}": {**part, "object": sealed.hash}}
    if work.can(work.TASK, wanted["status"], "ready"):
        parts[f"task/{wanted['task']}"] = {"do": "status", "status": "ready"}
    events.record(connection, "dispatch.queued", parts, at=at, now=now)
    return get_row(connection, work.DISPATCH, name)


def take(
    connection: Connection,
    executor: str,
    length_ms: int,
    *,
    at: dict[str, str],
    now: int,
    task: str | None = None,
    dispatch: str | None = None,
    base: Base | None = None,
) -> Row:
    """Take a dispatch: the given one, one of the given task, or one of the first ready task.

    Must run in one write transaction: that is what makes the winner the only one.

    Args:
        executor: who takes it, as names.executor_name gave it.
        length_ms: how long the lease lasts, milliseconds.
        at: where and by whom.
        now: wall clock, milliseconds.
        task, dispatch: ids, or unique beginnings of them.
        base: what the working tree is now.

    Raises:
        Conflict: dispatch_already_claimed (with holder and end), stale_lease, dispatch_terminal,
            task_terminal, task_not_ready, review_gate_blocking or invalid_transition.
        NotFound: task_not_found, dispatch_not_found or no_ready_task.
    """
    leases.recover_expired(connection, at=at, now=now)
    if dispatch:
        row = get_row(connection, work.DISPATCH, dispatch)
        if task and get_row(connection, work.TASK, task)["task"] != row["task"]:
            raise Invalid(
                f"{shown(row['dispatch'])} belongs to {shown(row['task'])}.",
                "Give the dispatch or its task alone.",
            )
        wanted = get_row(connection, work.TASK, row["task"])
    else:
        wanted = get_row(connection, work.TASK, task) if task else _first(connection, at)
        row = next(iter(queue.list_live(connection, task=wanted["task"])), None)
    if row and row["status"] == "recovered":
        raise leases.stale(connection, row)
    if row and row["status"] != "queued":
        return _again(connection, row, executor, length_ms, now)
    require_startable(connection, wanted)
    name = _record(connection, wanted, row, executor, now + length_ms, at, now)
    _remember(connection, name, wanted["task"], executor, base)
    return get_row(connection, work.DISPATCH, name)


def _again(connection: Connection, row: Row, executor: str, length_ms: int, now: int) -> Row:
    """Answer a take of what is taken: its holder gets it once more, anyone else learns who has it."""
    if row["status"] != "claimed":
        raise leases.terminal(row)
    if row["executor"] != executor:
        raise leases.taken_by_another(connection, row)
    leases.extend(connection, row, length_ms, now)
    return row


def _record(
    connection: Connection,
    task: Row,
    queued: Row | None,
    executor: str,
    until: int,
    at: dict[str, str],
    now: int,
) -> str:
    taken = {"executor": executor, "lease_until": until}
    if queued:
        name, part = queued["dispatch"], {"do": "take", **taken}
    else:
        name, part = _new(connection, task)
        part.update(taken)
    parts: dict[str, events.Part] = {f"dispatch/{name}": part}
    if work.can(work.TASK, task["status"], "in_progress"):
        parts[f"task/{task['task']}"] = {"do": "status", "status": "in_progress"}
    events.record(connection, "dispatch.taken", parts, at=at, now=now)
    return name


def _new(connection: Connection, task: Row) -> tuple[str, events.Part]:
    """Return id and part of a task's next dispatch."""
    before = [row["attempt"] for row in queue.list_dispatches(connection, task=task["task"])]
    attempt = max(before, default=0) + 1
    return new_id(work.DISPATCH), {"do": "queue", "task": task["task"], "attempt": attempt}


def _remember(connection: Connection, name: str, task: str, executor: str, base: Base | None) -> None:
    """Keep what the tree is now, or was when the same executor took this task before its lease ran out."""
    former = [row for row in queue.list_dispatches(connection, task=task) if row["dispatch"] != name]
    last = former[0] if former else None
    lapsed = bool(last) and last["status"] == "recovered" and last["executor"] == executor
    if last and lapsed and queue.find_base(connection, last["dispatch"]):
        queue.inherit_base(connection, name, last["dispatch"])
        return
    for row in former:
        if row["status"] not in work.LIVE:
            queue.forget_lease(connection, row["dispatch"])
    if base:
        queue.put_base(connection, name, base)


def _first(connection: Connection, at: dict[str, str]) -> Row:
    """Return the first ready task, else that of the oldest dispatch in the queue."""
    branch = at.get("branch", "")
    ready = list_ready(connection, branch, limit=1)
    if ready:
        return ready[0]
    branches = queue.branches_of(connection)
    for row in queue.list_live(connection):
        task = queue.find_row(connection, work.TASK, row["task"]) if row["status"] == "queued" else None
        if task and branches.get(task["run"]) == branch:
            return task
    for run in queue.list_runs(connection):
        if run["branch"] == branch and _has_waiting(connection, run):
            gates.require_open(connection, run)  # says what keeps the branch's work back
    raise NotFound(
        "No task is ready.",
        "Add one: `dispatch` with action add; list shows what others hold.",
        "no_ready_task",
    )


def _has_waiting(connection: Connection, run: Row) -> bool:
    waiting = (state for state in work.WAITING if queue.has_task(connection, run["run"], state))
    return not work.is_final(work.RUN, run["status"]) and next(waiting, "") != ""
