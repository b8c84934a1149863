"""Exchange between replicas: segments of events with the texts they need, verified before a write.

A segment is a text file: one line an event ("E " and its bytes) or a text ("O " and its bytes).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator

from mnemo.clock import FOREIGN_LEAD_MS, milliseconds
from mnemo.ids import digest
from mnemo.light import NamedTuple
from mnemo.model.event import Event, decode
from mnemo.store import events, objects
from mnemo.store.filesystem import private_opener


class Ingested(NamedTuple):
    """What became of a segment.

    Args:
        events: how many were new.
        known: how many had been here before.
        held: how many wait: for events before them, or because their clock runs ahead of ours.
        refused: why the replica was quarantined; empty when it was not.
    """

    events: int
    known: int
    held: int
    refused: str


def iter_segment(connection: sqlite3.Connection, replica: str, space: str, after: int) -> Iterator[bytes]:
    """Yield the lines of a segment: a chain's events after a sequence number, each behind its texts."""
    for (data,) in connection.execute(
        "SELECT bytes FROM events WHERE replica = ? AND space = ? AND seq > ? AND bytes IS NOT NULL "
        "ORDER BY seq",
        (replica, space, after),
    ):
        for part in decode(data).parts.values():
            for name in ("object", "cause"):
                value = part.get(name, "")
                found = objects.find_bytes(connection, value) if len(value) == 64 else None
                if found is not None:
                    yield b"O " + found + b"\n"
        yield b"E " + data + b"\n"


def write_segments(connection: sqlite3.Connection, folder: str, spaces: Iterable[str] = ("project",)) -> int:
    """Write what each chain has gained since it was last written to a folder; return the number of files."""
    written = 0
    for replica, space, last in connection.execute(
        "SELECT replica, space, max(seq) FROM events GROUP BY 1, 2"
    ).fetchall():
        home = os.path.join(folder, replica, space)
        if space not in spaces:
            continue
        os.makedirs(home, mode=0o700, exist_ok=True)
        after = max(
            (int(name.split("-")[1].split(".")[0]) for name in os.listdir(home) if name[0] != "."), default=0
        )
        if last <= after:
            continue
        final = os.path.join(home, f"{after + 1:012d}-{last:012d}.segment")
        draft = os.path.join(home, f".{os.getpid()}.tmp")
        with open(draft, "wb", opener=private_opener) as file:
            file.writelines(iter_segment(connection, replica, space, after))
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, final)
        written += 1
    return written


def read_segments(connection: sqlite3.Connection, folder: str, now: int) -> list[Ingested]:
    """Ingest every segment below a folder that was not seen yet; now is the wall clock in milliseconds."""
    found: list[Ingested] = []
    for home, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(".segment"):
                with open(os.path.join(home, name), "rb") as file:
                    found.append(ingest(connection, file, now))
    return found


def ingest(connection: sqlite3.Connection, lines: Iterable[bytes], now: int) -> Ingested:
    """Take in another replica's events in the caller's transaction: verified first, idempotent, resumable.

    Args:
        lines: a segment.
        now: wall clock, milliseconds; events more than ten minutes ahead of it are held back.
    """
    texts: dict[str, bytes] = {}
    arrived: list[tuple[Event, bytes]] = []
    known = held = 0
    heads: dict[tuple[str, str], tuple[int, str]] = {}
    for line in lines:
        data = line[2:].rstrip(b"\n")
        if line[:2] == b"O ":
            texts[digest(data)] = data
            continue
        event = decode(data)
        chain = (event.replica, event.space)
        seq, hash_ = heads.get(chain) or events.head(connection, *chain)
        wrong = _wrong(connection, event, seq, hash_)
        if wrong:
            _quarantine(connection, event.replica, wrong)
            return Ingested(0, known, held, wrong)
        if event.seq <= seq:
            known += 1
        elif event.seq > seq + 1 or milliseconds(event.clock) > now + FOREIGN_LEAD_MS:
            held += 1
        else:
            heads[chain] = (event.seq, event.hash)
            arrived.append((event, data))
    for object_hash, data in texts.items():
        objects.put_bytes(connection, object_hash, data)
    for event, data in arrived:
        events.insert_foreign(connection, event, data)
    events.fold_foreign(connection, [event for event, _ in arrived])
    return Ingested(len(arrived), known, held, "")


def quarantined(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the replicas whose events are no longer taken, with the reason."""
    return dict(connection.execute("SELECT replica, reason FROM quarantine"))


def _wrong(connection: sqlite3.Connection, event: Event, seq: int, hash_: str) -> str:
    name = f"event {event.seq} of {event.replica[:12]} ({event.space})"
    if event.replica in quarantined(connection):
        return f"{event.replica[:12]} is in quarantine"
    if event.seq > seq + 1:
        return ""  # A gap is no forgery: an earlier segment has yet to arrive.
    if event.seq == seq + 1:
        return "" if event.prev == hash_ else f"{name} does not follow the event before it"
    kept = connection.execute(
        "SELECT hash FROM events WHERE replica = ? AND space = ? AND seq = ?",
        (event.replica, event.space, event.seq),
    ).fetchone()
    return "" if kept and kept[0].hex() == event.hash else f"{name} was told in two versions"


def _quarantine(connection: sqlite3.Connection, replica: str, reason: str) -> None:
    connection.execute(
        "INSERT INTO quarantine (replica, reason) VALUES (?, ?) ON CONFLICT (replica) DO NOTHING",
        (replica, reason),
    )
