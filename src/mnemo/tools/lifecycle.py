"""Runs, plans, gates and events as commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from mnemo import projects
from mnemo.errors import Invalid
from mnemo.ledger import enqueuing, gates, plans, records, runs
from mnemo.ledger.names import get_row, shown
from mnemo.ledger.workspace import Present
from mnemo.model import work
from mnemo.project import Project
from mnemo.store.connections import Connection
from mnemo.store.rows import Row
from mnemo.tools.remembering import SCHEMA
from mnemo.tools.settling import settled

Record = dict[str, Any]
Result = TypeVar("Result")
Gate = Literal[
    "preflight_safety",
    "plan_review",
    "implementation_review",
    "quality_review",
    "final_acceptance",
    "approval",
    "release_readiness",
]
# Nothing here starts a worker; whoever reads a record can rely on it.
NOT_STARTED = {"executor_invoked": False}


def start(goal: str = "", run_id: str = "", allow_spike: bool = False) -> Record:
    """Open a run for a goal, or let one that was opened before go on.

    A run hands out work once its plan is approved, or at once with --allow-spike.

    Args:
        goal: what the run is for.
        run_id: a run that was opened before; it needs an approved plan, and no failed gate.
        allow_spike: let the run work without an approved plan, with at most 100 open tasks.
    """
    if goal.strip() and run_id.strip():
        raise Invalid("A goal and a run are given.", "Give --goal for a new run, or --run-id for an old one.")
    project = projects.current(writing=True)
    at, now = project.at(), project.now()
    if run_id.strip():
        row = runs.restart(project.db, run_id, at=at, now=now, allow_spike=allow_spike)
    else:
        row = _written(project, lambda c: runs.open_run(c, goal, at=at, now=now, allow_spike=allow_spike))
    return _told(project, row, "started", next=_after_start(row))


def pause(run_id: str = "", reason: str = "", handles: list[str] | None = None) -> Record:
    """Pause a run: none of its work is handed out until it is resumed.

    Args:
        run_id: the run.
        reason: why.
        handles: processes that may still run, such as a process id; they are written down, never touched.
    """
    project = projects.current(writing=True)
    at, now = project.at(), project.now()
    row = _written(project, lambda c: runs.pause(c, run_id, reason, handles or (), at=at, now=now))
    return _told(project, row, "paused", leftovers=True)


def resume(run_id: str = "", reason: str = "") -> Record:
    """Let a paused or blocked run go on.

    Args:
        run_id: the run.
        reason: why.
    """
    project = projects.current(writing=True)
    at, now = project.at(), project.now()
    row = _written(project, lambda c: runs.resume(c, run_id, reason, at=at, now=now))
    return _told(project, row, "resumed")


def cancel(run_id: str = "", reason: str = "", handles: list[str] | None = None) -> Record:
    """End a run for good, with the tasks that nobody works on; what somebody holds stays theirs.

    Args:
        run_id: the run.
        reason: why.
        handles: processes that may still run, such as a process id; they are written down, never touched.
    """
    project = projects.current(writing=True)
    at, now = project.at(), project.now()
    row = _written(project, lambda c: runs.cancel(c, run_id, reason, handles or (), at=at, now=now))
    return _told(project, row, "cancelled", leftovers=True)


def plan(
    run_id: str = "",
    title: str = "",
    body: str = "",
    assumptions: list[str] | None = None,
    risks: list[str] | None = None,
    criteria: list[str] | None = None,
) -> Record:
    """Draft a plan for a run; approving it lets work be handed out.

    Args:
        run_id: the run.
        title: what is planned, in a line.
        body: the steps.
        assumptions: what the plan rests on.
        risks: what may go wrong.
        criteria: what must hold at its end.
    """
    project = projects.current(writing=True)
    at, now = project.at(), project.now()
    lists = (assumptions or (), risks or (), criteria or ())
    row = _written(project, lambda c: plans.draft(c, run_id, title, body, *lists, at=at, now=now))
    following = f"mnemo approve-plan --run-id {shown(row['run'])} --plan-id {shown(row['plan'])}"
    return _planned(project, row, "drafted", following)


def approve_plan(run_id: str = "", plan_id: str = "", reviewer: str = "") -> Record:
    """Make a draft the run's one canonical plan; the one before it is superseded.

    Args:
        run_id: the run.
        plan_id: the draft.
        reviewer: who approves it; left out, the caller.
    """
    project = projects.current(writing=True)
    at, now = project.at(), project.now()
    row = _written(project, lambda c: plans.approve(c, run_id, plan_id, reviewer, at=at, now=now))
    following = f"mnemo enqueue-event --run-id {shown(row['run'])} --title … adds a task."
    return _planned(project, row, "approved", following)


def reject_plan(run_id: str = "", plan_id: str = "", reason: str = "", reviewer: str = "") -> Record:
    """Reject a draft.

    Args:
        run_id: the run.
        plan_id: the draft.
        reason: why.
        reviewer: who rejects it; left out, the caller.
    """
    project = projects.current(writing=True)
    at, now = project.at(), project.now()
    row = _written(project, lambda c: plans.reject(c, run_id, plan_id, reason, reviewer, at=at, now=now))
    return _planned(project, row, "rejected", f"mnemo plan --run-id {shown(row['run'])} drafts another.")


def review(
    run_id: str = "",
    gate: Gate = "quality_review",
    status: Literal["pending", "passed", "failed", "waived"] = "pending",
    summary: str = "",
    reviewer: str = "",
    task_id: str = "",
) -> Record:
    """Record what a review found: a failed gate blocks the run until a later pass of the same kind.

    A passed final_acceptance completes the run, where all of its tasks are done and their evidence holds.

    Args:
        run_id: the run.
        gate: what was reviewed.
        status: what was found; waived needs a summary that says why.
        summary: what was found, in words.
        reviewer: who reviewed; left out, the caller.
        task_id: the task that was reviewed; left out, the run.
    """
    project = projects.current(writing=True)
    at, now, present = project.at(), project.now(), Present(project.workspace())
    ends = (gate, status) == ("final_acceptance", "passed") and not task_id
    if ends:
        with project.db.reading() as connection:  # git is asked here, where nobody has to wait for it
            runs.why_unfinished(connection, runs.get_run(connection, run_id), present)

    def record(connection: Connection) -> tuple[Row, list[str]]:
        row = runs.get_run(connection, run_id)
        found = gates.review(
            connection, row["run"], gate, status, summary, reviewer, at=at, now=now, task=task_id
        )
        run = get_row(connection, work.RUN, row["run"])
        if not ends or run["status"] == "completed":
            return found, []
        missing = runs.why_unfinished(connection, run, present)
        if not missing:
            runs.complete(connection, run, at=at, now=now)
        return found, missing

    row, missing = _written(project, record)
    return _reviewed(project, row, missing)


def enqueue_event(
    event: str = "",
    run_id: str = "",
    title: str = "",
    body: str = "",
    acceptance_criteria: list[str] | None = None,
    dependencies: list[str] | None = None,
    priority: float | None = None,
    context_refs: list[str] | None = None,
    kind: str = "",
    risk: str = "",
    size: str = "",
    role: str = "",
    source: str = "",
    verification_policy: Record | None = None,
    event_id: str = "",
) -> Record:
    """Make a task of what cron, a webhook or a planner sends; nothing is handed out or started.

    Args:
        event: JSON, an object with the names below, or a list of such objects, which may need each other by
            their key; - reads it from standard input. The options say what it leaves out.
        run_id: the run that the task belongs to.
        title: what is to be done, in a line.
        body: what exactly is asked.
        acceptance_criteria: what must be shown before it is done; without a policy they ask for the result
            of a dispatch.
        dependencies: tasks that must be done first.
        priority: 0 to 1, how urgent.
        context_refs: files and claims that whoever works on it should know.
        kind: what kind of work it is, such as bug.
        risk: low, medium or high.
        size: how large it is, such as s.
        role: who should do it, such as worker or reviewer.
        source: where it comes from, such as cron.
        verification_policy: what evidence it wants, such as {"required_commands": ["pytest -q"]}.
        event_id: the sender's own id: sent again, the same event gives the same task.
    """
    given = {name: value for name, value in locals().items() if name != "event" and value}
    sent = enqueuing.read_events(event, given)
    project = projects.current(writing=True)
    at, now = project.at(), project.now()
    found = _written(project, lambda c: enqueuing.enqueue(c, sent, at=at, now=now))
    with project.db.reading() as connection:
        told = [records.task_record(connection, row, whole=True) for row in found.tasks]
        run = records.run_record(connection, get_row(connection, work.RUN, found.tasks[0]["run"]))
    project.note_deed("enqueue", f"{len(told)} tasks", [])
    return {
        **SCHEMA,
        "ok": True,
        "run": run,
        "task": told[0],
        "tasks": told,
        "repeated": found.repeated,
        "dispatched": False,
        **NOT_STARTED,
        "notes": [*settled(project), *project.told()],
    }


def _written(project: Project, deed: Callable[[Connection], Result]) -> Result:
    with project.db.transaction() as connection:
        return deed(connection)


def _told(project: Project, row: Row, deed: str, *, leftovers: bool = False, next: str = "") -> Record:
    """Return the record of what was done with a run."""
    project.note_deed("run", f"{deed} {shown(row['run'])}", [])
    notes = settled(project)
    with project.db.reading() as connection:
        record: Record = {**SCHEMA, "ok": True, "run": records.run_record(connection, row), **NOT_STARTED}
        if leftovers:
            left = runs.leftovers(connection, row)
            record["leftovers"] = {
                "tasks": [records.task_record(connection, each) for each in left.tasks],
                "dispatches": [records.dispatch_record(connection, each) for each in left.dispatches],
                "handles": left.handles,
            }
    return {**record, "next": next, "notes": [*notes, *project.told()]}


def _planned(project: Project, row: Row, deed: str, following: str) -> Record:
    project.note_deed("plan", f"{deed} {shown(row['plan'])}", [])
    with project.db.reading() as connection:
        run = get_row(connection, work.RUN, row["run"])
        told = {
            "plan": records.plan_record(connection, row),
            "run": records.run_record(connection, run),
        }
    return {**SCHEMA, "ok": True, **told, **NOT_STARTED, "next": following, "notes": project.told()}


def _reviewed(project: Project, row: Row, missing: list[str]) -> Record:
    project.note_deed("gate", f"{row['kind']} {row['status']}", [])
    with project.db.reading() as connection:
        run = get_row(connection, work.RUN, row["run"])
        stuck = gates.list_stuck(connection, run) if run["status"] == "blocked" else []
        failed = [each["kind"] for each in gates.list_failed(connection, run["run"])]
        told = {
            "gate": records.gate_record(connection, row),
            "run": records.run_record(connection, run),
        }
    following = ""
    if run["status"] == "blocked" and not failed and stuck:
        given_up = ", ".join(shown(each["task"]) for each in stuck)
        following = f"Given up since: {given_up}. mnemo resume --run-id {shown(run['run'])} goes on without."
    return {
        **SCHEMA,
        "ok": True,
        **told,
        "missing": missing,
        "failed_gates": failed,
        "next": following,
        "notes": project.told(),
    }


def _after_start(row: Row) -> str:
    name = shown(row["run"])
    if row["plan"] or row["spike"]:
        return f"mnemo enqueue-event --run-id {name} --title … adds a task."
    return f"mnemo plan --run-id {name} --title … drafts its plan."
