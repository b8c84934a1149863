"""The lock file: turns across processes, and the mark that tells what a store has lost."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from mnemo.errors import Busy, Damaged
from mnemo.store import lock
from mnemo.store.database import Database
from mnemo.store.lock import Mark
from tests.stores import open_store, say


def fill(db: Database, count: int, word: str = "claim") -> None:
    for number in range(count):
        with db.transaction() as connection:
            say(connection, f"{word} {number}")


def copy_as_left_by_a_kill(db: Database, folder: Path) -> Database:
    """Copy a store that is open for writing, with its log and its lock file."""
    shutil.copytree(db.folder, folder / ".mnemo")
    return open_store(folder)


def test_a_mark_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = str(tmp_path / "writer.lock")
    with lock.held(path, 1, "it") as held:
        assert lock.read_mark(held) == Mark(0, 0, "")
        for mark in (Mark(7, 2, "ab" * 32), Mark(12345678901, 0, "")):
            lock.write_mark(held, mark)
            assert lock.read_mark(held) == lock.read_mark(path) == mark


@pytest.mark.parametrize("text", ["", "x", "1 2", "\0\0\0", "1 2 3 4", "9 nine -", "é 1 -"])
def test_an_unreadable_mark_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "writer.lock").write_text(text, encoding="utf-8")
    assert lock.read_mark(str(tmp_path / "writer.lock")) == Mark()


def test_two_stores_in_one_folder_have_two_locks() -> None:
    assert lock.path_of("/a/mnemo.db") == "/a/writer.lock"
    assert lock.path_of("/a/other.db") == "/a/other.db.lock"


def test_a_lock_swept_away_while_waiting_is_taken_anew(tmp_path: Path) -> None:
    path = str(tmp_path / "writer.lock")
    taken = threading.Event()
    seen: list[bool] = []

    def wait() -> None:
        with lock.held(path, 10, "it") as held:
            seen.append(os.fstat(held).st_ino == os.stat(path).st_ino)
            taken.set()

    with lock.held(path, 1, "it"):
        waiting = threading.Thread(target=wait)
        waiting.start()
        os.remove(path)
    assert taken.wait(10)
    waiting.join()
    assert seen == [True]


def test_waiting_ends_after_the_time_given(tmp_path: Path) -> None:
    path = str(tmp_path / "writer.lock")
    with (
        lock.held(path, 1, "it"),
        pytest.raises(Busy, match="writing to the store"),
        lock.held(path, 0, "the store"),
    ):
        pass


def test_a_thread_that_holds_the_store_may_ask_again(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    with db.locked() as outer, db.locked() as inner, db.transaction() as connection:
        assert outer == inner
        say(connection, "said while holding it")
    assert db.lost() == 0


def test_every_commit_moves_the_mark(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 3)
    assert lock.read_mark(lock.path_of(db.path)) == Mark(3, 0, "")
    with pytest.raises(ZeroDivisionError), db.transaction() as connection:
        raise ZeroDivisionError(say(connection, "taken back"))
    assert lock.read_mark(lock.path_of(db.path)).acknowledged == 3


def test_a_cut_log_is_missed_also_after_new_writes(tmp_path: Path) -> None:
    db = open_store(tmp_path / "a")
    fill(db, 20)
    cut = copy_as_left_by_a_kill(db, tmp_path / "b")
    log = Path(cut.path + "-wal")
    log.write_bytes(log.read_bytes()[: log.stat().st_size // 2])
    missing = cut.lost()
    assert 0 < missing < 20
    fill(cut, 5, "later")
    assert cut.lost() == missing
    cut.forgive_loss()
    assert cut.lost() == 0
    fill(cut, 1, "last")
    assert cut.lost() == 0


def test_a_lost_log_is_missed(tmp_path: Path) -> None:
    db = open_store(tmp_path / "a")
    fill(db, 5)
    bare = copy_as_left_by_a_kill(db, tmp_path / "b")
    os.remove(bare.path + "-wal")
    assert bare.lost() == 5
    with bare.reading() as connection:
        assert connection.execute("SELECT count(*) FROM claims").fetchone()[0] == 0


def test_a_store_made_by_a_mark_that_promises_more_is_not_made_anew(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 2)
    db.close()
    bare = bytearray(Path(db.path).read_bytes())
    bare[60:64] = bytes(4)  # the schema number
    Path(db.path).write_bytes(bare)
    with pytest.raises(Damaged, match="2 events were written"), open_store(tmp_path).transaction():
        pass


def test_a_closed_file_is_sealed_and_one_changed_bit_tells(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 3)
    assert not db.changed_from_outside()
    db.close()
    assert lock.read_mark(lock.path_of(db.path)).seal
    assert not db.changed_from_outside()
    raw = bytearray(Path(db.path).read_bytes())
    raw[-1] ^= 1
    Path(db.path).write_bytes(raw)
    assert open_store(tmp_path).changed_from_outside()


def test_a_write_breaks_the_seal_and_closing_renews_it(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 1)
    db.close()
    first = lock.read_mark(lock.path_of(db.path)).seal
    fill(db, 1, "more")
    assert lock.read_mark(lock.path_of(db.path)).seal == ""
    db.close()
    assert lock.read_mark(lock.path_of(db.path)).seal not in ("", first)
    assert not open_store(tmp_path).changed_from_outside()


def test_a_store_that_was_here_does_not_turn_into_an_empty_one(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 2)
    with db.reading():
        pass
    shutil.rmtree(db.folder)
    for use in (db.reading, db.transaction):
        with pytest.raises(Damaged, match="is gone") as caught, use():
            pass
        assert "mnemo restore" in caught.value.fix
    assert not os.path.exists(db.path)


def test_a_log_without_its_file_is_not_deleted(tmp_path: Path) -> None:
    db = open_store(tmp_path / "a")
    fill(db, 4)
    bare = copy_as_left_by_a_kill(db, tmp_path / "b")
    os.remove(bare.path)
    size = os.path.getsize(bare.path + "-wal")
    with pytest.raises(Damaged, match="its log is left"), bare.transaction():
        pass
    assert os.path.getsize(bare.path + "-wal") == size


def test_a_reader_given_back_after_the_file_was_replaced_is_not_used_again(tmp_path: Path) -> None:
    db, other = open_store(tmp_path / "one"), open_store(tmp_path / "two")
    fill(db, 1, "old")
    fill(other, 2, "new")
    other.close()
    with db.reading() as held:
        assert held.execute("SELECT count(*) FROM claims").fetchone()[0] == 1
        with db.replacing():
            for end in ("", "-wal", "-shm"):
                os.rename(db.path + end, f"{db.path}.aside{end}")
            os.replace(other.path, db.path)
        with db.reading() as connection:
            assert connection.execute("SELECT count(*) FROM claims").fetchone()[0] == 2
        assert held.execute("SELECT count(*) FROM claims").fetchone()[0] == 1
    with db.reading() as connection:
        assert connection.execute("SELECT count(*) FROM claims").fetchone()[0] == 2


def test_closing_a_writer_whose_file_was_replaced_leaves_the_new_log_alone(tmp_path: Path) -> None:
    stale, db = open_store(tmp_path), open_store(tmp_path)
    fill(stale, 1, "old")
    with db.replacing():
        for end in ("", "-wal", "-shm"):
            os.rename(db.path + end, f"{db.path}.aside{end}")
    fill(db, 3, "new")
    stale.close()
    assert os.path.getsize(db.path + "-wal") > 0
    with open_store(tmp_path).reading() as connection:
        assert connection.execute("SELECT count(*) FROM claims").fetchone()[0] == 3


def test_a_migration_without_a_backup_changes_nothing_also_at_the_next_call(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 1)
    db.close()

    def refuse(_path: str) -> None:
        raise Busy("no backup now")

    older = Database(db.path, before_migration=refuse)
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patch:
        from mnemo.store import migrations

        patch.setattr(migrations, "SCHEMA", migrations.SCHEMA + 1)
        for _ in range(2):
            with pytest.raises(Busy, match="no backup now"), older.transaction():
                pass
    assert open_store(tmp_path).lost() == 0


def test_a_store_that_was_emptied_is_not_read_as_an_empty_one(tmp_path: Path) -> None:
    db = open_store(tmp_path)
    fill(db, 2)
    db.close()
    raw = bytearray(Path(db.path).read_bytes())
    raw[60:64] = bytes(4)
    Path(db.path).write_bytes(raw)
    with pytest.raises(Damaged, match="holds nothing, though 2 events"), open_store(tmp_path).reading():
        pass


def test_whoever_has_waited_long_looks_more_often_than_newcomers() -> None:
    pause, waited, pauses = lock.FIRST_PAUSE_S, 0.0, list[float]()
    while waited < 1.0:
        waited += pause
        pause = lock.next_pause(pause, waited)
        pauses.append(pause)
    assert max(pauses) > 3 * pauses[-1]
    assert pauses[-1] == lock.AGED_PAUSE_S
    assert len(pauses) < 3_000, "nor does it burn the processor"
