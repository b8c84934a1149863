"""Tasks: adding them, and which are ready to be taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mnemo.errors import Conflict, Invalid, Refused
from mnemo.ids import new_id
from mnemo.ledger import names
from mnemo.ledger.names import get_row, shown
from mnemo.model import work
from mnemo.store import events, objects, queue
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

MOST_OPEN = 100


def add_task(
    connection: Connection,
    title: str,
    body: str | None = None,
    criteria: Iterable[str] = (),
    *,
    at: dict[str, str],
    now: int,
    priority: float = 0,
    needs: Iterable[str] = (),
    run: str = "",
    policy: dict[str, Any] | None = None,
) -> Row:
    """Add a task; without a run it belongs to the branch's unplanned one, which is opened at need.

    Args:
        title: what is to be done, in a line.
        body: what exactly is asked.
        criteria: what must be shown before it is done.
        at: where and by whom.
        now: wall clock, milliseconds.
        priority: 0-1, how urgent.
        needs: ids of tasks that must be done first.
        run: id of the run it belongs to.
        policy: what evidence it wants; `files` lists paths that count though they did not change.

    Raises:
        Invalid: no title, or a value that cannot be used.
        NotFound: a needed task or the run is not there.
        Refused: the unplanned run has as many open tasks as it may.
    """
    if not 0 <= priority <= 1:
        raise Invalid(f"A priority of {priority} cannot be given.", "Give a number from 0 to 1.")
    payload = {
        "title": names.text("title", title, names.LONGEST_TITLE, needed=True),
        "body": names.text("body", body),
        "criteria": names.texts("criterion", criteria),
        "policy": policy or {},
    }
    wanted = sorted({get_row(connection, work.TASK, each)["task"] for each in needs})
    owner, parts = _run(connection, run, at)
    sealed = objects.seal(payload)
    objects.put(connection, sealed)
    task = new_id(work.TASK)
    parts[f"task/{task}"] = {
        "do": "add",
        "run": owner,
        "priority": round(priority * 1000),
        "object": sealed.hash,
        "needs": wanted,
    }
    events.record(connection, "task.added", parts, at=at, now=now)
    return get_row(connection, work.TASK, task)


def list_ready(connection: Connection, branch: str) -> list[Row]:
    """Return the tasks that can be taken now, the most urgent first.

    The branch's own come alone; where it has none, those of all branches. Order: priority, then how
    many open tasks wait for it directly or through others, then age.
    """
    found = queue.list_startable(connection)
    branches = queue.branches_of(connection)
    found = [row for row in found if branches.get(row["run"]) == branch] or found
    waiting = queue.waiting_for(connection)
    return sorted(
        found, key=lambda row: (-row["priority"], -_held_up(row["task"], waiting), row["clock"], row["task"])
    )


def require_startable(connection: Connection, task: Row) -> None:
    """Check that a task, which nobody holds, may be handed out.

    A blocked, rejected or submitted task may: that tries it again.

    Raises:
        Conflict: it is done, waits for another task, or its run is not active.
        Refused: its run has no approved plan.
    """
    name = shown(task["task"])
    if task["status"] not in work.OPEN:
        raise Conflict(f"{name} is {task['status']}.", "Take another task, or add one.", "task_terminal")
    unmet = [shown(each) for each in queue.list_unmet(connection, task["task"])]
    if unmet:
        raise Conflict(f"{name} waits for {', '.join(unmet)}.", f"Finish {unmet[0]} first.", "task_not_ready")
    run = queue.find_row(connection, work.RUN, task["run"])
    if run is None or run["status"] != "active":
        state = run["status"] if run else "not here"
        raise Conflict(
            f"{name} belongs to {shown(task['run'])}, which is {state}.",
            "Take another task.",
            "run_not_active",
        )
    if not run["spike"] and not run["plan"]:
        raise Refused(
            f"{shown(task['run'])} has no approved plan.",
            "Approve its plan first.",
            "canonical_plan_required",
        )


def _run(connection: Connection, run: str, at: dict[str, str]) -> tuple[str, dict[str, events.Part]]:
    """Return the run of a new task, and the part of the event that opens it where there is none yet."""
    if run:
        return get_row(connection, work.RUN, run)["run"], {}
    branch = at.get("branch", "")
    found = queue.find_spike(connection, branch)
    if found is None:
        opened = new_id(work.RUN)
        return opened, {f"run/{opened}": {"do": "open", "spike": True}}
    if queue.count_open(connection, found["run"]) >= MOST_OPEN:
        raise Refused(
            f"{branch or 'This place'} has {MOST_OPEN} open tasks without a plan, which is the limit.",
            "Finish some first: `dispatch` with action list shows them.",
            "spike_limit",
        )
    return found["run"], {}


def _held_up(task: str, waiting: dict[str, list[str]]) -> int:
    """Return how many open tasks wait for a task, directly or through others."""
    seen = {task}
    rest = [task]
    while rest:
        for each in waiting.get(rest.pop(), ()):
            if each not in seen:
                seen.add(each)
                rest.append(each)
    return len(seen) - 1
