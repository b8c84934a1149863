"""Every tool test runs through the three faces, and leaves a whole store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mnemo import projects
from mnemo.store.database import Database
from tests.stores import assert_whole
from tests.tools.faces import FACES, Face


@pytest.fixture(params=FACES, ids=lambda face: face.__name__)
def face(request: pytest.FixtureRequest) -> Face:
    """Python, the command line, or MCP."""
    return request.param


@pytest.fixture(autouse=True)
def whole_store(home: Path) -> Iterator[None]:
    """Close what the test opened, and check every store that it left."""
    projects.closing()
    yield
    paths = [one.db.path for one in projects.list_opened()]
    projects.closing()
    for path in paths:
        db = Database(path)
        if db.exists():
            assert_whole(db)
        db.close()
