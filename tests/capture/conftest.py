"""A repository whose store is whole after each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mnemo.store.database import Database
from tests.capture.scenes import Scene, make_scene
from tests.stores import assert_whole


@pytest.fixture
def scene(repository: Path) -> Iterator[Scene]:
    """A repository, its store, and where things are kept."""
    found = make_scene(repository)
    yield found
    found.db.close()
    db = Database(found.db.path)
    if db.exists():
        assert_whole(db)
    db.close()
