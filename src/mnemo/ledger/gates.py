"""Gates: reviews of a run that close it when they fail, and whether its work may be handed out."""

from __future__ import annotations

from mnemo.errors import Conflict, Invalid, NotFound, Refused
from mnemo.ids import new_id
from mnemo.ledger import names, states
from mnemo.ledger.names import get_row, shown
from mnemo.model import work
from mnemo.store import events, objects, rows
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

STATUSES = ("pending", "passed", "failed", "waived")
_CLEARED = ("passed", "waived")
_UNDECIDED = ("pending", "failed")


def require_open(connection: Connection, run: Row | None) -> None:
    """Check that work of a run may be handed out.

    Args:
        run: its row; None when this store does not know it.

    Raises:
        Conflict: review_gate_blocking, or invalid_transition where the run is not active.
        Refused: canonical_plan_required.
        NotFound: run_not_found.
    """
    if run is None:
        raise NotFound("The run of this task is not here.", "Take another task.", "run_not_found")
    if work.is_final(work.RUN, run["status"]):
        raise states.refusal(work.RUN, run, "hands out no work")
    require_passable(connection, run)
    if run["status"] != "active":
        raise states.refusal(work.RUN, run, f"hands out no work{_because(connection, run)}")
    require_planned(run)


def require_passable(connection: Connection, run: Row) -> None:
    """Check that no gate of a run has failed.

    Raises:
        Conflict: review_gate_blocking.
    """
    failed = list_failed(connection, run["run"])
    if not failed:
        return
    gate = failed[-1]
    summary = (objects.find(connection, gate["object"]) or {}).get("summary", "")
    why = f": {summary}" if summary else ""
    about = f" --task-id {shown(gate['task'])}" if gate["task"] else ""
    name = shown(run["run"])
    raise Conflict(
        f"The gate {gate['kind']} of {name} failed{why}.",
        f"Mend it, then: mnemo review --run-id {name} --gate {gate['kind']}{about} --status passed",
        "review_gate_blocking",
    )


def require_planned(run: Row) -> None:
    """Check that a run has an approved plan, or was opened to work without one.

    Raises:
        Refused: canonical_plan_required.
    """
    if not run["spike"] and not run["plan"]:
        raise Refused(
            f"{shown(run['run'])} has no approved plan.",
            "Draft one with `mnemo plan`, then approve it: `mnemo approve-plan`.",
            "canonical_plan_required",
        )


def list_failed(connection: Connection, run: str) -> list[Row]:
    """Return the gates of a run that failed and were not passed since, oldest first."""
    return list(rows.iter_rows(connection, "gates", order="changed, gate", run=run, status="failed"))


def review(
    connection: Connection,
    run: str,
    kind: str,
    status: str,
    summary: str = "",
    reviewer: str = "",
    *,
    at: dict[str, str],
    now: int,
    task: str = "",
) -> Row:
    """Record what a review of a run found: a failure blocks the run until a later pass of the same kind.

    The same review told again changes nothing. What was passed or waived stays so; reviewing that kind
    anew makes another gate.

    Args:
        run: its id.
        kind: one of work.GATE_KINDS.
        status: pending, passed, failed or waived; waiving needs a summary that says why.
        summary: what was found.
        reviewer: who found it; the caller when left out.
        at: where and by whom.
        now: wall clock, milliseconds.
        task: id of the task that was reviewed; empty for the run as a whole.

    Raises:
        NotFound: run_not_found, task_not_found.
        Invalid: no such kind or status, or a task of another run.
        Conflict: invalid_transition.
    """
    row = get_row(connection, work.RUN, run)
    wanted = _task_of(connection, task, row)
    payload = _payload(kind, status, summary, reviewer or at.get("agent", ""))
    known = _list_gates(connection, row["run"], kind, wanted)
    if known and known[-1]["status"] == status and objects.find(connection, known[-1]["object"]) == payload:
        return known[-1]
    if work.is_final(work.RUN, row["status"]):
        raise states.refusal(work.RUN, row, "is reviewed no more")
    parts, name = parts_for(connection, row, kind, status, payload, wanted)
    events.record(connection, f"gate.{status}", parts, at=at, now=now)
    return get_row(connection, work.GATE, name)


