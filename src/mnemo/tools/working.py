"""The work log, the work queue and evidence, bound to the project and to whoever calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from mnemo import projects
from mnemo.errors import Invalid
from mnemo.ledger import bundles, coverage, dispatching
from mnemo.ledger.workspace import Present
from mnemo.project import Project
from mnemo.tools import remembering
from mnemo.tools.remembering import SCHEMA
from mnemo.tools.settling import settled
from mnemo.worklog import writing

Record = dict[str, Any]
READING = ("ready", "list")
LEDGER_IDS = ("task_", "run_")


class Asked(NamedTuple):
    """What a call of dispatch named beside its action; see tools.core.dispatch."""

    task: str | None
    dispatch: str | None
    title: str | None
    body: str | None
    criteria: list[str] | None
    summary: str | None
    evidence: list[str | dict[str, Any]] | None
    reason: str | None
    lease_minutes: float


def dispatched(action: str, executor: str | None, asked: Asked) -> Record:
    """Do one thing with the work queue.

    Raises:
        Invalid: there is no such action.
    """
    if action not in ACTIONS:
        raise Invalid(f"{action[:40]!r} is no action of dispatch.", f"Use one of {', '.join(ACTIONS)}.")
    project = projects.current(writing=action not in READING)
    record = ACTIONS[action](project, executor or project.executor(), asked)
    if action not in READING:
        project.note_deed(f"dispatch {action}", action, [])
    one: Record = record["dispatch"] or {}
    followed = settled(project, one.get("id", ""))
    return {**SCHEMA, **record, "notes": [*record.get("notes", []), *followed, *project.told()]}


def judged(
    target: str | None, repair: bool = False, progress: Callable[[int, int], None] | None = None
) -> Record:
    """Judge claims against the code, a task or a run against its evidence, or a context bundle."""
    if target and target.startswith(bundles.PREFIX):
        project = projects.current()
        with project.db.reading() as connection:
            found = bundles.verify(connection, project.db.folder, target)
        return {**SCHEMA, **found, "notes": project.told()}
    if not target or not target.startswith(LEDGER_IDS):
        return remembering.verified(target, repair, progress)
    project = projects.current()
    judge = coverage.verify_run if target.startswith("run_") else coverage.verify_task
    with project.db.reading() as connection:
        found = judge(connection, target, Present(project.workspace()))
    return {**SCHEMA, **found, "notes": project.told()}


def logged(message: str, extra: Any) -> Record:
    """Add an entry to this branch's work log."""
    project = projects.current(writing=True)
    with project.db.transaction() as connection:
        entry = writing.add_entry(connection, message, extra, project.at(), project.now())
    project.note_deed("log", "logged", [])
    added = writing.entry_record(entry)
    return {**SCHEMA, "branch": entry.branch, "entries": [added], "added": added, "notes": project.told()}


def _add(project: Project, executor: str, asked: Asked) -> Record:
    return dispatching.add(
        project.db, asked.title, asked.body, asked.criteria or (), at=project.at(), now=project.now()
    )


def _create(project: Project, executor: str, asked: Asked) -> Record:
    return dispatching.create(project.db, asked.task, at=project.at(), now=project.now(), reason=asked.reason)


def _take(project: Project, executor: str, asked: Asked) -> Record:
    return dispatching.take(
        project.db,
        executor,
        at=project.at(),
        now=project.now(),
        workspace=project.workspace(),
        task=asked.task,
        dispatch=asked.dispatch,
        lease_minutes=asked.lease_minutes,
    )


def _heartbeat(project: Project, executor: str, asked: Asked) -> Record:
    return dispatching.heartbeat(
        project.db,
        executor,
        at=project.at(),
        now=project.now(),
        task=asked.task,
        dispatch=asked.dispatch,
        lease_minutes=asked.lease_minutes,
    )


def _complete(project: Project, executor: str, asked: Asked) -> Record:
    return dispatching.complete(
        project.db,
        executor,
        at=project.at(),
        now=project.now(),
        workspace=project.workspace(),
        task=asked.task,
        dispatch=asked.dispatch,
        summary=asked.summary,
        cited=asked.evidence or (),
    )


def _fail(project: Project, executor: str, asked: Asked) -> Record:
    return dispatching.fail(
        project.db,
        executor,
        asked.reason,
        at=project.at(),
        now=project.now(),
        task=asked.task,
        dispatch=asked.dispatch,
    )


def _ready(project: Project, executor: str, asked: Asked) -> Record:
    return dispatching.ready(project.db, at=project.at(), now=project.now())


def _list(project: Project, executor: str, asked: Asked) -> Record:
    return dispatching.list_dispatches(project.db, at=project.at(), now=project.now(), task=asked.task)


ACTIONS: dict[str, Callable[[Project, str, Asked], Record]] = {
    "ready": _ready,
    "add": _add,
    "create": _create,
    "take": _take,
    "heartbeat": _heartbeat,
    "complete": _complete,
    "fail": _fail,
    "list": _list,
}
