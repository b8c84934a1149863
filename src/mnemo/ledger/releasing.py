"""The release gate: may the work of a run go out, as its evidence stands now?"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mnemo.errors import Invalid
from mnemo.ledger import approving, coverage, graphdiff, policies, recording
from mnemo.ledger.names import brief, get_row, shown
from mnemo.ledger.workspace import Present
from mnemo.model import work
from mnemo.store import events, objects, queue, rows
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.store.rows import Row

POLICY = ("require_no_graph_warnings", "required_checks", "required_approvals")
MOST_APPROVALS = 100

Record = dict[str, Any]


class Wanted(NamedTuple):
    """What a release asks for.

    Args:
        checks: names of checks: a provider, a kind of evidence, a gate, or a command as it is typed.
        approvals: how many different people must have approved.
        no_graph_warnings: whether a warning about the code's graph closes the gate.
    """

    checks: tuple[str, ...] = ()
    approvals: int = 0
    no_graph_warnings: bool = False


class _Seen(NamedTuple):
    """One piece of the run's evidence: its row, what it says, and why it does not count."""

    row: Row
    payload: Record
    problem: str
    stale: bool


def read_wanted(checks: Iterable[str], approvals: int, policy: Mapping[str, Any] | None) -> Wanted:
    """Return what a release asks for, from options and from a policy together.

    Args:
        checks: names of required checks.
        approvals: number of required approvals.
        policy: an object with the keys of POLICY.

    Raises:
        Invalid: another key, or a value that is none.
    """
    told = policy or {}
    unknown = sorted(set(told) - set(POLICY))
    if unknown:
        raise Invalid(
            f"The policy of a release has no {brief(unknown[0])}.", f"It may have {', '.join(POLICY)}."
        )
    strict, more = told.get("require_no_graph_warnings", False), told.get("required_approvals", 0)
    if not isinstance(strict, bool):
        raise Invalid(
            f"require_no_graph_warnings cannot be {brief(strict)}.",
            'Give {"require_no_graph_warnings": true}.',
        )
    for value in (approvals, more):
        if type(value) is not int or not 0 <= value <= MOST_APPROVALS:
            raise Invalid(f"{brief(value)} approvals cannot be asked for.", f"Give 0 to {MOST_APPROVALS}.")
    named = [each.strip() for each in (*checks, *policies.words(told, "required_checks")) if each.strip()]
    return Wanted(tuple(dict.fromkeys(named)), max(approvals, more), strict)


def check(
    db: Database,
    wanted: Wanted,
    *,
    at: dict[str, str],
    now: int,
    present: Present,
    run: str | None = None,
) -> Record:
    """Look at everything that stands between a run and its release, and write down that it was looked at.

    Every task must be done and its evidence hold now; no gate may have failed or wait for its review, and
    what a gate passed on must hold; the checks and approvals asked for must be there. Somebody's word
    alone, what failed, and what is stale count as missing, each with its reason.

    Args:
        wanted: what is asked for.
        at: where and by whom.
        now: wall clock, milliseconds.
        present: the workspace now.
        run: id or a unique beginning of it; left out, this branch's newest.

    Returns:
        ok, run, missing_checks (names), missing_approvals (a number), approval_count, warnings,
        graph_warnings, graph_approval_required, open_tasks, closed_gates, stale, advisory, and reasons: a
        line for everything that keeps the gate closed.

    Raises:
        NotFound: run_not_found.
        Invalid: run_id_required.
    """
    with db.reading() as connection:
        row = recording.run_of(connection, run, at)
        found = look(connection, row, wanted, present)
    with db.transaction() as connection:
        part: events.Part = {"do": "checked", "ok": int(found["ok"]), "reasons": len(found["reasons"])}
        events.record(connection, "release_gate.checked", {f"run/{row['run']}": part}, at=at, now=now)
    return found


