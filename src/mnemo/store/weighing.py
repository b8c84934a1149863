"""What the work log weighs: its rows, its texts, their index entries, and its events with their bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from mnemo.light import NamedTuple
from mnemo.store import objects, rows, sealing
from mnemo.store.sealing import Kept

# What SQLite adds to the values, in bytes: cells and their headers, row numbers, sums, clocks and keys
# (sqlite.org/fileformat2.html), for a row and each of its index entries.
ROW = 3 * 8 + 2 * 12 + 3 * 10
TEXT = 32 + 32 + 3 * 10
EVENT = 32 + 4 * 8 + 4 * 10


class Weighed(NamedTuple):
    """An entry of the work log, or one that was taken back, and what goes when it goes.

    Args:
        entry: its id.
        branch: whose it is; None when it was taken back.
        clock: when it was written.
        written: the event that wrote it.
        text: the hash of its text.
        size: bytes of all this; a text that several entries have weighs with the newest.
    """

    entry: str
    branch: str | None
    clock: int
    written: Kept
    text: str
    size: int


class WorkLog(NamedTuple):
    """The whole work log.

    Args:
        entries: all of them, oldest first.
        moves: events that gave entries to another branch.
    """

    entries: list[Weighed]
    moves: list[Kept]

    @property
    def size(self) -> int:
        """Bytes of the whole log."""
        return sum(one.size for one in self.entries) + sum(one.size + EVENT for one in self.moves)


def weigh(connection: sqlite3.Connection) -> WorkLog:
    """Return every entry of the work log with its weight."""
    kept = sealing.list_sealable(connection)
    newest = {text: entry for one in kept for entry, text in _iter_written(one)}
    lasting = {row["entry"]: row for row in rows.iter_rows(connection, "log_entries")}
    entries: list[Weighed] = []
    for one in kept:
        for entry, text in _iter_written(one):
            row = lasting.get(entry)
            size = one.size + EVENT + len(one.event.replica) * 2 + _row_size(row)
            size += _text_size(connection, text) if newest[text] == entry else 0
            entries.append(Weighed(entry, row["branch"] if row else None, one.event.clock, one, text, size))
    return WorkLog(entries, [one for one in kept if one.event.kind == "log.moved"])


def remove(connection: sqlite3.Connection, log: WorkLog, chosen: Iterable[Weighed]) -> None:
    """Delete the rows of entries, and for ever the texts that no other entry has."""
    gone = {one.entry: one for one in chosen}
    for entry in gone:
        rows.delete(connection, "log_entries", entry=entry)
    lasting = {one.text for one in log.entries if one.entry not in gone}
    objects.erase(connection, {one.text for one in gone.values()} - lasting)


def _iter_written(kept: Kept) -> Iterator[tuple[str, str]]:
    for name, part in kept.event.parts.items():
        if part["do"] == "write":
            yield name.partition("/")[2], part["object"]


def _row_size(row: rows.Row | None) -> int:
    if row is None:
        return 0
    texts = sum(len(str(row[name]).encode()) for name in row if name != "clock")
    return texts + len(row["entry"]) + len(row["branch"].encode()) + ROW


def _text_size(connection: sqlite3.Connection, text: str) -> int:
    data = objects.find_bytes(connection, text)
    return len(data) + TEXT if data is not None else 0
