"""Verdicts on tasks: judged against their evidence policy, written down, and the task moved accordingly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from mnemo.ids import new_id
from mnemo.ledger import coverage, policies, repairing, states
from mnemo.ledger.names import get_row, shown
from mnemo.ledger.policies import Policy
from mnemo.ledger.repairing import Budget
from mnemo.ledger.workspace import Present
from mnemo.model import work
from mnemo.store import events, objects, rows
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.store.rows import Row

KIND = "qa_verdict"

Record = dict[str, Any]


class Verdict(NamedTuple):
    """What became of a task that was judged.

    Args:
        task: its row afterwards.
        accepted: whether its evidence is enough now.
        failed: what is missing, a line each.
        evidence: the verdict's own row.
        policy: what was asked for, with what lessons and the graph added.
        repair: the row of the task that is to mend it; None when there is none.
        mended: what became of the task that an accepted repair mends; None when it mends none.
    """

    task: Row
    accepted: bool
    failed: list[str]
    evidence: Row
    policy: Policy
    repair: Row | None
    mended: Verdict | None = None


def judge(
    db: Database,
    task: str,
    *,
    at: dict[str, str],
    now: int,
    present: Present,
    lessons: Iterable[str] | None = None,
    budget: Budget | None = None,
) -> Verdict:
    """Judge a task against its evidence policy, and write the verdict down.

    A task that was handed in, completed or rejected is moved to accepted or rejected. One that is still
    waiting or in somebody's hands keeps its state: the verdict says how it stands now. The acceptance of
    a repair judges the task that it mends once more.

    Args:
        task: its id or a unique beginning of it.
        at: where and by whom.
        now: wall clock, milliseconds.
        present: the workspace now.
        lessons: texts whose checks are asked for too; None to ask for what the policy says alone.
        budget: makes a task that repairs a rejected one, as often as this allows; None makes none.

    Raises:
        NotFound: task_not_found.
    """
    found = _judge(db, task, at, now, present, lessons, budget)
    with db.reading() as connection:
        mended = repairing.find_mended(connection, found.task) if found.accepted else None
    if mended is None or work.is_final(work.TASK, mended["status"]):
        return found
    return found._replace(mended=_judge(db, mended["task"], at, now, present, lessons, None))


def _judge(
    db: Database,
    task: str,
    at: dict[str, str],
    now: int,
    present: Present,
    lessons: Iterable[str] | None,
    budget: Budget | None,
) -> Verdict:
    with db.reading() as connection:
        # What is costly, files and git, is looked at here, where nobody has to wait for it.
        asked = _policy(connection, get_row(connection, work.TASK, task), lessons)
        coverage.unmet(connection, get_row(connection, work.TASK, task), present, policy=asked)
    with db.transaction() as connection:
        row = get_row(connection, work.TASK, task)
        covered, failed = coverage.unmet(connection, row, present, policy=asked)
        parts, verdict = _parts(connection, row, covered, failed, at)
        repair = None
        if failed and budget:
            more, repair = repairing.parts_for(connection, row, failed, budget)
            parts.update(more)
        if not failed:
            parts.update(repairing.passed_on(connection, row))
        events.record(connection, "task.verified", parts, at=at, now=now)
        return Verdict(
            get_row(connection, work.TASK, row["task"]),
            not failed,
            failed,
            get_row(connection, work.EVIDENCE, verdict),
            asked,
            get_row(connection, work.TASK, repair) if repair else None,
        )


def _policy(connection: Connection, task: Row, lessons: Iterable[str] | None) -> Policy:
    policy = policies.read((objects.find(connection, task["object"]) or {}).get("policy"))
    if lessons is None:
        return policy
    warnings: list[str] = []
    for row in rows.iter_rows(connection, "evidence", run=task["run"], kind="graph_diff"):
        warnings += (objects.find(connection, row["object"]) or {}).get("warnings", [])
    return policies.enriched(policy, lessons, warnings)


def _parts(
    connection: Connection,
    task: Row,
    covered: list[coverage.Covered],
    failed: list[str],
    at: dict[str, str],
) -> tuple[dict[str, events.Part], str]:
    state = "rejected" if failed else "accepted"
    name = new_id(work.EVIDENCE)
    resting = sorted({one for each in covered for one in each.evidence})
    payload: Record = {
        "summary": f"{state}: {'; '.join(failed) or 'everything asked for is shown'}",
        "source": at.get("agent", ""),
        "failed_requirements": failed,
        "supports": resting,
    }
    parts: dict[str, events.Part] = {
        f"evidence/{name}": {
            "do": "record",
            "kind": KIND,
            "status": "failed" if failed else "passed",
            "trust": work.TRUSTED,
            "run": task["run"],
            "task": task["task"],
            "object": states.seal(connection, payload),
        }
    }
    if work.can(work.TASK, task["status"], state):
        cause = states.seal(connection, {"reason": "; ".join(failed)}) if failed else ""
        parts[f"task/{task['task']}"] = {"do": "status", "status": state, "cause": cause}
    return parts, name


def record_of(connection: Connection, verdict: Verdict) -> Record:
    """Return a verdict as tools answer with it.

    Returns:
        ok and accepted, task, title, status (of the task), verdict, failed_requirements,
        policy, evidence (id of the verdict), repair (id of the task that mends it) and mended (the
        verdict on the task that this one mends), both None for none.
    """
    payload = objects.find(connection, verdict.task["object"]) or {}
    return {
        "ok": verdict.accepted,
        "task": shown(verdict.task["task"]),
        "title": payload.get("title", ""),
        "status": verdict.task["status"],
        "accepted": verdict.accepted,
        "verdict": "accepted" if verdict.accepted else "rejected",
        "failed_requirements": verdict.failed,
        "policy": {
            "required_evidence": list(verdict.policy.kinds),
            "required_commands": [list(each) for each in verdict.policy.commands],
            "min_trust": verdict.policy.min_trust,
        },
        "evidence": shown(verdict.evidence["evidence"]),
        "repair": shown(verdict.repair["task"]) if verdict.repair else None,
        "mended": record_of(connection, verdict.mended) if verdict.mended else None,
    }
