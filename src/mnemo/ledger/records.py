"""Runs, plans, gates, tasks, dispatches as tools answer with them."""

from __future__ import annotations

from typing import Any

from mnemo import clock
from mnemo.ledger import coverage
from mnemo.ledger.evidence import RESULT
from mnemo.ledger.names import shown
from mnemo.ledger.workspace import Present
from mnemo.model import work
from mnemo.store import objects, queue
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

Record = dict[str, Any]
# What a task says beside title and criteria, for whoever takes it.
_WHOLE = ("body", "policy", "role", "kind", "risk", "size", "context_refs", "source")


def run_record(connection: Connection, row: Row) -> Record:
    """Return a run: id, goal, status, branch, commit, spike, plan, created, and why it is stopped."""
    payload = objects.find(connection, row["object"]) or {}
    record: Record = {
        "id": shown(row["run"]),
        "goal": payload.get("goal") or f"work without a plan on {row['branch'] or 'this place'}",
        "status": row["status"],
        "branch": row["branch"],
        "commit": row["commit_id"],
        "spike": bool(row["spike"]),
        "plan": shown(row["plan"]) if row["plan"] else None,
        "created": moment(clock.milliseconds(row["clock"])),
    }
    stopped = objects.find(connection, row["reason"]) if row["status"] != "active" else None
    return {**record, **(stopped or {})}


def plan_record(connection: Connection, row: Row) -> Record:
    """Return a plan: id, run, title, body, assumptions, risks, criteria, status, and why it was rejected.

    Where two replicas each approved one, the run's own is the canonical one and the other superseded.
    """
    payload = objects.find(connection, row["object"]) or {}
    run = queue.find_row(connection, work.RUN, row["run"])
    overtaken = row["status"] == "canonical" and run and run["plan"] != row["plan"]
    record: Record = {
        "id": shown(row["plan"]),
        "run": shown(row["run"]),
        **{name: payload.get(name, "") for name in ("title", "body")},
        **{name: payload.get(name, []) for name in ("assumptions", "risks", "criteria")},
        "status": "superseded" if overtaken else row["status"],
    }
    rejected = objects.find(connection, row["reason"]) if row["status"] == "rejected" else None
    return {**record, **(rejected or {})}


def gate_record(connection: Connection, row: Row) -> Record:
    """Return a gate: id, run, task, kind, status, summary, reviewer, and when that was said last."""
    payload = objects.find(connection, row["object"]) or {}
    return {
        "id": shown(row["gate"]),
        "run": shown(row["run"]),
        "task": shown(row["task"]) if row["task"] else None,
        "kind": row["kind"],
        "status": row["status"],
        "summary": payload.get("summary", ""),
        "reviewer": payload.get("reviewer", ""),
        "changed": moment(clock.milliseconds(row["changed"])),
    }


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
    needs = queue.list_needs(connection, row["task"])
    record: Record = {
        "id": shown(row["task"]),
        "title": payload.get("title", ""),
        "status": row["status"],
        "priority": row["priority"] / 1000,
        "criteria": payload.get("criteria", []),
        "blocked_by": [shown(each) for each in queue.list_unmet(connection, row["task"])] if needs else [],
    }
    if branch is not None:
        record["branch"] = branch
    if whole:
        record |= {name: payload[name] for name in _WHOLE if payload.get(name)}
        related = {"needs": needs, "parent": row["parent"]}
        record |= {name: _shown_all(found) for name, found in related.items() if found}
    reason = objects.find(connection, row["reason"]) if row["status"] == "blocked" else None
    if reason:
        record["reason"] = reason.get("reason", "")
    return record


def _shown_all(found: str | list[str]) -> str | list[str]:
    return shown(found) if isinstance(found, str) else [shown(each) for each in found]


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
        "executor": executor_of(connection, row),
        "lease_until": moment(until) if until else None,
        "attempt": row["attempt"],
    }


def evidence_record(connection: Connection, row: Row, present: Present | None = None) -> Record:
    """Return a piece of evidence: what it says, of what, how far it is trusted, and whether it still holds.

    Args:
        row: as queue.find_row gave it.
        present: the workspace now; without it nothing is said of whether it is stale.

    Returns:
        id, kind, summary, uri, status, trust, source, content (sha-256), task, dispatch, run (None for
        none), supports and supersedes (ids), created, stale, and problem: why it does not count now.
    """
    payload = objects.find(connection, row["object"]) or {}
    record: Record = {
        "id": shown(row["evidence"]),
        **{name: row[name] for name in ("kind", "status", "trust", "content")},
        "summary": payload.get("summary", ""),
        "uri": payload.get("uri") or payload.get("path", ""),
        "source": payload.get("source") or ("executor" if row["kind"] == RESULT else "mnemo"),
        **{name: shown(row[name]) if row[name] else None for name in ("task", "dispatch", "run")},
        "supports": [shown(each) for each in payload.get("supports", ())],
        "supersedes": [shown(each) for each in queue.list_replaced(connection, row["evidence"])],
        "created": moment(clock.milliseconds(row["clock"])),
        "stale": False,
        "problem": coverage.standing_of(row),
    }
    if present is not None and not record["problem"]:
        record["problem"] = coverage.drift_of(connection, row, present)
        record["stale"] = bool(record["problem"])
    return record


def executor_of(connection: Connection, dispatch: Row) -> str:
    """Return who holds a dispatch or held it, while it is queued for whom it is meant; empty for anyone."""
    payload = objects.find(connection, dispatch["object"]) or {}
    return dispatch["executor"] or payload.get("executor", "")


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
