"""Runs: opening one for a goal, stopping it, letting it go on, and ending it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from mnemo.errors import Invalid, MnemoError
from mnemo.ids import new_id
from mnemo.ledger import coverage, gates, names, states
from mnemo.ledger.names import get_row, shown
from mnemo.ledger.workspace import Present
from mnemo.model import work
from mnemo.store import events, queue, rows
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.store.rows import Row

# What nobody is at work on ends with its run; what somebody holds is theirs to finish or to give up.
IDLE = ("pending", "ready", "rejected", "blocked")
MOST_HANDLES = 50


class Leftovers(NamedTuple):
    """What a stopped run leaves behind.

    Args:
        tasks: those still in somebody's hands or submitted.
        dispatches: those that are queued or taken.
        handles: processes that whoever stopped it named.
    """

    tasks: list[Row]
    dispatches: list[Row]
    handles: list[str]


def get_run(connection: Connection, run: str) -> Row:
    """Return the run that a command is about.

    Raises:
        Invalid: run_id_required.
        NotFound: run_not_found.
    """
    if not run.strip():
        raise Invalid(
            "No run is named.", "Give --run-id; `mnemo status` shows this branch's run.", "run_id_required"
        )
    return get_row(connection, work.RUN, run)


def open_run(
    connection: Connection, goal: str, *, at: dict[str, str], now: int, allow_spike: bool = False
) -> Row:
    """Open a run for a goal.

    Args:
        goal: what it is for.
        at: where and by whom.
        now: wall clock, milliseconds.
        allow_spike: whether it may work without an approved plan, with a limited number of tasks.

    Raises:
        Invalid: goal_required.
    """
    told = names.text("goal", goal)
    if not told:
        raise Invalid("A run needs a goal.", 'Say what it is for: mnemo start --goal "…"', "goal_required")
    sealed = states.seal(connection, {"goal": told, "actor": at.get("agent", "")})
    name = new_id(work.RUN)
    part: events.Part = {"do": "open", "spike": allow_spike, "object": sealed}
    events.record(connection, "run.started", {f"run/{name}": part}, at=at, now=now)
    return get_row(connection, work.RUN, name)


def restart(db: Database, run: str, *, at: dict[str, str], now: int, allow_spike: bool = False) -> Row:
    """Let a run that was opened before go on, where its plan and gates allow it.

    A refusal for want of a plan or because of a gate is itself written down.

    Args:
        run: its id.
        at: where and by whom.
        now: wall clock, milliseconds.
        allow_spike: whether it may work without an approved plan from now on.

    Raises:
        NotFound: run_not_found.
        Refused: canonical_plan_required.
        Conflict: review_gate_blocking, or invalid_transition.
    """
    with db.transaction() as connection:
        row = get_row(connection, work.RUN, run)
        if work.is_final(work.RUN, row["status"]):
            raise states.refusal(work.RUN, row, "cannot become 'active'")
        refused = _find_refusal(connection, row, allow_spike)
        if refused:
            cause = states.seal(connection, {"reason": refused.message, "error": refused.word})
            note: events.Part = {"do": "note", "cause": cause}
            events.record(connection, "execution.blocked", {f"run/{row['run']}": note}, at=at, now=now)
        else:
            if allow_spike and not row["spike"] and not row["plan"]:
                spike: events.Part = {"do": "spike"}
                events.record(connection, "run.spike_allowed", {f"run/{row['run']}": spike}, at=at, now=now)
            states.move(connection, work.RUN, row["run"], "active", at=at, now=now, deed="run.restarted")
    if refused:
        raise refused
    with db.reading() as connection:
        return get_row(connection, work.RUN, row["run"])


def pause(
    connection: Connection,
    run: str,
    reason: str = "",
    handles: Iterable[str] = (),
    *,
    at: dict[str, str],
    now: int,
) -> Row:
    """Pause a run: none of its work is handed out until it is resumed; pausing it again changes nothing.

    Args:
        run: its id.
        reason: why.
        handles: processes that may still run, as the caller names them.
        at: where and by whom.
        now: wall clock, milliseconds.

    Raises:
        NotFound: run_not_found.
        Conflict: invalid_transition.
    """
    row, more = get_run(connection, run), _said(reason, handles)
    return states.move(
        connection, work.RUN, row["run"], "paused", at=at, now=now, deed="run.paused", more=more
    )


def resume(connection: Connection, run: str, reason: str = "", *, at: dict[str, str], now: int) -> Row:
    """Let a paused or blocked run go on; resuming an active one changes nothing.

    Args:
        run: its id.
        reason: why.
        at: where and by whom.
        now: wall clock, milliseconds.

    Raises:
        NotFound: run_not_found.
        Conflict: invalid_transition, or review_gate_blocking.
    """
    row = get_run(connection, run)
    if work.can(work.RUN, row["status"], "active"):
        gates.require_passable(connection, row)
    more = _said(reason, ())
    return states.move(
        connection, work.RUN, row["run"], "active", at=at, now=now, deed="run.resumed", more=more
    )


def cancel(
    connection: Connection,
    run: str,
    reason: str = "",
    handles: Iterable[str] = (),
    *,
    at: dict[str, str],
    now: int,
) -> Row:
    """End a run for good, with the tasks that nobody is at work on and the dispatches that nobody took.

    Cancelling it again changes nothing.

    Args:
        run: its id.
        reason: why.
        handles: processes that may still run, as the caller names them.
        at: where and by whom.
        now: wall clock, milliseconds.

    Raises:
        NotFound: run_not_found.
        Conflict: invalid_transition.
    """
    row = get_run(connection, run)
    if row["status"] == "cancelled":
        return row
    states.require(work.RUN, row, "cancelled")
    why = _said(reason, handles)
    part: events.Part = {"do": "status", "status": "cancelled"}
    if why:
        part["cause"] = states.seal(connection, why)
    parts: dict[str, events.Part] = {f"run/{row['run']}": part}
    for task in rows.iter_rows(connection, "tasks", order="clock, task", run=row["run"]):
        if task["status"] in IDLE:
            parts[f"task/{task['task']}"] = {"do": "status", "status": "cancelled"}
        for dispatch in queue.list_live(connection, task=task["task"]):
            if dispatch["status"] == "queued":
                parts[f"dispatch/{dispatch['dispatch']}"] = {"do": "recover", "status": "recovered"}
    events.record(connection, "run.cancelled", parts, at=at, now=now)
    return get_row(connection, work.RUN, row["run"])


def leftovers(connection: Connection, run: Row) -> Leftovers:
    """Return what a run that was stopped leaves behind."""
    tasks = list(rows.iter_rows(connection, "tasks", order="clock, task", run=run["run"]))
    held = [row for row in tasks if row["status"] in work.OPEN and row["status"] not in IDLE]
    live = [row for task in tasks for row in queue.list_live(connection, task=task["task"])]
    return Leftovers(held, live, states.reason_of(connection, run).get("handles", []))


def why_unfinished(connection: Connection, run: Row, present: Present) -> list[str]:
    """Return what keeps a run from being completed: open tasks, and evidence that does not hold now.

    Args:
        run: its row.
        present: the workspace now.
    """
    tasks = list(rows.iter_rows(connection, "tasks", order="clock, task", run=run["run"]))
    told = [f"{shown(row['task'])} is {row['status']}" for row in tasks if row["status"] in work.OPEN]
    if run["status"] != "active":
        told.insert(0, f"{shown(run['run'])} is {run['status']}")
    if not tasks:
        told.append(f"{shown(run['run'])} has no task")
    return told or coverage.verify_run(connection, run["run"], present)["failed_requirements"]


def complete(connection: Connection, run: Row, *, at: dict[str, str], now: int) -> Row:
    """End a run whose work is done."""
    return states.move(connection, work.RUN, run["run"], "completed", at=at, now=now)


def _find_refusal(connection: Connection, run: Row, allow_spike: bool) -> MnemoError | None:
    try:
        gates.require_passable(connection, run)
        if not allow_spike:
            gates.require_planned(run)
    except MnemoError as error:
        return error
    return None


def _said(reason: str, handles: Iterable[str]) -> dict[str, object]:
    named = [names.text("handle", each, names.LONGEST_NAME, needed=True) for each in handles]
    if len(named) > MOST_HANDLES:
        raise Invalid(f"{len(named)} handles are too many.", f"Name at most {MOST_HANDLES}.")
    told: dict[str, object] = {"reason": names.text("reason", reason), "handles": named}
    return {name: value for name, value in told.items() if value}
