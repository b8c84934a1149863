"""How often claims were recalled, and how often that led to something: counted here only, in no event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mnemo.light import NamedTuple
from mnemo.store import rows
from mnemo.store.engine import sqlite3


class Counts(NamedTuple):
    """What became of a claim's recalls.

    Args:
        recalled: how often it was told.
        used: how often someone reinforced, updated or linked it soon after it was told.
        last_recalled: when it was last told, milliseconds since 1970; 0 never.
    """

    recalled: int = 0
    used: int = 0
    last_recalled: int = 0


NOTHING = Counts()


def by_claim(connection: sqlite3.Connection, claims: Sequence[int]) -> dict[int, Counts]:
    """Return the counts of the claims with these rows; those never recalled are left out."""
    found: dict[int, Counts] = {}
    for some, marks in rows.iter_portions(claims):
        for claim, *counts in connection.execute(
            f"SELECT claim, recalled, used, last_recalled FROM counters WHERE claim IN ({marks})", some
        ):
            found[claim] = Counts(*counts)
    return found


def add(connection: sqlite3.Connection, counts: Mapping[str, Counts]) -> None:
    """Add to the counts of claims by their address; one that is not in this store is left out."""
    connection.executemany(
        "INSERT INTO counters (claim, recalled, used, last_recalled) "
        "SELECT id, ?, ?, ? FROM claims WHERE address = ? "
        "ON CONFLICT (claim) DO UPDATE SET recalled = recalled + excluded.recalled, "
        "used = used + excluded.used, last_recalled = max(last_recalled, excluded.last_recalled)",
        [(one.recalled, one.used, one.last_recalled, address) for address, one in counts.items()],
    )


def both(one: Counts, other: Counts) -> Counts:
    """Return the sum of two counts of one claim."""
    return Counts(
        one.recalled + other.recalled,
        one.used + other.used,
        max(one.last_recalled, other.last_recalled),
    )
