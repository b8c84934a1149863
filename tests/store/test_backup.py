"""Copies of a whole store: of one moment, private, checked, and nothing where they fail."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mnemo.errors import Damaged, StorageError, TooNew
from mnemo.store import backup, meta
from mnemo.store.database import Database
from tests.stores import assert_whole, open_store, say

WRITER = """
    import sys
    from pathlib import Path
    from tests.stores import open_store, say
    db = open_store(Path(sys.argv[1]))
    number = 0
    while not Path(sys.argv[1], "enough").exists():
        with db.transaction() as connection:
            say(connection, f"{sys.argv[2]} wrote {number}")
        if not number:
            print("ready", flush=True)
        number += 1
    db.close()
"""


def fill(db: Database, count: int) -> None:
    for number in range(count):
        with db.transaction() as connection:
            say(connection, f"claim {number} says something", payload={"tags": ["a"]})


def start_writer(folder: Path, name: str) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(folder), name]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def test_a_copy_holds_what_the_store_holds_and_is_private(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 5)
    before = os.umask(0)
    try:
        facts = backup.copy(db.path, str(tmp_path / "copy.db"))
    finally:
        os.umask(before)
    assert (facts.events, facts.claims) == (5, 5)
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == [".mnemo", "copy.db"]
    assert list(backup.iter_damage(str(tmp_path / "copy.db"), thorough=True)) == []
    with db.reading() as ours, backup.looking(str(tmp_path / "copy.db")) as theirs:
        for table in ("events", "objects", "claims", "assertions", "tags"):
            query = f"SELECT * FROM {table}"
            assert ours.execute(query).fetchall() == theirs.execute(query).fetchall()


def test_a_copy_belongs_to_no_place_and_becomes_another_replica(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 1)
    first = backup.read_facts(db.path)
    assert first.place == meta.place_of(db.path)
    (tmp_path / "by hand").mkdir()
    target = tmp_path / "by hand" / "mnemo.db"
    assert backup.copy(db.path, str(target)).place == ""
    copied = Database(str(target))
    fill(copied, 2)
    second = backup.read_facts(str(target))
    assert second.repository == first.repository
    assert second.replica != first.replica
    assert_whole(copied)


def test_progress_is_told_in_pages(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 3)
    told: list[tuple[int, int]] = []
    backup.copy(db.path, str(tmp_path / "copy.db"), progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 10


@pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.soak)])
def test_copies_made_while_four_processes_write_are_each_of_one_moment(tmp_path: Path, rounds: int) -> None:
    writers = [start_writer(tmp_path, f"writer {number}") for number in range(4)]
    try:
        for writer in writers:
            assert writer.stdout is not None
            writer.stdout.readline()
        path = str(tmp_path / ".mnemo" / "mnemo.db")
        counts: list[int] = []
        for number in range(rounds):
            copied = str(tmp_path / f"copy{number}.db")
            facts = backup.copy(path, copied, every_row=False)
            assert list(backup.iter_damage(copied, thorough=number == rounds - 1)) == []
            assert facts.events == facts.claims
            counts.append(facts.events)
    finally:
        (tmp_path / "enough").touch()
        errors = [writer.communicate(timeout=60)[1] for writer in writers]
    assert errors == [""] * 4
    assert counts == sorted(counts)
    assert_whole(open_store(tmp_path))


def test_a_damaged_row_makes_no_backup_and_leaves_the_former_one(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 3)
    target = tmp_path / "copy.db"
    backup.copy(db.path, str(target))
    before = target.read_bytes()
    with db.transaction() as connection:
        connection.execute("UPDATE assertions SET confidence = 1")
    with pytest.raises(Damaged, match=r"does not pass its check: .*does not fit its sum"):
        backup.copy(db.path, str(target))
    assert target.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == [".mnemo", "copy.db"]


def test_a_torn_page_is_seen_without_checking_every_row(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 60)
    db.close()
    raw = bytearray(Path(db.path).read_bytes())
    with backup.looking(db.path) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'events'").fetchone()[0]
    raw[(page - 1) * 4096 : (page - 1) * 4096 + 12] = b"\xff" * 12
    Path(db.path).write_bytes(raw)
    with pytest.raises(Damaged):
        backup.copy(db.path, str(tmp_path / "copy.db"), every_row=False)


@pytest.mark.parametrize("content", [b"", b"not a database" * 500, b"SQLite format 3\0" + bytes(4096)])
def test_what_is_no_store_is_not_copied(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.db").write_bytes(content)
    if content:
        with pytest.raises(Damaged):
            backup.read_facts(str(tmp_path / "x.db"))
        assert next(backup.iter_damage(str(tmp_path / "x.db")))
    for every_row in (True, False):
        with pytest.raises(Damaged):
            backup.copy(str(tmp_path / "x.db"), str(tmp_path / "copy.db"), every_row=every_row)
    assert not (tmp_path / "copy.db").exists()


def test_a_missing_file_or_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no file"):
        backup.read_facts(str(tmp_path / "none.db"))
    db = open_store(tmp_path)
    fill(db, 1)
    with pytest.raises(StorageError, match="cannot be used"):
        backup.copy(db.path, str(tmp_path / "no folder" / "copy.db"))


def test_a_later_versions_store_is_not_called_damaged(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 1)
    with db.transaction() as connection:
        connection.execute("INSERT INTO migrations VALUES (99, 'm099_later', 0)")
    db.close()
    other = sqlite3.connect(db.path)
    other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(TooNew, match="version 99"):
        list(backup.iter_damage(db.path))


def test_a_number_that_the_record_does_not_confirm_is_damage(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 1)
    db.close()
    other = sqlite3.connect(db.path)
    other.execute("PRAGMA user_version = 99")
    other.close()
    assert list(backup.iter_damage(db.path)) == ["the file says version 99, its record says 1"]


def test_looking_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 2)
    db.close()
    before = sorted(os.listdir(db.folder))
    assert backup.read_facts(db.path).events == 2
    assert list(backup.iter_damage(db.path)) == []
    assert sorted(os.listdir(db.folder)) == before


def test_looking_heeds_the_log_of_a_process_that_writes(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 4)
    assert backup.read_facts(db.path).events == 4
    shutil.copytree(db.folder, tmp_path / "killed")
    os.remove(tmp_path / "killed" / "mnemo.db-shm")
    assert backup.read_facts(str(tmp_path / "killed" / "mnemo.db")).events == 0
    assert not (tmp_path / "killed" / "mnemo.db-shm").exists()


def test_looking_sees_what_a_process_folds_in_meanwhile(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 1)
    other = sqlite3.connect(db.path)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with backup.looking(db.path) as connection:
        for events in (1, 2):
            assert connection.execute("SELECT count(*) FROM events").fetchone() == (events,)
            fill(db, 1)
            other.execute("PRAGMA wal_checkpoint(PASSIVE)")
    other.close()


def test_a_file_that_runs_queries_of_its_own_is_no_store(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "x.db")
    other.execute(
        "CREATE VIEW meta AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i AS key, i AS value FROM n"
    )
    other.execute("PRAGMA user_version = 1")
    other.close()
    with pytest.raises(Damaged, match="meta is no table"):
        backup.read_facts(str(tmp_path / "x.db"))


def test_an_id_of_its_own_is_given_to_a_copy(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 1)
    before = backup.read_facts(db.path).repository
    with db.transaction() as connection:
        given = backup.give_id(connection)
    assert backup.read_facts(db.path).repository == given != before


def test_what_only_this_copy_keeps_is_made_anew(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 3)
    with db.transaction() as connection:
        connection.execute("INSERT INTO contained VALUES ('head', 'branch', 'commit', 1)")
        connection.execute("UPDATE search SET body = 'wrong'")
        connection.execute("DELETE FROM sketches")
    with db.transaction() as connection:
        assert backup.renew_local(connection) == 3
        assert connection.execute("SELECT count(*) FROM contained").fetchone()[0] == 0
        assert (
            connection.execute(
                "SELECT count(*) FROM search WHERE search MATCH 'something OR someth'"
            ).fetchone()[0]
            == 3
        )
        assert connection.execute("SELECT count(*) FROM sketches").fetchone()[0] > 0
    assert_whole(db)
