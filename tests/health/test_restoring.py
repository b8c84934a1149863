"""Restoring: from every kind of loss, as another replica, with everything that lay there set aside."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from mnemo.errors import Busy, Damaged, Invalid, MnemoError, NotFound, Refused, TooNew
from mnemo.health import restoring
from mnemo.store import backup
from tests.health.guards import filled, guard_of, rows, write
from tests.stores import assert_whole


def gone(store: Path) -> None:
    store.unlink()


def truncated(store: Path) -> None:
    store.write_bytes(store.read_bytes()[: store.stat().st_size // 2])


def zero_bytes(store: Path) -> None:
    store.write_bytes(b"")


def garbage(store: Path) -> None:
    store.write_bytes(os.urandom(store.stat().st_size))


def other_schema(store: Path) -> None:
    other = sqlite3.connect(store)
    other.execute("PRAGMA user_version = 77")
    other.close()


def tables_gone(store: Path) -> None:
    other = sqlite3.connect(store)
    other.execute("DROP TABLE assertions")
    other.commit()
    other.close()


def header_gone(store: Path) -> None:
    raw = bytearray(store.read_bytes())
    raw[:100] = bytes(100)
    store.write_bytes(raw)


LOSSES = [gone, truncated, zero_bytes, garbage, other_schema, tables_gone, header_gone]


@pytest.mark.parametrize("lose", LOSSES)
def test_a_loss_is_made_good_and_what_lay_there_is_set_aside(
    tmp_path: Path, lose: Callable[[Path], None]
) -> None:
    store = Path(filled(tmp_path / "r", 8).db.path)
    before = backup.read_facts(str(store))
    lose(store)
    left = store.read_bytes() if store.exists() else None
    guard = guard_of(tmp_path / "r")
    answer = guard.restore()
    assert (answer["rows"], answer["claims"]) == (8, 8)
    assert answer["from"] == guard.copies()[0].path
    assert answer["lost_seconds"] >= 1
    assert answer["taken"].endswith("Z")
    if left is None:
        assert answer["set_aside"] == ""
    else:
        aside = Path(answer["set_aside"])
        assert aside.read_bytes() == left
        assert ".corrupt-" in aside.name or ".replaced-" in aside.name
    after = backup.read_facts(str(store))
    assert after.repository == before.repository
    assert after.replica != before.replica
    assert rows(guard) == 8
    write(guard, 2, "later")
    assert_whole(guard.db)
    assert rows(guard_of(tmp_path / "r")) == 10


def test_a_lost_log_is_made_good(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    write(guard, 5, "more")
    guard.back_up()
    copied = tmp_path / "as killed"
    shutil.copytree(guard.db.folder, copied)
    guard.db.close()
    shutil.rmtree(guard.db.folder)
    (copied / "mnemo.db-wal").unlink()
    shutil.move(copied, guard.db.folder)
    again = guard_of(tmp_path / "r")
    assert again.restore()["rows"] == 8
    assert_whole(again.db)


def test_the_log_is_set_aside_with_its_file_and_can_be_read_there(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    file = guard.copies()[0].path
    write(guard, 5, "not yet folded in")
    answer = guard.restore(file)
    other = sqlite3.connect(answer["set_aside"])
    assert other.execute("SELECT count(*) FROM claims").fetchone()[0] == 8
    other.close()
    assert rows(guard) == 3


def test_a_whole_store_is_not_replaced_by_an_older_one_unless_it_is_named(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    write(guard, 2, "newer")
    with pytest.raises(Refused, match="holds 5 events; the backup 3"):
        guard.restore()
    assert rows(guard) == 5
    answer = guard.restore(guard.copies()[0].path)
    assert rows(guard) == 3
    assert any("also kept as" in note for note in answer["notes"])
    newest = guard.copies()[0]
    assert newest.rows == 5
    assert newest.told["cause"] == "before it was replaced"
    guard.restore(newest.path)
    assert rows(guard) == 5


def test_two_restores_in_one_second_set_both_aside(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 2)
    file = guard.copies()[0].path
    asides = {guard.restore(file)["set_aside"] for _ in range(3)}
    assert len(asides) == 3
    assert all(os.path.exists(aside) for aside in asides)


def test_a_file_that_does_not_pass_is_refused_and_nothing_moves(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 2)
    (tmp_path / "bad.db").write_bytes(Path(guard.copies()[0].path).read_bytes()[:9000])
    before = os.stat(guard.db.path)
    with pytest.raises(Damaged):
        guard.restore(str(tmp_path / "bad.db"))
    with pytest.raises(Invalid, match="There is no file"):
        guard.restore(str(tmp_path / "none.db"))
    assert os.stat(guard.db.path).st_ino == before.st_ino
    assert not any(".incoming" in name or ".replaced" in name for name in os.listdir(guard.db.folder))
    assert rows(guard) == 2


def test_without_any_backup_it_is_said_what_can_be_done(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 2)
    shutil.rmtree(guard.backups_folder())
    garbage(Path(guard.db.path))
    with pytest.raises(NotFound, match="No backup") as caught:
        guard_of(tmp_path / "r").restore()
    assert "mnemo restore FILE" in caught.value.fix
    assert "--fresh" in caught.value.fix


def test_a_later_versions_store_is_left_alone(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 2)
    other = sqlite3.connect(guard.db.path)
    other.execute("INSERT INTO migrations VALUES (77, 'm077_later', 0)")
    other.execute("PRAGMA user_version = 77")
    other.commit()
    other.close()
    before = Path(guard.db.path).read_bytes()
    with pytest.raises(TooNew):
        guard_of(tmp_path / "r").restore()
    assert Path(guard.db.path).read_bytes() == before


def test_what_a_damaged_file_still_proves_comes_back_too(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 4)
    write(guard, 6, "after the backup")
    guard.db.close()
    other = sqlite3.connect(guard.db.path)
    other.execute("UPDATE assertions SET confidence = 7 WHERE id = 2")
    other.commit()
    other.close()
    again = guard_of(tmp_path / "r")
    answer = again.restore()
    assert answer["salvaged"] == 6
    assert answer["rows"] == 10
    assert rows(again) == 10
    assert_whole(again.db)


def test_a_plain_copy_of_a_backup_is_a_store(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 5)
    gone(Path(guard.db.path))
    shutil.copy(guard.copies()[0].path, guard.db.path)
    again = guard_of(tmp_path / "r")
    assert again.check() == ""
    write(again, 1, "on")
    assert rows(again) == 6
    assert_whole(again.db)
    program = (
        "import sqlite3, sys\n"
        "print(*sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone())"
    )
    command = [sys.executable, "-c", program, guard.copies()[0].path]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "ok"
    assert not any(name.endswith(("-wal", "-shm")) for name in os.listdir(guard.backups_folder()))


def test_another_process_notices_that_its_store_was_replaced(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    program = """
        import sys
        from pathlib import Path
        from tests.health.guards import guard_of, rows, write
        guard = guard_of(Path(sys.argv[1]))
        guard.check(writing=True)
        write(guard, 4, "theirs")
        print(rows(guard), flush=True)
        sys.stdin.readline()
        guard.check(writing=True)
        print(rows(guard), flush=True)
        write(guard, 2, "theirs, later")
        print(rows(guard), flush=True)
        guard.db.close()
    """
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(tmp_path / "r")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "7\n"
        guard.restore(guard.copies()[-1].path)
        other.stdin.write("go\n")
        other.stdin.flush()
        assert other.stdout.readline() == "3\n"
        assert other.stdout.readline() == "5\n"
    assert other.returncode == 0
    assert rows(guard) == 5
    assert_whole(guard.db)


def test_a_store_that_is_being_written_is_not_replaced_under_the_writer(tmp_path: Path) -> None:
    guard, other = filled(tmp_path / "r", 2), guard_of(tmp_path / "r")
    other.db.wait_s = 0.05
    with guard.db.transaction(), pytest.raises(Busy):
        other.restore(guard.copies()[0].path)
    assert not any(".replaced-" in name for name in os.listdir(guard.db.folder))


def test_starting_anew_sets_the_old_aside_with_a_backup(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    write(guard, 2, "newer")
    note = guard.start_fresh()
    assert ".replaced-" in note
    assert rows(guard) == 0
    assert guard.check(writing=True) == ""
    write(guard, 1, "anew")
    guard.leave()
    assert rows(guard_of(tmp_path / "r")) == 1
    kept = [
        name
        for name in os.listdir(guard.db.folder)
        if ".replaced-" in name and not name.endswith(("-wal", "-shm"))
    ]
    other = sqlite3.connect(Path(guard.db.folder, kept[0]))
    assert other.execute("SELECT count(*) FROM claims").fetchone()[0] == 5
    other.close()


@pytest.mark.parametrize("lose", [*LOSSES, lambda _store: None])
def test_starting_anew_works_from_everything(tmp_path: Path, lose: Callable[[Path], None]) -> None:
    store = Path(filled(tmp_path / "r", 2).db.path)
    lose(store)
    guard = guard_of(tmp_path / "r")
    guard.start_fresh()
    guard.check(writing=True)
    write(guard, 1, "anew")
    assert rows(guard) == 1
    assert_whole(guard.db)


def test_starting_anew_where_nothing_was_says_nothing(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r")
    shutil.rmtree(guard.db.folder)
    assert guard.start_fresh() == ""
    assert guard.check(writing=True) == ""


def tried(way: Callable[[], object]) -> str:
    """Do it and return what an error says to do next, empty when it went well."""
    try:
        way()
    except MnemoError as error:
        return error.fix
    return ""


def test_no_error_leads_to_fewer_rows(tmp_path: Path) -> None:
    store = Path(filled(tmp_path / "r", 6).db.path)
    for lose in (garbage, truncated, zero_bytes, gone, header_gone, garbage):
        lose(store)
        for _ in range(3):
            guard = guard_of(tmp_path / "r")
            fixes = [tried(way) for way in (guard.check, guard.restore, lambda: guard.check(writing=True))]  # noqa: B023
            assert not any("--fresh" in fix for fix in fixes)
        assert rows(guard_of(tmp_path / "r")) == 6


def test_looking_tells_what_lies_there(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 1)
    assert restoring.look(guard.db).state == "whole"
    truncated(Path(guard.db.path))
    assert restoring.look(guard_of(tmp_path / "r").db).state == "damaged"
    zero_bytes(Path(guard.db.path))
    assert restoring.look(guard_of(tmp_path / "r").db).problem == "the file is empty"
    gone(Path(guard.db.path))
    assert restoring.look(guard_of(tmp_path / "r").db).state == "gone"
