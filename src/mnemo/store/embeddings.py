"""Embeddings of claims, by model and address: local, and had anew when they are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mnemo.light import NamedTuple
from mnemo.store.engine import sqlite3


class Kept(NamedTuple):
    """One embedding.

    Args:
        id: its row, growing with time.
        address: of the claim, 64 hex; it stands for the text.
        vector: 32-bit floats of length 1, little endian.
    """

    id: int
    address: str
    vector: bytes


def newest(connection: sqlite3.Connection) -> int:
    """Return the row of the newest embedding of any model, 0 without one."""
    return connection.execute("SELECT max(id) FROM embeddings").fetchone()[0] or 0


def iter_after(connection: sqlite3.Connection, model: str, row: int) -> Iterator[Kept]:
    """Yield the embeddings of a model that came after a row, oldest first."""
    for found in connection.execute(
        "SELECT id, address, vector FROM embeddings WHERE id > ? AND model = ? ORDER BY id", (row, model)
    ):
        yield Kept(*found)


def missing(connection: sqlite3.Connection, model: str, most: int) -> list[tuple[str, str]]:
    """Return (address, hash of its newest payload) of active claims without an embedding, newest first."""
    return connection.execute(
        "SELECT c.address, a.object FROM assertions a JOIN claims c ON c.id = a.claim "
        "WHERE a.standing = 'active' AND a.object != '' AND a.clock = ("
        "  SELECT max(clock) FROM assertions WHERE claim = a.claim AND standing = 'active') "
        "AND NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.model = ? AND e.address = c.address) "
        "GROUP BY c.id ORDER BY a.clock DESC LIMIT ?",
        (model, most),
    ).fetchall()


def put(connection: sqlite3.Connection, model: str, vectors: Iterable[tuple[str, bytes]]) -> None:
    """Keep embeddings by the address of their claims."""
    connection.executemany(
        "INSERT INTO embeddings (model, address, vector) VALUES (?, ?, ?) "
        "ON CONFLICT (model, address) DO NOTHING",
        [(model, address, vector) for address, vector in vectors],
    )


def remove(connection: sqlite3.Connection, address: str) -> None:
    """Erase what every model made of a claim."""
    connection.execute("DELETE FROM embeddings WHERE address = ?", (address,))


def rows_of(connection: sqlite3.Connection, addresses: Sequence[str]) -> list[int]:
    """Return the rows of claims by their addresses, in that order; unknown ones are left out."""
    marks = ", ".join("?" * len(addresses))
    found = dict(
        connection.execute(f"SELECT address, id FROM claims WHERE address IN ({marks})", list(addresses))
    )
    return [found[address] for address in addresses if address in found]


def addresses_of(connection: sqlite3.Connection, claims: Sequence[int]) -> dict[int, str]:
    """Return the addresses of the claims with these rows, by row."""
    marks = ", ".join("?" * len(claims))
    return dict(
        connection.execute(f"SELECT id, address FROM claims WHERE id IN ({marks})", list(claims)).fetchall()
    )
