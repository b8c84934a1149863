"""Evidence as commands: run, attached, listed, shown; what others say; and the verdict on a task."""

from __future__ import annotations

import os
import sys
from typing import Any

from mnemo import projects
from mnemo.errors import Invalid
from mnemo.ledger import approving, graphdiff, names, recording, records, running, verdicts
from mnemo.ledger.approving import CheckElsewhere
from mnemo.ledger.names import get_row, shown
from mnemo.ledger.repairing import MAX_ATTEMPTS, MAX_EXECUTORS, Budget
from mnemo.ledger.running import Purpose
from mnemo.ledger.workspace import Present
from mnemo.memory import listing
from mnemo.memory.listing import Filter
from mnemo.model import work
from mnemo.project import Project
from mnemo.store import objects, queue
from mnemo.store.rows import Row
from mnemo.tools import handing
from mnemo.tools.remembering import SCHEMA
from mnemo.tools.settling import settled

Record = dict[str, Any]
MOST_LESSONS = 200
LISTED = 50


def evidence_run(
    *command: str,
    task: str = "",
    criteria: list[int] | None = None,
    run_id: str = "",
    gate: str = "",
    kind: str = "",
) -> Record:
    """Run a command without a shell and keep what it proved; it ends with the command's own code.

    Args:
        command: the command and its arguments, behind --.
        task: the task that it is evidence for.
        criteria: the task's criteria that it serves, from 1; all when left out.
        run_id: the run that it is evidence for, where it serves no single task.
        gate: the gate of the run that it decides: passed when the command ends with 0, failed when not.
        kind: what it checks: test, lint, type, compile or smoke; left out, pytest is recognised.
    """
    project = projects.current(writing=True)
    record = running.run(
        project.db,
        list(command),
        at=project.at(),
        now=project.now(),
        workspace=project.workspace(),
        folder=os.getcwd(),
        purpose=Purpose(task or None, tuple(criteria or ()), run_id or None, gate, kind),
        # The command's own output goes to stderr, so that stdout holds the record alone.
        out=sys.stderr.buffer,
        err=sys.stderr.buffer,
    )
    project.note_deed("evidence", f"ran a command: exit {record['exit_code']}", [])
    return {**SCHEMA, **record, "notes": [*record.get("notes", []), *project.told()]}


def evidence_add(
    uris: list[str] | None = None,
    kind: str = "file",
    task: str = "",
    run_id: str = "",
    criteria: list[int] | None = None,
    summary: str = "",
    supports: list[str] | None = None,
    supersedes: list[str] | None = None,
) -> Record:
    """Attach evidence: files of the workspace, the diff of the work so far, or somebody's words.

    Args:
        uris: paths or file URIs; for a diff, the paths that it is limited to.
        kind: file, diff, artifact or screenshot, which can prove something; or summary, reasoning, chat,
            session_state or terminal_log, which are kept and prove nothing.
        task: the task that it is evidence for.
        run_id: the run that it is evidence for, where it serves no single task.
        criteria: the task's criteria that it serves, from 1; all when left out.
        summary: what it shows.
        supports: claims or whatever else it speaks for.
        supersedes: ids of evidence that it replaces.
    """
    project = projects.current(writing=True)
    present = Present(project.workspace())
    found = recording.attach(
        project.db,
        kind,
        uris or (),
        at=project.at(),
        now=project.now(),
        present=present,
        task=task or None,
        run=run_id or None,
        criteria=criteria or (),
        summary=summary,
        supports=supports or (),
        supersedes=supersedes or (),
    )
    return _told(project, found, present, f"attached {kind}")


def evidence_list(task: str = "", run_id: str = "", limit: int = LISTED) -> Record:
    """List evidence, newest first, each piece with whether it still holds.

    Args:
        task: only what speaks for this task.
        run_id: only this run's; left out, all there is.
        limit: most pieces listed.
    """
    if limit < 1:
        raise Invalid(f"limit is {limit}, not 1 or more.", f"Leave it out for the newest {LISTED}.")
    project = projects.current()
    present = Present(project.workspace())
    with project.db.reading() as connection:
        if task:
            found = queue.list_about(connection, get_row(connection, work.TASK, task)["task"])
        elif run_id:
            owner = get_row(connection, work.RUN, run_id)["run"]
            found = list(queue.iter_evidence(connection, run=owner))
        else:
            found = list(queue.iter_evidence(connection))
        newest = found[::-1][:limit]
        told = [records.evidence_record(connection, row, present) for row in newest]
    notes = [f"The newest {limit} of {len(found)}."] if len(found) > limit else []
    return {**SCHEMA, "evidence": told, "notes": [*notes, *project.told()]}


def evidence_show(evidence: str) -> Record:
    """Show one piece of evidence in full, with the end of what its command printed.

    Args:
        evidence: its id or a unique beginning of it.
    """
    project = projects.current()
    present = Present(project.workspace())
    with project.db.reading() as connection:
        row = get_row(connection, work.EVIDENCE, evidence)
        record = records.evidence_record(connection, row, present)
        payload = objects.find(connection, row["object"]) or {}
    return {**SCHEMA, "evidence": record, "payload": payload, "notes": project.told()}


