"""The ends of work as commands: choosing a patch, the release gate, and the audit."""

from __future__ import annotations

from typing import Any

from mnemo import projects
from mnemo.ledger import auditing, records, releasing, selecting
from mnemo.ledger.workspace import Present
from mnemo.repo.trailers import list_trailers
from mnemo.tools.remembering import SCHEMA

Record = dict[str, Any]


def select_patch(
    candidate_json: list[str | dict[str, Any]] | None = None,
    policy_json: dict[str, Any] | None = None,
    run_id: str = "",
    task_id: str = "",
) -> Record:
    """Choose one of several patches for the same work, and keep every trail; nothing is merged.

    Args:
        candidate_json: one patch each: {"dispatch_id", "verification_passed", "evidence", "unsafe_paths",
            "changed_paths", "diff_size", "graph_risk", "graph_diff"}.
        policy_json: {"forbidden_paths": [], "require_approval_for_high_risk": true,
            "require_approval_for_graph_regressions": true}.
        run_id: the run; left out, this branch's newest.
        task_id: the task that the patches are for.
    """
    project = projects.current(writing=True)
    present = Present(project.workspace())
    found = selecting.select(
        project.db,
        candidate_json or (),
        policy_json or {},
        at=project.at(),
        now=project.now(),
        present=present,
        run=run_id or None,
        task=task_id or None,
    )
    with project.db.reading() as connection:
        told = [records.evidence_record(connection, row, present) for row in found["rows"]]
    decision = found["decision"]
    project.note_deed("select-patch", f"took {decision['selected_dispatch_id'] or 'none'}", [])
    return {
        **SCHEMA,
        "ok": found["ok"],
        "decision": decision,
        "candidate_evidence": told[:-1],
        "evidence": told[-1],
        "executor_invoked": False,
        "notes": project.told(),
    }


def release_gate(
    run_id: str = "",
    required_checks: list[str] | None = None,
    required_approvals: int = 0,
    policy_json: dict[str, Any] | None = None,
) -> Record:
    """Tell whether a run may be released, and list what is missing, stale or only advisory.

    Args:
        run_id: the run; left out, this branch's newest.
        required_checks: names of checks: a provider, a kind of evidence, a gate, or a command.
        required_approvals: how many different people must have approved.
        policy_json: {"require_no_graph_warnings": true, "required_checks": [], "required_approvals": 0}.
    """
    wanted = releasing.read_wanted(required_checks or (), required_approvals, policy_json)
    project = projects.current(writing=True)
    found = releasing.check(
        project.db,
        wanted,
        at=project.at(),
        now=project.now(),
        present=Present(project.workspace()),
        run=run_id or None,
    )
    project.note_deed("release-gate", f"{found['run']} {'open' if found['ok'] else 'closed'}", [])
    return {**SCHEMA, **found, "notes": project.told()}


def audit_verify(heads: list[str] | None = None) -> Record:
    """Check that every event, kept text and piece of evidence is as it was written; nothing is changed.

    Heads that `audit head` gave and that stand in a tag's message or a note of git are looked for too.

    Args:
        heads: hashes of events noted down elsewhere, such as in a tag; each must still be in a chain.
    """
    # A store that is damaged is to be told of as it is, not mended first.
    project = projects.current_unchecked()
    noted = list_trailers(project.git(), auditing.TRAILER) if project.place else []
    return {**SCHEMA, **auditing.verify(project.db, heads or (), noted), "notes": project.told()}


def audit_head() -> Record:
    """Tell the newest event of each chain as a line for a tag's message or a note of git; none is made."""
    project = projects.current_unchecked()
    return {**SCHEMA, "ok": True, "heads": auditing.list_heads(project.db), "notes": project.told()}
