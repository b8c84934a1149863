"""What an audit reads: texts and evidence as they lie there, before any check of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from mnemo.ids import digest
from mnemo.light import Any

EVIDENCE = ("kind", "status", "trust", "run", "task", "dispatch", "content", "tree", "object")


def list_broken_texts(connection: sqlite3.Connection) -> list[str]:
    """Return the hashes that texts and payloads should have and have not."""
    found = connection.execute("SELECT hash, bytes FROM objects ORDER BY hash")
    return [hash_.hex() for hash_, data in found if digest(data) != hash_.hex()]


def text_hashes(connection: sqlite3.Connection) -> set[str]:
    """Return the hashes of all texts and payloads that are there."""
    return {hash_.hex() for (hash_,) in connection.execute("SELECT hash FROM objects")}


def iter_evidence(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """Yield evidence oldest first, whether its sum fits or not: id and the columns of EVIDENCE."""
    columns = ("evidence", *EVIDENCE)
    sql = f"SELECT {', '.join(columns)} FROM evidence ORDER BY clock, evidence"
    for values in connection.execute(sql):
        yield dict(zip(columns, values, strict=True))


def has_event(connection: sqlite3.Connection, beginning: str) -> bool:
    """Tell whether a chain holds an event whose hash begins so; beginning is lower-case hexadecimal."""
    sql = "SELECT 1 FROM events WHERE lower(hex(hash)) LIKE ? LIMIT 1"
    return connection.execute(sql, (f"{beginning}%",)).fetchone() is not None
