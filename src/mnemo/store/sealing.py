"""Sealing: events of the work log lose their bytes, named by one event that takes their place."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from mnemo.light import NamedTuple
from mnemo.model.event import Event, Part, decode
from mnemo.store import events, seals
from mnemo.store.seals import AGGREGATE, KIND, SEALABLE, Stub

# A hash, the numbers in a row and its two indexes, and the cells that hold them, in bytes.
STUB = 32 + 4 * 8 + 30


class Kept(NamedTuple):
    """An event that still has its bytes, and the row it lies in.

    Args:
        row: its row.
        event: what it says.
        size: how many bytes it has.
    """

    row: int
    event: Event
    size: int


def list_sealable(connection: sqlite3.Connection) -> list[Kept]:
    """Return the events of the work log that still have their bytes, oldest first."""
    found = connection.execute(
        f"SELECT id, bytes FROM events WHERE kind IN ({', '.join('?' * len(SEALABLE))}) "
        "AND bytes IS NOT NULL ORDER BY clock, id",
        SEALABLE,
    )
    return [Kept(row, decode(data), len(data)) for row, data in found]


def seal(
    connection: sqlite3.Connection, chosen: Iterable[Kept], reason: str, *, at: dict[str, str], now: int
) -> Event | None:
    """Seal events by one that names them, in the caller's transaction; None when there are none.

    Args:
        chosen: of list_sealable.
        reason: why, one word.
        at: branch, commit, worktree, agent, session, origin.
        now: wall clock, milliseconds.
    """
    chains: dict[tuple[str, str], list[Kept]] = defaultdict(list)
    for one in sorted(chosen, key=lambda kept: kept.event.seq):
        chains[one.event.replica, one.event.space].append(one)
    if not chains:
        return None
    parts = {f"{AGGREGATE}/{'/'.join(chain)}": _part(kept, reason) for chain, kept in chains.items()}
    named = events.record(connection, KIND, parts, at=at, now=now, space="private")
    row: int = connection.execute("SELECT max(id) FROM events").fetchone()[0]
    for kept in chains.values():
        _forget(connection, kept, row)
    return named


def stubs_size(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return how many events are sealed, and about how many bytes their numbers and hashes take."""
    count, texts = connection.execute(
        "SELECT count(*), coalesce(sum(length(replica) * 2 + length(space) * 2 + length(kind)), 0) "
        "FROM events WHERE bytes IS NULL"
    ).fetchone()
    return count, texts + count * STUB


def _part(kept: list[Kept], reason: str) -> Part:
    stubs = [Stub(one.row, one.event.seq, one.event.clock, one.event.kind, one.event.hash) for one in kept]
    ranges = seals.ranges_of(one.seq for one in stubs)
    return {"do": "seal", "ranges": ranges, "sum": seals.sum_of(stubs), "reason": reason}


def _forget(connection: sqlite3.Connection, kept: list[Kept], sealed_by: int) -> None:
    connection.executemany(
        "INSERT INTO seals (event, sealed_by) VALUES (?, ?)", [(one.row, sealed_by) for one in kept]
    )
    connection.executemany("UPDATE events SET bytes = NULL WHERE id = ?", [(one.row,) for one in kept])
    # What has no bytes is folded into nothing, so no aggregate needs to find it.
    connection.executemany(
        "DELETE FROM event_aggregates WHERE aggregate = ? AND event = ?",
        [(events.key_of(name), one.row) for one in kept for name in one.event.parts],
    )