def verify_task(
    task_id: str,
    enrich: bool = False,
    repair: bool = False,
    max_attempts: int = MAX_ATTEMPTS,
    max_executors: int = MAX_EXECUTORS,
    run_id: str = "",
) -> Record:
    """Judge a task against its evidence policy and write the verdict down: accepted, or rejected with why.

    Args:
        task_id: the task.
        enrich: ask also for the checks that lessons name in backticks, and for a test where the code's
            graph warns.
        repair: add a task that mends what was rejected, or block it once the budget is used up.
        max_attempts: repair: most tasks that mend it; the task's own policy wins.
        max_executors: repair: most executors that may have tried; the task's own policy wins.
        run_id: its run; refused when the task belongs to another.
    """
    for name, value in (("max-attempts", max_attempts), ("max-executors", max_executors)):
        if value < 0:
            raise Invalid(f"--{name} is {value}.", "Give 0 or more.")
    project = projects.current(writing=True)
    with project.db.reading() as connection:
        handing.task_of_run(connection, task_id, run_id)
    found = verdicts.judge(
        project.db,
        task_id,
        at=project.at(),
        now=project.now(),
        present=Present(project.workspace()),
        lessons=_lessons(project) if enrich else None,
        budget=Budget(max_attempts, max_executors) if repair else None,
    )
    with project.db.reading() as connection:
        record = verdicts.record_of(connection, found)
    project.note_deed("verify", f"{record['task']} {record['verdict']}", [])
    notes = settled(project)
    if record["status"] not in ("accepted", "rejected", "blocked"):
        notes.append(f"The task stays {record['status']}: only what was handed in is accepted or rejected.")
    return {**SCHEMA, **record, "notes": [*notes, *project.told()]}


def record_external_check(
    provider: str = "",
    run_id: str = "",
    external_run_id: str = "",
    status: str = "",
    conclusion: str = "",
    url: str = "",
    attest: str = "",
    task_id: str = "",
) -> Record:
    """Record what a check that ran elsewhere concluded; advisory, unless somebody stands for it.

    Args:
        provider: who ran it, such as github_actions.
        run_id: the run; left out, this branch's newest.
        external_run_id: its number there.
        status: how far it is there, such as completed.
        conclusion: how it ended there; only success passes.
        url: where to see it.
        attest: the name of who has seen it and stands for it.
        task_id: the task that it speaks for, where it is one alone.
    """
    project = projects.current(writing=True)
    present = Present(project.workspace())
    row = approving.record_check(
        project.db,
        CheckElsewhere(provider, external_run_id, status, conclusion, url, attest),
        at=project.at(),
        now=project.now(),
        present=present,
        run=run_id or None,
        task=task_id or None,
    )
    record = _told(project, [row], present, f"external check {provider}")
    if row["trust"] == work.ADVISORY:
        record["notes"].append("It is advisory: nobody here saw it. --attest NAME stands for it.")
    return record


def record_approval(
    actor: str = "",
    scope_kind: str = "run",
    scope_id: str = "",
    prompt: str = "",
    response: str = "",
    run_id: str = "",
) -> Record:
    """Record what somebody answered when asked for approval; only a plain yes counts.

    Args:
        actor: who answered.
        scope_kind: what was to be approved: run, release, plan, task, dispatch, gate, patch …
        scope_id: which one.
        prompt: what was asked.
        response: the answer as it was given: approved, approve, yes, y, ok, 승인 or 승인함 approves.
        run_id: the run; left out, that of what is approved, else this branch's newest.
    """
    project = projects.current(writing=True)
    present = Present(project.workspace())
    row = approving.record_approval(
        project.db,
        actor,
        scope_kind,
        scope_id,
        prompt,
        response,
        at=project.at(),
        now=project.now(),
        present=present,
        run=run_id or None,
    )
    record = _told(project, [row], present, f"approval by {actor}")
    if row["status"] != "passed":
        record["notes"].append(f"It is kept and not counted: only {', '.join(approving.YES)} approves.")
    return record


def record_graph_diff(
    before_graph_json: dict[str, Any] | None = None,
    after_graph_json: dict[str, Any] | None = None,
    run_id: str = "",
    task_id: str = "",
    blocking: bool = False,
) -> Record:
    """Compare two pictures of the code's graph and record what got worse.

    Args:
        before_graph_json: {"god_nodes": [], "cross_community_edges": 1, "modularity": 0.8}, or nodes with
            their community and edges, from which these are counted.
        after_graph_json: the same, afterwards.
        run_id: the run; left out, this branch's newest.
        task_id: the task, where it is one alone.
        blocking: let a warning close the release gate.
    """
    project = projects.current(writing=True)
    present = Present(project.workspace())
    row, found = graphdiff.record(
        project.db,
        before_graph_json or {},
        after_graph_json or {},
        at=project.at(),
        now=project.now(),
        present=present,
        run=run_id or None,
        task=task_id or None,
        blocking=blocking,
    )
    record = _told(project, [row], present, f"graph diff: risk {found['risk']}")
    return {**record, "diff": found, "warnings": found["warnings"], "risk": found["risk"]}


def _told(project: Project, rows: list[Row], present: Present, deed: str) -> Record:
    """Return the record of evidence that was just written down."""
    with project.db.reading() as connection:
        told = [records.evidence_record(connection, row, present) for row in rows]
    project.note_deed("evidence", names.brief(deed).strip("'"), [shown(row["evidence"]) for row in rows])
    return {**SCHEMA, "ok": True, "evidence": told[0], "written": told, "notes": project.told()}


def _lessons(project: Project) -> list[str]:
    """Return the patterns that the code does not refute and that somebody stands for."""
    with project.db.reading() as connection:
        found = listing.list_claims(
            connection, Filter(domain="patterns"), project.view(), project.patient_judge(), MOST_LESSONS
        )
    return [
        claim["content"]
        for claim in found["claims"]
        if claim["verdict"] != "refuted" and claim.get("standing", "active") == "active"
    ]
