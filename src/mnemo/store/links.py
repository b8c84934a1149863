"""Links between claims, seen from either end."""

from __future__ import annotations

from collections.abc import Sequence

from mnemo.light import NamedTuple
from mnemo.store.engine import sqlite3


class Link(NamedTuple):
    """A link as seen from one of its ends.

    Args:
        claim: row of the claim from which it is seen.
        relation: caused_by, depends_on …
        other: row of the claim at the other end.
        forward: whether it leads from claim to other.
    """

    claim: int
    relation: str
    other: int
    forward: bool


def exist(connection: sqlite3.Connection) -> bool:
    """Tell whether any claims are linked."""
    return connection.execute("SELECT 1 FROM links LIMIT 1").fetchone() is not None


def around(connection: sqlite3.Connection, claims: Sequence[int], most: int) -> list[Link]:
    """Return the links of the claims with these rows, those that lead away first.

    Args:
        connection: a reader.
        claims: rows.
        most: how many links of each direction are returned.
    """
    marks = ", ".join("?" * len(claims))
    away = connection.execute(
        "SELECT l.claim, l.relation, c.id FROM links l JOIN claims c ON c.address = l.target "
        f"WHERE l.claim IN ({marks}) ORDER BY l.claim, l.relation, l.target LIMIT ?",
        (*claims, most),
    ).fetchall()
    back = connection.execute(
        "SELECT c.id, l.relation, l.claim FROM claims c JOIN links l ON l.target = c.address "
        f"WHERE c.id IN ({marks}) ORDER BY c.id, l.relation, l.claim LIMIT ?",
        (*claims, most),
    ).fetchall()
    return [Link._make((*row, True)) for row in away] + [Link._make((*row, False)) for row in back]
