"""Leases: how long a taken dispatch is held, who holds what, and what happens when time runs out."""

from __future__ import annotations

from mnemo import clock
from mnemo.errors import Conflict, Invalid
from mnemo.ledger.names import get_row, shown
from mnemo.ledger.records import moment
from mnemo.model import work
from mnemo.store import events, objects, queue
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.store.rows import Row

# A lease is renewed by any call of its holder, but written only when a quarter of it is used up.
RENEWED_BELOW = 0.75


def recover_expired(connection: Connection, *, at: dict[str, str], now: int) -> list[Row]:
    """Take back every dispatch whose lease has run out and make its task ready again; return them.

    Args:
        at: where and by whom this was noticed.
        now: wall clock, milliseconds.
    """
    expired = queue.list_expired(connection, now)
    gone = {row["dispatch"] for row in expired}
    parts: dict[str, events.Part] = {}
    for row in expired:
        parts[f"dispatch/{row['dispatch']}"] = {"do": "recover", "status": "recovered"}
        others = queue.list_live(connection, task=row["task"])
        if not any(other["status"] == "claimed" and other["dispatch"] not in gone for other in others):
            parts[f"task/{row['task']}"] = {"do": "status", "status": "ready"}
    if parts:
        events.record(connection, "dispatch.recovered", parts, at=at, now=now)
    return expired


def look(db: Database, *, at: dict[str, str], now: int) -> None:
    """Take back what has expired; where nothing has, nothing is written."""
    with db.reading() as connection:
        if not queue.list_expired(connection, now):
            return
    with db.transaction() as connection:
        recover_expired(connection, at=at, now=now)


def touch(db: Database, executor: str, *, now: int) -> None:
    """Let every lease of an executor last, because it has just called; seldom more than a look.

    Args:
        executor: its name as it takes work.
        now: wall clock, milliseconds.
    """
    with db.reading() as connection:
        held = queue.list_live(connection, executor=executor) if executor else []
        due = [until for row in held if (until := _renewal(connection, row, now))]
    if not due:
        return
    with db.transaction() as connection:
        for row in queue.list_live(connection, executor=executor):
            until = _renewal(connection, row, now)
            if until:
                queue.beat(connection, row["dispatch"], until)


def length_of(row: Row) -> int:
    """Return for how long a dispatch was taken, milliseconds."""
    return row["lease_until"] - clock.milliseconds(row["taken"])


def extend(connection: Connection, row: Row, length_ms: int, now: int) -> None:
    """Let a held dispatch last at least that long from now on."""
    queue.beat(connection, row["dispatch"], now + length_ms)


def get_held(
    connection: Connection, executor: str, task: str | None = None, dispatch: str | None = None
) -> Row:
    """Return the taken dispatch that a heartbeat, completion or failure is about.

    A dispatch's id is the fence: whoever gives it speaks for its holder. Without one the executor's own
    dispatch is meant, of the given task or the only one it holds.

    Args:
        executor: who asks.
        task, dispatch: ids, or unique beginnings of them.

    Raises:
        Conflict: stale_lease, dispatch_terminal or dispatch_not_claimed.
        NotFound: task_not_found or dispatch_not_found.
        Invalid: the dispatch is not of that task, or the executor holds several.
    """
    wanted = get_row(connection, work.TASK, task) if task else None
    if dispatch:
        row = get_row(connection, work.DISPATCH, dispatch)
        if wanted and wanted["task"] != row["task"]:
            raise Invalid(
                f"{shown(row['dispatch'])} belongs to {shown(row['task'])}.",
                "Give the dispatch or its task alone.",
            )
        return _require_held(connection, row)
    if wanted:
        return _held_of(connection, wanted, executor)
    held = queue.list_live(connection, executor=executor)
    if len(held) > 1:
        named = ", ".join(shown(row["dispatch"]) for row in held)
        raise Invalid(f"{executor} holds several dispatches: {named}.", "Name one with dispatch.")
    if not held:
        raise _not_claimed(f"{executor} holds no dispatch.")
    return held[0]


def taken_by_another(connection: Connection, row: Row) -> Conflict:
    """Return the error for whoever wants a dispatch that another executor holds: who, and until when."""
    until = moment(queue.lease_until(connection, row))
    return Conflict(
        f"{shown(row['task'])} is taken by {row['executor']} until {until} ({shown(row['dispatch'])}).",
        "Take another task, or this one when it is free again.",
        "dispatch_already_claimed",
    )


def terminal(row: Row) -> Conflict:
    """Return the error for what can no longer be done with a finished dispatch."""
    return Conflict(
        f"{shown(row['dispatch'])} is {row['status']} already.",
        "Take its task again if there is more to do.",
        "dispatch_terminal",
    )


def stale(connection: Connection, row: Row) -> Conflict:
    """Return the error for whoever comes with a recovered dispatch: who has the task now."""
    task = queue.find_row(connection, work.TASK, row["task"])
    name = shown(row["task"])
    holder = next(
        (o for o in queue.list_live(connection, task=row["task"]) if o["status"] == "claimed"), None
    )
    message = f"The lease of {shown(row['dispatch'])} ran out"
    requeued = (objects.find(connection, row["result"]) or {}).get("recovered_by")
    if requeued:
        message = f"{shown(row['dispatch'])} was taken back and queued again as {shown(requeued)}"
    if holder:
        until = moment(queue.lease_until(connection, holder))
        now_held = f"{holder['executor']} holds {name} until {until} ({shown(holder['dispatch'])})"
        return Conflict(f"{message}; {now_held}.", "Leave the task to its holder.", "stale_lease")
    state = task["status"] if task else "not here"
    if state in work.OPEN:
        fix = "Take it again with dispatch take; what you changed since your first take still counts."
        return Conflict(f"{message}; nobody has taken {name} since.", fix, "stale_lease")
    return Conflict(f"{message}; {name} is {state} meanwhile.", "Take another task.", "stale_lease")


def _require_held(connection: Connection, row: Row) -> Row:
    if row["status"] == "claimed":
        return row
    if row["status"] == "recovered":
        raise stale(connection, row)
    if row["status"] == "queued":
        raise _not_claimed(f"{shown(row['dispatch'])} is queued; nobody has taken it.")
    raise terminal(row)


def _held_of(connection: Connection, task: Row, executor: str) -> Row:
    """Return the dispatch of a task that an executor holds, or say what became of it."""
    known = queue.list_dispatches(connection, task=task["task"])
    own = [row for row in known if row["executor"] == executor]
    held = next((row for row in own if row["status"] == "claimed"), None)
    if held:
        return held
    if own:
        return _require_held(connection, own[0])
    holder = next((row for row in known if row["status"] == "claimed"), None)
    if holder:
        raise Conflict(
            f"{shown(task['task'])} is taken by {holder['executor']}, not by {executor}.",
            f"If you are its holder, give dispatch {shown(holder['dispatch'])} or your executor name.",
            "dispatch_not_claimed",
        )
    raise _not_claimed(f"{shown(task['task'])} is {task['status']}; {executor} has not taken it.")


def _not_claimed(message: str) -> Conflict:
    return Conflict(message, "Take it first: `dispatch` with action take.", "dispatch_not_claimed")


def _renewal(connection: Connection, row: Row, now: int) -> int:
    """Return until when a lease is to last after a call of its holder; 0 when it lasts long enough."""
    length = length_of(row)
    until = queue.lease_until(connection, row)
    if row["status"] != "claimed" or until <= now:
        return 0
    return now + length if until - now < RENEWED_BELOW * length else 0