def parts_for(
    connection: Connection, run: Row, kind: str, status: str, payload: dict[str, object], task: str = ""
) -> tuple[dict[str, events.Part], str]:
    """Return what a review means for the gates of a run and for the run, and the id of the gate it is.

    Args:
        run: the run's row.
        kind: one of work.GATE_KINDS.
        status: pending, passed, failed or waived.
        payload: summary and reviewer.
        task: id of the task that was reviewed; empty for the run as a whole.

    Raises:
        Conflict: invalid_transition: what failed cannot be pending again.
    """
    known = [each for each in _list_gates(connection, run["run"], kind, task) if each["status"] in _UNDECIDED]
    sealed = states.seal(connection, payload)
    moved = [each for each in known if work.can(work.GATE, each["status"], status)]
    if known and not moved and status == "pending":
        states.require(work.GATE, known[-1], status)
    parts: dict[str, events.Part] = {
        f"gate/{each['gate']}": {"do": "status", "status": status, "object": sealed} for each in moved
    }
    name = moved[-1]["gate"] if moved else new_id(work.GATE)
    if not moved:
        fresh = {"run": run["run"], "task": task, "kind": kind, "status": status, "object": sealed}
        parts[f"gate/{name}"] = {"do": "record", **fresh}
    change = _change_of_run(connection, run, kind, status, payload, {each["gate"] for each in moved})
    if change:
        parts[f"run/{run['run']}"] = change
    return parts, name


def _change_of_run(
    connection: Connection, run: Row, kind: str, status: str, payload: dict[str, object], moved: set[str]
) -> events.Part | None:
    """Return how a review changes the run: a failure blocks it, the last pass clears that block again."""
    if status == "failed" and run["status"] == "active":
        why = {"reason": payload["summary"] or f"the gate {kind} failed", "gate": kind}
        return {"do": "status", "status": "blocked", "cause": states.seal(connection, why)}
    if (
        status not in _CLEARED
        or run["status"] != "blocked"
        or not states.reason_of(connection, run).get("gate")
    ):
        return None
    others = [each for each in list_failed(connection, run["run"]) if each["gate"] not in moved]
    return None if others or list_stuck(connection, run) else {"do": "status", "status": "active"}


def list_stuck(connection: Connection, run: Row) -> list[Row]:
    """Return the tasks that were given up since the run was last changed: they block it as well."""
    found = rows.iter_rows(connection, "tasks", order="clock", run=run["run"], status="blocked")
    return [each for each in found if each["changed"] > run["changed"]]


def _list_gates(connection: Connection, run: str, kind: str, task: str) -> list[Row]:
    return list(rows.iter_rows(connection, "gates", order="changed, gate", run=run, kind=kind, task=task))


def _payload(kind: str, status: str, summary: str, reviewer: str) -> dict[str, object]:
    if kind not in work.GATE_KINDS:
        raise Invalid(
            f"There is no gate {names.brief(kind)}.", f"Gates: {', '.join(work.GATE_KINDS)}.", "unknown_gate"
        )
    if status not in STATUSES:
        raise Invalid(
            f"A gate cannot be {names.brief(status)}.", f"Give {', '.join(STATUSES)}.", "unknown_status"
        )
    told = names.text("summary", summary)
    if status == "waived" and not told:
        raise Invalid(f"Waiving {kind} needs a reason.", "Give it as summary.")
    return {"summary": told, "reviewer": names.text("reviewer", reviewer, names.LONGEST_NAME)}


def _task_of(connection: Connection, task: str, run: Row) -> str:
    if not task:
        return ""
    row = get_row(connection, work.TASK, task)
    if row["run"] != run["run"]:
        raise Invalid(
            f"{shown(row['task'])} belongs to {shown(row['run'])}, not to {shown(run['run'])}.",
            "Review it in its own run.",
        )
    return row["task"]


def _because(connection: Connection, run: Row) -> str:
    reason = states.reason_of(connection, run).get("reason", "")
    return f": {reason}" if reason else ""
