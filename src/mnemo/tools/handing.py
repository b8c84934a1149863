"""Handing work out, by the original commands: dispatches are queued, listed, taken, ended and recovered.

Nothing is started by any of them: an executor is a name, and whoever has it comes for its work.
"""

from __future__ import annotations

from typing import Any

from mnemo import projects
from mnemo.errors import Invalid
from mnemo.ledger import dispatching, executors, leases, names, packets, records, tasks
from mnemo.ledger import workspace as workspaces
from mnemo.ledger.names import get_row, shown
from mnemo.model import work
from mnemo.project import Project
from mnemo.repo import worktrees
from mnemo.store import queue
from mnemo.store.connections import Connection
from mnemo.store.rows import Row
from mnemo.tools.remembering import SCHEMA
from mnemo.tools.settling import settled

Record = dict[str, Any]
NOTHING_RUN = {"executor_invoked": False}


def dispatch_task(
    task_id: str = "",
    run_id: str = "",
    executor: str = "",
    reason: str = "",
    isolated_worktree: bool = False,
    create_worktree: bool = False,
) -> Record:
    """Queue a dispatch for a task; whoever is meant has to come and take it.

    Args:
        task_id: the task.
        run_id: its run; refused when the task belongs to another.
        executor: for whom it is meant, a name; anyone may take it.
        reason: why it is handed out.
        isolated_worktree: plan a working tree and a branch of its own for it; nothing is made yet.
        create_worktree: make them.
    """
    project = projects.current(writing=True)
    wanted = needed("task", task_id)
    meant = {"executor": names.executor_name(executor)} if executor.strip() else {}
    with project.db.reading() as connection:
        row = task_of_run(connection, wanted, run_id)
        if isolated_worktree or create_worktree:
            tasks.require_startable(connection, row)
    tree = None
    if isolated_worktree or create_worktree:
        tree = _worktree(project, row["task"], create_worktree)
    done = dispatching.create(
        project.db, row["task"], at=project.at(), now=project.now(), reason=reason, handed=meant
    )
    return _told(project, done, "queued", dispatched=True, worktree=tree)


def list_dispatches(run_id: str = "", limit: int = 1000) -> Record:
    """List dispatches as they stand now, the newest first.

    Args:
        run_id: only those of this run; all when left out.
        limit: most dispatches listed; `count` counts them all.
    """
    project = projects.current()
    if project.db.exists():
        leases.look(project.db, at=project.at(), now=project.now())
    with project.db.reading() as connection:
        run = get_row(connection, work.RUN, run_id)["run"] if run_id else ""
        found = queue.list_dispatches(connection)
        if run:
            own = {row["task"] for row in queue.list_tasks(connection) if row["run"] == run}
            found = [row for row in found if row["task"] in own]
        listed = [records.dispatch_record(connection, row) for row in found[: max(limit, 0)]]
    notes = settled(project) + project.told()
    return {**SCHEMA, "ok": True, "count": len(found), "dispatches": listed, "notes": notes}


def claim_dispatch(dispatch_id: str = "", executor: str = "", lease_minutes: float = 30.0) -> Record:
    """Take a dispatch; whoever has it already gets it again, everyone else learns who holds it.

    Args:
        dispatch_id: the dispatch.
        executor: who takes it; this caller when left out.
        lease_minutes: how long it is held without a sign of life.
    """
    project = projects.current(writing=True)
    done = dispatching.take(
        project.db,
        executor or project.executor(),
        at=project.at(),
        now=project.now(),
        workspace=project.workspace(),
        dispatch=needed("dispatch", dispatch_id),
        lease_minutes=lease_minutes,
    )
    return _told(project, done, "taken")


def complete_dispatch(
    dispatch_id: str = "",
    summary: str = "",
    evidence_uri: list[str | dict[str, Any]] | None = None,
    executor: str = "",
) -> Record:
    """Finish a dispatch with evidence; without, its task is held and the answer says what is missing.

    Args:
        dispatch_id: the dispatch, which somebody has taken.
        summary: what was done; it proves nothing.
        evidence_uri: files that changed since the take, or evidence ids; {"uri", "criteria": [1]}
            serves one criterion.
        executor: who asks; this caller when left out.
    """
    project = projects.current(writing=True)
    changed = _changed(project, dispatch_id)
    done = dispatching.complete(
        project.db,
        executor or project.executor(),
        at=project.at(),
        now=project.now(),
        workspace=project.workspace(),
        dispatch=needed("dispatch", dispatch_id),
        summary=summary,
        cited=evidence_uri or (),
    )
    outcome = executors.outcome(changed=changed, verified=not done["missing"])
    told = _told(project, done, "completed", outcome=outcome)
    if done["missing"]:
        told["warning"] = f"held at {told['task']['status']}: {'; '.join(done['missing'])}"
    return {**told, "missing": done["missing"]}


