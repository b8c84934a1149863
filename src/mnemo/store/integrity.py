"""Is the store what its events say? The state's hash, the rebuild, and the checks that find damage."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator

from mnemo.errors import Damaged
from mnemo.ids import address, digest
from mnemo.store import events, objects, rows, search
from mnemo.store.database import empty

# How a shared table is read without the row numbers, which differ from copy to copy.
_LOGICAL = {
    "inputs": "SELECT c.address, t.input FROM inputs t JOIN claims c ON c.id = t.claim",
    "links": "SELECT c.address, t.relation, t.target, t.clock FROM links t JOIN claims c ON c.id = t.claim",
    "tags": "SELECT c.address, a.branch, t.tag FROM tags t JOIN assertions a ON a.id = t.assertion "
    "JOIN claims c ON c.id = a.claim",
    "anchors": "SELECT c.address, a.branch, t.position, t.type, t.path, t.name FROM anchors t "
    "JOIN assertions a ON a.id = t.assertion JOIN claims c ON c.id = a.claim",
    "assertions": "SELECT c.address, "
    + ", ".join(f"t.{name}" for name in rows.columns_of("assertions")[1:])
    + " FROM assertions t JOIN claims c ON c.id = t.claim",
}


def table_hash(connection: sqlite3.Connection, table: str) -> str:
    """Return the sha-256 over a shared table's rows, in an order that every replica shares."""
    sql = _LOGICAL.get(table) or f"SELECT {', '.join(rows.columns_of(table))} FROM {table}"
    found = sorted(repr(row) for row in connection.execute(sql))
    return digest("\n".join(found).encode("utf-8", "surrogatepass"))


def state_hash(connection: sqlite3.Connection) -> str:
    """Return the hash of everything shared: equal in two replicas that know the same events."""
    total = hashlib.sha256()
    for table in sorted(rows.SHARED):
        total.update(f"{table}:{table_hash(connection, table)}\n".encode())
    return total.hexdigest()


def rebuilt(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Return a store in memory, folded anew from this one's events and objects."""
    target = empty()
    target.execute("BEGIN")
    target.executemany(
        "INSERT INTO objects (hash, bytes) VALUES (?, ?)",
        connection.execute("SELECT hash, bytes FROM objects"),
    )
    events.fold_all(connection, target)
    target.execute("COMMIT")
    return target


def differing_tables(connection: sqlite3.Connection) -> list[str]:
    """Return the shared tables that are not what the events fold to."""
    target = rebuilt(connection)
    try:
        return [
            table
            for table in sorted(rows.SHARED)
            if table_hash(connection, table) != table_hash(target, table)
        ]
    finally:
        target.close()


def iter_damage(connection: sqlite3.Connection, *, thorough: bool = True) -> Iterator[str]:
    """Yield what is wrong with a store, one sentence each; nothing when it is whole.

    Args:
        thorough: also compare every shared table with a rebuild from the events.
    """
    try:
        yield from _pages(connection)
        yield from _texts(connection)
        yield from _sums(connection)
        yield from events.broken_links(connection)
        if thorough:
            for table in differing_tables(connection):
                yield f"table {table} is not what the events say"
    except (sqlite3.DatabaseError, Damaged, ValueError) as error:
        yield f"the store cannot be read: {error}"


def is_searchable(connection: sqlite3.Connection) -> bool:
    """Whether the full-text index is whole and made by this version's analysis; needs a writer."""
    return search.is_current(connection) and search.is_whole(connection)


def _pages(connection: sqlite3.Connection) -> Iterator[str]:
    for (line,) in connection.execute("PRAGMA integrity_check(5)").fetchall():
        if line != "ok":
            yield f"SQLite's integrity check says: {line}"
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        yield "a row names another that is not there"


def _texts(connection: sqlite3.Connection) -> Iterator[str]:
    for key, data in connection.execute("SELECT hash, bytes FROM objects"):
        if digest(data) != key.hex():
            yield f"text {key.hex()[:12]} does not fit its hash"
    found = connection.execute(
        "SELECT DISTINCT c.address, c.kind, a.object FROM claims c JOIN assertions a ON a.claim = c.id "
        "WHERE a.object != ''"
    ).fetchall()
    for full, kind, object_hash in found:
        payload = objects.find(connection, object_hash)
        if payload is None:
            yield f"the text of claim {full[:12]} is gone"
        elif address(kind, payload["content"], payload.get("inputs", ())) != full:
            yield f"claim {full[:12]} does not fit its address"


def _sums(connection: sqlite3.Connection) -> Iterator[str]:
    for table in rows.SHARED:
        try:
            for _ in rows.iter_rows(connection, table):
                pass
        except Damaged as error:
            yield error.message
