"""The report of a run, and the handoff to whoever goes on."""

from __future__ import annotations

from typing import Any

from mnemo import clock, projects
from mnemo.errors import NotFound
from mnemo.ids import short
from mnemo.ledger import advising, handoffs, records, reporting, states, trail
from mnemo.ledger.names import get_row, shown
from mnemo.ledger.trail import Parts
from mnemo.ledger.workspace import Present
from mnemo.memory import verifying
from mnemo.memory.verifying import Checked
from mnemo.model import work
from mnemo.project import Project
from mnemo.store.connections import Connection
from mnemo.store.rows import Row
from mnemo.text import headline
from mnemo.tools.remembering import SCHEMA

MOST_CLAIMS = 50

Record = dict[str, Any]


def report(run_id: str = "") -> Record:
    """Tell a run as Markdown, from what is stored alone: goal, plan, tasks, evidence, what is next.

    Args:
        run_id: the run; left out, this branch's newest.
    """
    project = projects.current()
    with project.db.reading() as connection:
        row = get_run(connection, project, run_id)
        told = {"run": records.run_record(connection, row), "report": reporting.report(connection, row)}
    return {**SCHEMA, "ok": True, **told, "notes": project.told()}


def handoff(run_id: str = "") -> Record:
    """List what is proven now, tasks and claims, with the commands that check it again.

    Args:
        run_id: the run; left out, this branch's newest.
    """
    project = projects.current()
    with project.db.reading() as connection:
        row = get_run(connection, project, run_id)
        parts = Parts(connection, row)
        tasks, rest = handoffs.list_proven(connection, parts, Present(project.workspace()))
        claims, unproven = _claims(connection, project, row)
        run = records.run_record(connection, row)
    asked = sum(one["status"] != "cancelled" for one in parts.tasks)
    left = {
        "tasks": rest,
        "further_tasks": asked - len(tasks) - len(rest),
        "claims": unproven,
        "further_claims": max(0, len(claims) - MOST_CLAIMS),
    }
    return {
        **SCHEMA,
        "ok": True,
        "run": run,
        "tasks": tasks,
        "claims": claims[:MOST_CLAIMS],
        "left_out": left,
        "next": f"mnemo report {shown(row['run'])} tells the rest.",
        "notes": project.told(),
    }


def overview(connection: Connection, row: Row | None, present: Present | None) -> Record:
    """Return what status tells of a run: its record, and everything that belongs to it.

    Args:
        row: the run; None where there is none.
        present: the workspace now, to tell which evidence is stale.
    """
    empty: Record = {name: [] for name in ("plans", "tasks", "gates", "dispatches", "evidence", "audit")}
    if row is None:
        return {"run": None, **empty}
    parts = Parts(connection, row)
    return {
        "run": records.run_record(connection, row),
        "plans": [records.plan_record(connection, each) for each in parts.plans],
        "tasks": [records.task_record(connection, each, whole=True) for each in parts.tasks],
        "gates": [records.gate_record(connection, each) for each in parts.gates],
        "dispatches": [records.dispatch_record(connection, each) for each in parts.dispatches],
        "evidence": [records.evidence_record(connection, each, present) for each in parts.evidence],
        "audit": trail.list_deeds(connection, parts),
        "next": advising.next_action(connection, parts),
    }


def find_run(connection: Connection, project: Project, run_id: str) -> Row | None:
    """Return the run that is meant: the named one, else this branch's newest; None where there is none.

    Raises:
        NotFound: run_not_found.
    """
    if run_id.strip():
        return get_row(connection, work.RUN, run_id)
    return states.find_run(connection, project.head().branch)


def get_run(connection: Connection, project: Project, run_id: str) -> Row:
    """Return the run that is meant.

    Raises:
        NotFound: run_not_found: it is not there, or there is none at all.
    """
    found = find_run(connection, project, run_id)
    if found is None:
        raise NotFound("There is no run yet.", 'Open one: mnemo start --goal "…"', "run_not_found")
    return found


def _claims(connection: Connection, project: Project, run: Row) -> tuple[list[Record], int]:
    """Return the claims made since the run was opened that the code proves now, and how many it does not."""
    since = [one for one in verifying.live_claims(connection, project.view()) if one.clock >= run["clock"]]
    checked = verifying.check(connection, since, project.patient_judge())
    proven = [_claim(one) for one in checked if one.verdict == "proven"]
    return proven, len(checked) - len(proven)


def _claim(one: Checked) -> Record:
    address = short(one.assertion.address)
    return {
        "address": address,
        "content": headline(one.payload["content"]) or one.payload["content"],
        "claimed": records.moment(clock.milliseconds(one.assertion.clock)),
        "commands": [f"mnemo verify {address}"],
    }
