"""The guard: registration, backups at the end and before changes, and every path that holds data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mnemo.errors import MnemoError, NotFound, StorageError
from mnemo.health import guarding, places, registry
from mnemo.store import backup, migrations
from mnemo.store.database import Database
from tests.health.guards import filled, guard_of, rows, write
from tests.repos import add_submodule, git, make_repository, make_separate
from tests.stores import assert_whole


def known(guard: guarding.Guard) -> registry.Entry:
    entry = registry.find_at(guard.shelf, guard.repository)
    assert entry is not None
    return entry


def test_the_second_call_registers_what_the_first_made(tmp_path: Path) -> None:
    guard = guard_of(make_repository(tmp_path / "r"))
    guard.check(writing=True)
    write(guard, 2)
    guard.check()
    entry = known(guard)
    assert (entry.rows, entry.name, entry.common_dir) == (2, "r", str(tmp_path / "r" / ".git"))
    assert entry.root_commit == git(tmp_path / "r", "rev-parse", "HEAD")
    assert entry.store == guard.db.path


def test_a_process_that_changed_something_leaves_a_backup(tmp_path: Path) -> None:
    guard = guard_of(make_repository(tmp_path / "r"))
    guard.check(writing=True)
    write(guard, 2)
    guard.leave()
    assert [one.rows for one in guard.copies()] == [2]
    assert known(guard).last_backup


def test_a_process_that_changed_nothing_leaves_none(tmp_path: Path) -> None:
    before = filled(tmp_path / "r", 2).list_backups()
    guard = guard_of(tmp_path / "r")
    guard.check()
    rows(guard)
    guard.leave()
    with guard.db.transaction():
        pass
    guard.leave()
    assert guard.list_backups() == before


def test_a_small_store_is_backed_up_at_every_end_and_checked_row_by_row_once_an_interval(
    tmp_path: Path,
) -> None:
    guard = filled(tmp_path / "r", 2)
    assert guard.copies()[0].told["checked"] is True
    for number in range(3):
        again = guard_of(tmp_path / "r")
        again.check(writing=True)
        write(again, 1, f"round {number}")
        again.leave()
        again.db.close()
    newest = guard.copies()[0]
    assert newest.rows == 5
    assert newest.told["checked"] is False
    assert any(one.told["checked"] for one in guard.copies())


def test_a_large_store_is_backed_up_once_an_interval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "r", 2)
    monkeypatch.setattr(guarding, "SMALL_BYTES", 1000)
    guard = guard_of(tmp_path / "r")
    guard.check(writing=True)
    write(guard, 1, "more")
    guard.leave()
    assert guard.copies()[0].rows == 2
    assert known(guard).rows == 3
    hasty = guard_of(tmp_path / "r", {**os.environ, "MNEMO_HEALTH_CHECK_INTERVAL_HOURS": "0"})
    hasty.check(writing=True)
    write(hasty, 1, "still more")
    hasty.leave()
    assert guard.copies()[0].rows == 4


def test_no_backup_is_made_where_that_is_switched_off(tmp_path: Path) -> None:
    guard = guard_of(make_repository(tmp_path / "r"), {**os.environ, "MNEMO_STORAGE_BACKUP_ENABLED": "no"})
    guard.check(writing=True)
    write(guard, 2)
    guard.leave()
    assert guard.list_backups() == []
    assert guard.back_up()["rows"] == 2


def test_days_and_size_of_backups_are_as_the_settings_say(tmp_path: Path) -> None:
    filled(tmp_path / "r", 1)
    found = guard_of(tmp_path / "r", {**os.environ, "MNEMO_STORAGE_BACKUP_RETENTION_DAYS": "3"})
    assert found.ward.rules.days == 3
    found = guard_of(tmp_path / "r", {**os.environ, "MNEMO_STORAGE_BACKUP_LIMIT_MB": "1.5"})
    assert found.ward.rules.limit == 1_500_000


def test_a_migration_is_preceded_by_a_backup_that_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path / "r", 3)
    monkeypatch.setattr(
        migrations, "MIGRATIONS", (*migrations.MIGRATIONS, lambda c: c.execute("CREATE TABLE x (a)"))
    )
    monkeypatch.setattr(migrations, "SCHEMA", migrations.SCHEMA + 1)
    monkeypatch.setattr(migrations.MIGRATIONS[-1], "__name__", "m_test", raising=False)
    guard = guard_of(tmp_path / "r")
    guard.check(writing=True)
    write(guard, 1, "after")
    caused = [one for one in guard.copies() if one.told.get("cause") == "before a migration"]
    assert len(caused) == 1
    assert backup.read_facts(caused[0].path).schema == migrations.SCHEMA - 1
    assert caused[0].rows == 3
    assert rows(guard) == 4


def test_a_migration_that_cannot_be_backed_up_does_not_happen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path / "r", 3)
    monkeypatch.setattr(migrations, "SCHEMA", migrations.SCHEMA + 1)
    guard = guard_of(tmp_path / "r", {"HOME": "/nonexistent"})
    for _ in range(2):
        with pytest.raises(StorageError, match="no home folder"):
            write(guard, 1, "after")
    assert backup.read_facts(guard.db.path).events == 3


def test_there_is_nothing_to_back_up_without_a_store(tmp_path: Path) -> None:
    guard = guard_of(make_repository(tmp_path / "r"))
    with pytest.raises(NotFound, match="no store to back up"):
        guard.back_up()
    guard.leave()
    guard.register()
    assert registry.list_entries(guard.shelf) == []


def test_a_missing_home_hangs_nobody_and_makes_nothing(tmp_path: Path) -> None:
    guard = guard_of(make_repository(tmp_path / "r"), {"HOME": str(tmp_path / "no home")})
    guard.check(writing=True)
    write(guard, 2)
    assert guard.check() == ""
    with pytest.raises(MnemoError):
        guard.leave()
    guard.db.close()
    assert guard_of(tmp_path / "r", {"HOME": str(tmp_path / "no home")}).check() == ""
    assert not (tmp_path / "no home").exists()
    assert places.list_places(guard, guard.environ)[0]["path"].startswith(str(tmp_path / "r"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_can_be_read(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 2)
    os.chmod(guard.db.folder, 0o500)
    try:
        again = guard_of(tmp_path / "r")
        assert again.check() == ""
        assert rows(again) == 2
        with pytest.raises(StorageError):
            write(again, 1, "refused")
    finally:
        os.chmod(guard.db.folder, 0o700)


@pytest.mark.parametrize("layout", ["submodule", "separate"])
def test_a_store_inside_a_git_directory_is_guarded_too(tmp_path: Path, layout: str) -> None:
    if layout == "submodule":
        top = add_submodule(make_repository(tmp_path / "r"), make_repository(tmp_path / "lib"))
    else:
        top = make_separate(tmp_path / "r", tmp_path / "git")
    guard = guard_of(top)
    guard.check(writing=True)
    write(guard, 2)
    guard.leave()
    guard.db.close()
    os.remove(guard.db.path)
    again = guard_of(top)
    assert "Restored 2 events" in again.check()
    assert_whole(again.db)


def test_the_global_store_is_guarded_too(home: Path) -> None:
    path = str(home / ".mnemo" / "global" / "mnemo.db")
    guard = guarding.Guard(Database(path), None, os.environ)
    guard.check(writing=True)
    write(guard, 2)
    guard.leave()
    guard.db.close()
    os.remove(path)
    again = guarding.Guard(Database(path), None, os.environ)
    assert "Restored 2 events" in again.check()


def test_checking_again_costs_next_to_nothing(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 2)
    guard.check()
    os.rename(guard.shelf.registry, guard.shelf.registry + ".away")
    guard.check()
    assert not os.path.exists(guard.shelf.registry)
