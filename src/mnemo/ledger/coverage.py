"""Is a task shown to be done? Each of its criteria against the evidence that serves it, as of now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from mnemo.ledger.evidence import COMMAND, FILE, RESULT, WHOLE
from mnemo.ledger.names import get_row, shown
from mnemo.ledger.workspace import Present
from mnemo.model import work
from mnemo.store import objects, queue, rows
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

MOST_NAMED = 3

Record = dict[str, Any]


class Support(NamedTuple):
    """One piece of evidence as seen from a task.

    Args:
        evidence: its id.
        numbers: the criteria it serves.
        problem: why it does not count now; empty when it does.
    """

    evidence: str
    numbers: tuple[int, ...]
    problem: str


class Covered(NamedTuple):
    """One criterion, and what shows that it is met.

    Args:
        number: from 1; 0 for a task without criteria, taken as a whole.
        text: what it asks.
        evidence: ids of what counts.
        problem: why nothing counts; empty when something does.
    """

    number: int
    text: str
    evidence: tuple[str, ...]
    problem: str


def list_supports(connection: Connection, task: str, present: Present) -> list[Support]:
    """Return the evidence that serves a task, each judged against the workspace as it is now."""
    return [
        Support(row["evidence"], numbers, problem_of(connection, row, present))
        for row, numbers in queue.list_evidence(connection, task)
        if row["status"] != "superseded" and row["kind"] != RESULT
    ]


def problem_of(connection: Connection, row: Row, present: Present) -> str:
    """Return why a piece of evidence does not count now; empty when it does.

    It counts when it passed, is trusted, and what it speaks of is as it was: the file's content, or the
    files on which the command ran.
    """
    name = shown(row["evidence"])
    if row["status"] != "passed":
        return f"{name} failed" if row["status"] == "failed" else f"{name} is only {row['status']}"
    if row["trust"] != work.TRUSTED or row["kind"] == RESULT:
        return f"{name} is only {work.ADVISORY}"
    payload = objects.find(connection, row["object"])
    if payload is None:
        return f"what {name} said was erased"
    if row["kind"] == FILE:
        now = present.content(payload["path"])
        if now != row["content"]:
            return f"{payload['path']} {'has changed since it was cited' if now else 'is gone'}"
    if row["kind"] == COMMAND and row["tree"] and present.tree() not in ("", row["tree"]):
        return _outdated(name, payload, present)
    return ""


def _outdated(name: str, payload: Record, present: Present) -> str:
    """Return which files changed since a command ran, in words; empty when none did that matters."""
    files = payload.get("files")
    differing = None if files is None else present.differing(payload["commit"], files)
    if differing is None:
        return f"{name} ran on files that have changed since; run it again"
    more = f" and {len(differing) - MOST_NAMED} more" if len(differing) > MOST_NAMED else ""
    named = ", ".join(differing[:MOST_NAMED]) + more
    return f"{name} ran before {named} changed; run it again" if differing else ""


def cover(criteria: Iterable[str], supports: Iterable[Support]) -> list[Covered]:
    """Return each criterion with what shows that it is met.

    Args:
        criteria: their texts; a task without any is one criterion of number 0.
        supports: the evidence.
    """
    known = list(supports)
    numbered = list(enumerate(criteria, 1)) or [(WHOLE, "")]
    return [_covered(number, text, known) for number, text in numbered]


def missing(covered: Iterable[Covered]) -> list[str]:
    """Return what is still to be shown, a line for each criterion that nothing covers."""
    return [
        f"criterion {each.number} ({each.text}): {each.problem}" if each.number else each.problem
        for each in covered
        if each.problem
    ]


def verify_task(connection: Connection, task: str, present: Present) -> Record:
    """Judge a task against its evidence policy; nothing is changed.

    Every criterion needs evidence that passed, is trusted and not superseded, and still holds in the
    workspace; a task without criteria needs one such piece. A summary alone never counts.

    Args:
        task: its id or a unique beginning of it.
        present: the workspace now.

    Raises:
        NotFound: task_not_found.
    """
    row = get_row(connection, work.TASK, task)
    payload = objects.find(connection, row["object"]) or {}
    covered = cover(payload.get("criteria", []), list_supports(connection, row["task"], present))
    failed = missing(covered)
    return {
        "task": shown(row["task"]),
        "title": payload.get("title", ""),
        "status": row["status"],
        "accepted": not failed,
        "failed_requirements": failed,
        "criteria": [
            {"number": each.number, "text": each.text, "evidence": [shown(one) for one in each.evidence]}
            for each in covered
            if each.number != WHOLE
        ],
    }


def verify_run(connection: Connection, run: str, present: Present) -> Record:
    """Judge every task of a run that was not cancelled; the run is accepted when all of them are.

    Args:
        run: its id or a unique beginning of it.
        present: the workspace now.

    Raises:
        NotFound: run_not_found.
    """
    row = get_row(connection, work.RUN, run)
    judged = [
        verify_task(connection, one["task"], present)
        for one in rows.iter_rows(connection, "tasks", order="clock", run=row["run"])
        if one["status"] != "cancelled"
    ]
    failed = [
        f"{one['task']} ({one['title']}): {need}" for one in judged for need in one["failed_requirements"]
    ]
    return {
        "task": shown(row["run"]),
        "title": f"run of {len(judged)} tasks",
        "status": row["status"],
        "accepted": not failed,
        "failed_requirements": failed,
        "criteria": [],
    }


def _covered(number: int, text: str, supports: list[Support]) -> Covered:
    serving = [each for each in supports if number in each.numbers]
    good = tuple(each.evidence for each in serving if not each.problem)
    if good:
        return Covered(number, text, good, "")
    problem = "; ".join(dict.fromkeys(each.problem for each in serving)) or "no evidence"
    return Covered(number, text, (), problem if number else f"no evidence that it is done: {problem}")