def look(connection: Connection, run: Row, wanted: Wanted, present: Present) -> Record:
    """Return what check returns, and write nothing."""
    seen = [_see(connection, row, present) for row in queue.iter_evidence(connection, run=run["run"])]
    active = [each for each in seen if each.row["status"] != "superseded"]
    checks = {name: _why_missing(connection, name, active, run, present) for name in wanted.checks}
    missing = {name: why for name, why in checks.items() if why}
    people = {
        each.payload["actor"]
        for each in active
        if each.row["kind"] == work.APPROVAL
        and not each.problem
        and each.payload["scope"]["kind"] not in approving.NARROW
    }
    graph = [each for each in active if each.row["kind"] == graphdiff.KIND]
    graph_warnings = list(dict.fromkeys(name for each in graph for name in each.payload.get("warnings", ())))
    blocking = [each for each in graph if each.row["status"] == "failed"]
    tasks = _unfinished(connection, run, present)
    closed = _closed_gates(connection, run, present)
    lacking = max(0, wanted.approvals - len(people))
    graph_closes = bool(blocking or (graph_warnings and wanted.no_graph_warnings))
    reasons = [
        *_stopped(run),
        *tasks,
        *closed,
        *(f"required check {name}: {why}" for name, why in missing.items()),
        *_approvals_told(lacking, wanted.approvals, people),
        *([f"the code's graph: {', '.join(graph_warnings)}"] if graph_closes else []),
    ]
    warnings = [f"the code's graph: {name}" for name in graph_warnings]
    return {
        "ok": not reasons,
        "run": shown(run["run"]),
        "missing_checks": list(missing),
        "missing_approvals": lacking,
        "approval_count": len(people),
        "warnings": warnings,
        "graph_warnings": graph_warnings,
        "graph_approval_required": graph_closes,
        "open_tasks": tasks,
        "closed_gates": closed,
        "stale": [each.problem for each in active if each.stale],
        "advisory": [
            f"{shown(each.row['evidence'])} ({each.payload.get('summary') or each.row['kind']})"
            for each in active
            if each.row["status"] == "passed" and each.row["trust"] == work.ADVISORY
        ],
        "reasons": reasons,
    }


def _see(connection: Connection, row: Row, present: Present) -> _Seen:
    payload = objects.find(connection, row["object"]) or {}
    problem = coverage.standing_of(row)
    drift = coverage.drift_of(connection, row, present) if not problem else ""
    return _Seen(row, payload, problem or drift, bool(drift))


def _stopped(run: Row) -> list[str]:
    held = run["status"] in ("paused", "blocked", "cancelled")
    return [f"{shown(run['run'])} is {run['status']}"] if held else []


def _unfinished(connection: Connection, run: Row, present: Present) -> list[str]:
    """Return a line for each task that is not done, or whose evidence does not hold now."""
    lines: list[str] = []
    for task in rows.iter_rows(connection, "tasks", order="clock, task", run=run["run"]):
        name = shown(task["task"])
        title = (objects.find(connection, task["object"]) or {}).get("title", "")
        if task["status"] in work.DONE:
            failed = coverage.unmet(connection, task, present)[1]
            lines += [f"{name} ({title}): {need}" for need in failed]
        elif task["status"] != "cancelled":
            lines.append(f"{name} ({title}) is {task['status']}")
    return lines


def _closed_gates(connection: Connection, run: Row, present: Present) -> list[str]:
    """Return a line for each gate that failed, waits for its review, or passed on what holds no more."""
    lines: list[str] = []
    latest: dict[tuple[str, str], Row] = {}
    for gate in rows.iter_rows(connection, "gates", order="changed, gate", run=run["run"]):
        latest[gate["kind"], gate["task"]] = gate
    for gate in latest.values():
        payload = objects.find(connection, gate["object"]) or {}
        where = f" of {shown(gate['task'])}" if gate["task"] else ""
        if gate["status"] in ("failed", "pending"):
            why = f": {payload['summary']}" if payload.get("summary") else ""
            lines.append(f"the gate {gate['kind']}{where} is {gate['status']}{why}")
        if gate["status"] == "passed":
            for each in payload.get("evidence", ()):
                problem = coverage.problem_of(connection, get_row(connection, work.EVIDENCE, each), present)
                lines += [f"the gate {gate['kind']}{where}: {problem}"] if problem else []
    return lines


def _why_missing(connection: Connection, name: str, active: list[_Seen], run: Row, present: Present) -> str:
    """Return why a required check is not there; empty when it is."""
    if name in work.GATE_KINDS:
        known = list(rows.iter_rows(connection, "gates", order="changed, gate", run=run["run"], kind=name))
        if known and known[-1]["status"] in ("passed", "waived"):
            return ""  # what it passed on is looked at with the other gates
        return f"the gate is {known[-1]['status']}" if known else "it was not reviewed"
    fitting = [each for each in active if name in _names(each)]
    if any(not each.problem for each in fitting):
        return ""
    return "; ".join(each.problem for each in fitting) or "there is no such check"


def _names(seen: _Seen) -> set[str]:
    """Return by which names a release may ask for a piece of evidence."""
    kind = seen.row["kind"]
    names = {kind}
    if kind == work.EXTERNAL_CHECK:
        names.add(seen.payload.get("provider", ""))
    if kind in work.RUN_KINDS:
        names |= {kind.partition("_")[0], work.RUN_KINDS[0], shlex.join(seen.payload.get("argv", ()))}
        names.add(" ".join(seen.payload.get("argv", ())))
    return names


def _approvals_told(lacking: int, wanted: int, people: set[str]) -> list[str]:
    if not lacking:
        return []
    by = f" ({', '.join(sorted(people))})" if people else ""
    return [f"approvals: {len(people)} of {wanted} people{by}"]
