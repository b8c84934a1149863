"""Backups: when, under which names, which are kept, and which can be believed."""

from __future__ import annotations

import os
import re
import stat
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnemo.errors import Damaged, Invalid, StorageError, TooNew
from mnemo.health import backups, checking, registry
from mnemo.health.backups import Backup, Rules
from tests.health.guards import filled, guard_of, write

NOW = 1_790_000_000_000
HOUR = 3_600_000


def fakes(ages: list[float], size: int = 1, **told: object) -> list[Backup]:
    """Return backups that are so many hours old, newest first."""
    ages = sorted(ages)
    times = [int(NOW / 1000 - age * 3600) for age in ages]
    return [Backup(f"/b/{taken}", taken, size, {**told}) for taken in times]


def ages(kept: list[Backup]) -> list[float]:
    return [round((NOW / 1000 - one.taken) / 3600, 3) for one in kept]


def test_forty_backups_over_ten_days_become_24_hours_and_7_days(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r")
    folder = Path(guard.backups_folder())
    real = next(folder.glob("*.db")).read_bytes()
    now = datetime.now(UTC).replace(microsecond=0)
    times = [now - timedelta(hours=6 * number) for number in range(40)]
    for one in folder.glob("*.db"):
        one.unlink()
    for one in times:
        (folder / one.strftime("memory_%Y%m%d_%H%M%S.db")).write_bytes(real)
    checking.health(guard_of(tmp_path / "r"))
    hourly = set(times[:24])
    daily = {max(one for one in times if one.date() == day) for day in sorted({t.date() for t in times})[-7:]}
    wanted = {one.strftime("memory_%Y%m%d_%H%M%S.db") for one in hourly | daily}
    assert {one.name for one in folder.glob("*.db")} == wanted
    assert max(wanted) in {one.name for one in folder.glob("*.db")}


def test_of_each_hour_and_day_the_newest_is_kept() -> None:
    base = (NOW / 1000 % 3600) / 3600  # hours since the hour began
    found = fakes([base + 0.01, base + 0.5, base + 0.9, base + 1.2])
    assert ages(backups.kept(found, Rules(days=1))) == ages([found[0], found[3]])


def test_the_newest_is_always_kept() -> None:
    found = fakes([1000], size=10**12)
    assert backups.kept(found, Rules(days=1, limit=1)) == found
    assert backups.kept([], Rules()) == []


def test_the_newest_that_was_checked_row_by_row_outlives_later_ones_of_its_hour() -> None:
    base = (NOW / 1000 % 3600) / 3600
    found = fakes([base + 0.01, base + 0.1, base + 0.2, base + 0.3])
    found[2:] = [one._replace(told={"checked": True}) for one in found[2:]]
    assert backups.kept(found, Rules()) == [found[0], found[2]]


def test_the_limit_drops_the_oldest_and_says_so(tmp_path: Path) -> None:
    found = fakes([0, 1, 2, 3, 4], size=10)
    assert ages(backups.kept(found, Rules(limit=30))) == [0, 1, 2]
    for name in ("memory_20260101_000000.db", "memory_20260101_010000.db", "memory_20260101_020000.db"):
        (tmp_path / name).write_bytes(bytes(1_000_000))
    assert backups.prune(str(tmp_path), Rules(limit=1.5e6)) == [
        "2 older backups were dropped to stay below 1.5 MB."
    ]
    assert os.listdir(tmp_path) == ["memory_20260101_020000.db"]
    assert backups.prune(str(tmp_path), Rules(limit=1.5e6)) == []


def test_what_was_made_for_a_cause_is_kept_for_days_beside_the_others() -> None:
    base = (NOW / 1000 % 3600) / 3600
    found = fakes([base + 0.01, base + 0.5, base + 24 * 6, base + 24 * 8])
    caused = [
        found[0]._replace(told={"cause": "a"}),
        found[1],
        *(one._replace(told={"cause": "b"}) for one in found[2:]),
    ]
    assert ages(backups.kept(caused, Rules(days=7))) == ages(found[:3])


@given(st.lists(st.integers(0, 24 * 30 * 3600), max_size=60, unique=True), st.integers(1, 10))
def test_keeping_is_stable_and_bounded(seconds: list[int], days: int) -> None:
    found = fakes([(age + 0.5) / 3600 for age in seconds])  # a second has one backup: it is their name
    kept = backups.kept(found, Rules(days=days))
    assert backups.kept(kept, Rules(days=days)) == kept
    assert len(kept) <= 24 + days
    assert bool(kept) == bool(found)
    assert kept[:1] == sorted(found, key=lambda one: one.taken, reverse=True)[:1]


def test_a_backup_is_due_when_the_store_changed_and_the_interval_passed() -> None:
    found = fakes([0.5], rows=10, made=NOW - HOUR // 2)
    assert backups.is_due([], NOW, 1, 3600)
    assert not backups.is_due([], NOW, 0, 3600)
    assert not backups.is_due(found, NOW, 11, 3600)
    assert backups.is_due(found, NOW, 11, 1800)
    assert backups.is_due(found, NOW + HOUR, 11, 3600)
    assert not backups.is_due(found, NOW + HOUR, 10, 3600)
    assert backups.is_due(found, NOW - 24 * HOUR, 11, 3600)  # the clock was set back


def test_names_are_utc_and_always_later_than_the_one_before(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r")
    folder = Path(guard.backups_folder())
    future = datetime.now(UTC) + timedelta(days=300)
    (folder / future.strftime("memory_%Y%m%d_%H%M%S.db")).write_bytes(b"")
    names = [os.path.basename(guard.back_up()["path"]) for _ in range(2)]
    assert all(re.fullmatch(r"memory_\d{8}_\d{6}\.db", name) for name in names)
    assert names == [(future + timedelta(seconds=n)).strftime("memory_%Y%m%d_%H%M%S.db") for n in (1, 2)]
    assert backups.list_backups(str(folder))[0].made < time.time() * 1000 + HOUR


def test_a_backup_is_private_and_told_beside_it(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 3)
    made = guard.back_up()
    folder = Path(guard.backups_folder())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}
    assert (made["rows"], made["claims"]) == (3, 3)
    assert made["bytes"] == os.path.getsize(made["path"])
    entry = registry.find_at(guard.shelf, guard.repository)
    assert entry is not None
    assert entry.last_backup == made["taken"]
    newest = guard.copies()[0]
    assert newest.path == made["path"]
    assert newest.rows == 3
    assert backups.get_facts(newest).events == 3


def test_progress_reaches_whoever_waits(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    filled(tmp_path / "r").back_up(lambda done, total: told.append((done, total)))
    assert told


def test_without_a_home_it_is_said_what_to_do(tmp_path: Path) -> None:
    filled(tmp_path / "r")
    guard = guard_of(tmp_path / "r", {"HOME": "/nonexistent"})
    with pytest.raises(StorageError, match="no home folder") as caught:
        guard.back_up()
    assert "MNEMO_BACKUPS" in caught.value.fix


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, home: Path) -> None:
    filled(tmp_path / "r")
    (tmp_path / "file").touch()
    guard = guard_of(tmp_path / "r", {"HOME": str(home), "MNEMO_BACKUPS": str(tmp_path / "file")})
    with pytest.raises(StorageError, match="No backup can be written"):
        guard.back_up()


def test_the_newest_that_passes_is_found_past_damaged_and_empty_ones(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 4)
    good = str(Path(guard.backups_folder(), "memory_20260102_030405.db"))
    os.rename(guard.copies()[0].path, good)
    write(guard, 2, "more")
    torn = Path(guard.back_up()["path"])
    torn.write_bytes(torn.read_bytes()[:8192])
    folder = torn.parent
    (folder / "memory_20300101_000000.db").write_bytes(b"")
    (folder / "memory_20300101_000001.db").write_bytes(b"garbage" * 100)
    (folder / "memory_20309999_000001.db").write_bytes(b"no such day")
    (folder / "notes.txt").write_text("mine")
    found = backups.find_passing(guard.copies())
    assert found is not None
    assert (found[0].path, found[1].events) == (good, 4)
    assert len(guard.copies()) == 4


def test_one_changed_bit_that_no_row_shows_does_not_cost_the_newest_backup(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 2)
    path = Path(guard.copies()[0].path)
    raw = bytearray(path.read_bytes())
    raw[95] ^= 1  # SQLITE_VERSION_NUMBER of who wrote last: nothing depends on it
    path.write_bytes(raw)
    found = backups.find_passing(guard.copies())
    assert found is not None
    assert found[0].path == str(path)


def test_a_backup_with_a_changed_row_is_not_believed(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r", 2)
    path = Path(guard.copies()[0].path)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"claim 1 of", b"claim 9 of"))
    assert path.read_bytes() != raw
    with pytest.raises(Damaged, match="does not fit"):
        backups.get_facts(guard.copies()[0])
    assert backups.find_passing(guard.copies()) is None


def test_a_later_versions_backup_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mnemo.store import migrations

    guard = filled(tmp_path / "r", 2)
    folder = Path(guard.backups_folder())
    (folder / "repository.json").unlink()
    monkeypatch.setattr(migrations, "SCHEMA", 0)
    with pytest.raises(TooNew):
        backups.find_passing(guard.copies())


def test_what_a_killed_process_left_is_swept_away_in_time(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r")
    folder = Path(guard.backups_folder())
    for name, age in (("old", 7200), ("new", 10)):
        left = folder / f".memory_20260101_000000.db.{name}.partial"
        left.touch()
        os.utime(left, (time.time() - age, time.time() - age))
    backups.prune(str(folder), Rules())
    assert [one.name for one in folder.glob(".*.partial")] == [".memory_20260101_000000.db.new.partial"]


def test_a_file_named_by_a_person_is_taken_from_anywhere(tmp_path: Path) -> None:
    guard = filled(tmp_path / "r")
    copied = tmp_path / "memory_20260102_030405.db"
    copied.write_bytes(Path(guard.copies()[0].path).read_bytes())
    assert backups.get_file(str(copied)).taken == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()
    with pytest.raises(Invalid, match="There is no file"):
        backups.get_file(str(tmp_path / "none.db"))
