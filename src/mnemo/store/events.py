"""The event log: recording, folding, refolding, rebuilding and checking the chains."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from mnemo.clock import tick
from mnemo.ids import digest, sha256
from mnemo.model.event import Event, Part, decode, effective, encode, order
from mnemo.store import chains, meta
from mnemo.store.aggregates import AGGREGATES
from mnemo.store.fold import NO_TEXTS, Fold, Texts

AT_ONCE = 500  # values bound in one question


def record(
    connection: sqlite3.Connection,
    kind: str,
    parts: dict[str, Part],
    *,
    at: dict[str, str],
    now: int,
    space: str = "project",
    texts: Texts = NO_TEXTS,
) -> Event:
    """Append one deed to its chain and fold it, in the caller's transaction.

    Args:
        kind: the deed's name.
        parts: what it means for each aggregate.
        at: branch, commit, worktree, agent, session, origin.
        now: wall clock, milliseconds.
        space: private, project or global.
        texts: payloads that the caller has just stored.
    """
    replica = meta.replica(connection)
    seq, prev = head(connection, replica, space)
    clock = tick(last_clock(connection), now)
    draft = Event(replica, space, seq + 1, prev, clock, kind, at, parts)
    data = encode(draft)
    event = draft._replace(hash=digest(data))
    _append(connection, event, data)
    undone = [name for name, part in parts.items() if part["do"] == "undo"]
    for aggregate in undone:
        refold(connection, aggregate)
    changed = [name for name in parts if name not in undone]
    _apply(connection, changed, event, texts)
    _settle(connection, changed, texts)
    return event


def head(connection: sqlite3.Connection, replica: str, space: str) -> tuple[int, str]:
    """Return the last sequence number and hash of a chain; (0, "") for a chain not begun."""
    found = connection.execute(
        "SELECT seq, hash FROM events WHERE replica = ? AND space = ? ORDER BY seq DESC LIMIT 1",
        (replica, space),
    ).fetchone()
    return (found[0], found[1].hex()) if found else (0, "")


def last_clock(connection: sqlite3.Connection) -> int:
    """Return the greatest clock of any event."""
    return connection.execute("SELECT max(clock) FROM events").fetchone()[0] or 0


def insert_foreign(connection: sqlite3.Connection, event: Event, data: bytes) -> None:
    """Append another replica's event, whose chain was verified, without folding it."""
    _append(connection, event, data)


def refold(connection: sqlite3.Connection, aggregate: str) -> None:
    """Fold one aggregate anew from its own events: after a late arrival or an undo."""
    _clear(connection, aggregate)
    for event in effective(list(iter_aggregate(connection, aggregate)), aggregate):
        _apply(connection, [aggregate], event)
    _settle(connection, [aggregate])


def iter_aggregate(connection: sqlite3.Connection, aggregate: str) -> Iterator[Event]:
    """Yield the events that name an aggregate; sealed ones have no bytes and are left out."""
    found = connection.execute(
        "SELECT e.bytes FROM event_aggregates a JOIN events e ON e.id = a.event "
        "WHERE a.aggregate = ? AND e.bytes IS NOT NULL ORDER BY e.clock",
        (key_of(aggregate),),
    ).fetchall()
    for (data,) in found:
        event = decode(data)
        if aggregate in event.parts:
            yield event


def list_touching(connection: sqlite3.Connection, aggregates: Iterable[str]) -> list[Event]:
    """Return the events that name any of some aggregates, each once, in the order of folding."""
    sought = set(aggregates)
    keys = [key_of(name) for name in sought]
    found: dict[int, bytes] = {}
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        found.update(
            connection.execute(
                "SELECT e.id, e.bytes FROM event_aggregates a JOIN events e ON e.id = a.event "
                f"WHERE a.aggregate IN ({', '.join('?' * len(some))}) AND e.bytes IS NOT NULL",
                some,
            )
        )
    events = map(decode, found.values())
    return sorted((event for event in events if sought & event.parts.keys()), key=order)


def iter_events(connection: sqlite3.Connection) -> Iterator[Event]:
    """Yield every event that still has its bytes, in the order in which they are folded."""
    for (data,) in connection.execute(
        "SELECT bytes FROM events WHERE bytes IS NOT NULL ORDER BY clock, replica, space, seq"
    ):
        yield decode(data)


