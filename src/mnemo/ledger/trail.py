"""The trail of a run: every deed that touched it, its plans, tasks, dispatches, gates or evidence."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from mnemo import clock
from mnemo.ledger.names import shown
from mnemo.ledger.records import moment
from mnemo.model import work
from mnemo.model.event import Event
from mnemo.store import events, objects, queue, rows
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

PLANNER, REVIEWER, WORKER, OPERATOR = "planner", "reviewer", "worker", "operator"
MOST_NAMED = 6

Record = dict[str, Any]
# Task -> the role it is for; empty for one that is not of the run.
RoleOf = Callable[[str], str]


class Parts:
    """Everything that belongs to a run, each kind oldest first.

    Args:
        connection: a reader.
        run: the run's row.
    """

    def __init__(self, connection: Connection, run: Row) -> None:
        self.run = run
        name = run["run"]
        self.plans = list(rows.iter_rows(connection, "plans", order="clock, plan", run=name))
        self.tasks = list(rows.iter_rows(connection, "tasks", order="clock, task", run=name))
        self.gates = list(rows.iter_rows(connection, "gates", order="changed, gate", run=name))
        self.dispatches = queue.list_dispatches_of(connection, name)
        self.evidence = queue.list_evidence_of(connection, name)

    def names(self) -> list[str]:
        """Return the aggregates of all of it, such as task/task_…."""
        kinds = (
            (work.RUN, [self.run]),
            (work.PLAN, self.plans),
            (work.TASK, self.tasks),
            (work.DISPATCH, self.dispatches),
            (work.GATE, self.gates),
            (work.EVIDENCE, self.evidence),
        )
        return [f"{kind}/{row[kind]}" for kind, found in kinds for row in found]


def list_deeds(connection: Connection, parts: Parts) -> list[Record]:
    """Return the deeds of a run, oldest first.

    Returns:
        seq, at, action, actor, session, role and about (ids); reason and outcome where there is one.
    """
    own = parts.names()
    tasks = {row["task"]: row["object"] for row in parts.tasks}

    @cache
    def role_of(task: str) -> str:
        payload = objects.find(connection, tasks[task]) if task in tasks else None
        return "" if payload is None else payload.get("role") or WORKER

    owners = {f"dispatch/{row['dispatch']}": row["task"] for row in parts.dispatches}
    known = set(own)
    return [
        _deed(connection, event, known, role_of, owners) for event in events.list_touching(connection, own)
    ]


def last_per_role(deeds: list[Record]) -> dict[str, Record]:
    """Return role -> the newest deed in that role."""
    return {deed["role"]: deed for deed in deeds}


def _deed(
    connection: Connection, event: Event, own: set[str], role_of: RoleOf, owners: dict[str, str]
) -> Record:
    touched = sorted(own & event.parts.keys())
    record: Record = {
        "seq": event.seq,
        "at": moment(clock.milliseconds(event.clock)),
        "action": event.kind,
        "actor": event.at.get("agent", ""),
        "session": event.at.get("session", ""),
        "role": _role(event, touched, role_of, owners),
        "about": [shown(name.partition("/")[2]) for name in touched],
    }
    reason = next((told for name in touched if (told := _reason(connection, event.parts[name]))), "")
    found = next((event.parts[name]["ok"] for name in touched if "ok" in event.parts[name]), None)
    outcome = {} if found is None else {"outcome": "open" if found else "closed"}
    return {**record, **outcome, **({"reason": reason} if reason else {})}


def _role(event: Event, touched: list[str], role_of: RoleOf, owners: dict[str, str]) -> str:
    """Return in which role somebody did something: its task's where it is work, else by the kind of deed."""
    kind = event.kind.partition(".")[0]
    if kind in ("dispatch", "task", "evidence") and event.kind not in ("task.added", "task.enqueued"):
        for name in touched:
            if role := role_of(owners.get(name) or name.removeprefix("task/")):
                return role
        return WORKER
    if event.kind in ("plan.drafted", "task.added", "task.enqueued"):
        return PLANNER
    return REVIEWER if kind in ("plan", "gate", "approval") else OPERATOR


def _reason(connection: Connection, part: events.Part) -> str:
    cause = part.get("cause")
    told = objects.find(connection, str(cause)) if cause else None
    return str((told or {}).get("reason", ""))
