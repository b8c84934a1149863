"""Sealed events: number, clock, kind and hash are left of them, and a later event says whose they were.

A `log.pruned` event names, for each chain, ranges of sequence numbers and one sum over what is left of them.
So the bytes may go and the chain stays whole, and whoever changes a byte of what is left is found.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator

from mnemo.ids import digest
from mnemo.light import Any, NamedTuple

KIND = "log.pruned"
AGGREGATE = "seal"
SEALABLE = ("log", "log.moved")  # nothing but the work log may be sealed


class Stub(NamedTuple):
    """What is left of an event when it is sealed.

    Args:
        row: its row.
        seq, clock, kind, hash: as the chain has them; the hash in 64 hex.
    """

    row: int
    seq: int
    clock: int
    kind: str
    hash: str


def ranges_of(numbers: Iterable[int]) -> list[list[int]]:
    """Return ascending numbers as [first, last] of each run without a gap."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def sum_of(stubs: Iterable[Stub]) -> str:
    """Return the sha-256 over what is left of events, in the order of their numbers, 64 hex."""
    lines = [f"{one.seq} {one.clock} {one.kind} {one.hash}" for one in sorted(stubs, key=_by_number)]
    return digest("\n".join(lines).encode())


def list_stubs(
    connection: sqlite3.Connection, replica: str, space: str, ranges: Iterable[Iterable[int]]
) -> list[Stub]:
    """Return what a chain holds in ranges of its sequence numbers, in their order."""
    found: list[Stub] = []
    for first, last in ranges:
        rows = connection.execute(
            "SELECT id, seq, clock, kind, hash FROM events "
            "WHERE replica = ? AND space = ? AND seq BETWEEN ? AND ? ORDER BY seq",
            (replica, space, first, last),
        )
        found += [Stub(row, seq, clock, kind, hash_.hex()) for row, seq, clock, kind, hash_ in rows]
    return found


def iter_named(connection: sqlite3.Connection) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
    """Yield each sealing: the row of the event that names it, replica, space, and what it says.

    An event whose bytes changed says nothing any more.
    """
    rows = connection.execute(
        "SELECT id, hash, bytes FROM events WHERE kind = ? AND bytes IS NOT NULL ORDER BY id", (KIND,)
    ).fetchall()
    for row, hash_, data in rows:
        if digest(data) != hash_.hex():
            continue
        for aggregate, part in json.loads(data)["parts"].items():
            kind, _, chain = aggregate.partition("/")
            if kind == AGGREGATE:
                replica, _, space = chain.partition("/")
                yield row, replica, space, part


def covered(connection: sqlite3.Connection) -> tuple[set[int], dict[tuple[str, str, int], str]]:
    """Return the rows of events that are rightly sealed, and what is wrong with other sealings.

    What is wrong is told by replica, space and the first number that was sealed together.
    """
    sealed_by = dict(connection.execute("SELECT event, sealed_by FROM seals").fetchall())
    rightly: set[int] = set()
    wrong: dict[tuple[str, str, int], str] = {}
    for row, replica, space, part in iter_named(connection):
        stubs = list_stubs(connection, replica, space, part["ranges"])
        if sum_of(stubs) == part["sum"] and all(one.kind in SEALABLE for one in stubs):
            rightly.update(one.row for one in stubs if sealed_by.get(one.row) == row)
        else:
            told = f"what is left of it and of {len(stubs) - 1} sealed with it does not fit their sum"
            wrong[replica, space, part["ranges"][0][0]] = told
    return rightly, wrong


def _by_number(stub: Stub) -> int:
    return stub.seq
