"""Moving from one state to the next: the one door that says which moves there are."""

from __future__ import annotations

from typing import Any

from mnemo.errors import Conflict
from mnemo.ledger import names
from mnemo.ledger.names import get_row, shown
from mnemo.model import work
from mnemo.store import events, objects, queue
from mnemo.store.connections import Connection
from mnemo.store.rows import Row

AGGREGATES = (work.RUN, work.PLAN, work.TASK, work.GATE, work.EVIDENCE)


def require(kind: str, row: Row, new: str) -> None:
    """Check that something may go into a state.

    Args:
        kind: run, plan, task, dispatch, gate or evidence.
        row: what it is about.
        new: the state wanted.

    Raises:
        Conflict: invalid_transition, with the present state and those that may follow it.
    """
    if not work.can(kind, row["status"], new):
        raise refusal(kind, row, f"cannot become {names.brief(new)}")


def refusal(kind: str, row: Row, what: str) -> Conflict:
    """Return the error for what the present state forbids.

    Args:
        kind: run, plan, task, dispatch, gate or evidence.
        row: what it is about.
        what: how the sentence ends, such as: cannot become 'active'.
    """
    following = " or ".join(work.allowed(kind, row["status"]))
    fix = f"From {row['status']} it can become {following}." if following else _AFTERWARDS[kind]
    return Conflict(f"{shown(row[kind])} is {row['status']} and {what}.", fix, "invalid_transition")


def move(
    connection: Connection,
    kind: str,
    given: str,
    new: str,
    *,
    at: dict[str, str],
    now: int,
    deed: str = "",
    more: dict[str, object] | None = None,
) -> Row:
    """Bring a run, plan, task, gate or evidence into a state; what is in it already stays as it is.

    Args:
        kind: run, plan, task, gate or evidence.
        given: its id or a unique beginning of it.
        new: the state wanted.
        at: where and by whom.
        now: wall clock, milliseconds.
        deed: what the event is called; the kind and the new state when left out.
        more: why, and what else is kept with the move: texts and lists of texts.

    Raises:
        NotFound: nothing has that id.
        Conflict: invalid_transition.
    """
    row = get_row(connection, kind, given)
    if row["status"] == new:
        return row
    require(kind, row, new)
    part: events.Part = {"do": "status", "status": new}
    kept = {name: value for name, value in (more or {}).items() if value}
    if kept:
        part["cause"] = seal(connection, kept)
    events.record(connection, deed or f"{kind}.{new}", {f"{kind}/{row[kind]}": part}, at=at, now=now)
    return get_row(connection, kind, row[kind])


def seal(connection: Connection, payload: dict[str, object]) -> str:
    """Store a payload and return its hash, which is what an event may hold."""
    sealed = objects.seal(payload)
    objects.put(connection, sealed)
    return sealed.hash


def reason_of(connection: Connection, row: Row) -> dict[str, Any]:
    """Return why something is in its state, and what was kept with that; empty when nothing was said."""
    return objects.find(connection, row["reason"]) or {}


def find_run(connection: Connection, branch: str) -> Row | None:
    """Return the run that is meant where none is named, or None where there is none at all.

    That is the branch's newest run with a goal while it has not ended, else its newest of any kind, else
    the newest of all branches.
    """
    runs = queue.list_runs(connection)
    own = [row for row in runs if row["branch"] == branch]
    goals = [row for row in own if row["object"]]
    if goals and not work.is_final(work.RUN, goals[0]["status"]):
        return goals[0]
    return next(iter(own or runs), None)


_AFTERWARDS = {
    work.RUN: "That is final: `mnemo start` opens another run.",
    work.PLAN: "That is final: `mnemo plan` drafts another.",
    work.TASK: "That is final: add another task.",
    work.DISPATCH: "That is final: take its task again.",
    work.GATE: "That is final: `mnemo review` records another review.",
    work.EVIDENCE: "That is final: record other evidence.",
}
