"""The chains of events, walked link by link: is each what it was when it was written, and none missing?"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from mnemo.ids import digest
from mnemo.light import NamedTuple
from mnemo.model.event import Event, decode
from mnemo.store import seals


class Break(NamedTuple):
    """One place where a chain does not hold.

    Args:
        replica, space: which chain.
        seq: the number of the event.
        reason: what is wrong with it.
    """

    replica: str
    space: str
    seq: int
    reason: str


class Chain(NamedTuple):
    """One chain after it was walked.

    Args:
        replica, space: which one.
        events: how many links it has.
        sealed: how many of them were sealed by a later one.
        seq, head: number and hash of the last.
        breaks: what is wrong, in the order of the numbers.
    """

    replica: str
    space: str
    events: int
    sealed: int
    seq: int
    head: str
    breaks: tuple[Break, ...]


def walk(connection: sqlite3.Connection, see: Callable[[Event], None] | None = None) -> list[Chain]:
    """Return every chain of a store, walked from its first event to its last.

    Each event must have the bytes of its hash, name its own place in the chain and the event before it;
    one without bytes must be named by the event that sealed it.

    Args:
        see: called with every event that could be read, while it is at hand.
    """
    sealed, unfit = seals.covered(connection)
    found: dict[tuple[str, str], Chain] = {}
    rows = connection.execute(
        "SELECT id, replica, space, seq, clock, kind, hash, bytes FROM events ORDER BY replica, space, seq"
    )
    for row, replica, space, seq, clock, kind, hash_, data in rows:
        before = found.get((replica, space)) or Chain(replica, space, 0, 0, 0, "", ())
        wrong: list[str] = []
        if seq != before.seq + 1:
            wrong.append(f"event {before.seq + 1} is missing")
        if data is None:
            if row not in sealed:
                wrong.append(unfit.get((replica, space, seq), "its bytes are gone and nothing sealed it"))
        elif digest(data) != hash_.hex():
            wrong.append("its bytes do not fit its hash")
        else:
            wrong += _misread(data, (replica, space, seq, clock, kind), before, see)
        breaks = tuple(Break(replica, space, seq, reason) for reason in wrong)
        found[replica, space] = Chain(
            replica,
            space,
            before.events + 1,
            before.sealed + (data is None),
            seq,
            hash_.hex(),
            before.breaks + breaks,
        )
    return list(found.values())


def list_breaks(connection: sqlite3.Connection) -> list[str]:
    """Return what is wrong with the chains: one sentence each, naming replica, space and sequence."""
    return [sentence(one) for chain in walk(connection) for one in chain.breaks]


def sentence(broken: Break) -> str:
    """Return what is wrong in one place of a chain."""
    return f"{broken.space} chain of {broken.replica[:12]}, event {broken.seq}: {broken.reason}"


def _misread(
    data: bytes,
    row: tuple[str, str, int, int, str],
    before: Chain,
    see: Callable[[Event], None] | None,
) -> list[str]:
    """Return how an event's bytes, which fit its hash, contradict its row or the event before it."""
    try:
        event = decode(data)
    except ValueError:
        return ["its bytes are no event"]
    if see:
        see(event)
    wrong: list[str] = []
    if (event.replica, event.space, event.seq, event.clock, event.kind) != row:
        wrong.append("its row does not say what its bytes say")
    if before.seq == event.seq - 1 and event.prev != before.head:
        wrong.append(f"it does not follow event {before.seq}")
    return wrong
