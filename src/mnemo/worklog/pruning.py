"""Deleting from the work log: old entries, the oldest of too many, those of branches that are gone.

What is deleted leaves number and hash of its event in the chain, named by one later event; nothing else of it
is kept. Claims, the ledger and the audit are never touched.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from mnemo import clock
from mnemo.errors import Invalid, MnemoError
from mnemo.store import events, filesystem, sealing, weighing
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.store.weighing import Weighed, WorkLog

Record = dict[str, Any]
DAY_MS = 86_400_000
MEGABYTE = 1_000_000


def prune_old(db: Database, days: float, *, at: dict[str, str], now: int) -> Record:
    """Delete the entries that are older than some days; return the record.

    Args:
        days: how old an entry may be.
        at: branch, commit, worktree, agent, session, origin.
        now: wall clock, milliseconds.

    Raises:
        Invalid: days is no number, or below 0.
    """
    limit = now - _counted(days, "days") * DAY_MS

    def old(log: WorkLog) -> list[Weighed]:
        return [one for one in log.entries if clock.milliseconds(one.clock) < limit]

    return {**_pruned(db, old, "old", at=at, now=now), "days": days}


def prune_to_size(db: Database, megabytes: float, *, at: dict[str, str], now: int) -> Record:
    """Delete the oldest entries until the log weighs no more than that, and make the file smaller.

    Args:
        megabytes: how much the work log may weigh, in millions of bytes; its newest entry stays in any case.
        at: branch, commit, worktree, agent, session, origin.
        now: wall clock, milliseconds.

    Raises:
        Invalid: megabytes is no number, or below 0.
    """
    limit = _counted(megabytes, "megabytes") * MEGABYTE

    def oldest(log: WorkLog) -> list[Weighed]:
        return _oldest(log, limit)

    before = filesystem.size_of(db.path)
    record = _pruned(db, oldest, "size", at=at, now=now)
    notes = _shrink(db) if record["deleted"] else []
    measured = _measured(db)
    if record["deleted"] and not notes and measured["file_bytes"] >= before:
        notes = ["Somebody still reads what was there before; the file gets smaller with a later write."]
    return {**record, "limit": int(limit), "file_before": before, **measured, "notes": notes}


def prune_branches(db: Database, fates: Iterable[tuple[str, str]], *, at: dict[str, str], now: int) -> Record:
    """Delete the entries of branches that are gone, or give them to the branch that has their work.

    Args:
        fates: each branch that is gone, and who has its work; nobody when empty.
        at: branch, commit, worktree, agent, session, origin.
        now: wall clock, milliseconds.
    """
    heirs = dict(fates)

    def theirs(log: WorkLog) -> list[Weighed]:
        return [one for one in log.entries if one.branch is not None and heirs.get(one.branch) == ""]

    if not heirs:
        return {"deleted": 0, "moved": 0, "branches": []}
    with db.transaction() as connection:
        log = weighing.weigh(connection)
        counts = Counter(one.branch for one in log.entries)
        moved = _move(connection, log, {gone: heir for gone, heir in heirs.items() if heir}, at, now)
        deleted = _prune(connection, log, theirs(log), "branch gone", at, now)
    told = [{"branch": gone, "entries": counts[gone], "moved_to": heir} for gone, heir in heirs.items()]
    return {"deleted": deleted, "moved": moved, "branches": told}


def _pruned(
    db: Database, choose: Callable[[WorkLog], list[Weighed]], reason: str, *, at: dict[str, str], now: int
) -> Record:
    if not db.exists():
        return {"deleted": 0}
    with db.reading() as connection:
        if not choose(weighing.weigh(connection)):
            return {"deleted": 0}
    with db.transaction() as connection:  # chosen anew: somebody may have pruned meanwhile
        log = weighing.weigh(connection)
        return {"deleted": _prune(connection, log, choose(log), reason, at, now)}


def _prune(
    connection: Connection, log: WorkLog, chosen: list[Weighed], reason: str, at: dict[str, str], now: int
) -> int:
    """Delete entries and seal their events; return how many entries people could still read."""
    gone = {one.entry for one in chosen}
    left = {one.entry for one in log.entries} - gone
    weighing.remove(connection, log, chosen)
    spent = [one for one in log.moves if left.isdisjoint(name.partition("/")[2] for name in one.event.parts)]
    sealed = {one.written.row: one.written for one in chosen} | {one.row: one for one in spent}
    if gone:
        sealing.seal(connection, sealed.values(), reason, at=at, now=now)
    return sum(1 for one in chosen if one.branch is not None)


def _move(connection: Connection, log: WorkLog, heirs: dict[str, str], at: dict[str, str], now: int) -> int:
    parts = {
        f"log/{one.entry}": {"do": "move", "branch": heirs[one.branch]}
        for one in log.entries
        if one.branch in heirs
    }
    if parts:
        events.record(connection, "log.moved", parts, at=at, now=now, space="private")
    return len(parts)


def _oldest(log: WorkLog, limit: float) -> list[Weighed]:
    """Return the oldest entries without which the log weighs no more than limit; never the newest one."""
    weight, chosen = log.size, list[Weighed]()
    newest = max((one.clock for one in log.entries if one.branch is not None), default=0)
    for one in log.entries:
        if weight <= limit:
            break
        if one.clock != newest:
            chosen.append(one)
            weight -= one.size
    return chosen


def _shrink(db: Database) -> list[str]:
    try:
        db.shrink()
    except MnemoError as error:  # SQLite writes the file anew for that, and a full disk has no room
        return [f"The entries are deleted; the file could not be made smaller: {error.message} {error.fix}"]
    return []


def _measured(db: Database) -> Record:
    """Return what the file weighs now, and what of it is the log's."""
    with db.reading() as connection:
        weight = weighing.weigh(connection).size
        sealed, stubs = sealing.stubs_size(connection)
    return {
        "log_bytes": weight,
        "sealed_events": sealed,
        "sealed_bytes": stubs,
        "file_bytes": filesystem.size_of(db.path),
    }


def _counted(value: float, name: str) -> float:
    if not math.isfinite(value) or value < 0:
        raise Invalid(f"{name} is {value}, and has to be 0 or more.", f"Give a number of {name}, such as 90.")
    return value
