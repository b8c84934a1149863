"""Sealed events: only the log's, only under one that names them, and no byte of what is left may change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnemo.errors import StorageError
from mnemo.store import events, sealing, seals
from mnemo.store.connections import Connection
from mnemo.store.database import Database
from mnemo.worklog import pruning, writing
from tests.stores import MAIN, START_MS, open_store, say

LATER = START_MS + 10 * 86_400_000


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A store whose first three log entries, with a claim between them, are sealed."""
    made = open_store(tmp_path)
    with made.transaction() as connection:
        for number in range(3):
            writing.add_entry(connection, f"entry {number}", None, MAIN, START_MS)
        say(connection, "Totals are kept in cents.")
        writing.add_entry(connection, "kept", None, MAIN, LATER)
    pruning.prune_old(made, 1, at=MAIN, now=LATER)
    yield made
    made.close()


def broken(db: Database) -> list[str]:
    with db.reading() as connection:
        return events.broken_links(connection)


def tamper(db: Database, *statements: str) -> None:
    """Change the file behind the triggers' back, as only somebody with an editor could."""
    db.close()
    raw = sqlite3.connect(db.path)
    for name in ("events_are_kept", "events_are_final"):
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(statement)
    raw.commit()
    raw.close()


def test_a_chain_with_sealed_events_is_whole(db: Database) -> None:
    assert broken(db) == []
    with db.reading() as connection:
        row, _, space, part = next(seals.iter_named(connection))
        assert (space, part["ranges"], part["reason"]) == ("private", [[1, 3]], "old")
        assert row == db.newest(connection)


def test_a_changed_hash_of_a_sealed_event_is_found_by_the_sum(db: Database) -> None:
    tamper(db, "UPDATE events SET hash = zeroblob(32) WHERE seq = 2 AND space = 'private'")
    assert "event 1: what is left of it and of 2 sealed with it does not fit their sum" in broken(db)[0]


def test_a_changed_clock_of_a_sealed_event_is_found_by_the_sum(db: Database) -> None:
    tamper(db, "UPDATE events SET clock = clock + 1 WHERE seq = 3 AND space = 'private'")
    assert "does not fit their sum" in broken(db)[0]


def test_an_event_that_nothing_sealed_may_not_lose_its_bytes(db: Database) -> None:
    tamper(
        db,
        "UPDATE events SET bytes = NULL WHERE kind = 'claim'",
        "INSERT INTO seals SELECT id, (SELECT max(id) FROM events) FROM events WHERE kind = 'claim'",
    )
    assert any("event 1: its bytes are gone and nothing sealed it" in line for line in broken(db))


def test_a_sealing_event_that_changed_covers_nothing_any_more(db: Database) -> None:
    changed = "CAST(replace(bytes, '[[1,3]]', '[[1,4') AS BLOB)"
    tamper(db, f"UPDATE events SET bytes = {changed} WHERE kind = 'log.pruned'")
    found = broken(db)
    assert any("do not fit its hash" in line for line in found)
    assert sum("nothing sealed it" in line for line in found) == 3


def test_the_file_itself_refuses_to_forget_a_claim_even_under_a_seal(db: Database) -> None:
    def forget(connection: Connection) -> None:
        row = connection.execute("SELECT id FROM events WHERE kind = 'claim'").fetchone()[0]
        connection.execute("INSERT INTO seals VALUES (?, (SELECT max(id) FROM events))", (row,))
        connection.execute("UPDATE events SET bytes = NULL WHERE id = ?", (row,))

    with pytest.raises(StorageError, match="never changed"), db.transaction() as connection:
        forget(connection)
    assert broken(db) == []


def test_the_file_itself_refuses_a_seal_by_any_other_event(db: Database) -> None:
    def forget(connection: Connection) -> None:
        row = connection.execute("SELECT id FROM events WHERE kind = 'log' AND bytes NOT NULL").fetchone()[0]
        claim = connection.execute("SELECT id FROM events WHERE kind = 'claim'").fetchone()[0]
        connection.execute("INSERT INTO seals VALUES (?, ?)", (row, claim))
        connection.execute("UPDATE events SET bytes = NULL WHERE id = ?", (row,))

    with pytest.raises(StorageError, match="never changed"), db.transaction() as connection:
        forget(connection)
    assert broken(db) == []


def test_ranges_are_runs_without_a_gap() -> None:
    assert seals.ranges_of([1, 2, 3, 5, 8, 9]) == [[1, 3], [5, 5], [8, 9]]
    assert seals.ranges_of([]) == []


def test_nothing_to_seal_makes_no_event(db: Database) -> None:
    with db.transaction() as connection:
        assert sealing.seal(connection, [], "old", at=MAIN, now=LATER) is None
