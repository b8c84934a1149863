"""What a damaged file still proves is taken over, and nothing that it cannot prove."""

from __future__ import annotations

from pathlib import Path

from mnemo.store import backup
from mnemo.store.database import Database
from mnemo.store.salvage import salvage
from tests.stores import START_MS, assert_whole, open_store, say, withdraw

NOW = START_MS + 10**6


def damaged_with_an_older_copy(tmp_path: Path, before: int, after: int) -> tuple[Database, Database]:
    """Return a store restored from a copy, and the file that went on after the copy was made."""
    db = open_store(tmp_path / "damaged")
    for number in range(before + after):
        if number == before:
            backup.copy(db.path, str(tmp_path / "copy.db"))
        with db.transaction() as connection:
            address = say(connection, f"claim {number}", now=START_MS + number)
    with db.transaction() as connection:
        withdraw(connection, address, now=START_MS + 10_000)
    backup.forget_place(str(tmp_path / "copy.db"))
    return Database(str(tmp_path / "copy.db")), db


def claims(db: Database) -> int:
    with db.reading() as connection:
        return connection.execute("SELECT count(*) FROM claims").fetchone()[0]


def test_events_after_the_backup_come_over_with_texts_and_order(tmp_path: Path) -> None:
    restored, db = damaged_with_an_older_copy(tmp_path, 5, 7)
    with restored.transaction() as connection:
        assert salvage(connection, db.path, NOW) == 8
    assert claims(restored) == 12
    with restored.reading() as connection:
        standing = connection.execute(
            "SELECT count(*) FROM assertions WHERE standing = 'retracted'"
        ).fetchone()[0]
    assert standing == 1
    assert_whole(restored)


def test_a_chain_is_followed_to_the_first_event_that_is_not_whole(tmp_path: Path) -> None:
    restored, db = damaged_with_an_older_copy(tmp_path, 5, 7)
    with db.transaction() as connection:
        text = connection.execute("SELECT id, bytes FROM objects ORDER BY id LIMIT 1 OFFSET 8").fetchone()
        connection.execute(
            "UPDATE objects SET bytes = ? WHERE id = ?", (text[1].replace(b"claim", b"clajm"), text[0])
        )
    with restored.transaction() as connection:
        assert salvage(connection, db.path, NOW) == 3
    assert claims(restored) == 8
    assert_whole(restored)


def test_a_changed_event_and_what_follows_it_is_left(tmp_path: Path) -> None:
    restored, db = damaged_with_an_older_copy(tmp_path, 5, 7)
    db.close()
    raw = Path(db.path).read_bytes()
    with backup.looking(db.path) as connection:
        data = connection.execute("SELECT bytes FROM events WHERE seq = 10").fetchone()[0]
    assert raw.count(data) == 1
    Path(db.path).write_bytes(raw.replace(data, data.replace(b"assert", b"assent")))
    with restored.transaction() as connection:
        assert salvage(connection, db.path, NOW) == 4
    assert_whole(restored)


def test_salvaging_twice_takes_nothing_twice(tmp_path: Path) -> None:
    restored, db = damaged_with_an_older_copy(tmp_path, 2, 3)
    for expected in (4, 0):
        with restored.transaction() as connection:
            assert salvage(connection, db.path, NOW) == expected
    assert claims(restored) == 5


def test_a_file_that_cannot_be_read_gives_nothing(tmp_path: Path) -> None:
    restored, _ = damaged_with_an_older_copy(tmp_path, 2, 3)
    (tmp_path / "garbage.db").write_bytes(b"garbage" * 1000)
    with restored.transaction() as connection:
        assert salvage(connection, str(tmp_path / "garbage.db"), NOW) == 0
        assert salvage(connection, str(tmp_path / "missing.db"), NOW) == 0
    assert claims(restored) == 2
