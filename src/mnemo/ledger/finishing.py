"""Ending work: completed with evidence, held at submitted without, or failed with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mnemo.ledger import coverage, evidence, leases
from mnemo.ledger.coverage import Support
from mnemo.ledger.evidence import Cited, Item
from mnemo.ledger.names import get_row
from mnemo.ledger.workspace import Present
from mnemo.model import work
from mnemo.store import events, objects, queue
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.store.rows import Row


class Ended(NamedTuple):
    """What became of a completion.

    Args:
        dispatch: its row afterwards.
        missing: what is still to be shown; empty when the task is completed.
    """

    dispatch: Row
    missing: list[str]


def complete(
    db: Database,
    executor: str,
    *,
    at: dict[str, str],
    now: int,
    present: Present,
    task: str | None = None,
    dispatch: str | None = None,
    summary: str = "",
    items: Sequence[Item] = (),
) -> Ended:
    """Finish a dispatch; its task is completed when evidence covers every criterion, else held at submitted.

    A held dispatch stays with its holder, who completes it again with what was missing.

    Args:
        executor: who asks, as names.executor_name gave it.
        at: where and by whom.
        now: wall clock, milliseconds.
        present: the workspace now.
        task, dispatch: ids, or unique beginnings of them.
        summary: what was done, as names.text gave it; it proves nothing.
        items: the evidence cited.

    Raises:
        Conflict: stale_lease, dispatch_terminal, dispatch_not_claimed.
        NotFound: task_not_found, dispatch_not_found, evidence_not_found.
        Invalid: evidence_unchanged, or a criterion that is not there.
    """
    leases.look(db, at=at, now=now)
    with db.reading() as connection:
        # Files are read and git is asked here, where nobody has to wait for it.
        held = leases.get_held(connection, executor, task, dispatch)
        cited = evidence.look_up(connection, items, held, present)
        _missing(connection, held, cited, present)
    with db.transaction() as connection:
        leases.recover_expired(connection, at=at, now=now)
        held = leases.get_held(connection, executor, task, dispatch)
        missing = _missing(connection, held, cited, present)
        _record(connection, held, cited, summary, at, now, done=not missing)
        if missing:
            leases.extend(connection, held, leases.length_of(held), now)
        else:
            queue.forget_lease(connection, held["dispatch"])
        return Ended(get_row(connection, work.DISPATCH, held["dispatch"]), missing)


def fail(
    db: Database,
    executor: str,
    reason: str,
    *,
    at: dict[str, str],
    now: int,
    task: str | None = None,
    dispatch: str | None = None,
    outcome: str = "",
) -> Row:
    """Give a dispatch up: it is failed and its task blocked, until someone takes that task by its id.

    A planned run is blocked with it; in an unplanned one the other tasks go on.

    Args:
        executor: who asks, as names.executor_name gave it.
        reason: why, as names.text gave it.
        at: where and by whom.
        now: wall clock, milliseconds.
        task, dispatch: ids, or unique beginnings of them.
        outcome: what the try came to, one of executors.OUTCOMES; empty when nobody said.

    Raises:
        Conflict: stale_lease, dispatch_terminal, dispatch_not_claimed.
        NotFound: task_not_found, dispatch_not_found.
    """
    leases.look(db, at=at, now=now)
    with db.transaction() as connection:
        leases.recover_expired(connection, at=at, now=now)
        held = leases.get_held(connection, executor, task, dispatch)
        sealed = objects.seal({"reason": reason, **({"outcome": outcome} if outcome else {})})
        objects.put(connection, sealed)
        owner = get_row(connection, work.TASK, held["task"])
        run = queue.find_row(connection, work.RUN, owner["run"])
        parts: dict[str, events.Part] = {
            f"dispatch/{held['dispatch']}": _finish(held, "failed", sealed.hash),
            f"task/{held['task']}": {"do": "status", "status": "blocked", "cause": sealed.hash},
        }
        if run and not run["spike"]:
            parts[f"run/{run['run']}"] = {"do": "status", "status": "blocked", "cause": sealed.hash}
        events.record(connection, "task.failed", parts, at=at, now=now)
        queue.forget_lease(connection, held["dispatch"])
        return get_row(connection, work.DISPATCH, held["dispatch"])


def _missing(connection: Connection, held: Row, cited: Sequence[Cited], present: Present) -> list[str]:
    """Return what is still to be shown once the cited evidence is written down."""
    task = get_row(connection, work.TASK, held["task"])
    fresh = [Support(each.evidence, each.numbers, _problem(connection, each, present)) for each in cited]
    return coverage.unmet(connection, task, present, fresh, finished=False)[1]


def _problem(connection: Connection, cited: Cited, present: Present) -> str:
    row = queue.find_row(connection, work.EVIDENCE, cited.evidence)
    return coverage.problem_of(connection, row, present) if row else ""


def _record(
    connection: Connection,
    held: Row,
    cited: Sequence[Cited],
    summary: str,
    at: dict[str, str],
    now: int,
    *,
    done: bool,
) -> None:
    task = get_row(connection, work.TASK, held["task"])
    parts = evidence.parts_for(connection, cited, held, task["run"])
    named = [each.evidence for each in cited]
    name, result = evidence.result_part(connection, held, task["run"], summary, named, done=done)
    parts[name] = result
    if done:
        parts[f"dispatch/{held['dispatch']}"] = _finish(held, "completed", result["object"])
    state = "completed" if done else "submitted"
    if work.can(work.TASK, task["status"], state):
        parts[f"task/{held['task']}"] = {"do": "status", "status": state}
    events.record(connection, "dispatch.completed" if done else "task.submitted", parts, at=at, now=now)


def _finish(held: Row, status: str, payload: str) -> events.Part:
    return {"do": "finish", "status": status, "executor": held["executor"], "object": payload}