def iter_newest(connection: sqlite3.Connection) -> Iterator[Event]:
    """Yield every event that still has its bytes, newest first."""
    for (data,) in connection.execute(
        "SELECT bytes FROM events WHERE bytes IS NOT NULL ORDER BY clock DESC, id DESC"
    ):
        yield decode(data)


def fold_all(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Fold every event of source into the empty shared tables of target, which has the same objects."""
    undone = _undone(source)
    for event in iter_events(source):
        counting = [
            aggregate
            for aggregate, part in event.parts.items()
            if part["do"] != "undo" and (event.hash, aggregate) not in undone
        ]
        _apply(target, counting, event)


def broken_links(connection: sqlite3.Connection) -> list[str]:
    """Return what is wrong with the chains: one sentence each, naming replica, space and sequence."""
    return chains.list_breaks(connection)


def fold_foreign(connection: sqlite3.Connection, arrived: Iterable[Event]) -> None:
    """Fold events that insert_foreign appended, each aggregate once."""
    touched = Counter(aggregate for event in sorted(arrived, key=order) for aggregate in event.parts)
    for aggregate in touched:
        refold(connection, aggregate)


def _append(connection: sqlite3.Connection, event: Event, data: bytes) -> None:
    number = connection.execute(
        "INSERT INTO events (replica, space, seq, clock, kind, hash, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (event.replica, event.space, event.seq, event.clock, event.kind, bytes.fromhex(event.hash), data),
    ).lastrowid
    connection.executemany(
        "INSERT INTO event_aggregates (aggregate, event) VALUES (?, ?) ON CONFLICT DO NOTHING",
        sorted((key_of(aggregate), number) for aggregate in event.parts),
    )


def _apply(
    connection: sqlite3.Connection, aggregates: Iterable[str], event: Event, texts: Texts = NO_TEXTS
) -> None:
    """Fold an event into some of its aggregates; what a later version writes is left alone in the log."""
    for (kind, do), folds in _grouped(aggregates, event, texts).items():
        owner = AGGREGATES.get(kind)
        if owner and do in owner.together:
            owner.together[do](connection, folds)
        elif owner and do in owner.apply:
            for fold in folds:
                owner.apply[do](connection, fold)


def _grouped(aggregates: Iterable[str], event: Event, texts: Texts) -> dict[tuple[str, str], list[Fold]]:
    """Return an event's folds by type of aggregate and deed; which comes first makes no difference."""
    grouped: dict[tuple[str, str], list[Fold]] = defaultdict(list)
    for aggregate in aggregates:
        kind, _, name = aggregate.partition("/")
        part = event.parts[aggregate]
        grouped[kind, part["do"]].append(Fold(name, part, event, texts))
    return grouped


def _clear(connection: sqlite3.Connection, aggregate: str) -> None:
    kind, _, name = aggregate.partition("/")
    if kind in AGGREGATES:
        AGGREGATES[kind].clear(connection, name)


def _settle(connection: sqlite3.Connection, aggregates: Iterable[str], texts: Texts = NO_TEXTS) -> None:
    changed: dict[str, list[str]] = defaultdict(list)
    for aggregate in aggregates:
        kind, _, name = aggregate.partition("/")
        changed[kind].append(name)
    for kind, names in changed.items():
        owner = AGGREGATES.get(kind)
        if owner and owner.settle:
            owner.settle(connection, names, texts)


def _undone(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Return (event hash, aggregate) of every deed that a later undo takes back."""
    touched: set[str] = set()
    for event in iter_events(connection):
        touched.update(name for name, part in event.parts.items() if part["do"] == "undo")
    dropped: set[tuple[str, str]] = set()
    for aggregate in touched:
        events = list(iter_aggregate(connection, aggregate))
        kept = {event.hash for event in effective(events, aggregate)}
        dropped.update((event.hash, aggregate) for event in events if event.hash not in kept)
    return dropped


def key_of(aggregate: str) -> int:
    """Return the 64-bit key of an aggregate's name; a collision only costs one event read in vain."""
    return int.from_bytes(sha256(aggregate.encode()).digest()[:8], "big", signed=True)
