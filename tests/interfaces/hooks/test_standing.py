"""A hook believes a store exactly when trust does."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from mnemo.errors import Refused
from mnemo.health.guarding import Guard
from mnemo.interfaces.hooks import standing
from mnemo.repo.location import get_place
from mnemo.store.database import Database
from tests import repos
from tests.stores import open_store, say


def usual(top: Path, base: Path) -> Path:
    """A store made where it lies."""
    return top


def copied(top: Path, base: Path) -> Path:
    """A store that a clone brought along."""
    shutil.copytree(top, base / "copy")
    return base / "copy"


def tracked(top: Path, base: Path) -> Path:
    """A store that git tracks."""
    repos.git(top, "add", "--force", ".mnemo/mnemo.db")
    return top


def tracked_below(top: Path, base: Path) -> Path:
    """A store beside a folder of the same name elsewhere, which git tracks."""
    repos.commit(top, "More", {"sub/.mnemo/a.txt": "a"})
    return top


def packed(top: Path, base: Path) -> Path:
    """A store in a repository whose index names are written as differences."""
    repos.git(top, "update-index", "--index-version", "4")
    return top


def tracked_and_packed(top: Path, base: Path) -> Path:
    """A tracked store in such a repository."""
    return packed(tracked(top, base), base)


def linked(top: Path, base: Path) -> Path:
    """A store whose folder is a link."""
    (top / ".mnemo").rename(base / "elsewhere")
    (top / ".mnemo").symlink_to(base / "elsewhere")
    return top


def trusted(top: Path, base: Path) -> Path:
    """A tracked store that its user trusts."""
    tracked(top, base)
    guard_of(top).trust()
    return top


def in_worktree(top: Path, base: Path) -> Path:
    """A store looked at from a linked working tree."""
    return repos.add_worktree(top, base / "linked", "topic")


CASES = (usual, copied, tracked, tracked_below, packed, tracked_and_packed, linked, trusted, in_worktree)


def database_of(top: Path) -> Database:
    place = get_place(top)
    return Database(os.path.join(os.path.dirname(place.common_dir), ".mnemo", "mnemo.db"))


def guard_of(top: Path) -> Guard:
    return Guard(database_of(top), get_place(top), os.environ)


@pytest.fixture
def top(tmp_path: Path, home: Path) -> Path:
    """A repository with a store."""
    made = repos.make_repository(tmp_path / "r")
    db = open_store(made)
    with db.transaction() as connection:
        say(connection, "a fact")
    db.close()
    return made


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.__name__)
def test_a_hook_believes_what_trust_believes(
    top: Path, tmp_path: Path, case: Callable[[Path, Path], Path]
) -> None:
    place = case(top, tmp_path)
    believed = guard_of(place).verdict().believed
    expected = nullcontext() if believed else pytest.raises(Refused, match="is not believed")
    with expected:
        standing.check(database_of(place), get_place(place), os.environ)


def test_a_store_too_old_to_be_read_is_refused(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "OLDEST", 3)
    with closing(sqlite3.connect(top / ".mnemo" / "mnemo.db")) as connection:
        connection.execute("PRAGMA user_version=1")
    with pytest.raises(Refused, match="version 1"):
        standing.check(database_of(top), get_place(top), os.environ)


def test_a_lost_store_is_missed_and_a_new_repository_is_not_blamed(top: Path, tmp_path: Path) -> None:
    guard_of(top).register()
    shutil.rmtree(top / ".mnemo")
    with pytest.raises(Refused, match="gone"):
        standing.check_gone(database_of(top), get_place(top), os.environ)
    shutil.rmtree(top)
    repos.make_repository(top, {"other.txt": "another repository"}, "Another first")
    standing.check_gone(database_of(top), get_place(top), os.environ)


def test_a_repository_that_nobody_knows_misses_nothing(tmp_path: Path, home: Path) -> None:
    made = repos.make_repository(tmp_path / "r")
    standing.check_gone(database_of(made), get_place(made), os.environ)
    assert not (home / ".mnemo").exists()
