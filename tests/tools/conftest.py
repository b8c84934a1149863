"""Every tool test runs through the three faces, and leaves a whole store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mnemo import projects
from mnemo.interfaces import cli
from mnemo.store.database import Database
from tests.repos import commit
from tests.stores import assert_whole
from tests.tools.corrections import CODE, claimed
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


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command with --json and return its record."""

    def call(*words: str) -> Any:
        cli.main([*words, "--json"])
        return json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def run_coded(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command and return its exit code and record."""

    def call(*words: str) -> tuple[int, dict[str, Any]]:
        code = cli.main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def locked(repository: Path) -> str:
    """A claim about a function of a committed file."""
    commit(repository, "code", {"src/locks.py": CODE})
    return claimed("accounts are locked", anchors=["src/locks.py::lock"])
