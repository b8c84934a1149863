"""One flipped bit: found in a closed store, in a log and in a backup; never told as what was stored."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mnemo.errors import Damaged, MnemoError, TooNew
from mnemo.health import backups
from mnemo.store import assertions, backup, worklog
from mnemo.store.database import Database
from tests.health.guards import filled, write


def served(db: Database) -> Iterator[object]:
    """Yield everything that a store tells, through the functions that tell it."""
    with db.reading() as connection:
        found = list(assertions.iter_all(connection))
        told = assertions.payloads(connection, found)
        for one in (one for one in found if one.object in told):  # a text that is gone tells nothing
            yield (
                one.address,
                one.standing,
                one.domain,
                one.confidence,
                one.branch,
                json.dumps(told[one.object]),
            )
        for entry in worklog.list_entries(connection, "main", 1000):
            yield entry.message, entry.branch


def flipped(raw: bytes, random_: random.Random) -> bytes:
    changed = bytearray(raw)
    changed[random_.randrange(len(raw))] ^= 1 << random_.randrange(8)
    return bytes(changed)


def is_found(look: Callable[[], bool]) -> bool:
    try:
        return look()
    except MnemoError:
        return True


def serves_something_else(db: Database, before: set[object]) -> bool:
    """Whether anything told is not what was stored; an error is no answer."""
    try:
        for one in served(db):
            if one not in before:
                return True
    except MnemoError:
        pass
    return False


FLIPS = [200, pytest.param(1000, marks=pytest.mark.soak)]


@pytest.mark.parametrize("count", FLIPS)
def test_bit_flips_in_the_database_are_found_and_no_changed_row_is_served(
    tmp_path: Path, count: int, record_property: Callable[[str, object], None]
) -> None:
    guard = filled(tmp_path / "r", 40)
    raw, mark = Path(guard.db.path).read_bytes(), Path(guard.db.folder, "writer.lock").read_bytes()
    before = set(served(guard.db))
    guard.db.close()
    random_, found, wrong = random.Random(count), 0, 0
    folder = tmp_path / "flipped"
    for number in range(count):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "mnemo.db").write_bytes(flipped(raw, random_))
        (folder / "writer.lock").write_bytes(mark)
        db = Database(str(folder / "mnemo.db"))
        wrong += serves_something_else(db, before)
        found += is_found(
            lambda db=db: db.changed_from_outside() or bool(next(backup.iter_damage(db.path), ""))
        )
        db.close()
        assert number < count
    record_property(f"bit flips in the database ({count})", f"{found} found, {wrong} served changed")
    assert wrong == 0
    assert found >= count * 0.99


@pytest.mark.parametrize("count", FLIPS)
def test_bit_flips_in_the_log_are_found_and_a_prefix_is_served(
    tmp_path: Path, count: int, record_property: Callable[[str, object], None]
) -> None:
    guard = filled(tmp_path / "r", 5)
    write(guard, 30, "in the log")
    before = set(served(guard.db))
    files = {name: Path(guard.db.folder, name).read_bytes() for name in ("mnemo.db", "writer.lock")}
    log = Path(guard.db.path + "-wal").read_bytes()
    random_, found, wrong = random.Random(count), 0, 0
    folder = tmp_path / "flipped"
    for _ in range(count):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        (folder / "mnemo.db-wal").write_bytes(flipped(log, random_))
        db = Database(str(folder / "mnemo.db"))
        found += is_found(lambda db=db: db.lost() > 0)
        wrong += serves_something_else(db, before)
        db.close()
    record_property(f"bit flips in the log ({count})", f"{found} found, {wrong} served changed")
    assert wrong == 0
    assert found >= count * 0.99


@pytest.mark.parametrize("count", FLIPS)
def test_bit_flips_in_a_backup_are_found(
    tmp_path: Path, count: int, record_property: Callable[[str, object], None]
) -> None:
    guard = filled(tmp_path / "r", 40)
    before = set(served(guard.db))
    one = guard.copies()[0]
    raw = Path(one.path).read_bytes()
    random_, passed, wrong = random.Random(count), 0, 0
    for _ in range(count):
        Path(one.path).write_bytes(flipped(raw, random_))
        assert backups.digest_of(one.path) != one.told["digest"]
        try:
            backups.get_facts(one)
        except (Damaged, TooNew):
            continue
        passed += 1
        wrong += serves_something_else(Database(one.path), before)
    told = f"all seen by their digest; {passed} passed row by row, {wrong} of them changed what is told"
    record_property(f"bit flips in a backup ({count})", told)
    assert wrong == 0
