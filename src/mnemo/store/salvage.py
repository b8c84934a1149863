"""What can still be believed of a damaged file: events whose chain, hash and texts are whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from mnemo.errors import Damaged
from mnemo.ids import digest
from mnemo.light import suppress
from mnemo.model.event import Event, decode
from mnemo.store import events, objects, segments
from mnemo.store.connections import open_reader
from mnemo.store.database import SERVER_WAIT_S


def salvage(connection: sqlite3.Connection, path: str, now: int) -> int:
    """Take over what a damaged file holds beyond this store, in the caller's transaction.

    Each chain is followed from where this store ends to the first event that cannot be proven.

    Args:
        connection: a writer of the store that was restored from an older state of that file.
        path: the damaged file.
        now: wall clock, milliseconds.

    Returns:
        how many events were taken over.
    """
    count = 0
    try:
        reader, _ = open_reader(path, SERVER_WAIT_S)
    except (sqlite3.Error, UnicodeDecodeError):
        return 0
    try:
        for replica, space in reader.execute("SELECT DISTINCT replica, space FROM events").fetchall():
            lines = list(_iter_proven(reader, replica, space, *events.head(connection, replica, space)))
            count += segments.ingest(connection, lines, now).events
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return count  # the rest cannot be read at all
    finally:
        reader.close()
    return count


def _iter_proven(
    reader: sqlite3.Connection, replica: str, space: str, seq: int, last: str
) -> Iterator[bytes]:
    """Yield lines of a segment as long as each event follows the one before it and has its texts."""
    with suppress(sqlite3.DatabaseError, ValueError, Damaged):
        while found := reader.execute(
            "SELECT hash, bytes FROM events WHERE replica = ? AND space = ? AND seq = ?",
            (replica, space, seq + 1),
        ).fetchone():
            hash_, data = found[0].hex(), found[1]
            if data is None or digest(data) != hash_ or decode(data).prev != last:
                return
            texts = [objects.find_bytes(reader, name) for name in _named(decode(data))]
            yield from (b"O " + text + b"\n" for text in texts if text is not None)
            yield b"E " + data + b"\n"
            seq, last = seq + 1, hash_


def _named(event: Event) -> Iterator[str]:
    for part in event.parts.values():
        for name in ("object", "cause"):
            value = part.get(name, "")
            if isinstance(value, str) and len(value) == len(event.hash):
                yield value