def fail_dispatch(
    dispatch_id: str = "", reason: str = "", executor: str = "", exit_code: int = 0, timed_out: bool = False
) -> Record:
    """Give a dispatch up: its task is blocked, and so is a planned run until someone resumes it.

    Args:
        dispatch_id: the dispatch, which somebody has taken.
        reason: why.
        executor: who asks; this caller when left out.
        exit_code: of the executor's process, as you saw it.
        timed_out: it ran out of time.
    """
    why = needed("reason", reason, "")
    project = projects.current(writing=True)
    changed = _changed(project, dispatch_id)
    outcome = executors.outcome(timed_out=timed_out, exit_code=exit_code, changed=changed)
    done = dispatching.fail(
        project.db,
        executor or project.executor(),
        why,
        at=project.at(),
        now=project.now(),
        dispatch=needed("dispatch", dispatch_id),
        outcome=outcome,
    )
    return _told(project, done, "failed", outcome=outcome)


def needed(name: str, given: str, kind: str = " id") -> str:
    """Return what has to be given, trimmed.

    Args:
        name: what it is the id of, or its own name where kind is empty.
        given: as typed.
        kind: what stands behind the name in the message.

    Raises:
        Invalid: it is empty; its word is the name and `_required`.
    """
    if given.strip():
        return given.strip()
    flag = (name + kind).replace(" ", "-")
    raise Invalid(f"No {name}{kind} was given.", f"Give --{flag}.", f"{flag.replace('-', '_')}_required")


def task_of_run(connection: Connection, task: str, run: str) -> Row:
    """Return a task's row.

    Args:
        task: its id.
        run: the run that it must belong to; empty for any.

    Raises:
        NotFound: task_not_found, run_not_found.
        Invalid: it belongs to another run.
    """
    row = get_row(connection, work.TASK, task)
    if run and get_row(connection, work.RUN, run)["run"] != row["run"]:
        raise Invalid(
            f"{shown(row['task'])} belongs to {shown(row['run'])}, not to {names.brief(run)}.",
            "Give its own run, or leave the run out.",
        )
    return row


def _changed(project: Project, dispatch: str) -> bool:
    """Tell whether any file is another than when a dispatch was taken; yes where nobody can know."""
    if not dispatch.strip() or project.place is None:
        return True
    with project.db.reading() as connection:
        base = queue.find_base(connection, get_row(connection, work.DISPATCH, dispatch)["dispatch"])
    now = workspaces.take_base(project.workspace(), project.head().commit, project.now())
    return base is None or (base.commit, dict(base.files)) != (now.commit, dict(now.files))


def _worktree(project: Project, task: str, making: bool) -> Record:
    planned = worktrees.plan(project.place, packets.worktree_of(project.db.folder, task), shown(task))
    made = worktrees.create(project.place, planned) if making else False
    return {
        "branch": planned.branch,
        "path": planned.path,
        "base": planned.base,
        "created": made or planned.exists,
        "dry_run": not making,
        "blockers": [each._asdict() for each in planned.checked.blockers],
        "remotes": planned.checked.remotes,
    }


def _told(project: Project, done: Record, deed: str, **more: Any) -> Record:
    """Return the answer about one dispatch, once everything that follows from it is done."""
    dispatch = done["dispatch"]
    task = done["tasks"][0]
    project.note_deed(f"dispatch {deed}", f"{dispatch['id']} {deed}", [])
    with project.db.reading() as connection:
        run = get_row(connection, work.RUN, get_row(connection, work.TASK, task["id"])["run"])
    answer: Record = {
        **SCHEMA,
        "ok": True,
        **NOTHING_RUN,
        "dispatch": dispatch,
        "task": task,
        "run": {"id": shown(run["run"]), "status": run["status"]},
        **{name: value for name, value in more.items() if value is not None},
        "next": done["next"],
    }
    notes = settled(project, dispatch["id"]) + project.told()
    return {**answer, "notes": [*done.get("notes", []), *notes]}
