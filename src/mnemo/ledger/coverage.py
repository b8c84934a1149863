"""Is a task shown to be done? Each of its criteria against the evidence that serves it, as of now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from mnemo.ledger import binding, policies
from mnemo.ledger.evidence import FILE, RESULT, WHOLE
from mnemo.ledger.names import get_row, shown
from mnemo.ledger.policies import Policy, Shown
from mnemo.ledger.workspace import Present
from mnemo.model import work
from mnemo.store import events, objects, queue, rows
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


def list_shown(connection: Connection, task: str, present: Present) -> list[Shown]:
    """Return all evidence about a task as its policy sees it, each judged against the workspace now."""
    found: list[Shown] = []
    for row in queue.list_about(connection, task):
        if row["status"] == "superseded":
            continue
        payload = objects.find(connection, row["object"]) or {}
        drift = drift_of(connection, row, present) if row["status"] == "passed" else ""
        argv = tuple(payload.get("argv", ()))
        found.append(Shown(row["evidence"], row["kind"], row["status"], row["trust"], argv, drift))
    return found


def problem_of(connection: Connection, row: Row, present: Present) -> str:
    """Return why a piece of evidence does not count now; empty when it does.

    It counts when it passed, is trusted and of a kind that can prove something, and when what it speaks
    of is as it was: the files that its task names, the file's own content, or the files on which the
    command ran.
    """
    if row["status"] == "passed" and row["kind"] not in work.PROVING_KINDS:
        return f"{shown(row['evidence'])} is only {work.ADVISORY}"
    return standing_of(row) or drift_of(connection, row, present)


def standing_of(row: Row) -> str:
    """Return why evidence does not count whatever the workspace is now; empty when only that can tell."""
    name = shown(row["evidence"])
    if row["kind"] in work.SAID_KINDS:
        return f"{name} is a {row['kind'].replace('_', ' ')}, which proves nothing by itself"
    if row["status"] != "passed":
        return f"{name} failed" if row["status"] == "failed" else f"{name} is only {row['status']}"
    return "" if row["trust"] == work.TRUSTED else f"{name} is only {work.ADVISORY}"


def drift_of(connection: Connection, row: Row, present: Present) -> str:
    """Return why evidence is stale: what has changed since it was recorded; empty when nothing has."""
    name = shown(row["evidence"])
    payload = objects.find(connection, row["object"])
    if payload is None:
        return f"what {name} said was erased"
    if not _was_recorded(connection, row, payload):
        return f"{name} is only {work.ADVISORY}: nothing was run or recorded for it"
    if row["kind"] in work.FILE_KINDS and "path" in payload:
        now = present.content(payload["path"])
        if now != row["content"]:
            return f"{payload['path']} {'has changed since it was cited' if now else 'is gone'}"
    differing = sorted(
        path for path, mark in payload.get("changed_to", {}).items() if not present.as_marked(path, mark)
    )
    if "bound" in payload:
        differing += binding.drifted(present, payload["names"], payload["bound"])
    if differing:
        return f"{name} is from before {_listed(list(dict.fromkeys(differing)))} changed; record it again"
    if "bound" in payload:
        return ""
    if row["kind"] in work.RUN_KINDS and row["tree"] and present.tree() not in ("", row["tree"]):
        return _outdated(name, payload, present)
    return ""


def _was_recorded(connection: Connection, row: Row, payload: Record) -> bool:
    """Tell whether a deed stands behind a row, and a finished command behind a command's."""
    if row["kind"] in work.RUN_KINDS and not {"argv", "exit_code", "stdout"} <= payload.keys():
        return False
    name = f"evidence/{row['evidence']}"
    return any(
        part.get("do") == "record" and part.get("object") == row["object"]
        for part in (event.parts[name] for event in events.iter_aggregate(connection, name))
    )


def _outdated(name: str, payload: Record, present: Present) -> str:
    """Return which files changed since a command ran, in words; empty when none did that matters."""
    files = payload.get("files")
    differing = None if files is None else present.differing(payload["commit"], files)
    if differing is None:
        return f"{name} ran on files that have changed since; run it again"
    return f"{name} ran before {_listed(differing)} changed; run it again" if differing else ""


def _listed(paths: list[str]) -> str:
    more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
    return ", ".join(paths[:MOST_NAMED]) + more


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


def unmet(
    connection: Connection,
    task: Row,
    present: Present,
    cited: Sequence[Support] = (),
    *,
    finished: bool = True,
    policy: Policy | None = None,
) -> tuple[list[Covered], list[str]]:
    """Return a task's criteria with what covers them, and every requirement that is still to be shown.

    Args:
        task: its row.
        present: the workspace now.
        cited: files that are about to be recorded as its evidence too.
        finished: whether its policy may ask for the result of a dispatch; not while one is completed.
        policy: what to ask for instead of the task's own policy; None for that.
    """
    payload = objects.find(connection, task["object"]) or {}
    policy = policies.read(payload.get("policy")) if policy is None else policy
    asked = policy if finished else policies.without_result(policy)
    criteria = payload.get("criteria", [])
    covered = cover(criteria, [*list_supports(connection, task["task"], present), *cited])
    if not criteria and policies.asks_for_proof(policy):
        covered = []
    fresh = [
        Shown(each.evidence, FILE, "passed", work.TRUSTED, (), each.problem)
        for each in cited
        if not queue.find_row(connection, work.EVIDENCE, each.evidence)
    ]
    known = list_shown(connection, task["task"], present)
    return covered, [*missing(covered), *policies.failed(asked, [*known, *fresh])]


def verify_task(connection: Connection, task: str, present: Present) -> Record:
    """Judge a task against its evidence policy; nothing is changed.

    Every criterion needs evidence that passed, is trusted and not superseded, and still holds in the
    workspace, and so does everything its policy asks for; a task that has neither needs one such piece.
    A summary alone never counts.

    Args:
        task: its id or a unique beginning of it.
        present: the workspace now.

    Raises:
        NotFound: task_not_found.
    """
    row = get_row(connection, work.TASK, task)
    payload = objects.find(connection, row["object"]) or {}
    covered, failed = unmet(connection, row, present)
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
