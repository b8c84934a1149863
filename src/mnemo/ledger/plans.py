"""Plans: drafted for a run, then approved or rejected; one approved plan a run."""

from __future__ import annotations

from collections.abc import Iterable

from mnemo.errors import Invalid
from mnemo.ids import new_id
from mnemo.ledger import gates, names, runs, states
from mnemo.ledger.names import get_row, shown
from mnemo.model import work
from mnemo.store import events, rows
from mnemo.store.connections import Connection
from mnemo.store.rows import Row


def draft(
    connection: Connection,
    run: str,
    title: str,
    body: str = "",
    assumptions: Iterable[str] = (),
    risks: Iterable[str] = (),
    criteria: Iterable[str] = (),
    *,
    at: dict[str, str],
    now: int,
) -> Row:
    """Draft a plan; the same draft of the same run is returned again.

    Args:
        run: id of the run it is for.
        title: in a line.
        body: the steps.
        assumptions: what it rests on.
        risks: what may go wrong.
        criteria: what must hold at its end.
        at: where and by whom.
        now: wall clock, milliseconds.

    Raises:
        NotFound: run_not_found.
        Invalid: no title, or a text that cannot be kept.
        Conflict: invalid_transition: the run has ended.
    """
    owner = runs.get_run(connection, run)
    payload: dict[str, object] = {
        "title": names.text("title", title, names.LONGEST_TITLE, needed=True),
        "body": names.text("body", body),
        "assumptions": names.texts("assumption", assumptions),
        "risks": names.texts("risk", risks),
        "criteria": names.texts("criterion", criteria),
    }
    if work.is_final(work.RUN, owner["status"]):
        raise states.refusal(work.RUN, owner, "is planned no more")
    sealed = states.seal(connection, payload)
    same = rows.iter_rows(connection, "plans", order="clock", run=owner["run"], object=sealed, status="draft")
    known = next(same, None)
    if known:
        return known
    name = new_id(work.PLAN)
    part: events.Part = {"do": "draft", "run": owner["run"], "object": sealed}
    events.record(connection, "plan.drafted", {f"plan/{name}": part}, at=at, now=now)
    return get_row(connection, work.PLAN, name)


def approve(
    connection: Connection, run: str, plan: str, reviewer: str = "", *, at: dict[str, str], now: int
) -> Row:
    """Make a draft the run's canonical plan; the one before it is superseded, the plan review passed.

    Approving it again changes nothing.

    Args:
        run: id of the run.
        plan: id of the draft.
        reviewer: who approves; the caller when left out.
        at: where and by whom.
        now: wall clock, milliseconds.

    Raises:
        NotFound: run_not_found, plan_not_found.
        Invalid: the plan belongs to another run.
        Conflict: invalid_transition.
    """
    owner, row = _both(connection, run, plan)
    if row["status"] == "canonical" and owner["plan"] == row["plan"]:
        return row
    if work.is_final(work.RUN, owner["status"]):
        raise states.refusal(work.RUN, owner, "takes no plan")
    states.require(work.PLAN, row, "canonical")
    who = names.text("reviewer", reviewer or at.get("agent", ""), names.LONGEST_NAME)
    payload: dict[str, object] = {"summary": f"{shown(row['plan'])} was approved", "reviewer": who}
    parts, _ = gates.parts_for(connection, owner, "plan_review", "passed", payload)
    parts[f"plan/{row['plan']}"] = {"do": "status", "status": "canonical"}
    for former in rows.iter_rows(connection, "plans", order="clock", run=owner["run"], status="canonical"):
        parts[f"plan/{former['plan']}"] = {"do": "status", "status": "superseded"}
    # A part holds one deed; where passing the review lets the run go on, its plan is a deed of its own.
    follow: events.Part = {"do": "plan", "plan": row["plan"]}
    moved = parts.pop(f"run/{owner['run']}", None)
    parts[f"run/{owner['run']}"] = follow
    events.record(connection, "plan.approved", parts, at=at, now=now)
    if moved:
        events.record(connection, "run.resumed", {f"run/{owner['run']}": moved}, at=at, now=now)
    return get_row(connection, work.PLAN, row["plan"])


def reject(
    connection: Connection,
    run: str,
    plan: str,
    reason: str = "",
    reviewer: str = "",
    *,
    at: dict[str, str],
    now: int,
) -> Row:
    """Reject a draft; rejecting it again changes nothing.

    Args:
        run: id of the run.
        plan: id of the draft.
        reason: why.
        reviewer: who rejects; the caller when left out.
        at: where and by whom.
        now: wall clock, milliseconds.

    Raises:
        NotFound: run_not_found, plan_not_found.
        Invalid: the plan belongs to another run.
        Conflict: invalid_transition.
    """
    _, row = _both(connection, run, plan)
    more: dict[str, object] = {
        "reason": names.text("reason", reason),
        "reviewer": names.text("reviewer", reviewer or at.get("agent", ""), names.LONGEST_NAME),
    }
    return states.move(connection, work.PLAN, row["plan"], "rejected", at=at, now=now, more=more)


def _both(connection: Connection, run: str, plan: str) -> tuple[Row, Row]:
    """Return a run and the plan of it that is meant."""
    owner = runs.get_run(connection, run)
    if not plan.strip():
        raise Invalid(
            "No plan is named.", "Give --plan-id; `mnemo status` lists the run's plans.", "plan_id_required"
        )
    row = get_row(connection, work.PLAN, plan)
    if row["run"] != owner["run"]:
        raise Invalid(
            f"{shown(row['plan'])} is a plan of {shown(row['run'])}, not of {shown(owner['run'])}.",
            "Name the run that it belongs to.",
        )
    return owner, row
