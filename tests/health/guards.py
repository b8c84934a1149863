"""Repositories with a guarded store, for the tests of this room."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from mnemo import homes
from mnemo.health.guarding import Guard
from mnemo.repo.location import find_place, store_path
from mnemo.store.database import Database
from tests.repos import make_repository
from tests.stores import START_MS, say


def guard_of(top: Path, environ: Mapping[str, str] | None = None) -> Guard:
    """Return the guard of a repository's store, opened as a new process would open it."""
    found = os.environ if environ is None else environ
    place = find_place(top)
    assert place is not None
    db = Database(
        store_path(place, found, homes.home(found)),
        before_migration=lambda path: guard.before_change(path),
    )
    guard = Guard(db, place, found)
    return guard


def filled(top: Path, count: int = 10, environ: Mapping[str, str] | None = None) -> Guard:
    """Return the guard of a new repository whose store holds claims and was left with a backup."""
    guard = guard_of(make_repository(top), environ)
    guard.check(writing=True)
    write(guard, count)
    guard.leave()
    guard.db.close()
    return guard


def write(guard: Guard, count: int, word: str = "claim") -> None:
    """Write claims, each in its own transaction."""
    for number in range(count):
        with guard.db.transaction() as connection:
            say(connection, f"{word} {number} of the store", now=START_MS + number)


def rows(guard: Guard) -> int:
    """Return how many claims the store holds."""
    with guard.db.reading() as connection:
        return connection.execute("SELECT count(*) FROM claims").fetchone()[0]
