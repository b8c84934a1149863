"""The work queue as the dispatch tool sees it: one function an action, each answering with its record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mnemo.ledger import evidence, finishing, graph, leases, names, taking, tasks
from mnemo.ledger import workspace as workspaces
from mnemo.ledger.names import get_row, shown
from mnemo.ledger.records import answer, dispatch_record, moment, task_record
from mnemo.ledger.workspace import Present, Workspace
from mnemo.model import work
from mnemo.store import queue
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.store.queue import Base
from mnemo.store.rows import Row

LISTED = 50
LEASE_MINUTES = 30.0

Record = dict[str, Any]


def ready(db: Database, *, at: dict[str, str], now: int) -> Record:
    """Return the tasks that can be taken, the most urgent first: this branch's, else every branch's.

    Args:
        at: where and by whom.
        now: wall clock, milliseconds.
    """
    leases.look(db, at=at, now=now)
    branch = at.get("branch", "")
    with db.reading() as connection:
        ids = graph.list_ready_ids(connection, branch)
        found = [get_row(connection, work.TASK, each) for each in ids[:LISTED]]
        branches = queue.branches_of(connection)
        shown_tasks = [_task(connection, row, branch, branches) for row in found]
        notes = _scope_notes(connection, found, branch, branches)
    if len(ids) > LISTED:
        notes.append(f"{len(ids) - LISTED} more are ready.")
    following = (
        "dispatch take takes the first of them, or the one you name with task." if found else _NOTHING_READY
    )
    return answer("ready", tasks=shown_tasks, notes=notes, next=following)


def add(
    db: Database,
    title: str | None,
    body: str | None = None,
    criteria: Iterable[str] = (),
    *,
    at: dict[str, str],
    now: int,
    priority: float = 0,
    needs: Iterable[str] = (),
    run: str = "",
) -> Record:
    """Add a task, ready to be taken unless it needs others; see tasks.add_task.

    Args:
        title, body: what is to be done, in a line and in full.
        criteria: what must be shown before it is done.
        at: where and by whom.
        now: wall clock, milliseconds.
        priority: 0-1.
        needs: tasks that must be done first.
        run: id of its run; empty for the branch's own.
    """
    with db.transaction() as connection:
        row = tasks.add_task(
            connection, title or "", body, criteria, at=at, now=now, priority=priority, needs=needs, run=run
        )
        record = task_record(connection, row, whole=True)
    following = f"dispatch take with task {record['id']} starts it."
    return answer("add", tasks=[record], next=following)


def create(
    db: Database,
    task: str | None,
    *,
    at: dict[str, str],
    now: int,
    reason: str | None = None,
    handed: Mapping[str, object] | None = None,
) -> Record:
    """Queue a dispatch for a task; see taking.create.

    Args:
        task: its id.
        at: where and by whom.
        now: wall clock, milliseconds.
        reason: why it is handed out.
        handed: what is kept with it besides; see taking.create.
    """
    wanted = names.text("task", task, needed=True)
    why = names.text("reason", reason)
    with db.transaction() as connection:
        row = taking.create(connection, wanted, at=at, now=now, reason=why, handed=handed)
        following = f"dispatch take with dispatch {shown(row['dispatch'])} takes it; only one taker gets it."
        return _about(connection, "create", row, following)


def take(
    db: Database,
    executor: str,
    *,
    at: dict[str, str],
    now: int,
    workspace: Workspace | None = None,
    task: str | None = None,
    dispatch: str | None = None,
    lease_minutes: float = LEASE_MINUTES,
) -> Record:
    """Take a dispatch, a task, or the first ready task; see taking.take.

    Args:
        executor: who takes it.
        at: where and by whom.
        now: wall clock, milliseconds.
        workspace: the working tree, to know later what changed since; None when there is none.
        task, dispatch: ids, or unique beginnings of them.
        lease_minutes: how long the take holds without a call.
    """
    name, length = names.executor_name(executor), names.lease_ms(lease_minutes)
    # Before the transaction: git takes its time, and others would have to wait for it.
    base = _base(db, workspace, at, now)
    with db.transaction() as connection:
        row = taking.take(connection, name, length, at=at, now=now, task=task, dispatch=dispatch, base=base)
        return _about(connection, "take", row, _then(row))


def heartbeat(
    db: Database,
    executor: str,
    *,
    at: dict[str, str],
    now: int,
    task: str | None = None,
    dispatch: str | None = None,
    lease_minutes: float = LEASE_MINUTES,
) -> Record:
    """Let a lease last from now on; without ids, the only dispatch that the executor holds.

    Args:
        executor: who asks.
        at: where and by whom.
        now: wall clock, milliseconds.
        task, dispatch: ids, or unique beginnings of them.
        lease_minutes: for how long.
    """
    name, length = names.executor_name(executor), names.lease_ms(lease_minutes)
    leases.look(db, at=at, now=now)
    with db.transaction() as connection:
        row = leases.get_held(connection, name, task, dispatch)
        leases.extend(connection, row, length, now)
        until = moment(queue.lease_until(connection, row))
        return _about(connection, "heartbeat", row, f"{_CALL_AGAIN} {until}, or complete it.")


def complete(
    db: Database,
    executor: str,
    *,
    at: dict[str, str],
    now: int,
    workspace: Workspace | None = None,
    task: str | None = None,
    dispatch: str | None = None,
    summary: str | None = None,
    cited: str | Iterable[Any] = (),
) -> Record:
    """Finish work with evidence; what no evidence covers is listed as missing. See finishing.complete.

    Args:
        executor: who asks.
        at: where and by whom.
        now: wall clock, milliseconds.
        workspace: the working tree; None when there is none.
        task, dispatch: ids, or unique beginnings of them.
        summary: what was done.
        cited: evidence ids, paths, file URIs, or {"uri", "criteria"}; JSON text too.
    """
    ended = finishing.complete(
        db,
        names.executor_name(executor),
        at=at,
        now=now,
        present=Present(workspace),
        task=task,
        dispatch=dispatch,
        summary=names.text("summary", summary),
        items=evidence.read_items(cited),
    )
    with db.reading() as connection:
        record = _about(connection, "complete", ended.dispatch, _NEXT_TASK)
    if ended.missing:
        record["missing"] = ended.missing
        record["next"] = (
            f"Not done yet: complete {record['dispatch']['id']} again with evidence for what is missing: "
            f"{_how(record['dispatch']['task'])}."
        )
        if summary:
            record["notes"] = ["The summary is kept; it proves nothing by itself."]
    return record


def fail(
    db: Database,
    executor: str,
    reason: str | None,
    *,
    at: dict[str, str],
    now: int,
    task: str | None = None,
    dispatch: str | None = None,
    outcome: str = "",
) -> Record:
    """Give work up with a reason; see finishing.fail.

    Args:
        executor: who asks.
        reason: why.
        at: where and by whom.
        now: wall clock, milliseconds.
        task, dispatch: ids, or unique beginnings of them.
        outcome: what the try came to; empty when nobody said.
    """
    row = finishing.fail(
        db,
        names.executor_name(executor),
        names.text("reason", reason, needed=True),
        at=at,
        now=now,
        task=task,
        dispatch=dispatch,
        outcome=outcome,
    )
    retry = f"dispatch take with task {shown(row['task'])} tries it again"
    following = f"The task is blocked, so ready leaves it out; {retry}."
    with db.reading() as connection:
        return _about(connection, "fail", row, following)


def list_dispatches(
    db: Database, *, at: dict[str, str], now: int, task: str | None = None, limit: int = LISTED
) -> Record:
    """Return the newest tasks and dispatches of this branch, or a task with all of its dispatches.

    Args:
        at: where and by whom.
        now: wall clock, milliseconds.
        task: only this one.
        limit: most tasks, and most dispatches, told.
    """
    leases.look(db, at=at, now=now)
    branch = at.get("branch", "")
    with db.reading() as connection:
        branches = queue.branches_of(connection)
        if task:
            wanted = get_row(connection, work.TASK, task)
            found, handed = [wanted], queue.list_dispatches(connection, task=wanted["task"])
        else:
            found, handed = queue.list_tasks(connection, branch), queue.list_dispatches(connection)
            known = {row["task"] for row in found}
            handed = [row for row in handed if row["task"] in known]
        elsewhere = 0 if task else len(queue.list_tasks(connection)) - len(found)
        record = answer(
            "list",
            tasks=[_task(connection, row, branch, branches) for row in found[:limit]],
            dispatches=[dispatch_record(connection, row) for row in handed[:limit]],
            next="dispatch ready shows what can be taken." if found else _NOTHING_READY,
        )
    notes: list[str] = []
    if len(found) > limit or len(handed) > limit:
        notes.append(f"The newest {limit} of {len(found)} tasks and {len(handed)} dispatches.")
    if elsewhere:
        notes.append(f"Looked on {branch or 'this place'}; tasks of other branches: {elsewhere}.")
    return {**record, "notes": notes}


_NOTHING_READY = "dispatch add makes a task."
_NEXT_TASK = "dispatch ready shows what is next."
_CALL_AGAIN = "Call heartbeat, or any other tool of mnemo, before"


def _about(connection: Connection, action: str, row: Row, following: str) -> Record:
    """Return the record about one dispatch and its task."""
    task = get_row(connection, work.TASK, row["task"])
    whole = action in ("create", "take")
    return answer(
        action,
        tasks=[task_record(connection, task, whole=whole)],
        dispatch=dispatch_record(connection, row),
        next=following,
    )


def _then(row: Row) -> str:
    how = _how(shown(row["task"]))
    return f"Do it, then complete {shown(row['dispatch'])} with evidence for each criterion: {how}."


def _how(task: str) -> str:
    return f"a file that changed since the take, or what `mnemo evidence run --task {task} -- CMD` recorded"


def _task(connection: Connection, row: Row, branch: str, branches: dict[str, str]) -> Record:
    other = branches.get(row["run"], "")
    return task_record(connection, row, branch=None if other == branch else other)


def _scope_notes(
    connection: Connection, found: list[Row], branch: str, branches: dict[str, str]
) -> list[str]:
    here = branch or "this place"
    if found and branches.get(found[0]["run"]) != branch:
        return [f"No task of {here} is ready; these belong to other branches."]
    if found:
        return []
    own = queue.list_tasks(connection, branch, work.OPEN)
    others = len(queue.list_tasks(connection, None, work.OPEN)) - len(own)
    states = sorted({row["status"] for row in own})
    counts = ", ".join(f"{sum(row['status'] == state for row in own)} {state}" for state in states)
    return [f"Looked on {here}: {counts or 'no open task'}; open tasks of other branches: {others}."]


def _base(db: Database, workspace: Workspace | None, at: dict[str, str], now: int) -> Base | None:
    return (
        workspaces.take_base(workspace, at.get("commit", ""), now) if workspace and workspace.root else None
    )
