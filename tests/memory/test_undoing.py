"""Deeds are taken back one after the other, until nothing is left of them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mnemo.memory import confirming, undoing, withdrawing
from mnemo.model.claim import View
from mnemo.store import assertions, events
from mnemo.store.database import Database
from tests.stores import MAIN, START_MS, assert_whole, open_store, say

VIEW = View("main", now=START_MS + 10**9)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """An empty store."""
    return open_store(tmp_path)


def correct(db: Database, seed: int) -> int:
    """Do some random deeds and return how many there were."""
    chosen = random.Random(seed)
    known: list[str] = []
    count = 0
    for step in range(25):
        with db.transaction() as connection:
            where = {"at": MAIN, "now": START_MS + step, "space": "project"}
            if not known or chosen.random() < 0.5:
                standing = chosen.choice(["active", "unconfirmed"])
                known.append(
                    say(
                        connection, f"statement {chosen.randrange(9)}", now=START_MS + step, standing=standing
                    )
                )
                count += 1
            elif chosen.random() < 0.5:
                some = chosen.sample(known, min(2, len(known)))
                count += bool(withdrawing.forget(connection, some, "wrong", VIEW, **where).done)
            else:
                count += bool(confirming.confirm(connection, [chosen.choice(known)], VIEW, **where).done)
    return count


def undo(db: Database, count: int) -> int:
    """Undo the newest deeds and return how many that were."""
    with db.transaction() as connection:
        found = undoing.newest(connection, count).undoable
        done = undoing.undo(connection, [one.hash for one in found], at=MAIN, now=START_MS + 1000)
    return len(done)


@pytest.mark.parametrize("seed", range(6))
def test_undoing_every_deed_leaves_nothing(db: Database, seed: int) -> None:
    count = correct(db, seed)
    assert undo(db, 3) == 3
    assert_whole(db)
    assert undo(db, 1000) == count - 3
    assert undo(db, 1) == 0
    with db.reading() as connection:
        assert list(assertions.iter_all(connection)) == []
    assert_whole(db)


def test_a_deed_is_undone_once(db: Database) -> None:
    correct(db, 1)
    with db.transaction() as connection:
        (newest,) = undoing.newest(connection, 1).undoable
        assert undoing.undo(connection, [newest.hash], at=MAIN, now=START_MS + 1000) == [newest]
        assert undoing.undo(connection, [newest.hash], at=MAIN, now=START_MS + 1001) == []


def test_what_later_versions_do_is_left_alone(db: Database) -> None:
    with db.transaction() as connection:
        address = say(connection, "a statement")
        part = {"do": "transmogrify"}
        events.record(connection, "future", {f"claim/{address}": part}, at=MAIN, now=START_MS + 1)
        assert [one.kind for one in undoing.newest(connection, 5).undoable] == ["claim"]
    assert_whole(db)
