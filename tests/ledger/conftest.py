"""Every scenario of the ledger ends with the check of the whole store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.scenes import Scene, make_scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A repository with two files and an empty queue."""
    made = make_scene(tmp_path / "project")
    yield made
    made.end()
