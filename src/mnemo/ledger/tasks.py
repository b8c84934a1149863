"""Tasks: adding them, and which are ready to be taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mnemo.errors import Conflict, Invalid, Refused
from mnemo.ids import new_id
from mnemo.ledger import gates, graph, names, policies, states
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
        Refused: spike_limit: a run without a plan has as many open tasks as it may.
        Conflict: invalid_transition: the run has ended.
    """
    payload = payload_of(title, body, criteria, policy)
    wanted = [get_row(connection, work.TASK, each)["task"] for each in needs]
    owner, parts = _run(connection, run, at)
    task = new_id(work.TASK)
    parts[f"task/{task}"] = part_of(connection, owner, payload, wanted, priority)
    events.record(connection, "task.added", parts, at=at, now=now)
    return get_row(connection, work.TASK, task)


def payload_of(
    title: str, body: str | None, criteria: Iterable[str], policy: dict[str, Any] | None, **more: Any
) -> dict[str, Any]:
    """Return what a task says, checked.

    Args:
        title: what is to be done, in a line.
        body: what exactly is asked.
        criteria: what must be shown before it is done.
        policy: what evidence it wants; see policies.read.
        more: further fields, checked by the caller; empty ones are left out.

    Raises:
        Invalid: no title, or a value that cannot be used.
    """
    policies.read(policy)
    return {
        "title": names.text("title", title, names.LONGEST_TITLE, needed=True),
        "body": names.text("body", body),
        "criteria": names.texts("criterion", criteria),
        "policy": policy or {},
        **{name: value for name, value in more.items() if value},
    }


def part_of(
    connection: Connection, run: str, payload: dict[str, Any], needs: Iterable[str], priority: float
) -> events.Part:
    """Return what adding a task means for it; what it says is stored.

    Args:
        run: full id of its run.
        payload: as payload_of gave it.
        needs: full ids of the tasks that must be done first.
        priority: 0-1, how urgent.

    Raises:
        Invalid: another priority.
    """
    if not 0 <= priority <= 1:
        raise Invalid(f"A priority of {priority} cannot be given.", "Give a number from 0 to 1.")
    sealed = objects.seal(payload)
    objects.put(connection, sealed)
    return {
        "do": "add",
        "run": run,
        "priority": round(priority * 1000),
        "object": sealed.hash,
        "needs": sorted(set(needs)),
    }


def list_ready(connection: Connection, branch: str, limit: int | None = None) -> list[Row]:
    """Return the tasks that can be taken now, the most urgent first; see graph.list_ready_ids for the order.

    Args:
        branch: whose own come alone, where it has any.
        limit: most tasks returned; None for all.
    """
    return [get_row(connection, work.TASK, each) for each in graph.list_ready_ids(connection, branch)[:limit]]


def require_startable(connection: Connection, task: Row) -> None:
    """Check that a task, which nobody holds, may be handed out.

    A blocked, rejected or submitted task may: that tries it again.

    Raises:
        Conflict: it is done, waits for another task, or its run is not active, or a gate of it failed.
        Refused: its run has no approved plan.
    """
    name = shown(task["task"])
    if task["status"] not in work.OPEN:
        raise Conflict(f"{name} is {task['status']}.", "Take another task, or add one.", "task_terminal")
    unmet = [shown(each) for each in queue.list_unmet(connection, task["task"])]
    if unmet:
        raise Conflict(f"{name} waits for {', '.join(unmet)}.", f"Finish {unmet[0]} first.", "task_not_ready")
    gates.require_open(connection, queue.find_row(connection, work.RUN, task["run"]))


def require_room(connection: Connection, run: Row, count: int = 1) -> None:
    """Check that a run without a plan has room for more open tasks; one with a plan has as much as it likes.

    Args:
        run: its row.
        count: how many are to be added.

    Raises:
        Refused: spike_limit.
    """
    if run["spike"] and not run["plan"] and queue.count_open(connection, run["run"]) + count > MOST_OPEN:
        name = shown(run["run"]) if run["object"] else run["branch"] or "This place"
        raise Refused(
            f"{name} may have {MOST_OPEN} open tasks without a plan, and would have more.",
            "Finish some first: `dispatch` with action list shows them. An approved plan lifts the limit.",
            "spike_limit",
        )


def _run(connection: Connection, run: str, at: dict[str, str]) -> tuple[str, dict[str, events.Part]]:
    """Return the run of a new task, and the part of the event that opens it where there is none yet."""
    found = get_row(connection, work.RUN, run) if run else queue.find_spike(connection, at.get("branch", ""))
    if found is None:
        opened = new_id(work.RUN)
        return opened, {f"run/{opened}": {"do": "open", "spike": True}}
    if work.is_final(work.RUN, found["status"]):
        raise states.refusal(work.RUN, found, "takes no task")
    require_room(connection, found)
    return found["run"], {}
